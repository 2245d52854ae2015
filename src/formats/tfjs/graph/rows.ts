// Whether a Graph keeps the rows of a batch apart. In: a Graph. Out: a node that does not, if there is one. The ops allow it, since training
// sums over a batch; a model that predicts must not.
import type { Graph, Node } from "../../../../compiler/graph/graph.ts";

/** Attributes that name axes of the operand which are gone through, or turned round. */
const through: readonly string[] = ["axes", "axis"];
/** Ops whose axes are those of the result. */
const placing: readonly string[] = ["broadcast", "iota", "constant"];

/** The first node that takes numbers of several rows. */
export function mixesRows({ nodes }: Graph): Node | undefined {
  return nodes.find(({ op, inputs, attrs }) => {
    if (op === "rows") return true;
    if (op === "dot") return isSummed(inputs, attrs as { readonly contract: readonly (readonly number[])[] });
    if (placing.includes(op) || inputs[0]?.type.shape[0] !== "n") return false;
    return through.some((key) => [attrs[key]].flat().includes(0));
  });
}

/** Whether a product is a sum over rows. */
const isSummed = (inputs: readonly Node[], { contract }: { readonly contract: readonly (readonly number[])[] }): boolean =>
  inputs.some(({ type }, side) => contract[side].some((axis) => type.shape[axis] === "n"));
