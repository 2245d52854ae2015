// What regions are called: layers and their parts, so that no name of a Plan, and no identifier of a module, is like another layer's.
import { describe, expect, it, test } from "vitest";
import { compile, type Goal, snapshots } from "../../compiler/compile.ts";
import type { Plan, Region } from "../../compiler/plan/plan.ts";
import * as l from "../../src/index.ts";
import { planOf } from "./texts.ts";

const x = '%0 = input {name: "x", shape: [n, 4]}';
const a = '# layers[0] dense "a"';
const b = '# layers[1] dense "b"';
const turned = (of: number, from: number, comment = ""): string => `%${of} = reverse(%${from}) {axes: [1]} ${comment}\n`;
const every = (regions: readonly Region[]): Region[] =>
  regions.flatMap((region) => [region, ...(region.kind === "scan" ? every(region.body) : [])]);
const namesOf = ({ regions }: Plan): string =>
  every(regions)
    .map(({ name }) => name)
    .join(" ");

test.each([
  [
    "what a layer gives, and what it does on the way",
    `%1 = neg(%0) ${a}\n ${turned(2, 1, a)} %3 = exp(%2) ${a}\n ${turned(4, 3, b)} %5 = tanh(%4) ${b}\n results y = %5`,
    "a.neg a b",
  ],
  [
    "a view of the layer's own hides nothing",
    `%1 = neg(%0) ${a}\n ${turned(2, 1, a)} ${turned(3, 2, b)} %4 = tanh(%3) ${b}\n results y = %4`,
    "a b",
  ],
  [
    "roles, numbered from the second",
    `%1 = neg(%0) ${a}.max\n ${turned(2, 1, a)} %3 = exp(%2) ${a}.max\n ${turned(4, 3, b)} %5 = tanh(%4) ${b}\n results y = %5`,
    "a.max a.max.2 b",
  ],
  [
    "gradients, whose layer may be called as they are",
    `%1 = neg(%0) # ∂ layers[0] dense "a"\n ${turned(2, 1)} %3 = exp(%2) # layers[1] dense "d_a"\n ${turned(4, 3)} %5 = tanh(%4) ${b}\n results y = %5`,
    "d_a.neg d_a b",
  ],
  [
    "a part is not called like a layer",
    `%1 = neg(%0) ${a}.max\n ${turned(2, 1)} %3 = exp(%2) # layers[1] dense "a.max"\n ${turned(4, 3)} %5 = tanh(%4) ${b}\n results y = %5`,
    "a.max.2 a.max b",
  ],
  [
    "nor are ops without a layer",
    `%1 = neg(%0) ${turned(2, 1)} %3 = exp(%2) # layers[1] dense "neg"\n ${turned(4, 3)} %5 = tanh(%4) results y = %5`,
    "neg.2 neg tanh",
  ],
])("%s", (_what, lines, names) => {
  expect(namesOf(planOf(`${x} ${lines}`))).toBe(names);
});

it("says of which layers a region is, that of its value last", () => {
  const [region] = planOf(`${x} %1 = neg(%0) ${a}\n %2 = exp(%1) ${b}.e\n results y = %2`).regions;
  expect(region).toMatchObject({ id: "r0", name: "b.e", origin: { name: "b", role: "e" }, others: [{ name: "a" }] });
});

describe("a model whose layers are called like parts of others", () => {
  const names = [
    "dense",
    "dense_1",
    "dense.max",
    "dense_max",
    "d_dense",
    "d_dense.kernel",
    "x",
    "y",
    "loss",
    "adam",
    "neg",
    "dense/kernel",
    "dense.max.2",
    "x.2",
    "predict_dense",
  ];
  const model = l.sequential(
    names.map((name, i) =>
      l.dense({ name, units: 3, activation: i % 3 === 0 ? "softmax" : "tanh", ...(i === 0 ? { inputShape: [3] } : {}) }),
    ),
    { training: { loss: "categorical_crossentropy", optimizer: "adam" } },
  );
  it.each<Goal>(["predict", "trainStep", "evaluate"])("%s: no region and no buffer has the name of another layer", (goal) => {
    const plan = snapshots(model, { train: true, target: "js" }, goal).findLast((made) => made.plan !== undefined)?.plan as Plan;
    const regions = every(plan.regions);
    expect(new Set(regions.map(({ name }) => name)).size).toBe(regions.length);
    for (const { name, origin } of regions)
      if (names.includes(name)) expect([origin?.name, origin?.role, origin?.gradient]).toEqual([name, undefined, undefined]);
    const written = new Map(
      regions.flatMap((region) =>
        region.kind === "scan" || region.kind === "rows" ? [] : [[region.out.buffer, region.origin?.name]],
      ),
    );
    const prefix = { predict: "", step: "step/", trainStep: "train/", evaluate: "evaluate/", metrics: "metrics/" }[goal];
    for (const { name, role, to } of plan.buffers) {
      const layer = name.slice(prefix.length);
      if (role === "arena" && to >= 0 && names.includes(layer)) expect(written.get(name)).toBe(layer);
    }
  });
  it("an identifier is a layer's own, or with a number that is no layer's", () => {
    const { code } = compile(model, { train: true, target: "js" });
    const comments = new Map(
      [...code.matchAll(/\/\/ (.*)\n(?: *\/\/ .*\n)* *function trainStep_(\w+)\(/g)].map(([, comment, id]) => [id, comment]),
    );
    const owners = { dense: 0, dense_1: 1, dense_max: 3, d_dense: 4 };
    // A layer whose kernel is another's, called with other buffers, has no identifier of its own.
    const found = Object.entries(owners).filter(([id]) => comments.has(id));
    expect(found.map(([id]) => id)).toContain("dense");
    for (const [id, k] of found) expect(comments.get(id)).toMatch(new RegExp(`^layers\\[${k}\\] dense "${id}":`));
  });
});
