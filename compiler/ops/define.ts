// What an op is: one object that states one thing four times, independently (type, eval, vjp or expand, lower), plus its
// examples and a generator of legal cases. Generic tests play the statements against each other.
import type * as z from "zod";
import type { Random } from "../base/random.ts";
import type { Builder } from "../graph/builder.ts";
import type { Attrs, Graph, Node, Shape, Type } from "../graph/graph.ts";
import type { Core } from "../program/nest/core.ts";
import type { Computed, Coord, Operand, View } from "../program/nest/view.ts";
import type { Extent, FloatFmt, Value } from "../program/program.ts";

/** Every op by name: `index.ts` fills it from the list, so that an op may speak of all others without importing one. */
// biome-ignore lint/suspicious/noEmptyInterface: filled by declaration merging.
export interface Registry {}
type AttrsOf<O> = O extends Common<infer A> ? A : never;
type Call<A> = A extends NoAttrs ? (...inputs: Node[]) => Node : (...inputs: [...Node[], A]) => Node;
type Calls = { readonly [K in keyof Registry]: Call<AttrsOf<Registry[K]>> };

/** Shorthand over the ops; no semantics of its own. */
export interface Sugar {
  readonly builder: Builder;
  /** What its nodes may be. */
  readonly ops: Readonly<Record<string, AnyOp>>;
  /** A graph of its own over the same ops, nothing in it yet. */
  fresh(): G;
  /** Any op by name. */
  node(name: string, inputs: readonly Node[], attrs?: Attrs): Node;
  /** One number everywhere in `shape`. */
  fill(value: number, shape: Shape): Node;
  /** One number, shaped as `node`. */
  like(node: Node, value: number): Node;
  /** What `make` builds, as a part of its layer: kernels and buffers are named `lstm.gates` then. Roles inside are parts of it. */
  as<T>(role: string, make: () => T): T;
  /** NumPy's rule: axes are aligned at the end, size 1 stretches. Returns `x` itself when nothing is to do. */
  broadcastTo(x: Node, shape: Shape): Node;
}
/** The ops as a typed builder: `g.add(a, b)`, `g.reduceSum(x, {axes: [1]})`. */
export type G = Calls & Sugar;

/** A concrete tensor: row-major, in doubles (the interpreter decides about rounding). */
export interface Tensor {
  readonly shape: readonly number[];
  readonly data: Float64Array;
}

/** What a reference may ask besides its inputs. */
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

/** What primitives and composites state alike. */
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

/** Cotangents of `wrt`, given those of `roots`, built in `g`; null where none flows. */
export type Pull = (g: G, roots: readonly (readonly [root: Node, ct: Node])[], wrt: readonly Node[]) => (Node | null)[];

/** Where a gradient rule is asked: operands, output and its cotangent, which has the output's shape. */
export interface VjpSite<A> {
  readonly inputs: readonly Node[];
  readonly output: Node;
  /** Cotangent of the output; for a bundle, one per item (null: not needed). */
  readonly ct: Node;
  readonly cts: readonly (Node | null)[];
  readonly attrs: A;
  /** Which inputs need a cotangent; what is returned for the others is dropped. */
  readonly wanted: readonly boolean[];
  /** Differentiates a body (scan). */
  readonly pull: Pull;
}
/** Cotangents of the inputs, null where none flows. */
export type Vjp<A> = (g: G, site: VjpSite<A>) => readonly (Node | null)[];
/**
 * How far each element of the result may be off in float32 when the operands are exact, in units of 2^-24 (half an ulp of 1);
 * "none" of what copies, picks or compares.
 */
export type Rounding<A> = "none" | ((inputs: readonly Tensor[], output: Tensor, attrs: A) => Float64Array);
/** Stands in the place of a rule. */
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
  readonly inputs: readonly (Operand | Computed)[];
  readonly shape: readonly Extent[];
}
/**
 * How an op becomes loops. The kind alone decides fusion: a `pointwise` op joins the region of its operand, a `view` costs
 * nothing, a `nest` anchors a region. A view that strides cannot express returns undefined, and the planner copies.
 */
export type Lowering<A> =
  | { readonly kind: "source" }
  | { readonly kind: "pointwise"; readonly value: (args: readonly Value[], site: PointSite<A>) => Value }
  | {
      readonly kind: "view";
      readonly view: (input: View, attrs: A, shape: readonly Extent[]) => View | undefined;
      /** Where its input, of `shape`, lies if the result is to lie at `out`; undefined where strides cannot say it. Absent: nowhere. */
      readonly back?: (out: View, shape: readonly Extent[], attrs: A) => View | undefined;
    }
  /**
   * `fusable`: later pointwise ops may run on the accumulator before the store (one core, every result point once, no row).
   * `takesTerms`: it reads each element of its operand once, so that light pointwise ops may run where it is read.
   */
  | {
      readonly kind: "nest";
      readonly fusable: boolean;
      readonly takesTerms?: true;
      readonly cores: (site: NestSite<A>) => readonly Core[];
    }
  | { readonly kind: "scan" };

/** An op with rules of its own. */
export interface Primitive<A extends Attrs = Attrs> extends Common<A> {
  readonly kind: "primitive";
  readonly rounding: Rounding<A>;
  readonly vjp: Vjp<A> | NotDifferentiable;
  readonly lower: Lowering<A>;
}
/** An op defined by smaller ones; `eval` states it a second time and judges the expansion. */
export interface Composite<A extends Attrs = Attrs> extends Common<A> {
  readonly kind: "composite";
  readonly expand: (g: G, inputs: readonly Node[], attrs: A) => Node;
}
/** One of the two tiers. */
export type Op<A extends Attrs = Attrs> = Primitive<A> | Composite<A>;

/** An op whose attributes are known only at run time; every list of ops is of this type. */
// biome-ignore lint/suspicious/noExplicitAny: attrs are contravariant in the rules; `AnyOp` is only used after its schema has checked them.
export type AnyOp = Op<any>;
/** No attributes. */
export type NoAttrs = { readonly [key: string]: never };
