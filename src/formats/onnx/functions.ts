// Functions of a file: nodes under a name that other nodes call like an operator. In: a node, and the functions of its file. Out: the nodes
// of the called one with the attributes of the call put in.
import type { AttributeProto, FunctionProto, NodeProto } from "./schema.ts";

/** What a call runs. */
export type Called = Pick<FunctionProto, "inputs" | "outputs" | "nodes" | "opsets">;

/** The function that a node calls; undefined where it is an operator. */
export function callsOf(node: NodeProto, functions: readonly FunctionProto[]): Called | undefined {
  const called = functions.find(({ name, domain }) => name === node.operator && domain === node.domain);
  if (called === undefined) return undefined;
  const given = new Map([...called.defaults, ...node.attributes].map((attribute) => [attribute.name, attribute]));
  return { ...called, nodes: called.nodes.map((inner) => filled(inner, given)) };
}

/** A node of a function with what its call says; what the call leaves out is left out. */
function filled(node: NodeProto, given: ReadonlyMap<string, AttributeProto>): NodeProto {
  const attributes = node.attributes.flatMap((attribute): readonly AttributeProto[] => {
    if (attribute.reference !== "") {
      const found = given.get(attribute.reference);
      return found === undefined ? [] : [{ ...found, name: attribute.name }];
    }
    const { graph } = attribute;
    if (graph === undefined) return [attribute];
    return [{ ...attribute, graph: { ...graph, nodes: graph.nodes.map((inner) => filled(inner, given)) } }];
  });
  return { ...node, attributes };
}
