// A model as an ONNX file. In: a Model that compiles. Out: the bytes of a file that computes what predict does, in float32: inputs and outputs
// have the model's names and `batch` as their first size. Guarantee: equal models give equal bytes; what ONNX or this list of ops cannot say
// is refused by its name, and nothing is left out in silence.
import { freeName } from "../../../../compiler/base/names.ts";
import { version } from "../../../../compiler/base/version.ts";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { type Resolved, resolve } from "../../../../compiler/front/steps.ts";
import type { Graph } from "../../../../compiler/graph/graph.ts";
import { isGraph } from "../../../../compiler/graph/graph.ts";
import { copyInto, regraph } from "../../../../compiler/graph/rebuild.ts";
import type { Model } from "../../../../compiler/model.ts";
import { begin, ops } from "../../../../compiler/ops/index.ts";
import { rows } from "./list.ts";
import { fileBytes, type NodeSpec, type ValueSpec } from "./proto.ts";
import { Book, sizesOf, Writer } from "./writer.ts";

/**
 * Opset 17 of 2022 has every operator of the list, and runtimes of the last four years read it; later ones say nothing of
 * a network that this one cannot. Version 8 of the format came with it.
 */
const versions = { ir: 8, opset: 17, producer: version } as const;

/** The bytes of an ONNX file. Throws CompileError format/unwritten by the name of what it cannot say. */
export function saveOnnx(model: Model): Uint8Array {
  const resolved = resolve(model);
  const { predict } = resolved;
  checkFeeds(resolved);
  const graph = written(predict.graph);
  const inputs = predict.feeds.map(
    ({ ports: [port], shape }): ValueSpec => ({ name: predict.inputs[port].name, shape: ["batch", ...shape] }),
  );
  const names = inputs.map(({ name }) => name);
  // ONNX has one space of names.
  const outputs = graph.results.map(
    ([name, { type }]): ValueSpec => ({ name: freeName(name, (one) => names.includes(one)), shape: sizesOf(type.shape) }),
  );
  const taken = [...names, ...outputs.map(({ name }) => name)];
  const book = new Book(rows, resolved.modelWeights().values, taken, names[0]);
  const writer = new Writer(book, graph);
  const ports = new Map(predict.feeds.map(({ name }, i) => [name, names[i]]));
  for (const node of graph.nodes) if (node.op === "input") writer.bind(node, ports.get(String(node.attrs.name)) as string);
  writer.run(graph);
  const results = graph.results.map(([, node]) => writer.value(node));
  const last = results.map((name, i): NodeSpec => ({ name: book.unique(`${outputs[i].name}/Identity`), operator: "Identity", inputs: [name], outputs: [outputs[i].name], attributes: {} })); // biome-ignore format: one line
  const nodes = reached([...book.head, ...writer.nodes, ...last], taken);
  const read = new Set(nodes.flatMap(({ inputs: own, uses = [] }) => [...own, ...uses]));
  const tensors = book.tensors.filter(({ name }) => read.has(name));
  return fileBytes({ name: model.name, nodes, tensors, inputs, outputs }, versions);
}

/** Texts and whole numbers that are encoded before the Graph are no part of it. */
function checkFeeds({ predict: { feeds, inputs, outputs, words } }: Resolved): void {
  const refuse = (path: string, message: string): never => {
    throw new CompileError({
      code: "format/unwritten",
      path,
      message,
      hint: "leave that layer out, and do its work before the model or behind it",
    });
  };
  for (const {
    encoder,
    ports: [port],
  } of feeds)
    if (encoder !== undefined)
      refuse(inputs[port].name, `${encoder.kind} of the input ${JSON.stringify(inputs[port].name)} is not written as ONNX`);
  const text = words.findIndex((list) => list !== undefined);
  if (text >= 0)
    refuse(outputs[text].name, `the output ${JSON.stringify(outputs[text].name)} is text, which is not written as ONNX`);
  if (feeds.length === 0) refuse("", "a model that reads none of its inputs is not written as ONNX");
}

/** The Graph over ops that have a row: composites without one become their expansions, in the bodies of loops too. */
function written(source: Graph): Graph {
  const isDone = ({ op, attrs }: Graph["nodes"][number]): boolean =>
    rows.has(op) || ops[op]?.kind === "primitive" ? !isGraph(attrs.body) || written(attrs.body) === attrs.body : false;
  if (source.nodes.every(isDone)) return source;
  const g = begin();
  const made = copyInto(g.builder, source, (node, inputs) => {
    const op = ops[node.op];
    if (!rows.has(node.op) && op?.kind === "composite") return op.expand(g, inputs, node.attrs);
    return isGraph(node.attrs.body) ? g.node(node.op, inputs, { ...node.attrs, body: written(node.attrs.body) }) : undefined;
  });
  return written(regraph(g.builder, source, made));
}

/** The nodes that a result needs. */
function reached(nodes: readonly NodeSpec[], wanted: readonly string[]): readonly NodeSpec[] {
  const needed = new Set(wanted);
  return nodes.toReversed().filter(({ inputs, outputs, uses = [] }) => {
    const isNeeded = outputs.some((name) => needed.has(name));
    if (isNeeded) for (const name of [...inputs, ...uses]) needed.add(name);
    return isNeeded;
  }).toReversed(); // biome-ignore format: one line
}
