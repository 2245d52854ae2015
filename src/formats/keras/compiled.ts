// What a file of Keras says of how its model is trained, as the model's training. In: `compile_config` of a .keras file or `training_config`
// of others, which nobody vouches for, and what the optimizer stood at. Out: the model with `training`, `state`, and in `left` a sentence for
// each thing that layerc does not have. Guarantee: nothing here stops a model from being opened: predictions depend on none of it.
import type { Port } from "../../../compiler/artifact.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { checkTraining } from "../../../compiler/front/train.ts";
import type { Model, Training } from "../../../compiler/model.ts";
import { unwrapped } from "../keras2/item.ts";
import type { Lines } from "./model.ts";
import { type Optimized, stateOf } from "./optimizer-state.ts";
import type { Store } from "./store.ts";
import { lossSpec, metricSpec, optimizerSpec, type Spec } from "./training.ts";
import { quote, unsupported } from "./values.ts";
import { inFileOrder } from "./weight-order.ts";

/** A part of a layer's training that was left out, in a sentence. */
export const leftSentence = (what: string): string =>
  `the training: ${what} is not in layerc, so the model would be trained otherwise than it was`;

/** What the file has beside the config. */
export interface Stood {
  /** What was left out on the way to the model: it would be trained otherwise than it was. */
  readonly left?: readonly string[];
  /** What the optimizer stood at, asked for when there is an optimizer. */
  readonly optimizer?: () => Optimized | undefined;
}

/** The model with the training that the file states, where layerc has it. */
export function withTraining<M extends Model>(model: M, stated: unknown, { left = [], optimizer }: Stood = {}): M {
  const config = unwrapped(stated);
  if (!isPlain(config) || (config.loss === undefined && config.optimizer_config === undefined && config.optimizer === undefined))
    return model;
  const resolved = attempt(() => resolve(model));
  // What does not fit together is the compiler's to say.
  if (resolved instanceof CompileError) return model;
  const { outputs } = resolved.predict;
  const found = left.length > 0 ? undefined : trainingIn(config, outputs);
  if (found === undefined || "problem" in found)
    return { ...model, left: [...left, ...(found === undefined ? [] : [found.problem])] };
  const trained = { ...model, training: found.training };
  const state = optimizer === undefined ? {} : attempt(() => stateOf(trained, optimizer()));
  const lost = state instanceof CompileError ? [`the optimizer's state: ${state.diagnostic.message}`] : [];
  const all = [...found.left, ...lost];
  return {
    ...trained,
    ...(state instanceof CompileError || Object.keys(state).length === 0 ? {} : { state }),
    ...(all.length === 0 ? {} : { left: all }),
  };
}

/**
 * The model with the training in the `compile_config` of a config, and what the optimizer stood at in the store. `orders`: those in which
 * its variables may lie.
 */
export function compiledIn<M extends Model>(
  config: unknown,
  model: M,
  { listed, customs }: Pick<Lines, "listed" | "customs">,
  store: Pick<Store, "variables">,
  { left = [], orders = ["by weight"] }: Pick<Stood, "left"> & { readonly orders?: Optimized["orders"] } = {},
): M {
  if (!isPlain(config) || !isPlain(config.compile_config)) return model;
  const optimizer = (): Optimized => {
    const variables = store.variables("optimizer");
    if (customs.length > 0 && variables.length > 2)
      unsupported("optimizer", "which weights of a layer of the author's it is of is not known");
    return { variables, orders, inOrder: (weights) => inFileOrder(weights, { listed }) };
  };
  return withTraining(model, config.compile_config, { left, optimizer });
}

/** What `work` gives, or what it throws of a model or a file. */
function attempt<T>(work: () => T): T | CompileError {
  try {
    return work();
  } catch (error) {
    if (error instanceof CompileError && error.code !== "internal/bug") return error;
    throw error;
  }
}

type Keys = Readonly<Record<string, unknown>>;

/** The training of a config, and what of it is left out; or why there is none. */
function trainingIn(
  config: Keys,
  outputs: readonly Port[],
): { readonly training: Training; readonly left: readonly string[] } | { readonly problem: string } {
  const optimizer = optimizerSpec(config.optimizer_config ?? config.optimizer);
  if (optimizer === undefined) return { problem: `the optimizer: none is named, found ${quote(config.optimizer ?? null)}` };
  const names = outputs.map(({ name }) => name);
  const loss = lossesIn(config.loss, names);
  if (loss === undefined) return { problem: `the loss: none is named, found ${quote(config.loss ?? null)}` };
  const lossWeights = weightsIn(config.loss_weights, names);
  const bare = { loss, optimizer, ...(lossWeights === undefined ? {} : { lossWeights }) } as Training;
  const problem = problemOf(bare, outputs);
  if (problem !== undefined) return { problem };
  const left: string[] = [...lostIn(config.loss)];
  let training = bare;
  for (const [key, stated] of [["metrics", config.metrics], ["weightedMetrics", config.weighted_metrics]] as const) // biome-ignore format: one line
    training = withMetrics(training, key, metricsIn(stated, names), outputs, left);
  return { training, left };
}

/** What stands against a training, in a sentence. */
function problemOf(training: Training, outputs: readonly Port[]): string | undefined {
  const error = attempt(() => checkTraining(training, outputs));
  if (!(error instanceof CompileError)) return undefined;
  const { path, message } = error.diagnostic;
  const [, kind] = /^training\.(\w+)/.exec(path) ?? [];
  const what = kind === "weightedMetrics" ? "a weighted metric" : kind === "metrics" ? "a metric" : `the ${kind ?? "training"}`;
  return `${what}: ${message}`;
}

/** The training with those of the metrics that fit; the others are left out. */
function withMetrics(
  training: Training,
  key: "metrics" | "weightedMetrics",
  byPort: readonly (readonly [port: string, list: readonly unknown[]])[],
  outputs: readonly Port[],
  left: string[],
): Training {
  const kept = new Map<string, unknown[]>();
  // Where there is one output its name says nothing.
  const made = (lists: ReadonlyMap<string, readonly unknown[]>): Training => {
    const filled = [...lists].filter(([, list]) => list.length > 0);
    if (filled.length === 0) return training;
    return { ...training, [key]: outputs.length === 1 ? filled[0][1] : Object.fromEntries(filled) };
  };
  for (const [port, list] of byPort) {
    for (const stated of list) {
      const before = kept.get(port) ?? [];
      const spec = metricSpec(stated);
      const next = new Map(kept).set(port, [...before, spec]);
      const problem = spec === undefined ? `a metric: there is none in ${quote(stated)}` : problemOf(made(next), outputs);
      if (problem === undefined) kept.set(port, [...before, spec]);
      else left.push(problem);
    }
  }
  return made(kept);
}

const isNone = (value: unknown): boolean => value === undefined || value === null;
/** Whether a value is an object of Keras and no record by output. */
const isObject = (value: unknown): boolean => isPlain(value) && typeof value.class_name === "string";

/** A loss for all outputs, or one by output: of a list in their order. */
function lossesIn(value: unknown, outputs: readonly string[]): Spec | Readonly<Record<string, Spec>> | undefined {
  if (typeof value === "string" || isObject(value)) return lossSpec(value);
  const entries = byOutput(value, outputs).flatMap(([port, stated]): [string, Spec | undefined][] =>
    isNone(stated) ? [] : [[port, lossSpec(stated)]],
  );
  if (entries.length === 0 || entries.some(([, loss]) => loss === undefined)) return undefined;
  // The only output may be called otherwise here.
  if (outputs.length === 1 && entries.length === 1 && (Array.isArray(value) || entries[0][0] !== outputs[0]))
    return entries[0][1];
  return Object.fromEntries(entries) as Readonly<Record<string, Spec>>;
}

/** What is said by output, as a record or as a list in the order of the outputs. */
function byOutput(value: unknown, outputs: readonly string[]): readonly (readonly [port: string, value: unknown])[] {
  if (Array.isArray(value)) return value.map((item, i) => [outputs[i] ?? `${i}`, item]);
  return isPlain(value) ? Object.entries(value) : [];
}

function weightsIn(value: unknown, outputs: readonly string[]): Training["lossWeights"] {
  const entries = typeof value === "number" ? [[outputs[0], value] as const] : byOutput(value, outputs);
  const own = outputs.length === 1 ? entries.map(([, weight]) => [outputs[0], weight] as const) : entries;
  const stated = own.filter(([, weight]) => typeof weight === "number" && weight !== 1);
  return stated.length === 0 ? undefined : (Object.fromEntries(stated) as Training["lossWeights"]);
}

/** Metrics by output. A list holds those of the only output, or an item for each; older Keras meant all of them for every output. */
function metricsIn(value: unknown, outputs: readonly string[]): readonly (readonly [port: string, list: readonly unknown[]])[] {
  if (isNone(value)) return [];
  const listed = (item: unknown): readonly unknown[] => (isNone(item) ? [] : Array.isArray(item) ? item.flat() : [item]);
  if (isPlain(value) && !isObject(value)) {
    const entries = Object.entries(value);
    return outputs.length === 1
      ? entries.map(([, item]) => [outputs[0], listed(item)])
      : entries.map(([port, item]) => [port, listed(item)]);
  }
  const list = Array.isArray(value) ? value : [value];
  if (outputs.length === 1) return [[outputs[0], list.flat(2).filter((item) => !isNone(item))]];
  if (list.length === outputs.length) return outputs.map((port, i) => [port, listed(list[i])]);
  return outputs.map((port) => [port, listed(list)]);
}

/** Options that Keras 3 loses when it saves a loss. */
const losing: readonly { readonly name: string; readonly key: string; readonly taken: string }[] = [
  { name: "Huber", key: "delta", taken: "1" },
  { name: "CosineSimilarity", key: "axis", taken: "-1" },
];

/** Where a file cannot say what a loss was given, what is taken. */
function lostIn(value: unknown): readonly string[] {
  const items: readonly unknown[] = isObject(value)
    ? [value]
    : isPlain(value)
      ? Object.values(value)
      : Array.isArray(value)
        ? value
        : [];
  return items.flatMap((item) =>
    losing.flatMap(({ name, key, taken }) => {
      if (!isPlain(item) || item.class_name !== name) return [];
      if (isPlain(item.config) && key in item.config) return [];
      return [`the loss: Keras does not save the ${key} of its ${name}; ${taken} is taken, as Keras does when it loads the file`];
    }),
  );
}
