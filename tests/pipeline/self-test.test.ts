// Laws of selfTest: a right module never throws, however its model makes much of a rounding; a module with one wrong weight, or with
// a kernel that begins one place further on, does; and golden rows do not make the file.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Artifact } from "../../compiler/artifact.ts";
import { type Random, random } from "../../compiler/base/random.ts";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import * as l from "../../src/sequential.ts";
import { type Kind, sampleOf } from "../arbitrary/models.ts";
import { type Backend, relaxedRuns, withBackend } from "../engines.ts";
import { weightsOf } from "../executors.ts";
import { standard } from "../exemptions.ts";

const { sequential } = l;
const wild = { name: "randomNormal", stddev: 1 } as const;
const tanh = (units: number, more = {}) => l.dense({ units, activation: "tanh", ...more });
const times = <T>(count: number, make: () => T): T[] => Array.from({ length: count }, make);

/** Nets that magnify roundings, and usual ones. */
const nets: Readonly<Record<string, (seed: number) => Model>> = {
  "rescaled, then normalised": (seed) =>
    sequential([l.dense({ units: 8, inputShape: [4] }), l.rescaling({ scale: 2000 }), l.layerNormalization(), l.dense({ units: 4 })], { seed }),
  "one number rescaled and normalised": (seed) =>
    sequential([l.dense({ units: 1, inputShape: [4] }), l.rescaling({ scale: 2000 }), l.layerNormalization(), l.dense({ units: 4 })], { seed }),
  "far from 0, then normalised": (seed) =>
    sequential([l.rescaling({ scale: 1, offset: 2000, inputShape: [8] }), l.layerNormalization(), l.dense({ units: 4 })], { seed }),
  "two numbers normalised again and again": (seed) =>
    sequential([l.rescaling({ scale: 2000, inputShape: [2] }), ...times(4, () => l.layerNormalization()), l.dense({ units: 2 })], { seed }),
  "eight wild tanh": (seed) =>
    sequential([tanh(32, { inputShape: [8], kernelInitializer: wild }), ...times(7, () => tanh(32, { kernelInitializer: wild }))], { seed }),
  "thirty tanh": (seed) => sequential([tanh(8, { inputShape: [8] }), ...times(29, () => tanh(8))], { seed }),
  "units that are all alike": (seed) =>
    sequential([tanh(64, { inputShape: [8], kernelInitializer: "ones", biasInitializer: { name: "constant", value: 0.1 } }), l.dense({ units: 2, kernelInitializer: "ones" })], { seed }),
  "dense, relu, softmax": (seed) =>
    sequential([l.dense({ units: 10, activation: "relu", inputShape: [4] }), l.dense({ units: 3, activation: "softmax" })], { seed }),
  "wide, relu, softmax": (seed) =>
    sequential([l.dense({ units: 64, activation: "relu", inputShape: [70] }), l.dense({ units: 12, activation: "softmax" })], { seed }),
  convolution: (seed) =>
    sequential([l.conv2d({ filters: 6, kernelSize: 3, activation: "relu", inputShape: [8, 8, 2] }), l.maxPooling2d(), l.flatten(), l.dense({ units: 5 })], { seed }),
  lstm: (seed) => sequential([l.lstm({ units: 6, inputShape: [5, 3] }), l.dense({ units: 2 })], { seed }),
  "ids": (seed) =>
    sequential([l.embedding({ inputDim: 12, outputDim: 4, inputShape: [5] }), l.flatten(), l.dense({ units: 1, activation: "sigmoid" })], { seed }),
}; // biome-ignore format: one table

const targets: readonly (readonly [name: string, backend: Backend, options: OptionsInput])[] = [
  ["js", "js", { target: "js" }],
  ["js, loops", "js", { target: "js", unroll: 0 }],
  ["js, exact", "js", { target: "js", exact: true }],
  ["simd", "simd", { target: "simd" }],
  ...(relaxedRuns ? ([["relaxed", "relaxed", { target: "simd" }]] as const) : []),
];

const selfTestOn = (model: Model, [, backend, options]: (typeof targets)[number]): number =>
  withBackend(compile(model, options), backend, (artifact) => load(artifact).selfTest?.() ?? Number.NaN);

describe("a right module passes", () => {
  it.each(Object.entries(nets))("%s", (name, make) => {
    let runs = 0;
    for (let seed = 1; seed <= 3; seed++) {
      for (const target of targets) {
        expect(() => selfTestOn(make(seed), target), `${name}, seed ${seed}, ${target[0]}`).not.toThrow();
        runs++;
      }
    }
    console.log(`selfTest of ${name}: ${runs} right modules passed`);
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, 3e38, 1e-45])("with %s among its weights", (value) => {
    const model = nets["dense, relu, softmax"](1);
    const weights = Object.fromEntries(Object.entries(weightsOf(model)).map(([name, values]) => [name, values.map((w, i) => (i === 1 ? value : w))])); // biome-ignore format: one line
    for (const target of targets) expect(() => selfTestOn({ ...model, weights }, target), target[0]).not.toThrow();
  });
});

/** The model with one wrong weight, or with one array of weights that begins one place further on. */
function mutant(model: Model, how: "flip" | "shift", noise: Random): Model | undefined {
  const values = weightsOf(model);
  const names = Object.keys(values).filter((name) => values[name].length > 1 && values[name].some((weight) => weight !== 0));
  if (names.length === 0) return undefined;
  const name = noise.pick(names);
  const list = Float32Array.from(values[name]);
  if (how === "shift") list.set([...list.subarray(1), list[0]]);
  else {
    const at = noise.integer(0, list.length - 1);
    list[at] = -list[at];
  }
  const weights: Record<string, Float32Array> = {};
  for (const key of Object.keys(values))
    Object.defineProperty(weights, key, { value: key === name ? list : values[key], enumerable: true });
  return { ...model, weights };
}

/** What a module tests, out of its text. */
const selfTestText = (code: string): string => code.slice(code.indexOf("function selfTest()"), code.lastIndexOf("\nexport {"));

const compiled = new Map<Model, Artifact>();
/** The module of a model, made once for all its mutants. */
function rightOf(model: Model): Artifact {
  const artifact = compiled.get(model) ?? compile(model, { target: "js" });
  compiled.set(model, artifact);
  return artifact;
}

/** Whether the golden rows of the model find the mutant; undefined where 200 other rows do not find it either. */
function isCaught(model: Model, wrong: Model): boolean | undefined {
  const [right, bad] = [rightOf(model), compile(wrong, { target: "js" })];
  const mixed = load({ ...bad, code: bad.code.replace(selfTestText(bad.code), () => selfTestText(right.code)) });
  try {
    mixed.selfTest?.();
  } catch {
    return true;
  }
  const resolved = resolve(model);
  const draw = resolved.inputSampler(random(5));
  const x = Float32Array.from({ length: 200 * sizeOf(resolved.predict.inputs[0].shape) }, draw);
  const [y, found] = [load(right).predict(x), mixed.predict(x)];
  const scale = y.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
  return y.some((value, i) => Math.abs(value - found[i]) > standard.layers.rel * scale) ? false : undefined;
}

describe("a wrong module is caught", () => {
  const count = (models: readonly Model[], how: "flip" | "shift") => {
    const noise = random(11);
    const tally = { caught: 0, missed: 0, same: 0 };
    for (const model of models) {
      const wrong = mutant(model, how, noise);
      if (wrong === undefined) continue;
      const caught = isCaught(model, wrong);
      tally[caught === undefined ? "same" : caught ? "caught" : "missed"]++;
    }
    console.log(`selfTest, ${how}: ${tally.caught} caught, ${tally.missed} missed, ${tally.same} without effect on 200 rows`);
    return tally;
  };
  // What only says which class a number is in shows a wrong weight where one crosses a boundary, and eight rows need not have such.
  const hides = ({ layers }: Model): boolean =>
    layers.some(({ layer }) => ["discretization", "categoryEncoding"].includes(layer));
  const drawn = (["dense", "probe", "big"] as const).flatMap((kind: Kind) =>
    fc.sample(sampleOf(kind, false), { seed: 20, numRuns: 26 }).flatMap(({ model }) => (hides(model) ? [] : [model])),
  );
  const usual = Object.values(nets).flatMap((make) => times(5, () => make).map((one, seed) => one(seed + 1)));

  for (const [what, models] of [["random models", drawn], ["nets", usual]] as const) {
    for (const how of ["flip", "shift"] as const) {
      it(`${what}, ${how === "flip" ? "the sign of one weight" : "weights that begin one place further on"}`, () => {
        const { caught, missed } = count(models, how);
        expect(caught).toBeGreaterThan(30);
        expect(20 * missed).toBeLessThanOrEqual(caught + missed);
      });
    }
  } // biome-ignore format: one table
});

describe("golden rows", () => {
  const withoutRows = (model: Model) => compile(model, { selfTest: false, target: "js" }).code.length;
  it.each([
    ["of an image", sequential([l.conv2d({ filters: 4, kernelSize: 3, inputShape: [64, 64, 3] })])],
    [
      "of many ids",
      sequential([l.embedding({ inputDim: 50, outputDim: 3, inputShape: [400] }), l.flatten(), l.dense({ units: 2 })]),
    ],
    ["of 784 numbers", sequential([l.dense({ units: 20, inputShape: [784] }), l.dense({ units: 10, activation: "softmax" })])],
  ])("%s do not make the file", (_, model) => {
    expect(compile(model, { target: "js" }).code.length - withoutRows(model)).toBeLessThan(2500);
    expect(() => selfTestOn(model, targets[0])).not.toThrow();
  });

  it("say which output of which row is off, and by how much", () => {
    const { code } = compile(nets["dense, relu, softmax"](1), { target: "js" });
    const bad = code.replace(/const y = \[[^,]*/, "const y = [0.5");
    expect(bad).not.toBe(code);
    expect(() => load({ code: bad }).selfTest?.()).toThrow(
      /^selfTest: output 0 of row 0 is off by 0\.\d+, more than 0.00000\d+$/,
    );
  });
});
