// The ways to run a model: the double-precision Graph interpreter, the Program interpreter, the emitted module. One interface,
// so that a test says what it compares and not how to start it.

import { type Compilation, compile, lowerModel } from "../compiler/compile.ts";
import { resolve } from "../compiler/front/steps.ts";
import { runGraph } from "../compiler/interpret/graph.ts";
import { createMachine } from "../compiler/interpret/program.ts";
import type { Model, Training } from "../compiler/model.ts";
import type { OptionsInput } from "../compiler/options.ts";
import { load, type Predictor } from "../runtime/load.ts";
import { type Backend, relaxedRuns, withBackend } from "./engines.ts";

type Floats = ArrayLike<number>;

/** The exports of a module with training. */
export interface Trainable extends Predictor {
  trainStep(x: Floats, y: Floats, options?: { readonly sampleWeight?: Floats; readonly learningRate?: number }): number;
  evaluate(x: Floats, y: Floats, options?: { readonly sampleWeight?: Floats }): { readonly loss: number };
  getWeights(): Float32Array[];
  setWeights(weights: readonly Floats[]): void;
}

/** The weights a model starts with, given or initial. */
export const weightsOf = (model: Model): Readonly<Record<string, Float32Array>> => resolve(model).modelWeights().values;

/** The training of a model that has one. */
export function trainingOf({ name, training }: Model): Training {
  if (training === undefined) throw new Error(`${name} has no training`);
  return training;
}

/** The result of the unrewritten inference Graph, in doubles. */
export function predictInDoubles(model: Model, x: Floats, rows: number): Float64Array {
  const { graph } = resolve(model).predict;
  return runGraph(graph, { rows, values: { ...weightsOf(model), x }, precision: "double" }).results.y.data;
}

/** The Program of a target under the interpreter, which contracts nothing; WebAssembly's, of a model that has it. */
export function interpret({ program: js, simd, contents }: Compilation, rate = 0, target: Backend = "js") {
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
  let stale = entry("prepare") !== undefined;
  const fresh = () => {
    if (stale) machine.run("prepare", {});
    stale = false;
  };
  return {
    /** One row at a time, or with the tile of large models. */
    predict(x: Floats, rows: number, name: "predict" | "predictTile" = "predict"): Float32Array {
      fresh();
      const tile = entry(name)?.rows as number;
      const size = x.length / rows;
      const parts: number[] = [];
      for (let row = 0; row < rows; row += tile) {
        const count = Math.min(tile, rows - row);
        const y = call(name, { x: Array.from({ length: count * size }, (_, i) => x[row * size + i]) }, count).get("y") ?? [];
        parts.push(...Array.from(y).slice(0, (y.length / tile) * count));
      }
      return Float32Array.from(parts);
    },
    hasTile: entry("predictTile") !== undefined,
    trainStep(x: Floats, y: Floats, rows: number, sampleWeight: Floats = new Float32Array(rows).fill(1)): number {
      stale = entry("prepare") !== undefined;
      return call("trainStep", { x, y, sampleWeight, learningRate: [rate] }, rows).get("loss")?.[0] ?? Number.NaN;
    },
    evaluate: (x: Floats, y: Floats, rows: number): number =>
      call("evaluate", { x, y, sampleWeight: new Float32Array(rows).fill(1) }, rows).get("loss")?.[0] ?? Number.NaN,
    weight: (name: string): Float32Array => machine.buffers.get(name) ?? unknownEntry(name),
  };
}

const unknownEntry = (name: string): never => {
  throw new Error(`the program has no ${name}`);
};

export interface Executor {
  readonly name: string;
  readonly predict: (model: Model, x: Float32Array, rows: number) => Floats;
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

function start<M extends Predictor>(model: Model, { backend, options }: (typeof targets)[number], more: OptionsInput = {}): M {
  return withBackend(compile(model, { ...options, ...more }), backend, (artifact) => {
    const module = load<M>(artifact);
    if ((module.backend ?? "js") !== backend) throw new Error(`${module.backend} computes, not ${backend}`);
    return module;
  });
}

export const executors: readonly Executor[] = [
  { name: "graph", predict: (model, x, rows) => Float32Array.from(predictInDoubles(model, x, rows)) },
  { name: "program", predict: (model, x, rows) => interpret(lowerModel(model)).predict(x, rows) },
  ...targets.map((target): Executor => ({ name: target.name, predict: (model, x) => start(model, target).predict(x) })),
];

export interface Evaluator {
  readonly name: string;
  readonly evaluate: (model: Model, x: Float32Array, y: Float32Array, rows: number, sampleWeight?: Float32Array) => number;
}

export const evaluators: readonly Evaluator[] = [
  {
    name: "graph",
    evaluate: (model, x, y, rows, sampleWeight = new Float32Array(rows).fill(1)) => {
      const { graph } = resolve(model).evaluate(trainingOf(model));
      const values = { ...weightsOf(model), x, y, sampleWeight };
      return runGraph(graph, { rows, values, precision: "double" }).results.loss.data[0];
    },
  },
  ...targets.map(
    (target): Evaluator => ({
      name: target.name,
      evaluate: (model, x, y, _rows, sampleWeight) =>
        start<Trainable>(model, target, { train: true }).evaluate(x, y, sampleWeight === undefined ? {} : { sampleWeight }).loss,
    }),
  ),
];

export interface Trainer {
  readonly name: string;
  readonly start: (
    model: Model,
    batch: number,
  ) => {
    readonly step: (x: Float32Array, y: Float32Array, rows: number) => number;
    readonly weights: () => Readonly<Record<string, Floats>>;
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
          step: (x, y) => module.trainStep(x, y),
          weights: () => Object.fromEntries(module.getWeights().map((values: Float32Array, i: number) => [names[i], values])),
        };
      },
    }),
  ),
];
