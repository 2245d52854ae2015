// Affine work that only depends on weights moves into the weights: batch normalisation after dense and conv, rescaling,
// chains of biases. For inference alone: training changes the weights, so there nothing of them is fixed.
// `fixed`: depends on params and constants only. Most of it reassociates, hence `approx`.
//
//   (x · W) · s     →  x · (W · s)         s along axes of W that the result keeps (scaleResult); through + p as well (scaleSum)
//   (x · s) · W     →  x · (s · W)         s along contracted axes (scaleOperand)
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type DotAttrs, freeAxes, placesOf } from "../../ops/nest/dot-axes.ts";
import { type Facts, fixed, list, op, type Rule, rule, splatOf, varying } from "../pattern.ts";
import { isView } from "./constants.ts";
import { dense, perFeature } from "./sample.ts";

const [p, q, s, a] = [fixed("p"), fixed("q"), fixed("s"), varying("a")];
const shape = ["n", 4] as const;
const x = (g: G): Node => g.input({ name: "x0", shape });
const weight = (g: G, name: string): Node => perFeature(g, name, shape);

type Pair = readonly (readonly number[])[];
const isScalable = (node: Node, facts: Facts): boolean =>
  node.op === "dot" && facts.isSingle(node) && facts.isFixed(node.inputs[1]) && !facts.isFixed(node.inputs[0]);

/** A fixed factor that repeats a small tensor along some axes of what it scales, as the same factor of `weights`. */
function spread(g: G, weights: Node, factor: Node, axisOf: (axis: number) => number): Node | undefined {
  const value = splatOf(factor);
  if (value !== undefined) return g.like(weights, value);
  const axes = factor.op === "broadcast" ? list(factor, "axes").map(axisOf) : [-1];
  const ascends = axes.every((axis, i) => axis > (axes[i - 1] ?? -1));
  return ascends ? g.broadcast(factor.inputs[0], { shape: weights.type.shape, axes }) : undefined;
}

/** The dot whose result is scaled, with scaled weights; undefined where the factor does not follow the weights' axes. */
function scaleResult(g: G, dot: Node, factor: Node): Node | undefined {
  const [left, right] = dot.inputs;
  const attrs = dot.attrs as DotAttrs;
  const [leftRank, rightRank] = [left.type.shape.length, right.type.shape.length];
  const places = placesOf(leftRank, rightRank, attrs);
  // Only batch and right free axes of the result are axes of the weights too: a factor along left free has no place there.
  const own = [...places.batch, ...places.right];
  const axes = [...attrs.batch[1], ...freeAxes(rightRank, 1, attrs)];
  const axisOf = (axis: number) => axes[own.indexOf(axis)] ?? -1;
  const scale = spread(g, right, factor, axisOf);
  return scale && g.node("dot", [left, g.mul(right, scale)], dot.attrs);
}

/** The dot whose left operand is scaled, with scaled weights instead. */
function scaleOperand(g: G, dot: Node, facts: Facts): Node | undefined {
  const [left, right] = dot.inputs;
  const found = unscaled(g, left, facts);
  if (found === undefined || !facts.isFixed(right)) return undefined;
  const [batch, contract] = [dot.attrs.batch as Pair, dot.attrs.contract as Pair];
  const scale = spread(g, right, found.factor, (axis) =>
    batch[0].includes(axis) ? batch[1][batch[0].indexOf(axis)] : (contract[1][contract[0].indexOf(axis)] ?? -1),
  );
  return scale && g.node("dot", [found.x, g.mul(right, scale)], dot.attrs);
}

/** x · factor as two; one number everywhere also comes out of views and zero padding. */
function unscaled(g: G, node: Node, facts: Facts): { readonly x: Node; readonly factor: Node } | undefined {
  if (!facts.isSingle(node) || facts.isFixed(node)) return undefined;
  if (node.op === "mul" && facts.isFixed(node.inputs[1])) return { x: node.inputs[0], factor: node.inputs[1] };
  if (!isView(node) && !(node.op === "pad" && node.attrs.value === 0)) return undefined;
  const inner = unscaled(g, node.inputs[0], facts);
  if (inner === undefined || splatOf(inner.factor) === undefined) return undefined;
  return { x: g.builder.copy(node, [inner.x]), factor: inner.factor };
}

/** The same through sums: a·s + p·s for (a + p)·s, if the dot at the bottom of a can take s. */
function scaleSum(g: G, sum: Node, factor: Node, facts: Facts): Node | undefined {
  if (isScalable(sum, facts)) return scaleResult(g, sum, factor);
  if ((sum.op !== "add" && sum.op !== "sub") || !facts.isSingle(sum) || !facts.isFixed(sum.inputs[1])) return undefined;
  const scaled = scaleSum(g, sum.inputs[0], factor, facts);
  return scaled && g.node(sum.op, [scaled, g.mul(sum.inputs[1], factor)]);
}

// biome-ignore format: a table, one rule a line
export const fold: readonly Rule[] = [
  ...["add", "mul"].map((name) => rule(`fixed-operand-of-${name}-goes-right`, "bits", op(name, p, a), (g, { p, a }) => g.node(name, [a, p]), (g) => g.node(name, [weight(g, "p"), x(g)]))),
  rule("add-add-fixed", "approx", op("add", op("add", a, p), q), (g, { a, p, q }) => g.add(a, g.add(p, q)), (g) => g.add(g.add(x(g), weight(g, "p")), weight(g, "q"))),
  rule("add-sub-fixed", "approx", op("add", op("sub", a, p), q), (g, { a, p, q }) => g.add(a, g.sub(q, p)), (g) => g.add(g.sub(x(g), weight(g, "p")), weight(g, "q"))),
  rule("sub-add-fixed", "approx", op("sub", op("add", a, p), q), (g, { a, p, q }) => g.add(a, g.sub(p, q)), (g) => g.sub(g.add(x(g), weight(g, "p")), weight(g, "q"))),
  rule("sub-sub-fixed", "approx", op("sub", op("sub", a, p), q), (g, { a, p, q }) => g.sub(a, g.add(p, q)), (g) => g.sub(g.sub(x(g), weight(g, "p")), weight(g, "q"))),
  rule("mul-mul-fixed", "approx", op("mul", op("mul", a, p), q), (g, { a, p, q }) => g.mul(a, g.mul(p, q)), (g) => g.mul(g.mul(x(g), weight(g, "p")), weight(g, "q"))),
  rule("over-fixed-is-times-reciprocal", "approx", op("div", a, p), (g, { a, p }) => g.mul(a, g.div(g.like(p, 1), p)), (g) => g.div(x(g), weight(g, "p"))),
  rule("scale-of-result-into-weights", "approx", op("mul", a, s), (g, { a, s }, _, facts) => scaleSum(g, a, s, facts),
    (g, r) => { const y = dense(g); return g.mul(r.pick([y, g.add(y, weight(g, "p")), g.sub(y, weight(g, "p"))]), r.pick([weight(g, "q"), g.fill(3, shape)])); }),
  rule("scale-of-operand-into-weights", "approx", op("dot"), (g, _, node, facts) => scaleOperand(g, node, facts),
    (g, r) => { const x = g.input({ name: "x0", shape: ["n", 3] }); const w = g.param({ name: "w", shape: [3, 4] }); const { attrs } = dense(g);
      return g.node("dot", [r.pick([g.mul(x, perFeature(g, "p", ["n", 3])), g.reshape(g.mul(g.input({ name: "x0", shape: ["n", 1, 3] }), g.fill(0.5, ["n", 1, 3])), { shape: ["n", 3] })]), w], attrs); }),
];
