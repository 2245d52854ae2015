// A graph of an ONNX file becomes a Graph: node after node by its operator's row. In: a decoded model, and where the batch of its inputs is.
// Out: values for its outputs, and the weights that they read. Guarantee: every node that an output needs is made by a row or folded to
// numbers, or the file is refused by the operator's name; nothing of it is left out.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Node } from "../../../compiler/graph/graph.ts";
import { checkSize } from "../../../compiler/graph/limits.ts";
import { begin, type G } from "../../../compiler/ops/index.ts";
import type { Given } from "../define.ts";
import type { Operator } from "./define.ts";
import { fold, isFoldable } from "./fold.ts";
import { callsOf } from "./functions.ts";
import { Kept, type Layouts } from "./layouts.ts";
import { NodeSite } from "./node-site.ts";
import { isWhole, numbersOf } from "./numbers.ts";
import { domainOf, operatorFor, versionsOf } from "./operators/list.ts";
import { deepest, inOrder, readsOf } from "./order.ts";
import type { FunctionProto, GraphProto, ModelProto, NodeProto, TensorProto } from "./schema.ts";
import { known, type Value } from "./values.ts";
import { damaged } from "./wire.ts";

/** Nodes of a file after loops and calls are written out. */
const mostNodes = 100_000;
/** Numbers that stand in the Graph's text; more are a weight. */
const mostInText = 64;

/** Names and what they stand for, with those of the graph around. */
export interface Scope {
  readonly names: Map<string, Value>;
  readonly outer?: Scope;
  /** Versions by domain. */
  readonly versions: ReadonlyMap<string, number>;
  readonly depth: number;
}

/** Imports one model, for one size of its batch. */
export class Importer {
  readonly g: G = begin();
  readonly rows: number;
  /** Whether the batch has any size: the file's own rows are but one of two that are tried. */
  readonly isOpen: boolean;
  readonly #given: Given;
  readonly #functions: readonly FunctionProto[];
  readonly #nodes = new Map<Value, Node>();
  readonly #weights = new Map<string, Float32Array>();
  readonly #taken = new Set<string>();
  readonly #declared = new Map<string, readonly number[]>();
  #count = 0;

  constructor(model: ModelProto, given: Given, rows: number, isOpen: boolean) {
    this.rows = rows;
    this.isOpen = isOpen;
    this.#given = given;
    this.#functions = model.functions;
    for (const { name, type } of model.graph?.outputs ?? []) {
      const dims = type?.tensor?.shape?.dims.map(({ value }) => value);
      if (dims?.every((size) => size !== undefined) === true) this.#declared.set(name, dims as number[]);
    }
  }

  /** The values of a graph's outputs. `inputs`: those of its own inputs, by name. */
  run(graph: GraphProto, scope: Scope): readonly Value[] {
    if (scope.depth > deepest) damaged(`graphs are nested more than ${deepest} deep`);
    if (graph.sparse.length > 0) this.#refuse("sparse_initializer", "weights that are mostly zeros");
    for (const tensor of graph.initializers) {
      if (!scope.names.has(tensor.name)) scope.names.set(tensor.name, this.#initializer(tensor));
    }
    const outputs = graph.outputs.map(({ name }) => name);
    this.#runNodes(graph.nodes, outputs, scope);
    return outputs.map((name) => lookUp(scope, name) ?? damaged(`nothing makes the output ${JSON.stringify(name)}`, name));
  }

  /** Nodes, but for those that no output needs, each behind what it reads. */
  #runNodes(nodes: readonly NodeProto[], outputs: readonly string[], scope: Scope): void {
    const wanted = new Set(outputs);
    const needed = inOrder(nodes, (name) => lookUp(scope, name) !== undefined)
      .toReversed()
      .filter((node) => {
        if (!node.outputs.some((name) => name !== "" && wanted.has(name))) return false;
        for (const name of readsOf(node)) wanted.add(name);
        return true;
      });
    for (const node of needed.reverse()) this.#runNode(node, scope);
  }

  #runNode(node: NodeProto, scope: Scope): void {
    if (++this.#count > mostNodes) this.#refuse("", `more than ${mostNodes} nodes`);
    const path = pathOf(node);
    const call = callsOf(node, this.#functions);
    const values = call === undefined ? this.#make(node, scope, path) : this.#call(call, node, scope);
    node.outputs.forEach((name, i) => {
      const value = values[i];
      if (name !== "" && value !== undefined) scope.names.set(name, value);
    });
  }

  #call(call: ReturnType<typeof callsOf> & {}, node: NodeProto, scope: Scope): readonly (Value | undefined)[] {
    if (scope.depth > deepest) damaged(`functions are nested more than ${deepest} deep`);
    const names = new Map<string, Value>();
    call.inputs.forEach((name, i) => {
      const given = node.inputs[i];
      if (given !== undefined && given !== "") names.set(name, this.#read(given, scope, pathOf(node)));
    });
    const inner: Scope = {
      names,
      versions: call.opsets.length > 0 ? versionsOf(call.opsets) : scope.versions,
      depth: scope.depth + 1,
    };
    this.#runNodes(call.nodes, call.outputs, inner);
    return call.outputs.map((name) => names.get(name));
  }

  #make(node: NodeProto, scope: Scope, path: string): readonly (Value | undefined)[] {
    const row = operatorFor(node, scope.versions, path, this.#given.layers);
    const inputs = node.inputs.map((name) => (name === "" ? undefined : this.#read(name, scope, path)));
    const given = inputs.flatMap((value) => (value === undefined ? [] : [value]));
    try {
      if (row.foldsItself !== true && isFoldable(given)) {
        const refuse = (what: string) => this.#refuse(path, `${node.operator} gives ${what}`);
        const folded = fold((g, of) => row.make(this.#site(node, row, inputs, scope, path, g, of)), refuse);
        if (folded !== undefined) return folded;
      }
      const made = row.make(this.#site(node, row, inputs, scope, path, this.g, (value) => this.nodeOf(value, path)));
      const values = (Array.isArray(made) ? made : [made]) as readonly (Value | undefined)[];
      for (const value of values) if (value !== undefined) checkSize("a value", value.shape, path);
      return values;
    } catch (error) {
      // What an engine says of an array of impossible length.
      if (error instanceof RangeError) this.#refuse(path, `${node.operator} as large as that: ${error.message}`);
      throw error instanceof CompileError && error.path === "" ? error.with({ under: path }) : error;
    }
  }

  #site(
    node: NodeProto,
    row: Operator,
    inputs: readonly (Value | undefined)[],
    scope: Scope,
    path: string,
    g: G,
    of: (value: Value) => Node,
  ): NodeSite {
    const layouts: Layouts = {
      g,
      rows: this.rows,
      node: of,
      mixed: () => {
        throw new Kept(path, node.operator);
      },
      refuse: (what) => this.#refuse(path, `${node.operator} of ${what}`),
    };
    return new NodeSite(node, inputs, layouts, {
      isOpen: this.isOpen,
      version: scope.versions.get(domainOf(node)) ?? row.since,
      declared: (name) => this.#declared.get(name),
      tensor: (tensor) => {
        const { dtype, shape, data } = numbersOf(tensor, this.#given, path);
        return known(dtype, shape, data);
      },
      refuse: (what, hint) => this.#refuse(path, `${node.operator} ${what}`, hint),
      run: (graph, values) => {
        const names = new Map(
          graph.inputs.flatMap(({ name }, i) => (values[i] === undefined ? [] : [[name, values[i]] as const])),
        );
        return this.run(graph, { names, outer: scope, versions: scope.versions, depth: scope.depth + 1 });
      },
    });
  }

  /** The node of a value. Whole numbers stay as they are up to 2^24 alone: a Graph computes in float32. */
  nodeOf(value: Value, path: string): Node {
    if (value.at === "merged") throw new Kept(path, "a node");
    const found = value.node ?? this.#nodes.get(value);
    if (found !== undefined) return found;
    const numbers = value.data ?? new Float32Array();
    if (isWhole(value.dtype)) {
      const bad = numbers.find((number) => Math.fround(number) !== number);
      if (bad !== undefined) this.#refuse(path, `the whole number ${bad}, which float32 does not have`);
    }
    const node = this.#numbersNode(value, numbers);
    this.#nodes.set(value, node);
    return node;
  }

  #numbersNode({ name, shape }: Value, numbers: ArrayLike<number>): Node {
    const { length } = numbers;
    if (length === 1 || (length <= mostInText && name === undefined))
      return this.g.constant({ shape, values: Array.from(numbers, Math.fround) });
    const unique = this.unique(name ?? "constant");
    this.#weights.set(unique, numbers instanceof Float32Array ? numbers : Float32Array.from(numbers));
    return this.g.param({ name: unique, shape });
  }

  /** A name that nothing has yet. */
  unique(name: string): string {
    let free = name;
    for (let i = 1; this.#taken.has(free); i++) free = `${name}_${i}`;
    this.#taken.add(free);
    return free;
  }

  /** The weights of these names. */
  weights(names: readonly string[]): Readonly<Record<string, Float32Array>> {
    return Object.fromEntries(names.map((name) => [name, this.#weights.get(name) ?? new Float32Array()]));
  }

  #initializer(tensor: TensorProto): Value {
    const { dtype, shape, data } = numbersOf(tensor, this.#given, tensor.name);
    return { ...known(dtype, shape, data), name: tensor.name };
  }

  #read(name: string, scope: Scope, path: string): Value {
    return lookUp(scope, name) ?? damaged(`the node reads ${JSON.stringify(name)}, which nothing before it makes`, path);
  }

  #refuse(path: string, what: string, hint?: string): never {
    throw refusal(path, what, hint);
  }
}

/** What is not there, as an error. */
export const refusal = (path: string, what: string, hint?: string): CompileError =>
  new CompileError({ code: "onnx/unsupported", path, message: `layerc has no ${what}`, ...(hint === undefined ? {} : { hint }) });

/** How a node is called in messages: by its name, or by what it makes. */
export const pathOf = (node: NodeProto): string => node.name || node.outputs.find((name) => name !== "") || node.operator;

function lookUp(scope: Scope | undefined, name: string): Value | undefined {
  for (let at = scope; at !== undefined; at = at.outer) {
    const found = at.names.get(name);
    if (found !== undefined) return found;
  }
  return undefined;
}
