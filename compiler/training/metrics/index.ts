// The metrics as a table, and what a spec means for an output. Derived from the list; nothing to add here.
import { showValue } from "../../diagnostics/check.ts";
import { CompileError } from "../../diagnostics/error.ts";
import { isPlain, plainData } from "../../diagnostics/plain.ts";
import { sameShape } from "../../graph/graph.ts";
import type { MeanMetric, Metric, MetricShapes } from "../define.ts";
import { type AnyLoss, losses } from "../losses/index.ts";
import { named, parseNamed } from "../named.ts";
import * as list from "./list.ts";
import { fixed } from "./shared.ts";

/** A metric whose config is known only at run time. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in `sums`, which only sees what the schema has checked.
export type AnyMetric = Metric<any>;

/** Metrics of Keras that are called otherwise than the loss that they show. */
const classes: Readonly<Record<string, { readonly also: readonly string[]; readonly log?: string }>> = {
  log_cosh: { also: ["log_cosh_error"], log: "logcosh" },
  kl_divergence: { also: ["KLDivergence"] },
};

/** A loss's values, of which the mean is taken. */
// biome-ignore lint/suspicious/noExplicitAny: the config is the loss's own.
function ofLoss(loss: AnyLoss): MeanMetric<any> {
  const { name, aliases, says, config } = loss;
  const { also = [], log = name } = classes[name] ?? {};
  return {
    ...{ name, aliases: [...aliases, ...also], log, says, config, rises: false },
    fixed: { ...loss.fixed, ...fixed },
    needs: ({ output, target }, keys) => {
      const wrong = loss.needs?.(output, keys);
      if (wrong !== undefined) return wrong;
      const own = loss.target(output, keys);
      if (sameShape(own, target)) return undefined;
      return `a target [${own.join(", ")}], and this loss takes [${target.join(", ")}]`;
    },
    values: (g, { y, target, config: keys }) => loss.lower(g, { y, target, config: keys }),
  };
}

const own: readonly AnyMetric[] = Object.values<AnyMetric>(list);
const ownNames = new Set(own.map(({ name }) => name));
/** Each once: those of the list, then the losses that are no other metric by the same name. */
export const allMetrics: readonly AnyMetric[] = [
  ...own,
  ...[...new Set(losses.values())].filter(({ name, means }) => means === undefined && !ownNames.has(name)).map(ofLoss),
];

/** `MeanSquaredError`, as Keras takes it for a name too. */
const className = (name: string): string => name.replaceAll(/(?:^|_)(\w)/g, (_, letter: string) => letter.toUpperCase());
/** A short name in capitals: MSE. */
const isShort = (name: string): boolean => /^[a-z]{2,4}$/.test(name);
/** Every metric by its names, class names and aliases. */
export const metrics: ReadonlyMap<string, AnyMetric> = named<AnyMetric>(
  allMetrics.map((metric) => ({
    ...metric,
    aliases: [
      ...metric.aliases,
      ...metric.aliases.filter(isShort).map((alias) => alias.toUpperCase()),
      ...[metric.name, ...metric.aliases].map(className),
    ],
  })),
);

/** What a spec names, its config, and what it is called in logs. */
export interface Named {
  readonly item: AnyMetric;
  readonly config: object;
  readonly log: string;
}

/** Words that mean one of three, by the output and its target, as in Keras: of single numbers, of numbers of classes, of distributions. */
export const metricWords: Readonly<Record<string, readonly [binary: string, sparse: string, categorical: string]>> = {
  accuracy: ["binary_accuracy", "sparse_categorical_accuracy", "categorical_accuracy"],
  crossentropy: ["binary_crossentropy", "sparse_categorical_crossentropy", "categorical_crossentropy"],
};
/** What they are called for short. */
export const shortWords: Readonly<Record<string, string>> = { acc: "accuracy", ce: "crossentropy" };

/** What a word means for shapes of a sample; another name is its own meaning. An object of Keras called accuracy is the class of that name. */
function meaning(name: string, isWord: boolean, { output, target }: MetricShapes): string {
  const lower = name.toLowerCase();
  const word = Object.hasOwn(shortWords, lower) ? shortWords[lower] : isWord || lower === "crossentropy" ? lower : "";
  if (!Object.hasOwn(metricWords, word)) return name;
  const [binary, sparse, categorical] = metricWords[word];
  if (output.at(-1) === 1) return binary;
  return target.length < output.length || (target.at(-1) === 1 && target.length === output.length) ? sparse : categorical;
}

/** Metrics of Python that wrap a function: what counts is the function. */
const wrappers: readonly string[] = ["mean_metric_wrapper", "meanMetricWrapper", "MeanMetricWrapper"];

/** What a spec means for an output and its target. Throws CompileError training/spec. */
export function metricOf(spec: unknown, shapes: MetricShapes, path: string): Named {
  const data = plainData(spec, { code: "training/spec", path, subject: "metric" });
  if (!isPlain(data)) {
    const name = typeof data === "string" ? meaning(data, true, shapes) : data;
    const { item, config } = found(name, shapes, path);
    return { item, config, log: typeof data === "string" ? data : item.name };
  }
  const { as, name, ...keys } = data;
  if (as !== undefined && (typeof as !== "string" || as === ""))
    throw new CompileError({
      code: "training/spec",
      path: `${path}.as`,
      message: `as needs the name of the metric in logs, found ${showValue(as)}`,
      hint: 'give as: "auc", or leave it out',
    });
  if (typeof name === "string" && wrappers.includes(name)) {
    const { fn, dtype: _, ...rest } = keys;
    const { item, config } = metricOf(isPlain(fn) ? { ...fn, ...rest } : { name: fn, ...rest }, shapes, `${path}.fn`);
    return { item, config, log: as ?? "mean_metric_wrapper" };
  }
  const meant = typeof name === "string" ? meaning(name, false, shapes) : name;
  const { item, config } = found({ ...keys, name: meant }, shapes, path);
  return { item, config, log: as ?? (meant === name ? (item.log ?? item.name) : String(name)) };
}

function found(spec: unknown, shapes: MetricShapes, path: string): Omit<Named, "log"> {
  const { item, config } = parseNamed(metrics, spec, { kind: "metric", path });
  const needs = item.needs?.(shapes, config);
  if (needs === undefined) return { item, config };
  throw new CompileError({ code: "training/spec", path, message: `${item.name} needs ${needs}` });
}
