// A stream is its whole: what the steps give one after another has the bits of one predict, for every layer that says it streams, in any
// chunk; and every layer that says so is asked. What nothing was said of, or looks ahead, is refused by name.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { lowerModel } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { layers } from "../../compiler/layers/index.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import * as l from "../../src/sequential.ts";
import { expectClose } from "../close.ts";
import { resultsInDoubles, type Trainable } from "../executors.ts";
import { skipOf, standard } from "../exemptions.ts";
import type { ByPort } from "../ports.ts";
import { type StreamCase, streamCases } from "./cases.ts";
import { chunksOf, joinedOf, type Running, type Streamer, streamExecutors, streamer } from "./run.ts";

/** Sequences for every input of a model, the same numbers each time. */
function sequences(model: Model, below?: number): ByPort<Float32Array> {
  const { inputs } = resolve(model).predict;
  return Object.fromEntries(
    inputs.map(({ name, shape }, k) => {
      const at = (i: number): number => {
        const value = Math.sin(12.9898 * (i + 1) + k) * 43758.5453;
        const part = value - Math.floor(value);
        return below === undefined ? 2 * part - 1 : Math.floor(below * part);
      };
      return [name, Float32Array.from({ length: sizeOf(shape) }, (_, i) => at(i))];
    }),
  );
}

/** What the steps gave, as predict gives it: of what is no sequence any more that is what the last one gave. */
function whole(model: Model, chunk: number, parts: readonly ByPort[]): ByPort {
  const { predict } = resolve(model);
  const stepped = resolve(model).stream(chunk).outputs;
  const joined = joinedOf(parts);
  const last = parts[parts.length - 1];
  const isLast = (i: number) => stepped[i].shape.join() === predict.outputs[i].shape.join();
  return Object.fromEntries(predict.outputs.map(({ name }, i) => [name, isLast(i) ? last[name] : joined[name]]));
}

const run = (stream: Running, x: ByPort, steps: number, chunk: number): readonly ByPort[] =>
  chunksOf(x, steps, chunk).map((part) =>
    Object.fromEntries(Object.entries(stream.step(part)).map(([name, y]) => [name, Float32Array.from(y)])),
  );

function sameBits(found: ByPort, wanted: ByPort, what: string): void {
  for (const [name, values] of Object.entries(wanted)) {
    const own = Float32Array.from(found[name]);
    const bad = Float32Array.from(values).findIndex((value, i) => !Object.is(value, own[i]));
    if (bad >= 0 || own.length !== values.length)
      expect.fail(`${what}, ${name}: place ${bad} of ${values.length}: ${own[bad]}, and predict gives ${values[bad]}`);
  }
}

/** Twice, with a reset between: the second time nothing of the first is left. */
function check(
  { model, steps, below }: StreamCase,
  chunk: number,
  stream: Running,
  wanted: ByPort,
  compare: typeof sameBits,
): void {
  const x = sequences(model, below);
  for (const turn of ["first", "second"]) {
    stream.reset();
    compare(whole(model, chunk, run(stream, x, steps, chunk)), wanted, `chunks of ${chunk}, ${turn} time`);
  }
}

/** Both meanings, JavaScript and lanes do run; random stacks and Keras' cases run on the others. */
const costly = ["program", "a .wasm file", "js --exact", "simd --exact", "simd, relaxed", "trained along"];
const chosen = streamExecutors.filter(({ name }) => !skipOf("loops-on-fewer-executors", costly.includes(name)));

describe.each(streamCases)("$what", (one) => {
  it.each(chosen)("$name", ({ name, start }) => {
    const x = sequences(one.model, one.below);
    for (const chunk of one.chunks) {
      const stream = start(one.model, chunk);
      if (name === "graph") {
        check(one, chunk, stream, resultsInDoubles(one.model, x, 1), (found, wanted, what) => {
          for (const [port, values] of Object.entries(wanted)) expectClose(found[port], values, standard.layers, what);
        });
        continue;
      }
      check(one, chunk, stream, stream.predict?.(x) ?? {}, sameBits);
    }
  });
});

it("every layer that says it streams is asked", () => {
  const told = [...layers.values()].filter(
    ({ stream, only, declares }) => stream !== undefined && only === undefined && declares === undefined,
  );
  const refusing = ["bidirectional"];
  const texts = streamCases.map(({ model }) => JSON.stringify(model.layers)).join();
  const missing = told.map(({ name }) => name).filter((name) => !refusing.includes(name) && !texts.includes(`"layer":"${name}"`));
  expect(missing).toEqual([]);
});

const any = (max: number) => fc.integer({ min: 1, max });
const lines: fc.Arbitrary<LayerSpec> = fc.oneof(
  any(5).map((units) => l.dense({ units, activation: "tanh" })),
  fc
    .record({ filters: any(5), kernelSize: any(4), dilationRate: any(3) })
    .map((keys) => l.conv1d({ ...keys, padding: "causal", activation: "relu" })),
  any(5).map((units) => l.lstm({ units, returnSequences: true })),
  fc.record({ units: any(5), resetAfter: fc.boolean() }).map((keys) => l.gru({ ...keys, returnSequences: true })),
  any(5).map((units) => l.simpleRNN({ units, returnSequences: true })),
  fc.constantFrom(l.layerNormalization(), l.masking(), l.softmax(), l.leakyReLU(), l.batchNormalization()),
  any(3).map((size) => l.upSampling1d({ size })),
  any(3).map((size) => l.conv1dTranspose({ filters: 3, kernelSize: size, strides: size })),
  any(4).map((units) => l.timeDistributed({ layer: l.dense({ units }) })),
);

it("random stacks", { timeout: 300_000 }, () => {
  const executors = streamExecutors.filter(({ name }) => name !== "graph" && name !== "simd, relaxed");
  const js = executors.find(({ name }) => name === "js");
  fc.assert(
    fc.property(fc.array(lines, { minLength: 1, maxLength: 5 }), any(4), fc.constantFrom(1, 2, 3, 4, 6, 12), fc.constantFrom(...executors), (list, features, chunk, { start }) => {
      const [first, ...rest] = list;
      const model = l.sequential([{ ...first, config: { ...first.config, inputShape: [12, features] } }, ...rest], { seed: 3 });
      const one: StreamCase = { what: "random", steps: 12, chunks: [chunk], model };
      const stream = start(model, chunk);
      const predict = stream.predict ?? js?.start(model, chunk).predict;
      check(one, chunk, stream, predict?.(sequences(model)) ?? {}, sameBits);
    }),
    { numRuns: Number(process.env.LAYERC_FUZZ ?? 0) || 40, seed: 11 },
  ); // biome-ignore format: one property
});

it("streams of instances are their own, and states come and go", () => {
  const model = l.sequential([
    l.conv1d({ filters: 3, kernelSize: 3, padding: "causal", inputShape: [6, 2] }),
    l.lstm({ units: 3 }),
  ]);
  const one = streamer(model, { target: "js" });
  const other = one.create();
  const x = (t: number): Float32Array => Float32Array.of(Math.sin(t), Math.cos(t));
  const before = one.getState();
  expect(Object.keys(before)).toEqual(["conv1d/past", "lstm/h", "lstm/c"]);
  expect([...before["lstm/h"], ...before["conv1d/past"]]).toEqual([0, 0, 0, 0, 0, 0, 0]);
  const first = [0, 1, 2].map((t) => one.step(x(t)));
  const middle = one.getState();
  const later = [3, 4].map((t) => one.step(x(t)));
  // The other has seen nothing; predict and training change no stream.
  expect(other.getState()).toEqual(before);
  one.predict(new Float32Array(12).fill(1));
  other.setState(middle);
  expect([3, 4].map((t) => other.step(x(t)))).toEqual(later);
  expect(middle["lstm/h"]).not.toEqual(other.getState()["lstm/h"]);
  one.reset();
  expect(one.getState()).toEqual(before);
  expect([0, 1, 2].map((t) => one.step(x(t)))).toEqual(first);
});

it("training changes the weights of the next step, and nothing of the stream", () => {
  const training = { loss: "mse", optimizer: "sgd" } as const;
  const layers = [
    l.conv1d({ filters: 32, kernelSize: 3, padding: "causal", inputShape: [6, 2] }),
    l.lstm({ units: 64, returnSequences: true }),
  ];
  const model = l.sequential(layers, { training });
  for (const target of ["js", "simd"] as const) {
    const options = { train: true, target, batch: 2 } as const;
    // What is computed of weights alone is there, and has to be computed again.
    expect(lowerModel(model, { ...options, stream: true }).program.entries.map(({ name }) => name)).toContain("prepare");
    const one = streamer(model, options, target) as Streamer & Trainable;
    const steps = Array.from({ length: 6 }, (_, t) => Float32Array.of(Math.sin(t), Math.cos(t)));
    const whole = Float32Array.from(steps.flatMap((x) => [...x]));
    const answer = (): number[] => {
      one.reset();
      return steps.flatMap((x) => [...(one.step(x) as Float32Array)]);
    };
    const first = answer();
    const before = one.getState();
    one.evaluate(whole, new Float32Array(6 * 64));
    one.trainStep(whole, new Float32Array(6 * 64).fill(1), { learningRate: 0.5 });
    expect(one.getState()).toEqual(before);
    // A step asks first, so that nobody has prepared for it.
    const second = answer();
    expect(second).toEqual([...(one.predict(whole) as Float32Array)]);
    expect(second).not.toEqual(first);
  }
});

it("every form of a module streams alike", () => {
  const model = l.sequential([l.lstm({ units: 8, returnSequences: true, inputShape: [4, 3] }), l.dense({ units: 2 })], {
    seed: 2,
  });
  const x = (t: number): Float32Array => Float32Array.from({ length: 3 }, (_, i) => Math.sin(3 * t + i));
  const forms = [{}, { format: "cjs" }, { format: "iife" }, { weights: "external" }, { wasm: "import" }] as const;
  const answers = forms.map((form) => {
    const module = streamer(model, { target: "simd", ...form }, "simd");
    return [0, 1, 2].map((t) => [...(module.step(x(t)) as Float32Array)]);
  });
  for (const answer of answers) expect(answer).toEqual(answers[0]);
});

it("weights that predict has prepared are there once", () => {
  const model = l.sequential([l.lstm({ units: 64, returnSequences: true, inputShape: [8, 32] }), l.dense({ units: 64 })]);
  const numbers = (stream: boolean): number => {
    const { program } = lowerModel(model, { stream, target: "simd" });
    return program.buffers.reduce((sum, { role, length }) => (role === "const" || role === "param" ? sum + length : sum), 0);
  };
  expect(numbers(true)).toBe(numbers(false));
});
