// Work on numbers that are the same everywhere. exp, log, tanh, erf and their like are not folded: the Program's polynomials
// define their bits, so they are only shrunk to one number, which `prepare` computes.
import { isBatched, type Node } from "../../graph/graph.ts";
import { ops } from "../../ops/index.ts";
import { isRoundedOnce } from "../../ops/kit/work.ts";
import { any, op, type Pattern, type Rule, rule, splatOf, where } from "../pattern.ts";
import { inputs, shapeOf } from "./sample.ts";

/** An op that computes each number from the numbers at the same place. */
export function isElementwise(node: Node): boolean {
  const found = ops[node.op];
  return found?.kind === "primitive" && found.lower.kind === "pointwise" && node.inputs.length > 0 && node.op !== "random";
}
/** Exact or rounded once, so that folding gives the bits of every executor. */
const isExact = (node: Node): boolean => isElementwise(node) && isRoundedOnce(ops[node.op], node);

/** An op that rewrites strides and computes nothing: reshape, transpose, slice, window, … */
export function isView(node: Node): boolean {
  const found = ops[node.op];
  return found?.kind === "primitive" && found.lower.kind === "view";
}
/** Ops of a point that need nothing but operands. */
const plainOps = Object.keys(ops).filter((name) => {
  const found = ops[name];
  const isPointwise = found.kind === "primitive" && found.lower.kind === "pointwise";
  return isPointwise && typeof found.arity === "number" && found.attrs.safeParse({}).success;
});
const matching = (holds: (node: Node) => boolean): Pattern => where(any("node"), (node) => node.inputs.length > 0 && holds(node));
const allSplats = (node: Node): boolean => node.inputs.every((input) => splatOf(input) !== undefined);

/** The op's own reference, rounded once: what the Graph interpreter says. */
function evaluate(node: Node): number {
  const scalars = node.inputs.map((input) => ({ shape: [], data: Float64Array.of(splatOf(input) as number) }));
  const run = () => [];
  const out = ops[node.op].eval(scalars, node.attrs, { shape: [], rows: 1, run });
  return Math.fround((out as { data: Float64Array }).data[0]);
}

export const constants: readonly Rule[] = [
  rule(
    "constants-fold",
    "bits",
    matching((node) => isExact(node) && allSplats(node)),
    (g, _, node) => g.like(node, evaluate(node)),
    (g, r) => {
      const shape = shapeOf(r);
      const one = () => g.fill(r.pick([0, -0, 1.1, -3, 1e-40, 3e38, Number.NaN, Number.NEGATIVE_INFINITY]), shape);
      const of = (name: string) => g.node(name, Array.from({ length: ops[name].arity as number }, one));
      return r.pick(plainOps.map(of).filter(isExact));
    },
  ),
  rule(
    "one-number-is-computed-once",
    "bits",
    matching((node) => isElementwise(node) && !isExact(node) && allSplats(node) && node.type.shape.length > 0),
    (g, _, node) => {
      const scalars = node.inputs.map((input) => g.fill(splatOf(input) as number, []));
      return g.broadcast(g.node(node.op, scalars, node.attrs), { shape: node.type.shape, axes: [] });
    },
    (g, r) => g.node(r.pick(["exp", "tanh", "log1p"]), [g.fill(r.pick([0.5, -0, Number.NaN]), shapeOf(r, 1))]),
  ),
  rule(
    "view-of-one-number-is-that-number",
    "bits",
    matching((node) => isView(node) && allSplats(node)),
    (g, _, node) => g.like(node, splatOf(node.inputs[0]) as number),
    (g, r) => {
      const shape = shapeOf(r, 1);
      const x = g.fill(r.pick([2, -0, Number.NaN]), shape);
      const taken = shape.map((size) => (size === "n" ? size : 1));
      const axes = isBatched(x.type) ? [] : [0];
      return r.pick([
        () => g.slice(x, { starts: shape.map(() => 0), sizes: taken }),
        () => g.reverse(x, { axes }),
        () => g.broadcast(x, { shape: [...shape, 2], axes: shape.map((_, axis) => axis) }),
        () => g.reshape(x, { shape: [...shape, 1] }),
      ])();
    },
  ),
  rule(
    "concat-of-one-number-is-that-number",
    "bits",
    where(
      op("concat"),
      (node) => allSplats(node) && node.inputs.every((input) => Object.is(splatOf(input), splatOf(node.inputs[0]))),
    ),
    (g, _, node) => g.like(node, splatOf(node.inputs[0]) as number),
    (g, r) => {
      const [x] = inputs(g, r, 1, 2);
      return g.concat(g.like(x, 3), g.like(x, 3), { axis: 1 });
    },
  ),
];
