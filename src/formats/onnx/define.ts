// What an operator is: a row that says from which version on, and how it becomes ops of a Graph. A row sees its node through a Site:
// attributes, inputs, and helpers that mind where the batch is. Guarantee: what a row cannot do it refuses by the operator's name.
import type { Node } from "../../../compiler/graph/graph.ts";
import type { G } from "../../../compiler/ops/index.ts";
import type { DType, Numbers } from "./numbers.ts";
import type { AttributeProto, GraphProto } from "./schema.ts";
import type { At, Value } from "./values.ts";

/** What a row makes: its outputs in order; undefined for one that it does not give. */
export type Made = Value | readonly (Value | undefined)[];

/** One operator from a version of its domain on, until a later row of the same name. */
export interface Operator {
  readonly name: string;
  readonly since: number;
  readonly make: (site: Site) => Made;
  /** Its numbers are not folded by running the Graph, because it folds them itself. */
  readonly foldsItself?: true;
}

/** A call of an operator. Axes are the file's unless a name says node. */
export interface Site {
  readonly g: G;
  readonly operator: string;
  /** Of the operator's domain, in the file. */
  readonly version: number;
  readonly outputCount: number;
  /** How large the file's batch is. */
  readonly rows: number;
  /** Whether there may be any number of rows, which then cannot matter. */
  readonly isOpen: boolean;
  /** Refuses the model: the operator, and what of it is not there. */
  refuse(what: string, hint?: string): never;

  attribute(name: string): AttributeProto | undefined;
  int(name: string, otherwise: number): number;
  ints(name: string): readonly number[] | undefined;
  float(name: string, otherwise: number): number;
  floats(name: string): readonly number[] | undefined;
  string(name: string, otherwise: string): string;
  strings(name: string): readonly string[] | undefined;
  tensor(name: string): Value | undefined;

  readonly inputCount: number;
  /** Refuses where it is missing. */
  input(index: number): Value;
  /** All of them, of which none is missing; refuses where there is none. */
  inputs(): readonly [Value, ...Value[]];
  optional(index: number): Value | undefined;
  /** Its numbers, which must be known; undefined where it is missing. */
  numbers(index: number, what: string): Numbers | undefined;
  /** Numbers of an attribute in older versions, of an input in newer ones. */
  list(attribute: string, index: number): readonly number[] | undefined;

  /** The shape that the file states for an output of the whole model; its sizes are numbers. */
  declaredShape(index: number): readonly number[] | undefined;

  /** The node of a value, made where it is known numbers. */
  node(value: Value): Node;
  /** A value whose batch is no axis of its own: every row has all of it. Refuses the batch where the file's has more than one row. */
  each(value: Value): Value;
  /** The value, with the batch on none of these axes. */
  apart(value: Value, axes: readonly number[]): Value;
  /** The value with the batch on its first axis where that is so, else one whose rows have all of it. */
  firstAxis(value: Value): Value;
  /** The node laid out for `at` and `rank` axes, ones in front; without n where no row has a part in it. */
  laid(value: Value, at: At, rank: number): Node;
  /** Where the batch is in what these give when they are broadcast against one another. */
  common(values: readonly Value[], rank: number): At;
  /** All of them with n, or none, at `at`. */
  aligned(values: readonly Value[], at: At): readonly Node[];
  /** `count` axes of a value from `axis` on as one. */
  merged(inner: Value, axis: number, count: number): Value;
  /** An axis of a value as several; one of size 1 as ones. */
  split(value: Value, axis: number, sizes: readonly number[]): Value;
  /** A node with its batch at `at` as a value. */
  made(node: Node, at: At, dtype: DType): Value;
  /** Ops on elements, broadcast against one another as NumPy does. */
  elementwise(values: readonly Value[], build: (g: G, ...nodes: Node[]) => Node, dtype?: DType): Value;
  /** Numbers that the operator needs: in the Graph's text where they are few, else a weight. */
  constant(shape: readonly number[], values: ArrayLike<number>): Node;
  /** Runs a graph of this node with the outer names visible; its inputs by name. */
  run(graph: GraphProto, inputs: readonly Value[]): readonly Value[];
}

/** A row. */
export const operator = (name: string, since: number, make: Operator["make"], more: Partial<Operator> = {}): Operator => ({
  name,
  since,
  make,
  ...more,
});

/** An axis counted from the end where it is negative. Refuses one that is not there. */
export function axisOf(site: Site, axis: number, rank: number): number {
  const found = axis < 0 ? axis + rank : axis;
  if (!Number.isInteger(found) || found < 0 || found >= rank) site.refuse(`the axis ${axis} of ${rank}`);
  return found;
}
