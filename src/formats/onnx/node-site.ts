// The Site of one node: its attributes by name, its inputs, and the layouts of `site.ts`. In: a node and the values of its inputs.

import type { Node } from "../../../compiler/graph/graph.ts";
import type { G } from "../../../compiler/ops/index.ts";
import type { Site } from "./define.ts";
import type { Layouts } from "./layouts.ts";
import { mergedOf, split } from "./merged.ts";
import type { DType, Numbers } from "./numbers.ts";
import type { AttributeProto, GraphProto, NodeProto, TensorProto } from "./schema.ts";
import { alignedNodes, apartFrom, commonAt, eachOf, elementwiseOf, firstAxisOf, laidOut, madeOf } from "./site.ts";
import { type At, known, type Value } from "./values.ts";

/** What a node's Site asks the importer. */
export interface Around {
  readonly isOpen: boolean;
  readonly version: number;
  /** The shape that the file states for an output of its own. */
  readonly declared: (name: string) => readonly number[] | undefined;
  readonly tensor: (tensor: TensorProto) => Value;
  readonly refuse: (what: string, hint?: string) => never;
  readonly run: (graph: GraphProto, inputs: readonly Value[]) => readonly Value[];
}

const decoder = new TextDecoder();

/** One call of an operator. */
export class NodeSite implements Site {
  readonly g: G;
  readonly operator: string;
  readonly version: number;
  readonly outputCount: number;
  readonly inputCount: number;
  readonly rows: number;
  readonly isOpen: boolean;
  readonly #node: NodeProto;
  readonly #inputs: readonly (Value | undefined)[];
  readonly #of: Layouts;
  readonly #around: Around;

  constructor(node: NodeProto, inputs: readonly (Value | undefined)[], of: Layouts, around: Around) {
    this.g = of.g;
    this.rows = of.rows;
    this.operator = node.operator;
    this.version = around.version;
    this.isOpen = around.isOpen;
    this.inputCount = inputs.length;
    // A name that is empty is no output.
    this.outputCount = node.outputs.findLastIndex((name) => name !== "") + 1;
    this.#node = node;
    this.#inputs = inputs;
    this.#of = of;
    this.#around = around;
  }

  refuse(what: string, hint?: string): never {
    return this.#around.refuse(what, hint);
  }

  attribute(name: string): AttributeProto | undefined {
    return this.#node.attributes.find((attribute) => attribute.name === name);
  }
  int(name: string, otherwise: number): number {
    return this.attribute(name)?.int ?? otherwise;
  }
  ints(name: string): readonly number[] | undefined {
    return this.attribute(name)?.ints;
  }
  float(name: string, otherwise: number): number {
    return this.attribute(name)?.float ?? otherwise;
  }
  floats(name: string): readonly number[] | undefined {
    return this.attribute(name)?.floats;
  }
  string(name: string, otherwise: string): string {
    const found = this.attribute(name);
    return found === undefined ? otherwise : decoder.decode(found.string);
  }
  strings(name: string): readonly string[] | undefined {
    return this.attribute(name)?.strings.map((bytes) => decoder.decode(bytes));
  }
  tensor(name: string): Value | undefined {
    const tensor = this.attribute(name)?.tensor;
    return tensor === undefined ? undefined : this.#around.tensor(tensor);
  }

  input(index: number): Value {
    return this.#inputs[index] ?? this.refuse(`without its input ${index}`);
  }
  inputs(): readonly [Value, ...Value[]] {
    const [, ...rest] = Array.from({ length: this.inputCount }, (_, i) => this.input(i));
    return [this.input(0), ...rest];
  }
  optional(index: number): Value | undefined {
    return this.#inputs[index];
  }
  numbers(index: number, what: string): Numbers | undefined {
    const value = this.optional(index);
    if (value === undefined) return undefined;
    const hint = "export the model with a constant there, or give the value of that input";
    return value.data ?? this.refuse(`with ${what} that is not known before the model runs`, hint);
  }
  list(attribute: string, index: number): readonly number[] | undefined {
    const found = this.ints(attribute);
    if (found !== undefined) return found;
    const numbers = this.numbers(index, attribute);
    return numbers === undefined ? undefined : Array.from(numbers);
  }
  declaredShape(index: number): readonly number[] | undefined {
    return this.#around.declared(this.#node.outputs[index] ?? "");
  }

  node(value: Value): Node {
    return this.#of.node(value);
  }
  each(value: Value): Value {
    return eachOf(this.#of, value);
  }
  apart(value: Value, axes: readonly number[]): Value {
    return apartFrom(this.#of, value, axes);
  }
  firstAxis(value: Value): Value {
    return firstAxisOf(this.#of, value);
  }
  laid(value: Value, at: At, rank: number): Node {
    return laidOut(this.#of, value, at, rank);
  }
  common(values: readonly Value[], rank: number): At {
    return commonAt(this.#of, values, rank);
  }
  aligned(values: readonly Value[], at: At): readonly Node[] {
    return alignedNodes(this.#of, values, at);
  }
  merged(inner: Value, axis: number, count: number): Value {
    return mergedOf(this.#of, inner, axis, count);
  }
  split(value: Value, axis: number, sizes: readonly number[]): Value {
    return split(this.#of, value, axis, sizes);
  }
  made(node: Node, at: At, dtype: DType): Value {
    return madeOf(this.#of, node, at, dtype);
  }
  elementwise(values: readonly Value[], build: (g: G, ...nodes: Node[]) => Node, dtype: DType = values[0].dtype): Value {
    return elementwiseOf(this.#of, values, build, dtype);
  }
  constant(shape: readonly number[], values: ArrayLike<number>): Node {
    return this.node(known("float32", shape, Float32Array.from(values)));
  }
  run(graph: GraphProto, inputs: readonly Value[]): readonly Value[] {
    return this.#around.run(graph, inputs);
  }
}
