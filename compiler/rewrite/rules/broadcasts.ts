// Elementwise work on repeated numbers is done before they are repeated.
import { type Node, sameShape } from "../../ir/graph.ts";
import { any, list, type Rule, rule, splatOf, where } from "../pattern.ts";
import { isElementwise } from "./constants.ts";
import { shapeOf } from "./sample.ts";

/** Every operand is one number everywhere, or repeats a small tensor in the same way as the others. */
function isRepeated(node: Node): boolean {
  const repeated = node.inputs.filter((input) => splatOf(input) === undefined);
  const [first] = repeated;
  return (
    first !== undefined &&
    repeated.every(
      (input) =>
        input.op === "broadcast" &&
        sameShape(list(input, "axes"), list(first, "axes")) &&
        sameShape(input.inputs[0].type.shape, first.inputs[0].type.shape),
    )
  );
}

export const broadcasts: readonly Rule[] = [
  rule(
    "work-before-repeating",
    "bits",
    where(any("node"), (node) => isElementwise(node) && isRepeated(node)),
    (g, _, node) => {
      const first = node.inputs.find((input) => splatOf(input) === undefined) as Node;
      const small = node.inputs.map((input) =>
        splatOf(input) === undefined ? input.inputs[0] : g.like(first.inputs[0], splatOf(input) as number),
      );
      return g.broadcast(g.node(node.op, small, node.attrs), { shape: node.type.shape, axes: list(first, "axes") });
    },
    (g, r) => {
      const shape = shapeOf(r, 1);
      const axes = shape.map((_, axis) => axis).slice(1);
      const wide = (name: string) => g.broadcast(g.input({ name, shape: shape.slice(1) }), { shape, axes });
      return r.pick([() => g.add(wide("x0"), wide("x1")), () => g.max(wide("x0"), g.fill(0, shape)), () => g.neg(wide("x0"))])();
    },
  ),
];
