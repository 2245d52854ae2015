// Affine work that only depends on weights moves into the weights: batch normalisation after dense and conv, rescaling,
// chains of biases. For inference alone: training changes the weights, so there nothing of them is fixed.
// `fixed`: depends on params and constants only. Most of it reassociates, hence `approx`.
import type { Node } from "../../ir/graph.ts";
import type { G } from "../../ops/index.ts";
import { any, as, type Facts, fixed, list, op, type Rule, rule, splatOf, varying, where } from "../pattern.ts";
import { dense, perFeature } from "./sample.ts";

const [p, q, s, a] = [fixed("p"), fixed("q"), fixed("s"), varying("a")];
const shape = ["n", 4] as const;
const x = (g: G): Node => g.input({ name: "x0", shape });
const weight = (g: G, name: string): Node => perFeature(g, name, shape);

type Pair = readonly (readonly number[])[];
const isScalable = (node: Node, facts: Facts): boolean =>
  node.op === "dot" && facts.isSingle(node) && facts.isFixed(node.inputs[1]) && !facts.isFixed(node.inputs[0]);
/** A factor of this sum can go into the weights of a dot inside. */
function holdsScalable(node: Node, facts: Facts): boolean {
  let inner = node;
  while ((inner.op === "add" || inner.op === "sub") && facts.isSingle(inner) && facts.isFixed(inner.inputs[1]))
    [inner] = inner.inputs;
  return isScalable(inner, facts);
}

/** The factor of a dot's result as a factor of its right operand; undefined where it does not follow that operand's axes. */
function factorOfWeights(g: G, dot: Node, factor: Node): Node | undefined {
  const [left, right] = dot.inputs;
  const value = splatOf(factor);
  if (value !== undefined) return g.like(right, value);
  if (factor.op !== "broadcast") return undefined;
  const [batch, contract] = [dot.attrs.batch as Pair, dot.attrs.contract as Pair];
  const free = right.type.shape.map((_, axis) => axis).filter((axis) => !batch[1].includes(axis) && !contract[1].includes(axis));
  const firstRight = left.type.shape.length - contract[0].length;
  // Axes of the result are batch, left free, right free.
  const axes = list(factor, "axes").map((axis) =>
    axis < batch[1].length ? batch[1][axis] : axis < firstRight ? -1 : free[axis - firstRight],
  );
  const ascends = axes.every((axis, i) => axis > (axes[i - 1] ?? -1));
  return ascends ? g.broadcast(factor.inputs[0], { shape: right.type.shape, axes }) : undefined;
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
  rule("scale-into-weights", "approx", op("mul", as("dot", where(op("dot"), isScalable)), s),
    (g, { dot, s }) => { const factor = factorOfWeights(g, dot, s); return factor && g.node("dot", [dot.inputs[0], g.mul(dot.inputs[1], factor)], dot.attrs); },
    (g, r) => g.mul(dense(g), r.pick([() => weight(g, "p"), () => g.fill(3, shape)])())),
  ...(["add", "sub"] as const).map((name) =>
    rule(`scale-of-${name}-into-weights`, "approx", op("mul", where(op(name, any("a"), p), holdsScalable), where(s, isFactor)), (g, { a, p, s }) => g[name](g.mul(a, s), g.mul(p, s)), (g) => g.mul(g[name](dense(g), weight(g, "p")), weight(g, "q")))),
];

function isFactor(node: Node): boolean {
  return splatOf(node) !== undefined || node.op === "broadcast";
}
