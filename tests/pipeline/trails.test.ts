// From a layer to its kernels and back: every kernel of a module is reached from a layer, or from the loss or the optimizer, its
// name begins with that layer's, and the comment above its text names it; what equal regions share is reached from each of them.
import { describe, expect, it } from "vitest";
import type { Goal } from "../../compiler/compile.ts";
import { compile, lowerModel, parseOptions } from "../../compiler/compile.ts";
import { showOrigin } from "../../compiler/graph/origin.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { type Trail, trailsOf } from "../../compiler/pipeline/trails.ts";
import * as l from "../../src/index.ts";

const training = { loss: "categorical_crossentropy", optimizer: "adam" } as const;
const models: Readonly<Record<string, l.Model>> = {
  dense: l.sequential([l.dense({ units: 8, activation: "tanh", inputShape: [4] }), l.dense({ units: 3 })], { training }),
  lstm: l.sequential([l.lstm({ units: 8, inputShape: [5, 4] }), l.dense({ units: 3, activation: "softmax" })], { training }),
  softmax: l.sequential([l.dense({ units: 3, inputShape: [4] }), l.softmax()], { training }),
  normal: l.sequential(
    [
      l.conv2d({ filters: 4, kernelSize: 3, padding: "same", inputShape: [6, 6, 2] }),
      l.batchNormalization(),
      l.flatten(),
      l.layerNormalization(),
      l.dense({ units: 3, activation: "softmax" }),
    ],
    { training },
  ),
};

/** For each kernel the comment above its text. */
function commentsOf(code: string): ReadonlyMap<string, string> {
  const lines = code.split("\n").map((line) => line.trim());
  return new Map(
    lines.flatMap((line, i) => {
      const id = /^function (\w+)\([\w, ]*\) \{$/.exec(line)?.[1];
      const first = lines.findLastIndex((above, k) => k < i && !above.startsWith("//")) + 1;
      const comment = lines.slice(first, i).map((text) => text.slice(3)).join("\n").replaceAll("\\u2202", "∂"); // biome-ignore format: one line
      return id === undefined ? [] : [[id, comment] as const];
    }),
  );
}

const cases = Object.keys(models).flatMap((name) =>
  (["predict", "trainStep", "evaluate"] as const).map((goal) => [name, goal] as const),
);

describe.each(cases)("%s, %s", (name, goal: Goal) => {
  const input: OptionsInput = { train: goal !== "predict", target: "js", unroll: 0 };
  const trails = trailsOf(models[name], parseOptions(input), goal);
  const comments = commentsOf(compile(models[name], input).code);
  const identifier = (kernel: string) => kernel.replace(/\W+/g, "_");

  it("each kernel is reached from a layer, which its name and its comment say; one that equal regions share from each of them", () => {
    const reached = trails.flatMap((trail) => trail.kernels.map((kernel) => ({ kernel, trail })));
    const calls = lowerModel(models[name], input).program.entries.find(({ name }) => name === goal)?.calls ?? [];
    expect(new Set(reached.map(({ kernel }) => kernel))).toEqual(new Set(calls.map(({ kernel }) => kernel)));
    for (const { kernel, trail } of reached) {
      const comment = comments.get(identifier(kernel));
      const of = calls.filter((call) => call.kernel === kernel).map(({ origin }) => origin ?? comment);
      expect(
        of.some((origin) => origin?.includes(showOrigin(trail.origin))),
        kernel,
      ).toBe(true);
      if (/^and \d+ more/m.test(comment ?? "")) continue;
      expect(kernel.replace(`${goal}/`, "")).toMatch(new RegExp(`^(d_)?${trail.origin.name}(\\.|$)`));
      expect(comment).toContain(showOrigin(trail.origin));
    }
  });

  it("each region and nest is of one layer too", () => {
    for (const ids of [trails.flatMap(({ regions }) => regions), trails.flatMap(({ nodes }) => nodes)])
      expect(new Set(ids).size).toBe(ids.length);
    for (const { kernels, nests } of trails) expect(new Set(nests.map(({ kernel }) => kernel))).toEqual(new Set(kernels));
  });
});

const show = ({ origin, nodes, regions, joined, nests, kernels }: Trail): string =>
  [
    showOrigin(origin),
    ...[nodes, regions, joined, nests.map(({ kernel, index }) => `${kernel}#${index}`), kernels].map((list) => list.join(" ")),
  ].join(" | ");

it("shows where a layer went: nodes, regions, regions of others that it joined, nests, kernels", () => {
  const trails = trailsOf(models.softmax, parseOptions({ target: "js", unroll: 0 }), "predict");
  expect(trails.map(show)).toEqual([
    'layers[0] dense "dense" | %1 %2 %3 %4 %5 | r0 |  | predict/dense#0 | predict/dense',
    'layers[1] softmax "softmax" | %6 %7 %8 %9 %10 %11 %12 | r1 r2 r3 r4 |  | predict/softmax.max#0 predict/softmax.exp#0 predict/softmax.sum#0 predict/softmax#0 | predict/softmax.max predict/softmax.exp predict/softmax.sum predict/softmax',
  ]);
  for (const { nests } of trails)
    for (const { target, strategy } of nests) expect([target, strategy]).toEqual(["js", expect.stringMatching(/./)]);
});

it("a layer may run in the region of another, and a straight line is one kernel", () => {
  const model = l.sequential([l.dense({ units: 2, inputShape: [2] }), l.activation({ activation: "relu" })]);
  expect(trailsOf(model, parseOptions({}), "predict").map(show)).toEqual([
    'layers[0] dense "dense" | %1 %2 %3 %4 %5 |  | r0 |  | ',
    'layers[1] activation "activation" | %6 %7 | r0 |  | predict/activation#0 | predict',
  ]);
});

it("a scan's body is under its node, and its regions are the layer's; a gradient is its layer's", () => {
  const [lstm] = trailsOf(models.lstm, parseOptions({ target: "js", unroll: 0 }), "predict");
  expect(lstm.nodes.some((id) => /^%\d+\/%\d+$/.test(id))).toBe(true);
  expect(lstm.kernels).toEqual(["predict/lstm.inputs", "predict/lstm.carry_h", "predict/lstm.carry_c", "predict/lstm"]);
  expect(lstm.regions.length).toBeGreaterThan(lstm.kernels.length);
  const [dense, , loss, optimizer] = trailsOf(models.dense, parseOptions({ train: true, target: "js" }), "trainStep");
  expect(dense.kernels).toContain("trainStep/d_dense.kernel");
  expect([loss, optimizer].map(({ origin }) => origin.path)).toEqual(["training.loss", "training.optimizer"]);
});
