// The ways to run a model: the double-precision Graph interpreter, the Program interpreter, the emitted module. One interface,
// so that a test says what it compares and not how to start it.

import { type Compilation, compile, lowerModel } from "../compiler/compile.ts";
import { wordsOf } from "../compiler/encode/define.ts";
import { resolve, type Target } from "../compiler/front/steps.ts";
import { runGraph } from "../compiler/interpret/graph.ts";
import { createMachine } from "../compiler/interpret/program.ts";
import type { Model, Training } from "../compiler/model.ts";
import type { OptionsInput } from "../compiler/options.ts";
import { load, type Predictor } from "../runtime/load.ts";
import { type Backend, relaxedRuns, withBackend } from "./engines.ts";
import { type ByPort, byPort, eachPort, type Floats, fedWith, type Given, rowsFrom } from "./ports.ts";

/** The exports of a module with training. */
export interface Trainable extends Predictor {
  trainStep(x: Given, y: Given, options?: { readonly sampleWeight?: Given; readonly learningRate?: number }): number;
  evaluate(x: Given, y: Given, options?: { readonly sampleWeight?: Given }): Readonly<Record<string, number>> & { loss: number };
  getMetrics(): Readonly<Record<string, number | readonly number[]>>;
  getWeights(): Float32Array[];
  setWeights(weights: readonly Floats[]): void;
  getOptimizerState(): Readonly<Record<string, Float32Array>>;
}

/** The weights a model starts with, given or initial. */
export const weightsOf = (model: Model): Readonly<Record<string, Float32Array>> => resolve(model).modelWeights().values;

/** The training of a model that has one. */
export function trainingOf({ name, training }: Model): Training {
  if (training === undefined) throw new Error(`${name} has no training`);
  return training;
}

/** The results of the unrewritten inference Graph, in doubles, by port. */
export function resultsInDoubles(model: Model, x: Given, rows: number): ByPort<Float64Array> {
  const { predict } = resolve(model);
  const { results } = runGraph(predict.graph, {
    rows,
    values: { ...weightsOf(model), ...fedWith(predict, x) },
    precision: "double",
  });
  return Object.fromEntries(predict.outputs.map(({ name }) => [name, results[name].data]));
}

/** The result of a model that has one. */
export const predictInDoubles = (model: Model, x: Given, rows: number): Float64Array => only(resultsInDoubles(model, x, rows));

/** The values of the only port. */
export function only<F>(values: ByPort<F>): F {
  const [first, ...others] = Object.values(values);
  if (first === undefined || others.length > 0) throw new Error(`${others.length + 1} outputs`);
  return first;
}

/** The Program of a target under the interpreter, which contracts nothing; WebAssembly's, of a model that has it. */
export function interpret({ program: js, simd, contents, resolved }: Compilation, rate = 0, target: Backend = "js") {
  const lanes = target === "relaxed" ? simd?.relaxed : simd?.program;
  const program = target === "js" ? js : (lanes ?? unknownEntry(`form for ${target}`));
  const known = new Set(program.buffers.map(({ name }) => name));
  const machine = createMachine(program, { constants: new Map([...contents].filter(([name]) => known.has(name))) });
  const entry = (name: string) => program.entries.find((candidate) => candidate.name === name);
  const call = (name: string, given: Readonly<Record<string, Floats>>, rows: number): ReadonlyMap<string, Float32Array> => {
    const { rows: whole, inputs, outputs } = entry(name) ?? unknownEntry(name);
    for (const [input, buffer] of inputs) {
      const memory = machine.buffers.get(buffer) ?? unknownEntry(buffer);
      // Missing rows of a tile are zeros; rows beyond n are not read.
      memory.fill(0);
      memory.set(given[input] ?? unknownEntry(input));
    }
    machine.run(name, whole === "n" ? { n: rows } : {});
    return new Map(outputs.map(([output, buffer]) => [output, Float32Array.from(machine.buffers.get(buffer) ?? [])]));
  };
  const starting = ["restore", "prepare"].filter((name) => entry(name) !== undefined);
  let stale = starting.length > 0;
  const fresh = () => {
    if (stale) for (const name of starting) machine.run(name, {});
    stale = false;
  };
  const lossOf = (name: string, x: Given, y: Given, rows: number, sampleWeight: Given = {}): number => {
    const { targets } = resolved.evaluate();
    const given = { ...fedWith(resolved.predict, x), ...heldAgainst(targets, y, rows, sampleWeight), learningRate: [rate] };
    return call(name, given, rows).get("loss")?.[0] ?? Number.NaN;
  };
  /** One row at a time, or with the tile of large models; by port. */
  const results = (x: Given, rows: number, name: "predict" | "predictTile" = "predict"): ByPort<Float32Array> => {
    fresh();
    const tile = entry(name)?.rows as number;
    const given = fedWith(resolved.predict, x);
    const parts = new Map(resolved.predict.outputs.map((output) => [output.name, [] as number[]]));
    for (let row = 0; row < rows; row += tile) {
      const count = Math.min(tile, rows - row);
      const found = call(name, eachPort(given, (values) => rowsFrom(values, rows, row, count)) as ByPort, count);
      for (const [output, part] of parts) part.push(...rowsFrom(found.get(output) ?? [], tile, 0, count));
    }
    return Object.fromEntries([...parts].map(([output, part]) => [output, Float32Array.from(part)]));
  };
  return {
    results,
    /** Of a model with one output. */
    predict: (x: Given, rows: number, name: "predict" | "predictTile" = "predict"): Float32Array => only(results(x, rows, name)),
    hasTile: entry("predictTile") !== undefined,
    trainStep(x: Given, y: Given, rows: number, sampleWeight?: Given): number {
      stale = starting.length > 0;
      return lossOf("trainStep", x, y, rows, sampleWeight);
    },
    evaluate: (x: Given, y: Given, rows: number): number => lossOf("evaluate", x, y, rows),
    weight: (name: string): Float32Array => machine.buffers.get(name) ?? unknownEntry(name),
    state: () => Object.fromEntries([...machine.buffers].filter(([name]) => name.startsWith("optimizer/"))),
  };
}

const unknownEntry = (name: string): never => {
  throw new Error(`the program has no ${name}`);
};

/** Targets and weights of samples, as an entry calls them. */
function heldAgainst(targets: readonly Target[], y: Given, rows: number, sampleWeight: Given): ByPort {
  const [given, weights] = [byPort(y, targets), byPort(sampleWeight, targets)];
  return Object.fromEntries(
    targets.flatMap((target): [string, Floats][] => [
      [target.y, given[target.name]],
      [target.sampleWeight, eachWeight(target, Object.hasOwn(weights, target.name) ? weights[target.name] : undefined, rows)],
    ]),
  );
}

/** A weight for each value, as a module makes them of those that it is given. */
function eachWeight({ weights, unweighted }: Target, given: Floats | undefined, rows: number): Floats {
  const size = weights.reduce((product, length) => product * length, 1);
  if (given === undefined) return new Float32Array(rows * size).fill(unweighted === "share" ? 1 / rows : 1);
  return given.length === rows ? Float32Array.from({ length: rows * size }, (_, i) => given[Math.floor(i / size)]) : given;
}

export interface Executor {
  readonly name: string;
  /** The only result. */
  readonly predict: (model: Model, x: Given, rows: number) => Floats;
  /** By port. */
  readonly results: (model: Model, x: Given, rows: number) => ByPort;
}

/** Where a model's code runs, and how it is made. */
const targets: readonly { readonly name: string; readonly backend: Backend; readonly options: OptionsInput }[] = [
  { name: "js", backend: "js", options: { target: "js" } },
  { name: "js --exact", backend: "js", options: { target: "js", exact: true } },
  { name: "simd, JavaScript", backend: "js", options: { target: "simd" } },
  { name: "simd, plain", backend: "simd", options: { target: "simd" } },
  ...(relaxedRuns ? ([{ name: "simd, relaxed", backend: "relaxed", options: { target: "simd" } }] as const) : []),
  { name: "simd --exact", backend: "simd", options: { target: "simd", exact: true } },
];

/** Those that always run, and of the others every second one, by turns from case to case. */
export const inTurn = <T extends { readonly name: string }>(
  list: readonly T[],
  turn: number,
  always: readonly string[] = [],
): readonly T[] => {
  const others = list.filter(({ name }) => !always.includes(name));
  return list.filter((one) => always.includes(one.name) || others.indexOf(one) % 2 === turn % 2);
};

function start<M extends { readonly backend?: string }>(
  model: Model,
  { backend, options }: (typeof targets)[number],
  more: OptionsInput = {},
): M {
  return withBackend(compile(model, { selfTest: false, ...options, ...more }), backend, (artifact) => {
    const module = load<M>(artifact);
    if ((module.backend ?? "js") !== backend) throw new Error(`${module.backend} computes, not ${backend}`);
    return module;
  });
}

const executor = (name: string, results: Executor["results"]): Executor => ({
  name,
  results,
  predict: (model, x, rows) => only(results(model, x, rows)),
});
/** Numbers as the words that a module would give. */
function spelled(model: Model, results: ByPort): ByPort {
  const { outputs, words } = resolve(model).predict;
  const own = outputs.map(({ name }, i): [string, Floats] => {
    const known = words[i];
    return [
      name,
      known === undefined ? results[name] : (wordsOf(known, Array.from(results[name])) as readonly unknown[] as Floats),
    ];
  });
  return Object.fromEntries(own);
}
/** The exports of a module whose ports have names. */
export interface Ported extends Omit<Predictor, "predict"> {
  predict(x: Given): Given<Float32Array>;
}

export const executors: readonly Executor[] = [
  executor("graph", (model, x, rows) =>
    spelled(model, eachPort(resultsInDoubles(model, x, rows), (y) => Float32Array.from(y)) as ByPort),
  ),
  executor("program", (model, x, rows) => spelled(model, interpret(lowerModel(model)).results(x, rows))),
  ...targets.map((target) =>
    executor(target.name, (model, x) => byPort(start<Ported>(model, target).predict(x), resolve(model).predict.outputs)),
  ),
];

/** The loss of rows. */
type Evaluate = (x: Given, y: Given, rows: number, sampleWeight?: Given) => number;
export interface Evaluator {
  readonly name: string;
  readonly start: (model: Model) => Evaluate;
}

/** The Graph of a loss on all it reads: targets and weights of samples by port, where there are several. */
export function lossInDoubles(
  model: Model,
  kind: "evaluate" | "trainStep",
  x: Given,
  y: Given,
  rows: number,
  sampleWeight?: Given,
) {
  const made = resolve(model)[kind](trainingOf(model));
  const targets = heldAgainst(made.targets, y, rows, sampleWeight ?? {});
  return { graph: made.graph, values: { ...weightsOf(model), ...fedWith(made, x), ...targets } };
}

export const evaluators: readonly Evaluator[] = [
  {
    name: "graph",
    start: (model) => (x, y, rows, sampleWeight) => {
      const { graph, values } = lossInDoubles(model, "evaluate", x, y, rows, sampleWeight);
      return runGraph(graph, { rows, values, precision: "double" }).results.loss.data[0];
    },
  },
  ...targets.map(
    (target): Evaluator => ({
      name: target.name,
      start: (model) => {
        const module = start<Trainable>(model, target, { train: true });
        return (x, y, _rows, sampleWeight) => module.evaluate(x, y, weighted(sampleWeight)).loss;
      },
    }),
  ),
];
const weighted = (sampleWeight: Given | undefined) => (sampleWeight === undefined ? {} : { sampleWeight });

/** What a training shows, after each of its batches. */
export interface Meter {
  readonly name: string;
  readonly start: (
    model: Model,
    batch: number,
  ) => (x: Given, y: Given, rows: number, sampleWeight?: Given) => Readonly<Record<string, number | readonly number[]>>;
}

/** Sums over batches by the Graph interpreter, in doubles, and what their Graph makes of them. */
function meterInDoubles(model: Model): ReturnType<Meter["start"]> {
  const { logs, metrics } = resolve(model).trainStep(trainingOf(model));
  const sums = new Map<string, Float64Array>();
  const add = (name: string, values: ArrayLike<number>, times = 1): void => {
    const known = sums.get(name);
    sums.set(
      name,
      Float64Array.from(values, (value, i) => times * value + (known?.[i] ?? 0)),
    );
  };
  const sum = (name: string): number[] => [...(sums.get(name) ?? [])];
  return (x, y, rows, sampleWeight) => {
    const { graph, values } = lossInDoubles(model, "trainStep", x, y, rows, sampleWeight);
    const { results } = runGraph(graph, { rows, values, precision: "double" });
    for (const log of logs) {
      if (!("total" in log)) for (const { name } of log.sums) add(name, results[name].data);
      else if (log.count !== undefined) for (const name of [log.total, log.count]) add(name, results[name].data);
    }
    const given = Object.fromEntries([...sums].map(([name, data]) => [name, Float32Array.from(data)]));
    const made = metrics && runGraph(metrics, { rows: 1, values: given, precision: "double" }).results;
    return Object.fromEntries(
      logs.map((log) => {
        if ("total" in log) return [log.key, log.count === undefined ? 0 : sum(log.total)[0] / (sum(log.count)[0] || 1)];
        const data = log.isMade ? [...(made?.[log.key].data ?? [])] : sum(log.sums[0].name);
        return [log.key, log.shape.length === 0 ? data[0] : data];
      }),
    );
  };
}

export const meters: readonly Meter[] = [
  { name: "graph", start: meterInDoubles },
  ...targets.map(
    (target): Meter => ({
      name: target.name,
      start: (model, batch) => {
        const module = start<Trainable>(model, target, { train: true, batch });
        return (x, y, _rows, sampleWeight) => {
          module.trainStep(x, y, sampleWeight === undefined ? {} : { sampleWeight });
          return module.getMetrics();
        };
      },
    }),
  ),
];

export interface Trainer {
  readonly name: string;
  readonly start: (
    model: Model,
    batch: number,
  ) => {
    readonly step: (x: Given, y: Given, rows: number, sampleWeight?: Given) => number;
    readonly weights: () => Readonly<Record<string, Floats>>;
    /** What the optimizer keeps, by name. */
    readonly state: () => Readonly<Record<string, Floats>>;
  };
}

const weightNames = (model: Model): readonly string[] => resolve(model).predict.weights.map(({ name }) => name);

export const trainers: readonly Trainer[] = [
  {
    name: "program",
    start: (model, batch) => {
      const run = interpret(lowerModel(model, { train: true, batch }), resolve(model).trainStep(trainingOf(model)).learningRate);
      return {
        step: run.trainStep,
        weights: () => Object.fromEntries(weightNames(model).map((name) => [name, run.weight(name)])),
        state: run.state,
      };
    },
  },
  ...targets.map(
    (target): Trainer => ({
      name: target.name,
      start: (model, batch) => {
        const module = start<Trainable>(model, target, { train: true, batch });
        const names = weightNames(model);
        return {
          step: (x, y, _rows, sampleWeight) => module.trainStep(x, y, weighted(sampleWeight)),
          weights: () => Object.fromEntries(module.getWeights().map((values: Float32Array, i: number) => [names[i], values])),
          state: () => module.getOptimizerState(),
        };
      },
    }),
  ),
];
