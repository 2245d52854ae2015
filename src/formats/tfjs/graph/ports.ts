// What a graph-model takes and gives. In: its nodes, the signature that the file may have, and shapes of samples. Out: ports with names
// that layerc can use, samples without their batch. Without a signature every placeholder is an input, and an output is what nothing takes.
//
//   {inputs: {x: {name: "serving_default_x:0", dtype, tensorShape: {dim: [{size: "-1"}, …]}}}, outputs: {y: {name: "Identity:0", …}}}
import { freeName } from "../../../../compiler/base/names.ts";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../../compiler/diagnostics/plain.ts";
import { showShape } from "../../../../compiler/graph/graph.ts";
import type { Given } from "../../define.ts";
import { shorten } from "../../header.ts";
import { shapesOf } from "../../sizes.ts";
import type { Dtype } from "../manifest.ts";
import { failNode, type NodeDef, type Reference, referenceOf, shapeOf, typeName } from "./nodes.ts";
import { dtypeOf } from "./operators/elementwise.ts";

/** An input. */
export interface Port {
  readonly name: string;
  readonly node: string;
  readonly dtype: Dtype;
  /** Of a sample. */
  readonly shape: readonly number[];
  /** How many samples the file takes at a time; "none" where its numbers have no axis for them. */
  readonly batch: number | "open" | "none";
}
/** What goes in and comes out. */
export interface Ports {
  readonly inputs: readonly Port[];
  readonly outputs: readonly { readonly name: string; readonly from: Reference }[];
}

/** A port of a signature, or a node. */
interface Named {
  readonly key: string;
  readonly from: Reference;
  readonly shape: readonly number[] | undefined;
  readonly type: string | undefined;
}

/** The ports. Throws CompileError format/spec, or shape/unknown-size where a size is open. */
export function portsOf(nodes: ReadonlyMap<string, NodeDef>, signature: unknown, given: Given): Ports {
  const stated = isPlain(signature) ? signature : {};
  const inputs = namedIn(stated.inputs) ?? placeholders(nodes);
  const outputs = namedIn(stated.outputs) ?? ends(nodes);
  if (inputs.length === 0 || outputs.length === 0) {
    const message = `the graph has ${inputs.length} inputs and ${outputs.length} outputs`;
    throw new CompileError({ code: "format/spec", path: "modelTopology", message });
  }
  const [ins, outs] = [new Set<string>(), new Set<string>()];
  const names = inputs.map(({ key }) => free(ins, key));
  const shapeFor = given.inputShape === undefined ? () => undefined : shapesOf(given.inputShape, names);
  return {
    inputs: inputs.map((port, i) => inputOf(port, nodes, names[i], shapeFor(names[i]))),
    outputs: outputs.map(({ key, from }) => ({ name: free(outs, key), from })),
  };
}

/** How many samples all inputs have at a time; "none" where they do not have as many, or no axis for them. */
export function batchOf(inputs: readonly Port[]): Port["batch"] {
  const [{ batch }] = inputs;
  return inputs.every((port) => port.batch === batch) ? batch : "none";
}

function namedIn(ports: unknown): readonly Named[] | undefined {
  if (!isPlain(ports) || Object.keys(ports).length === 0) return undefined;
  return Object.entries(ports).map(([key, port]) => {
    const wrong = (): never => failNode(`signature ${key}`, "a port is {name, dtype, tensorShape}");
    if (!isPlain(port) || typeof port.name !== "string") return wrong();
    const shape = shapeOf(port.tensorShape ?? port.tensor_shape, wrong);
    return { key, from: referenceOf(port.name), shape, type: typeName(port.dtype) };
  });
}

const placeholders = (nodes: ReadonlyMap<string, NodeDef>): readonly Named[] =>
  [...nodes.values()].filter(({ op }) => op === "Placeholder").map(plainly);

function ends(nodes: ReadonlyMap<string, NodeDef>): readonly Named[] {
  const taken = new Set([...nodes.values()].flatMap(({ inputs }) => inputs.map(({ node }) => node)));
  return [...nodes.values()]
    .filter(({ name, op }) => !taken.has(name) && !["Const", "NoOp", "Placeholder"].includes(op))
    .map(plainly);
}

const plainly = ({ name }: NodeDef): Named => ({ key: name, from: { node: name, result: 0 }, shape: undefined, type: undefined });

function inputOf(
  { from, shape: stated, type }: Named,
  nodes: ReadonlyMap<string, NodeDef>,
  name: string,
  own: readonly number[] | undefined,
): Port {
  const node = nodes.get(from.node) ?? failNode(from.node, "the graph has no node of this name, which its signature names");
  const isPlaceholder = node.op.startsWith("Placeholder");
  const told = (isPlaceholder ? node.attrs.shape("shape") : undefined) ?? stated;
  const dtype = dtypeOf(isPlaceholder ? node.attrs.type("dtype", type ?? "DT_FLOAT") : (type ?? "DT_FLOAT"));
  const shape = own ?? told?.slice(1);
  if (shape === undefined || shape.some((size) => size < 0)) {
    const message = `every size of a sample must be known, but the input ${JSON.stringify(shorten(name))} leaves one open: ${told === undefined ? "all of them" : showShape(told)}`;
    const hint = "say it with --input-shape, or as inputShape: the sizes of one sample, without the batch";
    throw new CompileError({ code: "shape/unknown-size", path: shorten(node.name), message, hint });
  }
  if (own !== undefined && told !== undefined && told.length > 0) checkGiven(node.name, own, told.slice(1));
  const [batch] = told ?? [-1];
  return { name, node: node.name, dtype, shape, batch: batch === undefined ? "none" : batch < 0 ? "open" : batch };
}

function checkGiven(node: string, given: readonly number[], told: readonly number[]): void {
  if (given.length === told.length && told.every((size, i) => size < 0 || size === given[i])) return;
  const message = `a sample is given the shape ${showShape(given)}, the file says ${showShape(told.map((size) => (size < 0 ? "?" : size)) as number[])}`;
  throw new CompileError({ code: "format/size", path: shorten(node), message });
}

/** A name that a port may have, with a number behind it where another has it. */
function free(taken: Set<string>, given: string): string {
  const bare = given.replace(/:\d+$/, "").replaceAll(/[/:]/g, "_");
  const plain = bare === "" || bare === "__proto__" ? "port" : bare;
  const name = freeName(plain, (one) => taken.has(one));
  taken.add(name);
  return name;
}
