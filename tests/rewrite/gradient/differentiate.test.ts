// Gradients of whole small graphs against central differences, and the promises around them: results and updates stay, zeros
// where nothing flows, origins, and an error where an op has no gradient.
import { describe, expect, test } from "vitest";
import { random } from "../../../compiler/base/random.ts";
import { type Graph, graph, type Node } from "../../../compiler/graph/graph.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { type AnyOp, notDifferentiable, type Primitive } from "../../../compiler/ops/define.ts";
import { begin, type G, ops } from "../../../compiler/ops/index.ts";
import { expandComposites } from "../../../compiler/rewrite/expand.ts";
import { differentiate, pullback } from "../../../compiler/rewrite/gradient/differentiate.ts";
import { expectClose } from "../../close.ts";
import { standard } from "../../exemptions.ts";
import { gradients, valuesFor } from "./gradient.ts";

const plain = { batch: [[], []], contract: [[1], [0]] } as const;
const total = (g: G, x: Node): Node => g.reduceSum(x, { axes: x.type.shape.map((_, axis) => axis) });
const mean = (g: G, x: Node): Node => g.div(total(g, x), g.rows());
const lossOf = (make: (g: G) => Node): Graph => {
  const g = begin();
  return graph("loss", [["loss", make(g)]]);
};

const dense = (g: G, x: Node, name: string, units: number): Node => {
  const features = x.type.shape[1] as number;
  const y = g.dot(x, g.param({ name: `${name}/kernel`, shape: [features, units] }), plain);
  return g.add(y, g.broadcast(g.param({ name: `${name}/bias`, shape: [units] }), { shape: y.type.shape, axes: [1] }));
};

const cases: readonly (readonly [name: string, params: readonly string[], source: Graph])[] = [
  [
    "a perceptron with a shared layer",
    ["a/kernel", "a/bias", "b/kernel", "b/bias"],
    lossOf((g) => {
      const x = g.input({ name: "x", shape: ["n", 3] });
      const y = dense(g, g.sigmoid(dense(g, g.tanh(dense(g, x, "a", 3)), "a", 3)), "b", 2);
      const error = g.sub(y, g.input({ name: "t", shape: ["n", 2] }));
      return mean(g, g.mul(error, error));
    }),
  ],
  [
    "normalisation by the batch's own statistics",
    // The bias before it has none: the mean takes it away.
    ["a/kernel", "gamma"],
    lossOf((g) => {
      const y = dense(g, g.input({ name: "x", shape: ["n", 2] }), "a", 3);
      const over = (z: Node): Node => {
        const sum = g.reduceSum(z, { axes: [0] });
        return g.broadcast(g.div(sum, g.broadcast(g.rows(), { shape: [3], axes: [] })), { shape: ["n", 3], axes: [1] });
      };
      const centered = g.sub(y, over(y));
      const variance = over(g.mul(centered, centered));
      const normal = g.div(centered, g.sqrt(g.add(variance, g.like(variance, 0.1))));
      const scaled = g.mul(normal, g.broadcast(g.param({ name: "gamma", shape: [3] }), { shape: ["n", 3], axes: [1] }));
      return total(g, g.mul(scaled, g.tanh(g.input({ name: "t", shape: ["n", 3] }))));
    }),
  ],
  [
    "a convolution: pad, window, dot",
    ["kernel", "x"],
    lossOf((g) => {
      const x = g.broadcast(g.param({ name: "x", shape: [4, 4, 2] }), { shape: ["n", 4, 4, 2], axes: [1, 2, 3] });
      const noisy = g.mul(x, g.input({ name: "noise", shape: ["n", 4, 4, 2] }));
      const padded = g.pad(noisy, { low: [0, 1, 1, 0], high: [0, 1, 1, 0], value: 0 });
      const patches = g.window(padded, { axes: [1, 2], sizes: [3, 2], strides: [1, 2], dilations: [1, 1] });
      const kernel = g.param({ name: "kernel", shape: [3, 2, 2, 3] });
      const y = g.dot(patches, kernel, { batch: [[], []], contract: [[4, 5, 3], [0, 1, 2]] }); // biome-ignore format: axes
      return total(g, g.tanh(y));
    }),
  ],
  [
    "attention-like: softmax over a dot of two moving sides",
    ["a/kernel", "b/kernel"],
    lossOf((g) => {
      const x = g.input({ name: "x", shape: ["n", 3, 2] });
      const side = (name: string): Node =>
        g.dot(x, g.param({ name: `${name}/kernel`, shape: [2, 2] }), { batch: [[], []], contract: [[2], [0]] });
      const scores = g.dot(side("a"), side("b"), { batch: [[0], [0]], contract: [[2], [2]] });
      const wide = (y: Node): Node => g.broadcast(y, { shape: ["n", 3, 3], axes: [0, 1] });
      const e = g.exp(g.sub(scores, wide(g.reduceMax(scores, { axes: [2] }))));
      return total(g, g.mul(g.div(e, wide(g.reduceSum(e, { axes: [2] }))), g.input({ name: "t", shape: ["n", 3, 3] })));
    }),
  ],
  [
    "views in a row",
    ["x"],
    lossOf((g) => {
      const x = g.param({ name: "x", shape: [2, 6] });
      const y = g.reverse(g.transpose(g.reshape(x, { shape: [2, 3, 2] }), { perm: [1, 0, 2] }), { axes: [0, 2] });
      const z = g.concat(
        g.slice(y, { starts: [1, 0, 0], sizes: [2, 1, 2] }),
        g.slice(y, { starts: [0, 1, 0], sizes: [2, 1, 2] }),
        { axis: 1 },
      );
      return total(g, g.mul(g.tanh(z), g.input({ name: "t", shape: [2, 2, 2] })));
    }),
  ],
];

describe("differentiate", () => {
  test.each(cases)("%s", (name, params, source) => {
    const { actual, expected } = gradients(source, params, { rows: 3, values: valuesFor(source, random(name.length), 3) });
    for (const param of params) {
      expectClose(actual[param], expected[param], standard.gradients, `${name}: ${param}`);
      expect(Math.max(...expected[param].map(Math.abs)), param).toBeGreaterThan(1e-3);
    }
  });

  test("results and updates stay; a param the loss does not reach gets zeros of its shape", () => {
    const g = begin();
    const [w, v] = [g.param({ name: "w", shape: [2] }), g.param({ name: "v", shape: [3] })];
    const step = differentiate(
      graph("step", [["loss", total(g, g.mul(w, w))], ["v", g.neg(v)]], [["v", g.mul(v, g.like(v, 2))]]), // biome-ignore format: one line
      "loss",
      ["w", "v"],
    );
    const { results, updates } = runGraph(step, { rows: 1, values: { w: [3, -1], v: [1, 2, 3] }, precision: "f32" });
    expect(Object.fromEntries(Object.entries(results).map(([name, { data }]) => [name, [...data]]))).toEqual({
      loss: [10],
      v: [-1, -2, -3],
      "gradient:w": [6, -2],
      "gradient:v": [0, 0, 0],
    });
    expect([...updates.v.data]).toEqual([2, 4, 6]);
  });

  test("a gradient node names the layer whose node it differentiates", () => {
    const g = begin();
    g.builder.origin = { path: "layers[0]", layer: "dense", name: "d" };
    const y = g.exp(g.as("kernel", () => g.param({ name: "w", shape: [] })));
    const step = differentiate(graph("step", [["loss", y]], [], g.builder.origins), "loss", ["w"]);
    const name = 'layers[0] dense "d"';
    expect([...new Set([...step.origins.values()].map(showOrigin))].sort()).toEqual(
      [name, `${name}.kernel`, `∂ ${name}.kernel`].sort(),
    );
  });

  test("cotangents add up where a value is used twice, and roots may be given theirs", () => {
    const g = begin();
    const x = g.input({ name: "x", shape: [2] });
    const [y, z] = [g.mul(x, x), g.neg(x)];
    const [flow, none] = pullback(
      g,
      [
        [y, g.fill(3, [2])],
        [z, g.fill(5, [2])],
      ],
      [x, g.input({ name: "other", shape: [2] })],
    );
    expect(none).toBeNull();
    const { results } = runGraph(graph("flow", [["flow", flow as Node]]), { rows: 1, values: { x: [1, -2] }, precision: "f32" });
    expect([...results.flow.data]).toEqual([3 * 2 - 5, 3 * -4 - 5]);
  });

  test("the gradient may not pass an op that has none, and says which, why and where", () => {
    const wall: AnyOp = { ...(ops.neg as Primitive), name: "wall", vjp: notDifferentiable("it is a wall") };
    const g = begin({ ...ops, wall });
    g.builder.origin = { path: "layers[3]", layer: "dense", name: "d" };
    const x = g.input({ name: "x", shape: [] });
    const behind = g.node("wall", [x]);
    const y = g.mul(behind, x);
    expect(() => pullback(g, [[y, g.fill(1, [])]], [x])).toThrow(
      expect.objectContaining({
        code: "autodiff/not-differentiable",
        path: "layers[3]",
        message: expect.stringMatching(/^layers\[3\]: the gradient would have to pass wall, which has none: it is a wall \(/),
        notes: ['in layers[3] dense "d"'],
      }),
    );
    // Where nothing wanted lies behind the wall, it is no obstacle.
    expect(pullback(g, [[y, g.fill(1, [])]], [behind])).toEqual([g.mul(g.fill(1, []), x)]);
  });

  test("composites are opened first, in scan bodies too", () => {
    const inner = begin();
    const body = graph("body", [["carry0", inner.sigmoid(inner.input({ name: "carry0", shape: [2] }))]]);
    const g = begin();
    const ran = g.scan(g.sigmoid(g.param({ name: "w", shape: [2] })), {
      body,
      carries: 1,
      xs: 0,
      length: 2,
      reverse: false,
      keep: ["last"],
    });
    const source = graph("loss", [["loss", total(g, g.pick(ran, { index: 0 }))]]);
    const expanded = expandComposites(source);
    const names = (of: Graph): string[] =>
      of.nodes.flatMap(({ op, attrs }) => [op, ...(op === "scan" ? names(attrs.body as Graph) : [])]);
    expect(names(source)).toContain("sigmoid");
    expect(names(expanded).filter((name) => ops[name].kind === "composite")).toEqual([]);
    expect(expandComposites(expanded)).toBe(expanded);
    const { actual, expected } = gradients(source, ["w"], { rows: 1, values: { w: Float32Array.of(0.5, -0.25) } });
    expectClose(actual.w, expected.w, standard.gradients, "w");
  });
});
