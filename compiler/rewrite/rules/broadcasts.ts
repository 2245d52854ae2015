// Elementwise work on repeated numbers is done before they are repeated.
//
//   f(broadcast a, broadcast b, 2)  →  broadcast f(a′, b′, 2)       over the axes along which a or b differ
import type { Node } from "../../graph/graph.ts";
import { any, list, type Rule, rule, splatOf, where } from "../pattern.ts";
import { isElementwise } from "./constants.ts";
import { shapeOf } from "./sample.ts";

/** The axes along which an elementwise node's numbers differ, if its operands are broadcasts and constants; undefined otherwise. */
function axesOf({ inputs, type }: Node): readonly number[] | undefined {
  const repeated = inputs.filter((input) => splatOf(input) === undefined);
  if (repeated.length === 0 || !repeated.every((input) => input.op === "broadcast")) return undefined;
  return type.shape.map((_, axis) => axis).filter((axis) => repeated.some((input) => list(input, "axes").includes(axis)));
}

export const broadcasts: readonly Rule[] = [
  rule(
    "work-before-repeating",
    "bits",
    where(any("node"), isElementwise),
    (g, _, node) => {
      const axes = axesOf(node);
      if (axes === undefined || axes.length === node.type.shape.length) return undefined;
      const shape = axes.map((axis) => node.type.shape[axis]);
      const small = node.inputs.map((input) => {
        const value = splatOf(input);
        if (value !== undefined) return g.fill(value, shape);
        return g.broadcast(input.inputs[0], { shape, axes: list(input, "axes").map((axis) => axes.indexOf(axis)) });
      });
      return g.broadcast(g.node(node.op, small, node.attrs), { shape: node.type.shape, axes });
    },
    (g, r) => {
      const shape = shapeOf(r, 2);
      const axes = shape.map((_, axis) => axis);
      const wide = (name: string, from: number) =>
        g.broadcast(g.input({ name, shape: shape.slice(from) }), { shape, axes: axes.slice(from) });
      return r.pick([
        () => g.add(wide("x0", 1), wide("x1", 1)),
        () => g.mul(wide("x0", 1), wide("x1", 2)),
        () => g.max(wide("x0", 1), g.fill(0, shape)),
        () => g.neg(wide("x0", 1)),
      ])();
    },
  ),
];
