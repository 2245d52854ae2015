// Convolutions by tiles in a whole module: which are, what of their weights travels, and what they do to numbers that are none.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { compile, snapshots } from "../../compiler/compile.ts";
import { nodesOf } from "../../compiler/graph/graph.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { conv2d, type Model, sequential } from "../../src/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";

interface Predicts {
  predict(x: Float32Array): Float32Array;
  selfTest(): number;
}
const net = (more: Partial<Parameters<typeof conv2d>[0]> = {}, size: readonly number[] = [14, 14, 24]): Model =>
  sequential([conv2d({ filters: 32, kernelSize: 3, activation: "relu", inputShape: size, ...more })], { seed: 3 });
const trained = (model: Model): Model => ({ ...model, training: { loss: "mse", optimizer: "sgd" } });

/** Along how many axes numbers are mixed. */
const mixes = (model: Model, options: OptionsInput = {}, goal: "predict" | "trainStep" = "predict"): number => {
  const rewritten = snapshots(model, { selfTest: false, ...options }, goal).find(({ pass }) => pass === "rewrite");
  return rewritten?.graph === undefined ? expect.fail("no graph") : nodesOf(rewritten.graph, "mix").length;
};

describe("which convolutions are computed by tiles", () => {
  // Two axes of tiles, of the kernel and of products.
  it.each([
    ["3 x 3", net(), 6],
    ["3 x 3 with a border", net({ padding: "same" }), 6],
    ["with its channels first", net({ dataFormat: "channels_first" }, [24, 14, 14]), 6],
    ["5 x 5", net({ kernelSize: 5 }), 0],
    ["with a stride", net({ strides: 2 }), 0],
    ["with a dilation", net({ dilationRate: 2 }), 0],
    ["in groups", net({ groups: 2 }), 0],
    ["of few channels", net({}, [14, 14, 3]), 0],
    ["of a single point", net({}, [3, 3, 24]), 0],
  ])("%s", (_, model, count) => {
    expect(mixes(model)).toBe(count);
  });

  it("none with exact, or where they are forbidden", () => {
    expect(mixes(net(), { exact: true })).toBe(0);
    expect(mixes(net(), { winograd: false })).toBe(0);
  });

  it("in training too, and for the gradient of the picture", () => {
    const two = trained(
      sequential([...net({ filters: 24, padding: "same" }, [16, 16, 24]).layers, conv2d({ filters: 24, kernelSize: 3 })]),
    );
    expect(mixes(two, {}, "trainStep")).toBe(18);
    expect(mixes(two, { exact: true }, "trainStep")).toBe(0);
  });
});

describe("a module", () => {
  const x = Float32Array.from({ length: 2 * 14 * 14 * 24 }, (_, i) => Math.sin(i));
  it.each(["js", "simd"] as const)("%s: carries the kernel as it is, and gives what the plain sum gives", (target) => {
    const [fast, plain] = [true, false].map((winograd) => compile(net(), { target, winograd, weights: "external" }));
    expect(fast.weights?.length).toBe(plain.weights?.length);
    expect(fast.code).toContain("function prepare()");
    const [a, b] = [fast, plain].map((artifact) => load<Predicts>(artifact));
    expect(() => a.selfTest()).not.toThrow();
    expectClose(a.predict(x), b.predict(x), standard.layers, "by tiles");
  });

  it("an infinity spreads over its tiles, and no further", () => {
    const module = load<Predicts>(compile(net(), { target: "js" }));
    const one = x.slice(0, 14 * 14 * 24);
    const clean = module.predict(one);
    const dirty = module.predict(one.with((5 * 14 + 5) * 24, Number.POSITIVE_INFINITY));
    const changed = new Set([...dirty].flatMap((value, i) => (Object.is(value, clean[i]) ? [] : [Math.floor(i / 32)])));
    // In a picture of 12 x 12 the four tiles of 4 x 4 that see it; the plain sum has it in the nine points 3 to 5 of both axes.
    const near = [...changed].every((point) => point % 12 < 8 && point < 96);
    expect(near).toBe(true);
    expect(changed.size).toBeGreaterThan(9);
  });
});

it("is at most three times as far from doubles as the plain sum", () => {
  const noise = random(1);
  const draw = (length: number, scale: number) => Float32Array.from({ length }, () => scale * (2 * noise.uniform() - 1));
  const weights = { "conv2d/kernel": draw(9 * 64 * 32, 0.1), "conv2d/bias": new Float32Array(32) };
  const model = sequential([conv2d({ filters: 32, kernelSize: 3, inputShape: [22, 22, 64] })], { weights });
  const x = draw(22 * 22 * 64, 1);
  const built = snapshots(model, { selfTest: false }).find(({ pass }) => pass === "build")?.graph ?? expect.fail("no graph");
  const wanted = Object.values(runGraph(built, { rows: 1, values: { x, ...weights }, precision: "double" }).results)[0].data;
  const errorOf = (winograd: boolean): number => {
    const found = load<Predicts>(compile(model, { target: "simd", winograd, selfTest: false })).predict(x);
    return Math.sqrt(wanted.reduce((sum, value, i) => sum + (value - found[i]) ** 2, 0));
  };
  const [tiles, plain] = [errorOf(true), errorOf(false)];
  console.log(`convolution by tiles: ${(tiles / plain).toFixed(2)} times the error of the plain sum`);
  expect(tiles / plain).toBeGreaterThan(0.5);
  expect(tiles / plain).toBeLessThan(3);
});
