// Nets that people know: what they take of memory, and how their code grows. Counted; how long it takes is bench/'s to say.
import { describe, expect, it } from "vitest";
import { compile, type Goal, snapshots } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { Plan } from "../../compiler/plan/plan.ts";
import { load } from "../../runtime/load.ts";
import { dsCnn, mobileNet, resNet20, transformer } from "../support/nets.ts";

const nets: readonly (readonly [name: string, model: Model])[] = [
  ["MobileNet", mobileNet()],
  ["ResNet-20", resNet20()],
  ["DS-CNN", dsCnn()],
  ["a transformer", transformer()],
];

/** The most that is alive at one position; what takes over the bytes of another counts once. */
function largestLiveSet({ buffers }: Plan): number {
  const arena = buffers.filter(({ role, to }) => role === "arena" && to >= 0);
  const ends = new Set(arena.map(({ from }) => from));
  return [...ends].reduce((most, at) => {
    const alive = arena.filter(({ from, to }) => from <= at && at <= to);
    const taken = new Set(alive.flatMap(({ inPlaceOf }) => inPlaceOf ?? []));
    return Math.max(most, alive.reduce((sum, { name, length }) => (taken.has(name) ? sum : sum + length), 0)); // biome-ignore format: one line
  }, 0);
}
const planOf = (model: Model, goal: Goal): Plan => {
  const plan = snapshots(model, { selfTest: false }, goal).find((one) => one.plan !== undefined)?.plan;
  return plan ?? expect.fail("no plan");
};

describe.each(nets)("%s", (_name, model) => {
  it.each(["predict", "trainStep"] as const)("%s: the arena is at most 1.15 times what is alive at once", (goal) => {
    const plan = planOf(model, goal);
    const live = largestLiveSet(plan);
    expect(live).toBeGreaterThan(0);
    expect(plan.arena / live).toBeLessThanOrEqual(1.15);
  });
});

const codeOf = (model: Model, target: "js" | "simd"): number => {
  const { code, manifest } = compile(model, { target, selfTest: false, weights: "external" });
  expect(manifest.bytes.code).toBe(code.length);
  return code.length;
};

describe.each(["js", "simd"] as const)("code for %s", (target) => {
  it("does not grow with the picture", () => {
    expect(codeOf(mobileNet(192), target) / codeOf(mobileNet(96), target)).toBeLessThan(1.05);
  });
  it("grows with the layers, and by less where they are alike", () => {
    const [two, four, eight] = [2, 4, 8].map((blocks) => codeOf(transformer(blocks), target));
    // Twice as much, and a digit more in addresses.
    expect(eight - four).toBeLessThan(2.4 * (four - two));
    expect(four / two).toBeLessThan(1.5);
  });
});

it("a call with an array for its answer makes none", () => {
  const module = load<{ predict(x: Float32Array, out: Float32Array): Float32Array }>(
    compile(dsCnn(), { target: "js", selfTest: false }),
  );
  const [x, out] = [new Float32Array(490).fill(0.5), new Float32Array(12)];
  module.predict(x, out);
  const before = process.memoryUsage().arrayBuffers;
  for (let i = 0; i < 20; i++) module.predict(x, out);
  expect(process.memoryUsage().arrayBuffers).toBe(before);
});

it("the manifest tells the bytes of the arena, in which values lie over each other", () => {
  const options = { target: "js", selfTest: false, weights: "external" } as const;
  const { manifest } = compile(dsCnn(), options);
  expect(manifest.bytes.arena).toBe(4 * planOf(dsCnn(), "predict").arena);
});
