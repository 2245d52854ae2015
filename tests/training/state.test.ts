// `Model.state`: what training goes on from. Law: a module compiled with the state of another goes on with the bits of that one, whatever
// the optimizer, the target and where the weights lie; a state that is none is refused.
import { describe, expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model, TrainingInput } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import type { OptimizerSpec } from "../../compiler/training/define.ts";
import { type Loadable, load, type Trainable } from "../../runtime/index.ts";
import { batchNormalization, dense, dropout, sequential } from "../../src/index.ts";
import { errorOf } from "../support/error.ts";

const net = (optimizer: OptimizerSpec): Model =>
  sequential(
    [
      dense({ units: 9, activation: "tanh", inputShape: [5] }),
      batchNormalization({}),
      dropout({ rate: 0.3 }),
      dense({ units: 2 }),
    ],
    { seed: 3, training: { loss: "mse", optimizer } as TrainingInput },
  );

interface Module extends Trainable {
  getOptimizerState(): Record<string, Float32Array>;
}
const rows = (count: number, seed: number): Float32Array =>
  Float32Array.from({ length: count }, (_, i) => Math.sin(seed + i * i));
const step = (module: Module, k: number): number => module.trainStep(rows(4 * 5, k), rows(4 * 2, k + 50));
const started = (model: Model, options: OptionsInput): Module => {
  const artifact = compile(model, { train: true, batch: 4, selfTest: false, ...options });
  if (artifact.weights === undefined) return load<Module>(artifact);
  return load<{ create(bytes: Uint8Array): Module }>(artifact as Loadable).create(artifact.weights);
};

/** The model as the module stands. */
const standing = (model: Model, module: Module): Model => {
  const names = resolve(model).weights.map(({ name }) => name);
  const weights = module.getWeights();
  return { ...model, weights: Object.fromEntries(names.map((name, i) => [name, weights[i]])), state: module.getOptimizerState() };
};

describe("goes on where the other stopped", () => {
  const optimizers: readonly OptimizerSpec[] = ["adam", { name: "adam", amsgrad: true }, "sgd", { name: "sgd", momentum: 0.9 }];
  const ways: readonly OptionsInput[] = [{ target: "js" }, { target: "simd", exact: true, weights: "external" }];
  const cases = [
    ...ways.map((way) => ["adam", way] as const),
    ...optimizers.slice(1).map((optimizer) => [optimizer, { target: "js", exact: true }] as const),
  ];
  it.each(cases)("%j %j", (optimizer, way) => {
    const model = net(optimizer);
    const whole = started(model, way);
    for (let k = 0; k < 3; k++) step(whole, k);
    const half = standing(model, whole);
    const again = started(half, way);
    expect(again.getOptimizerState()).toEqual(half.state);
    expect(again.getWeights()).toEqual(whole.getWeights());
    for (let k = 3; k < 5; k++) expect(step(again, k)).toBe(step(whole, k));
    expect(again.getWeights()).toEqual(whole.getWeights());
    expect(again.getOptimizerState()).toEqual(whole.getOptimizerState());
  });
});

const small = (optimizer: OptimizerSpec): Model =>
  sequential([dense({ units: 1, inputShape: [2] })], { training: { loss: "mse", optimizer } as TrainingInput });

it("what is missing begins as always, and what begins as always is no text", () => {
  const model = small("adam");
  const { state: fresh } = standing(model, started(model, {}));
  const code = (state?: Model["state"]): string => compile({ ...model, ...(state === undefined ? {} : { state }) }, { train: true, selfTest: false }).code; // biome-ignore format: one line
  expect(code(fresh)).toBe(code());
  expect(code({})).toBe(code());
  const one = { "optimizer/beta2Power": Float32Array.of(0.25) };
  expect(code(one)).not.toBe(code());
  const states = started({ ...model, state: one }, {}).getOptimizerState();
  expect(states).toEqual({ ...fresh, ...one });
});

it("a state of zeros where it would begin otherwise is one of zeros", () => {
  const state = { "optimizer/beta1Power": Float32Array.of(0) };
  expect(started({ ...small("adam"), state }, {}).getOptimizerState()["optimizer/beta1Power"]).toEqual(Float32Array.of(0));
});

it("predictions do not depend on it, and nobody looks at it", () => {
  const model = small("adam");
  const code = (state: unknown): string => compile({ ...model, state } as Model, { selfTest: false }).code;
  expect(code({ nonsense: new Float32Array(3) })).toBe(compile(model, { selfTest: false }).code);
});

it("every instance begins with it", () => {
  const state = { "optimizer/beta2Power": Float32Array.of(0.25) };
  const artifact = compile({ ...small("adam"), state }, { train: true, batch: 4, selfTest: false });
  const { create } = load<{ create(): Module }>(artifact as Loadable);
  const first = create();
  first.trainStep([1, 2], [3]);
  expect(create().getOptimizerState()["optimizer/beta2Power"]).toEqual(Float32Array.of(0.25));
});

describe("is refused", () => {
  const model = small({ name: "sgd", momentum: 0.9 });
  const kernel = "optimizer/momentum/dense/kernel";
  it.each([
    ["of another optimizer", { "optimizer/m/dense/kernel": new Float32Array(2) }, "training/state", /nothing called "optimizer\/m\/dense\/kernel"/],
    ["under a name of every object", { constructor: new Float32Array(2) }, "training/state", /nothing called "constructor"/],
    ["with fewer numbers", { [kernel]: new Float32Array(1) }, "training/state", /2 numbers \(\[2, 1\]\).*found 1/],
    ["as a list", { [kernel]: Array.from({ length: 2 }, () => 0) }, "training/state", /Float32Array/],
    ["as doubles", { [kernel]: new Float64Array(2) }, "training/state", /Float32Array/],
    ["as null", { [kernel]: null }, "training/state", /found null/],
    ["that is no object", [new Float32Array(2)], "model/schema", /an object of Float32Arrays/],
    ["behind a getter", { get [kernel]() { throw new Error("no"); } }, "model/schema", /./],
  ])("%s", (_, state, code, message) => {
    const error = errorOf(() => compile({ ...model, state } as never, { train: true }));
    expect(error.code).toBe(code);
    expect(error.diagnostic.message).toMatch(message);
    expect(error.path).toMatch(/^state/);
  }); // biome-ignore format: one table
});
