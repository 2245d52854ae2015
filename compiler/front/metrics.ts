// What is shown of a training besides its loss. In: a training spec, the ports, and nodes of a forward pass. Out: sums over a batch, which
// the module adds up, the keys they are shown under, and a Graph that makes of sums what is more than a quotient.
// Guarantee: a masked value is in no mean.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import { type Graph, graph, type Node, showShape } from "../graph/graph.ts";
import type { Training } from "../model.ts";
import { begin, type G } from "../ops/index.ts";
import type { MeanMetric } from "../training/define.ts";
import { metricOf, type Named } from "../training/metrics/index.ts";
import { ratio } from "../training/metrics/shared.ts";
import type { Forward } from "./forward.ts";
import { alongFirst, type Target, unknownPort } from "./losses.ts";

/** A number that is shown of training: the mean of a Graph's result over rows, or the quotient of the sums of two. */
export interface MeanLog {
  /** Keras' name: `loss`, `price_loss`, `accuracy`, `price_accuracy`. */
  readonly key: string;
  /** The Graph's result: a mean over the rows of a batch, or with `count` a sum. */
  readonly total: string;
  /** How many values are in the sum. */
  readonly count?: string;
}
/** One or several numbers that are a sum themselves, or are made of sums. */
export interface SumLog {
  readonly key: string;
  /** The Graph's results that are added up. */
  readonly sums: readonly { readonly name: string; readonly shape: readonly number[] }[];
  /** [] of a number, [k] of a list. */
  readonly shape: readonly number[];
  /** Whether the Graph of metrics makes it, as a result of the same key; else it is the only sum. */
  readonly isMade: boolean;
}
/** What is shown under one key. */
export type Log = MeanLog | SumLog;
/** Whether the module divides two of its own numbers. */
export const isMean = (log: Log): log is MeanLog => "total" in log;

/** A metric of one output. */
export interface PortMetric extends Named {
  /** Keras' name: as it was given, with the output before it where there are several. */
  readonly key: string;
  readonly port: string;
  readonly weighted: boolean;
  readonly path: string;
}

type Listed = NonNullable<Training["metrics"]>;

/** The metrics a spec names, of outputs that have a target. Throws CompileError training/spec. */
export function metricsOf(
  { metrics = [], weightedMetrics = [] }: Training,
  outputs: readonly Port[],
  targets: readonly Port[],
): readonly PortMetric[] {
  const losses = targets.map(({ name }) => `${name}_loss`);
  const keys = new Set(["loss", ...(outputs.length > 1 ? losses : [])]);
  const all = [...listOf("metrics", metrics, outputs, targets), ...listOf("weightedMetrics", weightedMetrics, outputs, targets)];
  return all.map((metric) => ({ ...metric, key: keyOf(metric, outputs.length > 1, keys) }));
}

/** Keras' rule: of two by one name the second is called `auc_1`, and a weighted one `weighted_auc`. What is a loss's name stays that. */
function keyOf({ log, port, weighted, path }: Omit<PortMetric, "key">, isSeveral: boolean, keys: Set<string>): string {
  const named = (name: string): string => (isSeveral ? `${port}_${name}` : name);
  if (log === "loss")
    throw new CompileError({
      code: "training/spec",
      path,
      message: `${JSON.stringify(named(log))} is the loss's own name`,
      hint: 'give another: { name: "mse", as: "error" }',
    });
  const free = keys.has(named(log)) && weighted ? named(`weighted_${log}`) : named(log);
  let key = free;
  for (let i = 1; keys.has(key); i++) key = `${free}_${i}`;
  keys.add(key);
  return key;
}

function listOf(
  subject: "metrics" | "weightedMetrics",
  listed: Listed,
  outputs: readonly Port[],
  targets: readonly Port[],
): readonly Omit<PortMetric, "key">[] {
  const weighted = subject === "weightedMetrics";
  const isList = Array.isArray(listed);
  const byPort: readonly (readonly [string, unknown])[] = isList
    ? targets.map(({ name }) => [name, listed])
    : Object.entries(listed);
  return byPort.flatMap(([port, given]) => {
    const at = isList ? `training.${subject}` : `training.${subject}.${port}`;
    const target = targets.find(({ name }) => name === port);
    const output = outputs.find(({ name }) => name === port);
    if (target === undefined || output === undefined) throw unknownPort(subject, port, at, outputs.map(({ name }) => name)); // biome-ignore format: one line
    const shapes = { output: output.shape, target: target.shape, weighted };
    const specs: readonly unknown[] = Array.isArray(given) ? given : [given];
    return specs.map((spec, i) => {
      const path = Array.isArray(given) ? `${at}[${i}]` : at;
      return { ...metricOf(spec, shapes, path), port, weighted, path };
    });
  });
}

/** What is made of sums, as Graph. */
type Make = (g: G, sums: Readonly<Record<string, Node>>) => Node;
/** Sums over a batch, and what is shown of them. */
interface Shown {
  readonly log: Log;
  /** The sums by the names of results. */
  readonly results: Graph["results"];
  /** What the log shows, in a Graph whose inputs are the results; where it is no sum or mean. */
  readonly build?: (g: G) => Node | undefined;
}

/** The metrics as sums over a batch. */
export function metricsOver(
  g: G,
  metrics: readonly PortMetric[],
  targets: readonly Target[],
  { outputs }: Forward,
): readonly Shown[] {
  return metrics.map((metric) => {
    const { key, port, path, item, config } = metric;
    const { y, mask } = outputs.find(({ name }) => name === port) ?? internal(`there is no output ${port}`);
    const {
      y: name,
      shape,
      sampleWeight,
      weights: steps,
    } = targets.find((one) => one.name === port) ?? internal(`${port} has no target`);
    const origin = { path, layer: item.name, name: key };
    g.builder.origin = origin;
    const target = g.input({ name, shape: ["n", ...shape] });
    const weights = metric.weighted ? g.input({ name: sampleWeight, shape: ["n", ...steps] }) : undefined;
    if ("values" in item)
      return meanLog(key, meanOver(g, item.values(g, { y, target, config }), { weights, mask, path, name: item.name }));
    const weigh = (values: Node): Node => (weights === undefined ? values : g.mul(values, weightsFor(g, weights, values)));
    const sums = item.sums(g, { y, target, config, weigh });
    const { total, count } = sums;
    const { shows } = item;
    if (shows === "total") return sumLog(key, sums);
    // A quotient of two numbers is a mean; those of lists, and all else, a Graph makes.
    if (shows === "mean" && total.type.shape.length === 0) return meanLog(key, { total, count });
    return sumLog(key, sums, (own, made) => {
      own.builder.origin = origin;
      return shows === "mean" ? ratio(own, made.total, made.count) : shows(own, made, config);
    });
  });
}

/** The Graph that makes of sums what is shown; none where nothing is. */
export function madeOf(shown: readonly Shown[]): Graph | undefined {
  const g = begin();
  const results = shown.flatMap(({ log: { key }, build }): Graph["results"] => {
    const made = build?.(g);
    return made === undefined ? [] : [[key, made]];
  });
  return results.length === 0 ? undefined : graph("metrics", results, [], g.builder.origins);
}

/** `total:accuracy`. */
const resultName = (part: string, key: string): string => `${part}:${key}`;

function meanLog(key: string, { total, count }: { readonly total: Node; readonly count: Node }): Shown {
  const log: Log = { key, total: resultName("total", key), count: resultName("count", key) };
  const results: Graph["results"] = [
    [log.total, total],
    [resultName("count", key), count],
  ];
  return { log, results };
}

/** Sums of which something is made, or the only one itself. */
function sumLog(key: string, sums: Readonly<Record<string, Node>>, make?: Make): Shown {
  const named = Object.entries(sums).map(([part, node]): [string, Node] => [resultName(part, key), node]);
  const build = (g: G): Node | undefined =>
    make?.(
      g,
      Object.fromEntries(
        Object.entries(sums).map(([part, { type }]) => [part, g.input({ name: resultName(part, key), shape: type.shape })]),
      ),
    );
  const made = build(begin());
  // What nothing is made of is not summed.
  const read =
    made && new Set(graph("metrics", [[key, made]]).nodes.flatMap(({ op, attrs }) => (op === "input" ? [attrs.name] : [])));
  const results = named.filter(([name]) => read?.has(name) ?? true);
  const parts = results.map(([name, { type }]) => ({ name, shape: type.shape as readonly number[] }));
  const shape = made === undefined ? parts[0].shape : (made.type.shape as readonly number[]);
  return { log: { key, sums: parts, shape, isMade: made !== undefined }, results, build };
}

/** Which of values count, and how much. */
interface Counting {
  readonly weights: Node | undefined;
  readonly mask: Node | undefined;
  /** For an error. */
  readonly path: string;
  readonly name: string;
}

/** The sum of values, and of what they count. What a loss leaves out is no part of the count where rows have weights or masks alone, as in Keras. */
function meanOver(
  g: G,
  { values, mask: own }: ReturnType<MeanMetric["values"]>,
  { weights, mask, path, name }: Counting,
): { readonly total: Node; readonly count: Node } {
  // What is one number of a whole batch counts once, or as much as its rows weigh.
  if (values.type.shape.length === 0 && weights !== undefined)
    return meanOver(g, { values: g.broadcast(values, { shape: ["n"], axes: [] }) }, { weights, mask: undefined, path, name });
  const { shape } = values.type;
  const axes = shape.map((_, axis) => axis);
  const isOfRows = shape[0] === "n";
  const positions = shape.slice(isOfRows ? 1 : 0).reduce<number>((product, size) => product * (size as number), 1);
  const counted = weights !== undefined || mask !== undefined;
  const masks = [...(isOfRows && mask !== undefined ? [mask] : []), ...(own === undefined ? [] : [own])];
  if (masks.some(({ type }) => type.shape.some((size, axis) => size !== shape[axis])))
    throw new CompileError({
      code: "training/spec",
      path,
      message: `${name} gives values of ${showShape(shape)}, which a mask of ${showShape(masks[0].type.shape)} does not fit`,
      hint: "leave the mask out, or the metric's axis",
    });
  const weighted = weights === undefined ? values : g.mul(values, weightsFor(g, weights, values));
  if (masks.length === 0) {
    const all = isOfRows ? g.mul(g.rows(), g.fill(positions, [])) : g.fill(positions, []);
    const count = weights === undefined ? all : g.reduceSum(weightsFor(g, weights, values), { axes });
    return { total: g.reduceSum(weighted, { axes }), count };
  }
  const keep = masks.map((part) => alongFirst(g, part, shape)).reduce((a, b) => g.mul(a, b));
  const total = g.reduceSum(g.select(keep, weighted, g.like(weighted, 0)), { axes });
  if (!counted) return { total, count: g.mul(g.rows(), g.fill(positions, [])) };
  const counts = weights === undefined ? keep : g.mul(keep, weightsFor(g, weights, values));
  return { total, count: g.reduceSum(counts, { axes }) };
}

/** The weights of rows, or of steps, for values of any shape that begins with theirs; of fewer axes their mean. */
function weightsFor(g: G, weights: Node, { type: { shape } }: Node): Node {
  const more = weights.type.shape.map((_, axis) => axis).slice(shape.length);
  return alongFirst(g, more.length === 0 ? weights : g.mean(weights, { axes: more }), shape);
}
