// A stream in every form: the Graph in doubles, the Program under the interpreter, emitted modules. In: a model, a chunk, and sequences of
// one length. Out: what the steps give, one after another, by output; and what predict gives for the whole.
import { compile, lowerModel } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { stateName } from "../../compiler/front/stream.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { type Backend, relaxedRuns, withBackend } from "../engines.ts";
import { weightsOf } from "../executors.ts";
import { asGiven, type ByPort, byPort, type Floats } from "../ports.ts";
import { host } from "../support/wasm-host.ts";

/** The exports of a module with a stream. */
export interface Streamer {
  readonly chunk: number;
  readonly stepInputs: Readonly<Record<string, readonly number[]>>;
  readonly stepOutputs: Readonly<Record<string, readonly number[]>>;
  readonly backend?: string;
  predict(x: unknown, out?: unknown): Float32Array | ByPort<Float32Array>;
  step(x: unknown, out?: unknown): Float32Array | ByPort<Float32Array>;
  reset(): void;
  getState(): Record<string, Float32Array>;
  setState(state: object): void;
  create(): Streamer;
}
/** One stream: chunks in, by input; results out, by output. */
export interface Running {
  step(x: ByPort): ByPort;
  reset(): void;
  /** Of the whole sequence. */
  predict?(x: ByPort): ByPort;
}
export interface StreamExecutor {
  readonly name: string;
  readonly start: (model: Model, chunk: number) => Running;
}

const targets: readonly { readonly name: string; readonly backend: Backend; readonly options: OptionsInput }[] = [
  { name: "js", backend: "js", options: { target: "js" } },
  { name: "js --exact", backend: "js", options: { target: "js", exact: true } },
  { name: "simd, plain", backend: "simd", options: { target: "simd" } },
  ...(relaxedRuns ? ([{ name: "simd, relaxed", backend: "relaxed", options: { target: "simd" } }] as const) : []),
  { name: "simd --exact", backend: "simd", options: { target: "simd", exact: true } },
  { name: "trained along", backend: "simd", options: { target: "simd", train: true } },
];

/** A module with a stream. */
export function streamer(model: Model, options: OptionsInput, backend: Backend = "js"): Streamer {
  return withBackend(compile(model, { stream: true, selfTest: false, ...options }), backend, (artifact) =>
    load<Streamer>(artifact),
  );
}

function running(model: Model, module: Streamer): Running {
  const { outputs } = resolve(model).predict;
  return {
    step: (x) => byPort(module.step(asGiven(x)), outputs),
    reset: module.reset,
    predict: (x) => byPort(module.predict(asGiven(x)), outputs),
  };
}

/** The Graph in doubles: states are numbers beside the inputs. */
function inDoubles(model: Model, chunk: number): Running {
  const resolved = resolve(model);
  const { graph, states, outputs } = resolved.stream(chunk);
  const zeros = () =>
    Object.fromEntries(states.map(({ name, shape }) => [stateName(name), new Float64Array(sizeOf(shape)) as Floats]));
  let kept = zeros();
  return {
    step(x) {
      const { results, updates } = runGraph(graph, {
        rows: 1,
        values: { ...weightsOf(model), ...x, ...kept },
        precision: "double",
      });
      kept = Object.fromEntries(Object.entries(updates).map(([name, { data }]) => [name, data]));
      return Object.fromEntries(outputs.map(({ name }) => [name, results[name].data]));
    },
    reset() {
      kept = zeros();
    },
  };
}

/** The js Program under the interpreter. */
function interpreted(model: Model, chunk: number): Running {
  const { program, contents, stream } = lowerModel(model, { stream: true, chunk, target: "js" });
  const names = new Set(program.buffers.map(({ name }) => name));
  const fresh = () => createMachine(program, { constants: new Map([...contents].filter(([name]) => names.has(name))) });
  const entry = program.entries.find(({ name }) => name === "step");
  let machine = fresh();
  const buffer = (name: string): Float32Array => machine.buffers.get(name) ?? new Float32Array();
  return {
    step(x) {
      for (const [input, to] of entry?.inputs ?? []) buffer(to).set(x[input]);
      machine.run("step", {});
      return Object.fromEntries(
        (stream?.outputs ?? []).map(({ name }) => [name, Float32Array.from(buffer(new Map(entry?.outputs).get(name) ?? ""))]),
      );
    },
    reset() {
      machine = fresh();
    },
  };
}

/** A `.wasm` file, by its exports alone. */
function withoutJavaScript(model: Model, chunk: number): Running {
  const { inputs, outputs } = resolve(model).predict;
  const file = host(compile(model, { format: "wasm", stream: true, chunk, batch: 1 }).binary ?? new Uint8Array());
  const run = (prefix: string, call: () => void) => (x: ByPort) => {
    for (const { name } of inputs) file.array(`${prefix}input`, name).set(x[name]);
    call();
    return Object.fromEntries(outputs.map(({ name }) => [name, Float32Array.from(file.array(`${prefix}output`, name))]));
  };
  return {
    step: run("step.", () => file.call("step")),
    reset: () => file.call("reset"),
    predict: run("", () => file.call("predict", 1)),
  };
}

/** Every way to run a stream. */
export const streamExecutors: readonly StreamExecutor[] = [
  { name: "graph", start: inDoubles },
  { name: "program", start: interpreted },
  { name: "a .wasm file", start: withoutJavaScript },
  ...targets.map(
    ({ name, backend, options }): StreamExecutor => ({
      name,
      start: (model, chunk) => {
        const trained = options.train ? { ...model, training: model.training ?? { loss: "mse", optimizer: "adam" } } : model;
        return running(trained, streamer(trained, { ...options, chunk }, backend));
      },
    }),
  ),
];

/** The chunks of whole sequences, by input. */
export function chunksOf(x: ByPort, steps: number, chunk: number): readonly ByPort<Float32Array>[] {
  return Array.from({ length: steps / chunk }, (_, i) =>
    Object.fromEntries(
      Object.entries(x).map(([name, values]) => {
        const size = (values.length / steps) * chunk;
        return [name, Float32Array.from({ length: size }, (_value, k) => values[i * size + k])];
      }),
    ),
  );
}

/** The results of several steps, one after another. */
export const joinedOf = (parts: readonly ByPort[]): ByPort<number[]> =>
  Object.fromEntries(Object.keys(parts[0]).map((name) => [name, parts.flatMap((part) => Array.from(part[name]))]));
