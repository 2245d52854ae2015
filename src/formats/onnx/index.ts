// ONNX models. In: bytes nobody vouches for, the files beside them, and sizes that the file leaves open. Out: a Model that is the text of a
// Graph, with its weights; inputs and outputs keep their names, but for characters that a port's name may not have. Guarantee: every node
// that an output needs is in the Graph, or the file is refused by the name of the operator; nothing of a file is ever run.
// The Graph goes as text because a Model is plain data, which is written, sent to other processes and compared; weights are no part of it,
// so that the text is as long as the file has nodes.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { graph, nodesOf } from "../../../compiler/graph/graph.ts";
import { printGraph } from "../../../compiler/graph/print.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Format, Given } from "../define.ts";
import { onnxFacts } from "./facts.ts";
import { Importer, refusal, type Scope } from "./importer.ts";
import { Kept } from "./layouts.ts";
import { dtypeOf } from "./numbers.ts";
import { versionsOf } from "./operators/list.ts";
import { type Attempt, attemptsOf, type Port, portsOf } from "./ports.ts";
import { decodeModel, type GraphProto, type ModelProto } from "./schema.ts";
import { isUniform } from "./site.ts";
import { cutKnown, known, shapeAt, type Value } from "./values.ts";
import { damaged } from "./wire.ts";

/** ONNX files. */
export const onnx: Format = {
  open: openOnnx,
  facts: (bytes, given) => onnxFacts(decodeModel(bytes), given),
};

function openOnnx(bytes: Uint8Array, given: Given): Model {
  const model = decodeModel(bytes);
  if (model.graph === undefined) damaged("the file holds no graph");
  // Versions of operators came with version 3 of the format.
  if (model.irVersion >= 3 && model.opsets.length === 0) damaged("the file does not say which versions of operators it has");
  const ports = portsOf(model.graph, given);
  let reason: Kept | undefined;
  for (const attempts of attemptsOf(ports)) {
    try {
      const made = attempts.map((attempt) => modelOf(model, model.graph as GraphProto, ports, attempt, given));
      if (made.every(({ graph: text }) => text === made[0].graph)) return made[0];
    } catch (error) {
      if (!(error instanceof Kept)) throw error;
      reason = error;
    }
  }
  const who = reason === undefined ? "an operator" : reason.operator;
  throw new CompileError({
    code: "onnx/unsupported",
    path: reason?.path ?? "",
    message: `the size of the batch is open, and ${who} lets its rows see each other`,
    hint: `give whole shapes, with the batch: inputShape: { ${JSON.stringify(ports[0]?.name ?? "x")}: [1, …] }`,
  });
}

function modelOf(model: ModelProto, source: GraphProto, ports: readonly Port[], { rows, axes }: Attempt, given: Given): Model {
  const isOpen = ports.some(({ shape }) => shape.includes("batch"));
  const importer = new Importer(model, given, rows, isOpen);
  const names = new Map<string, Value>();
  for (const [i, { name, dtype, shape }] of ports.entries()) {
    const at = axes[i] ?? "each";
    const sizes = shape.map((size) => (size === "batch" ? rows : size));
    // There is but one value of no numbers.
    if (sizes.includes(0)) {
      names.set(name, known(dtype, sizes, []));
      continue;
    }
    const node = importer.g.input({ name: importer.unique(plainName(name)), shape: shapeAt(sizes, at) });
    names.set(name, { dtype, shape: sizes, at, node });
  }
  for (const { name, type } of source.inputs) {
    const values = given.inputValues?.[name];
    const sizes = type?.tensor?.shape?.dims.map(({ value }) => value ?? -1) ?? [];
    if (values !== undefined)
      names.set(
        name,
        known(
          dtypeOf(type?.tensor?.elementType ?? 7) ?? "int64",
          sizes.length === 1 && sizes[0] < 0 ? [values.length] : sizes,
          values,
        ),
      );
  }
  const scope: Scope = { names, versions: versionsOf(model.opsets), depth: 0 };
  const values = importer.run(source, scope);
  checkPlaces(values, source, ports, rows);
  const taken = new Set<string>();
  const results = values.map((value, i) => [freeName(plainName(source.outputs[i].name), taken), resultOf(importer, value, source.outputs[i].name, isOpen)] as const); // biome-ignore format: one line
  const made = graph(source.name, results);
  if (nodesOf(made, "input").length === 0)
    throw refusal(source.outputs[0]?.name ?? "", "models whose results depend on no input");
  const weights = importer.weights(nodesOf(made, "param").map(({ attrs }) => String(attrs.name)));
  return { name: source.name === "" ? "model" : source.name, seed: 0, layers: [], graph: printGraph(made), weights };
}

/** Where a batch of a fixed size goes to another axis, its numbers would come in another order than the file's: it is part of the row then. */
function checkPlaces(values: readonly Value[], source: GraphProto, ports: readonly Port[], rows: number): void {
  const moved = values.findIndex(({ at }) => typeof at === "number" && at !== 0);
  if (moved < 0 || rows === 1 || ports.some(({ shape }) => shape.includes("batch"))) return;
  throw new Kept(source.outputs[moved].name, "an output");
}

/**
 * A result with rows: one number of them for each, and without a batch of 1 that is no axis of a row. `isOpen`: the batch has any size, so
 * that known numbers that are as many as its rows, and alike for all, are those of each row.
 */
function resultOf(importer: Importer, given: Value, path: string, isOpen: boolean) {
  const { g, rows } = importer;
  const isAlike = isOpen && given.data !== undefined && given.shape[0] === rows && isUniform(given, 0);
  const value = isAlike ? { ...cutKnown(given, 0, 0, 1), shape: given.shape.slice(1) } : given;
  const node = importer.nodeOf(value, path);
  if (value.shape.includes(0)) throw refusal(path, "outputs of no numbers");
  const isOne = importer.rows === 1 && value.at !== 0 && value.shape[0] === 1 && value.shape.length > 1;
  const sizes = typeof value.at === "number" ? value.shape.toSpliced(value.at, 1) : isOne ? value.shape.slice(1) : value.shape;
  if (value.at !== "none") return isOne && value.at === "each" ? g.reshape(node, { shape: ["n", ...sizes] }) : node;
  const whole = g.reshape(node, { shape: sizes });
  return g.broadcast(whole, { shape: ["n", ...sizes], axes: sizes.map((_, axis) => axis + 1) });
}

/** A port's name has no / and no :. */
const plainName = (name: string): string => {
  const plain = name.replace(/[/:]/g, "_");
  return plain === "" || plain === "__proto__" ? `_${plain}` : plain;
};

function freeName(name: string, taken: Set<string>): string {
  let free = name;
  for (let i = 1; taken.has(free); i++) free = `${name}_${i}`;
  taken.add(free);
  return free;
}
