// The Program: what the machine does, to the bit. Nest is the meaning of one loop nest, Schedule is data that says how to
// run it, Kernel is what the interpreter and the emitters read. In: nothing (types only).
//
// Laws of the bits: an f32 op is the exact result rounded once; an f64 op is a JS number; `madd` rounds its product and its
// sum; `max`/`min` are IEEE maximum/minimum (NaN wins, −0 < +0); `most(a, b)` is b where a < b or b is NaN, else a; `least`
// with b < a: NaN wins too, and of two equal numbers, ±0 among them, the first. A store into an f32 buffer rounds; NaNs are one
// value.
// An op on vectors is the op on each of their four lanes. A relaxed target may contract a vector `madd` (one rounding).

/** Precision is a type, not a mode. A mask is never stored. The x4 formats hold four lanes; a js Program has none of them. */
export type Fmt = ScalarFmt | VectorFmt;
/** Of one number. i32 is for addresses and the bits of floats; a mask is true or false. */
export type ScalarFmt = "f32" | "f64" | "i32" | "mask";
export type VectorFmt = "f32x4" | "i32x4" | "maskx4";
/** What kernels compute in: f32 rounds at every step, f64 at stores alone. */
export type FloatFmt = "f32" | "f64";

/** A loop bound: a number, or a scalar's value in blocks: ceil(scalar / per), with `round: "down"` floor; the scalar's max bounds it. */
export type Extent = number | { readonly scalar: string; readonly per: number; readonly round?: "down" };

/** All that a module computes: kernels over one address space of float32, and the entries that call them. `K`: what a kernel is on
 * this stage; statements unless said. */
export interface Program<K = Kernel> {
  readonly name: string;
  readonly scalars: readonly Scalar[];
  readonly buffers: readonly Buffer[];
  readonly kernels: readonly K[];
  readonly entries: readonly Entry[];
}

/** A run-time number that bounds loops: the rows of a training batch. */
export interface Scalar {
  readonly name: string;
  readonly min: number;
  readonly max: number;
}

/** What a buffer is to the caller: who fills it, who may write it, and whether it lasts longer than a call (not arena). */
export type Role = "input" | "output" | "const" | "param" | "state" | "arena";
/** A stretch of the address space: `at` and `length` count elements; arena buffers may overlap where their lifetimes do not. */
export interface Buffer {
  readonly name: string;
  readonly at: number;
  readonly length: number;
  readonly role: Role;
  /** Initial content of a state buffer (one number everywhere). */
  readonly initial?: number;
}

/** What a caller can start: `calls` run in order. `rows`: how many rows one call computes (a number, or the scalar n). */
export interface Entry {
  readonly name: string;
  readonly rows: number | "n";
  readonly calls: readonly Call[];
  /** Public name → buffer. */
  readonly inputs: readonly (readonly [name: string, buffer: string])[];
  readonly outputs: readonly (readonly [name: string, buffer: string])[];
}

/** One run of a kernel, with a buffer for each of its formals: of the same length, in the same order, no buffer twice. `origin`: which
 * layers this run is of, where the kernel is of several. */
export interface Call {
  readonly kernel: string;
  readonly buffers?: readonly string[];
  readonly origin?: string;
}

/** What a kernel calls a buffer that each of its calls chooses. Inside the kernel it is a buffer like any other. */
export interface Formal {
  readonly name: string;
  readonly length: number;
}

/**
 * An affine address: base + Σ stride·name, names being dims of a Nest or loops of a Kernel. `row` adds a data-dependent row:
 * clamp(floor(index), 0, limit−1)·stride, so bounds stay static.
 */
export interface Index {
  readonly base: number;
  readonly terms: readonly (readonly [name: string, stride: number])[];
  readonly row?: { readonly index: Value; readonly limit: number; readonly stride: number };
}

/** A value: a DAG of immutable nodes; a shared node is computed once (a `let` in the Kernel). */
export type Value = { readonly fmt: Fmt } & (
  | { readonly op: "const"; readonly value: number } // a vector: the same in every lane
  | { readonly op: "scalar" | "loop" | "use" | "reg"; readonly name: string } // loop: a dim (Nest) or loop (Kernel), as i32; use: a `let`
  | { readonly op: "acc" } // Nest.finish only
  | { readonly op: "load"; readonly buffer: string; readonly index: Index } // f32x4: this element and the next three
  | { readonly op: "lanes"; readonly items: readonly [Value, Value, Value, Value] } // four scalars as a vector
  | { readonly op: "across"; readonly how: Folding; readonly a: Value } // (l0 ∘ l2) ∘ (l1 ∘ l3): a vector to one f32
  | { readonly op: "extract"; readonly lane: number; readonly a: Value } // one lane of an f32x4
  | { readonly op: Unary; readonly a: Value }
  | { readonly op: Binary; readonly a: Value; readonly b: Value }
  | { readonly op: "madd"; readonly a: Value; readonly b: Value; readonly c: Value } // a·b + c
  | { readonly op: "select"; readonly mask: Value; readonly a: Value; readonly b: Value }
);
/** `convert` to `fmt`; `pow2`: 2^i for an i32 in −126..127, and 0 for −127 (f64: 2^i in −252..252); `exponent`: floor(log2 x) of a positive normal f32, as i32;
 * `splat`: a scalar in every lane. `convert` goes from scalar to scalar and from vector to vector. */
export type Unary = "neg" | "abs" | "sqrt" | "floor" | "not" | "convert" | "pow2" | "exponent" | "splat";
/** The i-ops wrap to 32 bits; `ishr` is the logical shift. */
export type Binary =
  | "add" | "sub" | "mul" | "div" | "min" | "max" | "most" | "least" | "less" | "equal" | "and"
  | "iadd" | "imul" | "ixor" | "ishl" | "ishr"; // biome-ignore format: one table

/** How many numbers become one, two at a time. */
export type Folding = "add" | "max" | "min" | "most" | "least";

/** One straight or looped piece of work over buffers and scalars; `origin` says which layers it is of. Its bits follow from its
 * statements and what stands in its buffers, never from where those lie. */
export interface Kernel {
  readonly name: string;
  readonly origin: string;
  /** A formal hides a buffer of the Program with the same name. */
  readonly formals?: readonly Formal[];
  /** The schedules it was written by, a line each; for readers. */
  readonly by?: string;
  readonly body: readonly Stmt[];
}

/** The four statements there are. */
export type Stmt =
  /** loop = 0 (or blocks·size: what a blocked loop before it left over), …, to − 1. */
  | {
      readonly do: "for";
      readonly loop: string;
      readonly from?: { readonly blocks: Extent; readonly size: number };
      readonly to: Extent;
      readonly body: readonly Stmt[];
    }
  | { readonly do: "let"; readonly name: string; readonly value: Value } // immutable, every shared subterm
  | { readonly do: "set"; readonly reg: string; readonly value: Value } // a register: declared by its first `set`, scoped to that body and those inside
  | { readonly do: "store"; readonly buffer: string; readonly index: Index; readonly value: Value };
