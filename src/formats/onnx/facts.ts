// The facts of an ONNX file. In: its message. Out: versions, who wrote it, what goes in and out, how often each operator stands there, and
// which of them layerc does not have.
import type { CompileError } from "../../../compiler/diagnostics/error.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import { countsOf, type Facts, type Given, steppedOver, weightFacts } from "../define.ts";
import { dtypeName } from "./numbers.ts";
import { operatorFor, versionsOf } from "./operators/list.ts";
import type { GraphProto, ModelProto, NodeProto, ValueInfo } from "./schema.ts";

const deepest = 64;

/** What the file says of itself. */
export function onnxFacts(model: ModelProto, { layers }: Pick<Given, "layers"> = {}): Facts {
  const { graph, opsets, functions } = model;
  const nodes = [
    ...(graph === undefined ? [] : nodesIn(graph.nodes, 0)),
    ...functions.flatMap((one) => [...nodesIn(one.nodes, 0)]),
  ];
  const weights = new Set(graph?.initializers.map(({ name }) => name));
  const tensors = graph?.initializers.map(({ dims, dataType }) => {
    const dtype = dtypeName(dataType);
    return { dtype, bytes: sizeOf(dims) * (Number(/\d+/.exec(dtype)?.[0] ?? (dtype === "bool" ? 8 : 0)) / 8) };
  });
  return {
    says: [
      ["format version", `${model.irVersion}`],
      ["producer", [model.producer, model.producerVersion].filter((part) => part !== "").join(" ") || "not said"],
      [
        "opsets",
        opsets.map(({ domain, version }) => `${domain === "" ? "ai.onnx" : domain} ${version}`).join(", ") || "not said",
      ],
      ...(graph?.inputs ?? []).filter(({ name }) => !weights.has(name)).map((port) => ["input", portText(port)] as const),
      ...(graph?.outputs ?? []).map((port) => ["output", portText(port)] as const),
    ],
    parts: { kind: "operators", counts: countsOf(nodes.map(nameOf)) },
    ...(tensors === undefined ? {} : { weights: weightFacts(tensors) }),
    missing: missingIn(nodes, model, layers),
  };
}

/** Nodes, and those of the graphs that they hold. */
function* nodesIn(nodes: GraphProto["nodes"], depth: number): Iterable<NodeProto> {
  if (depth > deepest) return;
  for (const node of nodes) {
    yield node;
    for (const { graph } of node.attributes) if (graph !== undefined) yield* nodesIn(graph.nodes, depth + 1);
  }
}

const nameOf = ({ operator, domain }: NodeProto): string =>
  domain === "" || domain === "ai.onnx" ? operator : `${domain}.${operator}`;

function portText({ name, type }: ValueInfo): string {
  const { elementType, shape } = type?.tensor ?? {};
  const sizes = shape?.dims.map(({ value, param }) => value ?? (param === "" ? "?" : param));
  return `${name} ${elementType === undefined ? "of no tensor" : dtypeName(elementType)}${sizes === undefined ? "" : ` [${sizes.join(", ")}]`}`;
}

/** An error for each operator without a row that is no function of the file. */
function missingIn(
  nodes: readonly NodeProto[],
  { opsets, functions }: ModelProto,
  layers: Given["layers"],
): readonly CompileError[] {
  const versions = versionsOf(opsets);
  const missing = new Map<string, CompileError>();
  for (const node of nodes) {
    const name = nameOf(node);
    if (missing.has(name) || functions.some((one) => one.name === node.operator && one.domain === node.domain)) continue;
    const refuse = (error: CompileError): void => void missing.set(name, error);
    steppedOver(refuse, () => operatorFor(node, versions, node.name || node.outputs[0] || node.operator, layers), () => undefined); // biome-ignore format: one line
  }
  return [...missing.values()];
}
