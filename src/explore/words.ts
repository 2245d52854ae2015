// Nodes and regions in words. In: a node, a region. Out: a line of text.
import { type Node, showShape } from "../../compiler/graph/graph.ts";
import { apartSays } from "../../compiler/plan/fuse.ts";
import type { Region } from "../../compiler/plan/plan.ts";

/** A node with its operands and its shape: `add(dot [n, 3], param "b") [n, 3]`. */
export const showNode = (node: Node): string =>
  `${node.op}(${node.inputs.map(showOperand).join(", ")}) ${showShape(node.type.shape)}`;

function showOperand({ op, attrs, type: { shape } }: Node): string {
  if (typeof attrs.name === "string" && (op === "param" || op === "input" || op === "state"))
    return `${op} ${JSON.stringify(attrs.name)}`;
  const values = attrs.values as ArrayLike<number> | undefined;
  if (op === "constant" && values?.length === 1) return `${Object.is(values[0], -0) ? "-0" : values[0]}`;
  return `${op} ${showShape(shape)}`;
}

/** Why what a region gives is written to memory; "" where it holds regions of its own. */
export function whyStored(region: Region): string {
  if (region.kind === "copy") return "it is needed at a second place, or in another order";
  if (region.kind !== "compute" || region.apart === undefined) return "";
  const { reason, user } = region.apart;
  const node = region.nodes[region.nodes.length - 1];
  return apartSays[reason]({ node, user: user ?? node });
}
