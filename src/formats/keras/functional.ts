// Keras' functional config as calls in an order in which they can be made. In: layers with `inbound_nodes`, and what the model takes and
// gives. Out: for each call its layer, what it takes and what else it was told; the model's ports. Layers keep the order of the file, in
// which Keras counts weights.
//
//   inbound_nodes: [{args, kwargs}, …]      one for each call; tensors stand in them as {class_name: "__keras_tensor__",
//                                           config: {keras_history: [layer, call, result]}}
//   input_layers, output_layers             [layer, call, result], a list of those, or by name
//
// Masks that Keras hands on by itself stand in the config as tensors, and what computes them as ops: both are left out, for the layers
// here hand theirs on too.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { type Given, steppedOver } from "../define.ts";
import { counted } from "./call-numbers.ts";
import { masksOf } from "./masks.ts";
import { isOperation, isReference, type Listed, type Node, type Port, type Reference, tensorsIn } from "./references.ts";
import { type Keys, quote, serialized, unsupported } from "./values.ts";

/** An argument of a call, by position or by name. */
export interface Argument {
  readonly name: string | number;
  readonly value: unknown;
}
/** A call of a layer. */
export interface Call {
  readonly layer: Listed;
  readonly call: number;
  readonly arguments: readonly Argument[];
}
/** A functional model: its layers in the file's order, its calls in the order in which they are made. */
export interface Functional {
  readonly layers: readonly Listed[];
  readonly calls: readonly Call[];
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
}

/** Ports in the model's order. */
function portsOf(ports: unknown, path: string): readonly Port[] {
  if (isReference(ports)) return [{ name: ports[0], from: ports }];
  const list = Array.isArray(ports) ? [...ports.entries()] : isPlain(ports) ? Object.entries(ports) : [];
  if (list.length === 0)
    return wrong(path, `what a model takes and gives are lists [layer, call, result], found ${quote(ports)}`);
  return list.map(([key, from]) => {
    if (!isReference(from)) return wrong(path, `a tensor is [layer, call, result], found ${quote(from)}`);
    return { name: typeof key === "string" ? key : from[0], from };
  });
}

/** Arguments that say nothing at these values. */
const silent: Readonly<Record<string, readonly unknown[]>> = { training: [null, false] };

/** Every call that an output needs, each after all it takes. Throws CompileError `format/…`. */
export function functional(config: Keys, path: string, { refuse }: Given = {}): Functional {
  const { layers, outputs } = counted(
    listed(config.layers, `${path}.layers`),
    portsOf(config.output_layers, `${path}.output_layers`),
  );
  const byName = new Map(layers.map((layer) => [layer.name, layer]));
  const inputs = portsOf(config.input_layers, `${path}.input_layers`);
  const isInput = new Set(inputs.map(({ from: [layer] }) => layer));
  const site: Site = { byName, isOwnMask: masksOf(layers), path, refuse };

  const needed = new Map<string, Call>();
  const waiting = outputs.map(({ from }) => from);
  for (let from = waiting.pop(); from !== undefined; from = waiting.pop()) {
    if (isInput.has(from[0]) || needed.has(keyOf(from))) continue;
    const call = callOf(from, site);
    needed.set(keyOf(from), call);
    for (const { value } of call.arguments) waiting.push(...tensorsIn(value));
  }
  const inFile = layers.flatMap(({ name, nodes }) => nodes.flatMap((_, call) => needed.get(keyOf([name, call, 0])) ?? []));
  return { layers, calls: inOrder(inFile, needed, path), inputs, outputs };
}

const keyOf = ([layer, call]: Reference): string => `${call} ${layer}`;

/** Calls in the order of the list, but each behind what it takes. */
function inOrder(list: readonly Call[], needed: ReadonlyMap<string, Call>, path: string): readonly Call[] {
  const order: Call[] = [];
  const state = new Map<Call, "begun" | "done">();
  // A stack of our own: a chain of ten thousand layers would be too deep a recursion.
  const stack = [...list].reverse();
  while (stack.length > 0) {
    const call = stack[stack.length - 1];
    if (state.get(call) === "done") {
      stack.pop();
      continue;
    }
    const before = call.arguments
      .flatMap(({ value }) => tensorsIn(value))
      .flatMap((from) => needed.get(keyOf(from)) ?? [])
      .filter((other) => state.get(other) !== "done");
    if (before.length === 0) {
      state.set(call, "done");
      order.push(call);
      stack.pop();
    } else if (state.get(call) === "begun") {
      wrong(path, `the layer ${quote(call.layer.name)} takes what it gives itself`);
    } else {
      state.set(call, "begun");
      stack.push(...before.reverse());
    }
  }
  return order;
}

/** What calls are looked up in. */
interface Site {
  readonly byName: ReadonlyMap<string, Listed>;
  readonly isOwnMask: (from: Reference) => boolean;
  readonly path: string;
  readonly refuse: Given["refuse"];
}

function callOf([name, call]: Reference, { byName, isOwnMask, path, refuse }: Site): Call {
  const layer = byName.get(name);
  if (layer === undefined) return wrong(path, `there is no layer ${quote(name)}`);
  const node = layer.nodes[call];
  if (node === undefined)
    return wrong(layer.path, `the layer ${quote(name)} is called ${layer.nodes.length} times, not ${call + 1}`);
  const given: readonly Argument[] = [
    ...node.args.map((value, i) => ({ name: i, value })),
    ...Object.entries(node.kwargs).map(([key, value]) => ({ name: key, value })),
  ];
  return {
    layer,
    call,
    arguments: given.filter((argument) =>
      steppedOver(
        refuse,
        () => isOperation(layer) || isSaid(argument, isOwnMask, layer),
        () => false,
      ),
    ),
  };
}

/** Whether an argument says something; Keras' own masks do not. */
function isSaid({ name, value }: Argument, isOwnMask: (from: Reference) => boolean, layer: Listed): boolean {
  if (value === null || value === false) return false;
  if (name === "training" && value === true) return isTrained(layer);
  if (name !== "mask") return !(typeof name === "string" && silent[name]?.includes(value));
  if (!tensorsIn(value).every(isOwnMask))
    unsupported(
      layer.path,
      `the layer ${quote(layer.name)} is given a mask of its own`,
      "masking and embedding make masks that layers hand on",
    );
  return false;
}

/** Layers of pictures whose call says that it trains, and that do the same then. */
const alike: ReadonlySet<string> = new Set(["Resizing", "CenterCrop", "Normalization", "Rescaling"]);

/** Refuses a layer that was told to train whenever it is called. */
function isTrained({ class_name, config, name, path }: Listed): false {
  // A pipeline hands it on to its layers.
  const inner = class_name === "Pipeline" && Array.isArray(config.layers) ? config.layers : [{ class_name }];
  if (inner.every((one: unknown) => isPlain(one) && alike.has(`${one.class_name}`))) return false;
  const message = `the layer ${quote(name)} is called with training=True, and a module predicts`;
  return unsupported(path, message, "call the layer without it, and save the model again");
}

function listed(layers: unknown, path: string): readonly Listed[] {
  if (!Array.isArray(layers)) return wrong(path, `the layers are a list, found ${quote(layers)}`);
  const names = new Set<string>();
  return layers.map((item: unknown, i) => {
    const at = `${path}[${i}]`;
    const layer = serialized(item, at);
    const { name = layer.config.name, inbound_nodes: nodes = [] } = item as { name?: unknown; inbound_nodes?: unknown };
    if (typeof name !== "string" || names.has(name)) return wrong(at, `a layer has a name of its own, found ${quote(name)}`);
    names.add(name);
    if (!Array.isArray(nodes)) return wrong(at, "the calls of a layer are a list");
    return { ...layer, name, path: at, nodes: nodes.map((node) => nodeOf(node, at)) };
  });
}

function nodeOf(node: unknown, path: string): Node {
  if (isPlain(node) && Array.isArray(node.args) && isPlain(node.kwargs)) return { args: node.args, kwargs: node.kwargs };
  return wrong(path, `a call is {args, kwargs}, found ${quote(node)}`);
}

function wrong(path: string, message: string): never {
  throw new CompileError({ code: "format/spec", path, message });
}
