// A Graph's weights are called as the author of a file likes, and so may be called like what the compiler adds. Law: whatever they are
// called, the module gives the same numbers, on plain JavaScript and in lanes.
import { expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { optionsSchema } from "../../compiler/options.ts";
import { lowerModel } from "../../compiler/pipeline/lower-model.ts";
import { load } from "../../runtime/load.ts";

/** A blocked weight, one of which a square is prepared, and a convolution by tiles. */
const model = (blocked: string, squared: string, kernel: string): Model => ({
  name: "m",
  seed: 0,
  layers: [],
  graph: `graph g
  %0 = input {name: "x", shape: [n, 14, 14, 20]} : [n, 14, 14, 20]
  %1 = param {name: ${JSON.stringify(blocked)}, shape: [20, 64]} : [20, 64]
  %2 = param {name: ${JSON.stringify(squared)}, shape: [24, 64]} : [24, 64]
  %3 = param {name: ${JSON.stringify(kernel)}, shape: [3, 3, 20, 24]} : [3, 3, 20, 24]
  %4 = window(%0) {axes: [1, 2], sizes: [3, 3], strides: [1, 1], dilations: [1, 1]} : [n, 12, 12, 20, 3, 3]
  %5 = dot(%4, %3) {batch: [[], []], contract: [[4, 5, 3], [0, 1, 2]]} : [n, 12, 12, 24]
  %6 = reduceSum(%5) {axes: [1, 2]} : [n, 24]
  %7 = mul(%2, %2) : [24, 64]
  %8 = dot(%6, %7) {batch: [[], []], contract: [[1], [0]]} : [n, 64]
  %9 = reduceSum(%0) {axes: [1, 2]} : [n, 20]
  %10 = dot(%9, %1) {batch: [[], []], contract: [[1], [0]]} : [n, 64]
  %11 = add(%8, %10) : [n, 64]
results
  y = %11
end
`,
  weights: Object.fromEntries(
    [blocked, squared, kernel].map((name, i) => [name, Float32Array.from({ length: [1280, 1536, 4320][i] }, (_, k) => Math.sin(k + i))]),
  ),
}); // biome-ignore format: one table

const x = Float32Array.from({ length: 14 * 14 * 20 }, (_, i) => Math.cos(i));
const predicted = (target: "js" | "simd", ...names: Parameters<typeof model>): Float32Array =>
  load<{ predict(x: Float32Array): Float32Array }>(compile(model(...names), { target, selfTest: false })).predict(x);

const usual: [string, string, string] = ["a", "b", "c"];
const { program, simd } = lowerModel(model(...usual), optionsSchema.parse({ selfTest: false }));
const added = [...new Set([program, simd?.program].flatMap((one) => one?.buffers.map(({ name }) => name) ?? []))];
// An input and a param of one name are no Graph.
const reserved: readonly string[] = [...usual, "x"];
const names = [...added.filter((name) => !reserved.includes(name)), "prepared1", "packed1", "plain1", "tile/y", "constructor"];

it("there are such names", () => {
  expect(added).toEqual(expect.arrayContaining(["x", "y", "prepared0", "packed0"]));
});

it("weights may have any of them", () => {
  const wanted = predicted("js", ...usual);
  for (const name of names)
    for (const [i] of usual.entries())
      expect(predicted("js", ...(usual.with(i, name) as [string, string, string])), name).toEqual(wanted);
});

it("in lanes too", () => {
  const wanted = predicted("simd", ...usual);
  for (const [i, name] of names.entries())
    expect(predicted("simd", ...(usual.with(i % 3, name) as [string, string, string])), name).toEqual(wanted);
});

/** A weight between x and y, trained. */
const trained = (name: string, other = "b"): Model => ({
  name: "m",
  seed: 0,
  layers: [],
  graph: `graph g
  %0 = input {name: "x", shape: [n, 3]} : [n, 3]
  %1 = param {name: ${JSON.stringify(name)}, shape: [3, 2]} : [3, 2]
  %2 = param {name: ${JSON.stringify(other)}, shape: [3, 2]} : [3, 2]
  %3 = mul(%1, %2) : [3, 2]
  %4 = dot(%0, %3) {batch: [[], []], contract: [[1], [0]]} : [n, 2]
results
  y = %4
end
`,
  weights: { [name]: Float32Array.of(1, -2, 3, 0.5, 0.25, 2), [other]: Float32Array.of(1, 2, 3, 1, -1, -2) },
  training: { loss: "mse", optimizer: "adam" },
});

interface Trainer {
  trainStep(x: Float32Array, y: Float32Array): number;
  evaluate(x: Float32Array, y: Float32Array): unknown;
  getWeights(): Float32Array[];
  getOptimizerState(): Readonly<Record<string, Float32Array>>;
}
const after = (model: Model): unknown => {
  const module = load<Trainer>(compile(model, { train: true, batch: 4, selfTest: false }));
  const [x3, y2] = [x.subarray(0, 12), x.subarray(0, 8)];
  const losses = [module.trainStep(x3, y2), module.trainStep(x3, y2), module.evaluate(x3, y2)];
  return [losses, module.getWeights(), Object.values(module.getOptimizerState())];
};
const { program: step } = lowerModel(trained("a"), optionsSchema.parse({ selfTest: false, train: true }));
const inTraining = [...new Set(step.buffers.map(({ name }) => name)), "sampleWeight", "y", "y:y", "loss", "gradient:b", "learningRate", "optimizer/iteration", "optimizer/learningRate", "step", "state"]; // biome-ignore format: one list

it("a module that trains does so too, or says which name is taken", () => {
  const wanted = after(trained("a"));
  const refused = new Set<string>();
  for (const name of inTraining) {
    if (name === "b" || name === "x") continue;
    try {
      expect(after(trained(name)), name).toEqual(wanted);
    } catch (error) {
      if (!(error instanceof CompileError)) throw error;
      expect(error.code, name).toBe("training/names");
      expect(error.diagnostic.message, name).toContain(JSON.stringify(name));
      refused.add(name);
    }
  }
  const states = step.buffers.filter(({ role }) => role === "state").map(({ name }) => name);
  expect(states).toContain("optimizer/m/b");
  // Of the weight itself no state is called like it.
  const others = states.filter((name) => !name.endsWith("/a"));
  expect([...refused].sort()).toEqual(["learningRate", "sampleWeight", "y", ...others].sort());
});
