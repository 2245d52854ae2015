// A TensorFlow.js graph-model as a Graph. In: the graph as JSON, which nobody vouches for, its tensors, and shapes of samples. Out: a Model
// that holds the text of a Graph and the weights. Guarantee: an operator without a row is refused by its name; no row of a batch reaches
// another: where an operator would move numbers from one to the next, a sample is the whole of what the file takes at a time.
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { type Graph, graph, type Node } from "../../../../compiler/graph/graph.ts";
import { printGraph } from "../../../../compiler/graph/print.ts";
import type { Model } from "../../../../compiler/model.ts";
import { begin } from "../../../../compiler/ops/index.ts";
import { definitionNamed, operatorHint } from "../../custom/operators.ts";
import { type Given, steppedOver } from "../../define.ts";
import { shorten } from "../../header.ts";
import type { Stored } from "../manifest.ts";
import { Call } from "./define.ts";
import { definedOperator } from "./defined.ts";
import { operators } from "./list.ts";
import { failNode, type NodeDef, type Reference, readNodes } from "./nodes.ts";
import { batchOf, type Port, type Ports, portsOf } from "./ports.ts";
import { mixesRows } from "./rows.ts";
import { type Live, type Rows, refuse, type Value, Values } from "./values.ts";

/** What is read of a file. */
interface Source {
  readonly nodes: ReadonlyMap<string, NodeDef>;
  readonly tensors: ReadonlyMap<string, Stored>;
  readonly ports: Ports;
  /** What operators of the author's mean. */
  readonly definitions: Given["layers"];
}

/** The Model of a graph. Throws CompileError `format/…` or `shape/…`, at the node. */
export function readGraph(topology: unknown, signature: unknown, tensors: ReadonlyMap<string, Stored>, given: Given): Model {
  const nodes = readNodes(topology);
  const source = { nodes, tensors, ports: portsOf(nodes, signature, given), definitions: given.layers };
  const order = inOrder(source);
  if (batchOf(source.ports.inputs) === "none") return made(source, order, "by sample");
  try {
    return made(source, order, "by axis 0");
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    return made(source, order, "by sample");
  }
}

/** Nodes that the outputs need, each behind what it takes. */
function inOrder({ nodes, ports, definitions }: Source): readonly NodeDef[] {
  const isInput = new Set(ports.inputs.map(({ node }) => node));
  const order: NodeDef[] = [];
  const state = new Map<string, "begun" | "done">();
  // A stack of our own: a chain of ten thousand nodes would be too deep a recursion.
  const stack = ports.outputs.map(({ from }) => from.node).reverse();
  for (let name = stack.at(-1); name !== undefined; name = stack.at(-1)) {
    const node = nodes.get(name) ?? failNode(name, "the graph has no node of this name");
    if (!isInput.has(name)) checkOperator(node, definitions);
    const before = isInput.has(name) ? [] : node.inputs.map((input) => input.node).filter((input) => state.get(input) !== "done");
    if (state.get(name) === "done" || before.length === 0) {
      if (state.get(name) !== "done") order.push(node);
      state.set(name, "done");
      stack.pop();
    } else {
      if (state.get(name) === "begun") failNode(name, "the node takes what it gives itself");
      state.set(name, "begun");
      stack.push(...before.reverse());
    }
  }
  return order;
}

function made(source: Source, order: readonly NodeDef[], rows: Rows): Model {
  const { inputs, outputs } = source.ports;
  const g = begin();
  const batch = batchOf(inputs);
  const values = new Values(g, rows, typeof batch === "number" ? batch : undefined, source.tensors.keys());
  const results = new Map<string, readonly Value[]>();
  for (const port of inputs) results.set(port.node, [inputOf(values, port)]);
  for (const def of order) {
    if (results.has(def.name)) continue;
    g.builder.origin = { path: "graph", layer: def.op, name: def.name };
    results.set(
      def.name,
      at(def, () => evaluated(def, source, values, results)),
    );
  }
  const found = outputs.map(({ name, from }) => [name, rowsOf(values, from, results)] as const);
  const whole = graph("model", found, [], g.builder.origins);
  const mixing = mixesRows(whole);
  if (mixing !== undefined) failMixing(whole, mixing);
  return { name: "model", seed: 0, layers: [], graph: printGraph(whole), weights: weightsOf(whole, values) };
}

/** The values of a node, from those of its inputs. */
function evaluated(
  def: NodeDef,
  { tensors, definitions }: Source,
  values: Values,
  results: ReadonlyMap<string, readonly Value[]>,
): readonly Value[] {
  if (def.op === "Const") {
    const { name, shape, dtype, numbers } =
      tensors.get(def.name) ?? failNode(def.name, "the manifest has no tensor for the constant");
    return [{ kind: "known", name, shape, dtype, values: numbers() }];
  }
  const inputs = def.inputs.map((input) => resultOf(input, results));
  const operator = operators.get(def.op) ?? definedOperator(definitions);
  const given = operator(new Call(def, inputs, values));
  return "kind" in given ? [given] : given;
}

/** An error for each operator of a graph that has no row. */
export function missingOperators(
  nodes: ReadonlyMap<string, NodeDef>,
  { layers }: Pick<Given, "layers">,
): readonly CompileError[] {
  const missing = new Map<string, CompileError>();
  for (const node of nodes.values()) {
    const refuse = (error: CompileError): void => void (missing.has(node.op) || missing.set(node.op, error));
    // A placeholder that is an input is no operator.
    if (node.op !== "Placeholder") steppedOver(refuse, () => checkOperator(node, layers), () => undefined); // biome-ignore format: one line
  }
  return [...missing.values()];
}

/** Throws where there is no row for an operator; a loop is met here before it leads in a circle. */
function checkOperator({ name, op }: NodeDef, definitions: Given["layers"]): void {
  if (op === "Const" || operators.has(op) || definitionNamed([op], definitions) !== undefined) return;
  const loop = "a recurrent layer is a loop here: the Keras file it was converted from has the layer itself, and layerc reads it";
  const isLoop = /^(Stateless)?(While|If)$|^(Enter|Exit|Merge|Switch|LoopCond|NextIteration)$|^Tensor(List|Array)/.test(op);
  const hint = isLoop
    ? loop
    : (hints.get(op) ?? `docs/formats/tfjs.md lists every operator that layerc reads; ${operatorHint(op)}`);
  const message = `layerc does not have the operator ${shorten(op)}`;
  throw new CompileError({ code: "format/unsupported", path: shorten(name), message, hint });
}

const hints: ReadonlyMap<string, string> = new Map([["Placeholder", "the signature does not name it among the inputs"]]);
function resultOf({ node, result }: Reference, results: ReadonlyMap<string, readonly Value[]>): Value {
  const found = results.get(node)?.[result];
  return found ?? refuse(`it takes the result ${result} of ${JSON.stringify(shorten(node))}, which layerc does not compute`);
}

/** What `make` gives; its errors learn the node. */
function at<T>({ name, op }: NodeDef, make: () => T): T {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof CompileError) || error.code === "internal/bug") throw error;
    const { code, message, path, hint: what } = error.diagnostic;
    const isOurs = code.startsWith("format/");
    const text = message.startsWith("layerc") || path === shorten(name) ? message : `${shorten(op)}: ${message}`;
    throw new CompileError({
      code: isOurs ? code : "format/unsupported",
      path: shorten(name),
      message: text,
      ...(what === undefined ? {} : { hint: what }),
    });
  }
}

function inputOf({ g, rows }: Values, { name, shape, dtype, batch }: Port): Live {
  if (rows === "by axis 0") {
    const node = g.input({ name, shape: ["n", ...shape] });
    return { kind: "live", dtype, shape: node.type.shape, node, hasRows: true };
  }
  const samples = typeof batch === "number" ? batch : 1;
  const whole = batch === "none" ? shape : [samples, ...shape];
  // One sample is a row by itself.
  const node = g.input({ name, shape: ["n", ...(samples === 1 ? shape : whole)] });
  return { kind: "live", dtype, shape: whole, node: g.reshape(node, { shape: ["n", ...whole] }), hasRows: true };
}

/** The node of an output, which has rows. A sample that was alone in its batch has no such axis. */
function rowsOf(values: Values, from: Reference, results: ReadonlyMap<string, readonly Value[]>): Node {
  return at({ name: from.node, op: "the output" } as NodeDef, () => {
    const value = resultOf(from, results);
    if (value.kind === "known" || !value.hasRows) return refuse("the output does not depend on an input of the model");
    const { shape, node } = value;
    if (values.rows === "by axis 0" || shape[0] !== 1 || (values.batch ?? 1) !== 1) return node;
    return values.g.reshape(node, { shape: ["n", ...shape.slice(1)] });
  });
}

function failMixing({ origins }: Graph, node: Node): never {
  const { name, layer } = origins.get(node) ?? { name: node.op, layer: node.op };
  throw new CompileError({
    code: "format/unsupported",
    path: shorten(name),
    message: `${layer}: it moves numbers from one row to another`,
  });
}

/** The weights that the Graph reads, in its order. */
function weightsOf({ nodes }: Graph, { weights }: Values): Readonly<Record<string, Float32Array>> {
  const found: Record<string, Float32Array> = {};
  for (const { op, attrs } of nodes)
    if (op === "param") {
      const name = String(attrs.name);
      // defineProperty: a node may be called __proto__.
      Object.defineProperty(found, name, { value: weights.get(name), enumerable: true });
    }
  return found;
}
