// What an op is: one object that states one thing four times, independently (type, eval, vjp or expand, lower), plus its
// examples and a generator of legal cases. Generic tests play the statements against each other.
import type * as z from "zod";
import type { Attrs, Graph, Node, Type } from "../ir/graph.ts";
import type { Extent, FloatFmt, Fold, Value } from "../program/ir.ts";
import type { Coord, Operand, View } from "../program/view.ts";
import type { Random } from "../random.ts";
import type { G } from "./index.ts";

/** A concrete tensor: row-major, in doubles (the interpreter decides about rounding). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

export interface EvalContext {
  /** The result's shape with `n` bound. */
  readonly shape: readonly number[];
  /** The number `n`. */
  readonly rows: number;
  /** Runs a body Graph on tensors for its inputs (scan); returns its results in order. */
  run(body: Graph, inputs: ReadonlyMap<string, Tensor>): Tensor[];
}

/** A legal case of an op: input shapes (with n where batched) and attributes. `integers[i]`: input i holds integers in 0..integers[i]−1. */
export interface Sample<A> {
  readonly inputs: readonly Type[];
  readonly attrs: A;
  readonly integers?: readonly (number | undefined)[];
}

/** A worked example, exact: numbers in, numbers out, n given where a shape has it. */
export interface Example<A> {
  readonly inputs: readonly { readonly shape: readonly number[]; readonly values: readonly number[] }[];
  readonly attrs: A;
  readonly output: { readonly shape: readonly number[]; readonly values: readonly number[] };
}

export interface Common<A extends Attrs> {
  readonly name: string;
  /** One line: what it computes, and what happens to NaN, −0 and ties. */
  readonly says: string;
  /** Number of inputs, or [least, most]. */
  readonly arity: number | readonly [least: number, most: number];
  readonly attrs: z.ZodType<A>;
  /** The result's type; throws CompileError (shape/…) with both facts when the inputs do not fit. */
  readonly type: (inputs: readonly Type[], attrs: A) => Type;
  /** Obvious and slow; never shares code with `lower` or `expand`. */
  readonly eval: (inputs: readonly Tensor[], attrs: A, context: EvalContext) => Tensor | readonly Tensor[];
  /** A random legal case with small shapes. */
  readonly sample: (random: Random) => Sample<A>;
  readonly examples: readonly Example<A>[];
}

export interface VjpSite<A> {
  readonly inputs: readonly Node[];
  readonly output: Node;
  /** Cotangent of the output; for a bundle, one per item (null: not needed). */
  readonly ct: Node;
  readonly cts: readonly (Node | null)[];
  readonly attrs: A;
  /** Which inputs need a cotangent; what is returned for the others is dropped. */
  readonly wanted: readonly boolean[];
}
/** Cotangents of the inputs, null where none flows. */
export type Vjp<A> = (g: G, site: VjpSite<A>) => readonly (Node | null)[];
export interface NotDifferentiable {
  readonly notDifferentiable: string;
}
/** A vjp rule's value where no gradient exists; `reason` reaches the user. */
export const notDifferentiable = (reason: string): NotDifferentiable => ({ notDifferentiable: reason });

/** Where a pointwise value is computed: the output's coordinates and shape, and the format. */
export interface PointSite<A> {
  readonly attrs: A;
  readonly fmt: FloatFmt;
  readonly coords: readonly Coord[];
  readonly shape: readonly Extent[];
}
/** Operands of an op that is a loop nest of its own, and the shape of its result. Dims of the map are the caller's to choose. */
export interface NestSite<A> {
  readonly attrs: A;
  readonly fmt: FloatFmt;
  readonly inputs: readonly Operand[];
  readonly shape: readonly Extent[];
}
/** A nest without its destination: which points of the result it computes (`coords`, one per result axis) and how. */
export interface Core {
  readonly map: readonly (readonly [dim: string, extent: Extent])[];
  readonly reduce: readonly (readonly [dim: string, extent: Extent])[];
  readonly fold?: Fold;
  /** Over `acc` (or, without a fold, the value itself). */
  readonly value: Value;
  readonly coords: readonly Coord[];
  /** Data-dependent position on result axis 0 (scatter): a float value, clamped to the axis. */
  readonly row?: Value;
  readonly into: "store" | "add";
}

/**
 * How an op becomes loops. The kind alone decides fusion: a `pointwise` op joins the region of its operand, a `view` costs
 * nothing, a `nest` anchors a region. A view that strides cannot express returns undefined, and the planner copies.
 */
export type Lowering<A> =
  | { readonly kind: "source" }
  | { readonly kind: "pointwise"; readonly value: (args: readonly Value[], site: PointSite<A>) => Value }
  | { readonly kind: "view"; readonly view: (input: View, attrs: A, shape: readonly Extent[]) => View | undefined }
  /** `fusable`: later pointwise ops may run on the accumulator before the store (one core, every result point once, no row). */
  | { readonly kind: "nest"; readonly fusable: boolean; readonly cores: (site: NestSite<A>) => readonly Core[] }
  | { readonly kind: "scan" };

/** An op with rules of its own. */
export interface Primitive<A extends Attrs = Attrs> extends Common<A> {
  readonly kind: "primitive";
  readonly vjp: Vjp<A> | NotDifferentiable;
  readonly lower: Lowering<A>;
}
/** An op defined by smaller ones; `eval` states it a second time and judges the expansion. */
export interface Composite<A extends Attrs = Attrs> extends Common<A> {
  readonly kind: "composite";
  readonly expand: (g: G, inputs: readonly Node[], attrs: A) => Node;
}
export type Op<A extends Attrs = Attrs> = Primitive<A> | Composite<A>;

/** An op whose attributes are known only at run time; every list of ops is of this type. */
// biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant in the rules; `AnyOp` is only used after its schema has checked them.
export type AnyOp = Op<any>;
/** No attributes. */
export type NoAttrs = { readonly [key: string]: never };
