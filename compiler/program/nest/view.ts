// Views: where the elements of a tensor lie in a buffer (strides), or that it is one number everywhere.
// View ops (reshape, transpose, slice, window, …) only rewrite a View; nothing is copied.
import { invariant } from "../../diagnostics/error.ts";
import type { Extent, FloatFmt, Index, Value } from "../program.ts";
import { convert, lit, load, scalar } from "../value.ts";
import { innerOf, outerOf } from "./block.ts";

/** Elements of a buffer: axis `a` at coordinate `i` adds strides[a]·i; `loops` adds the enclosing loops of a scan. */
export interface View {
  readonly kind: "view";
  readonly buffer: string;
  readonly base: number;
  readonly shape: readonly Extent[];
  readonly strides: readonly number[];
  readonly loops: readonly (readonly [loop: string, stride: number])[];
  /** One axis lies in blocks: its element i is at `outer`·floor(i / size) + i mod size. Nests read such a view, view ops do not. */
  readonly blocked?: { readonly axis: number; readonly size: number; readonly outer: number };
}
/** The same number at every coordinate: a constant, or a scalar of the program (rows). */
export type Immediate =
  | { readonly kind: "constant"; readonly value: number; readonly shape: readonly Extent[] }
  | { readonly kind: "scalar"; readonly name: string; readonly shape: readonly Extent[] };
/** What a nest reads: elements of a buffer, or one number. */
export type Operand = View | Immediate;

/** Computed where it is read, from what lies elsewhere. */
export interface Computed {
  readonly kind: "computed";
  readonly shape: readonly Extent[];
  readonly at: (coords: readonly Coord[]) => Value;
}

/** A coordinate along one axis: affine in dims. */
export interface Coord {
  readonly base: number;
  readonly terms: readonly (readonly [dim: string, factor: number])[];
}
/** `base + factor · dim`. */
export const at = (dim: string, factor = 1, base = 0): Coord => ({ base, terms: [[dim, factor]] });
/** The same coordinate at every point. */
export const fixed = (base: number): Coord => ({ base, terms: [] });

/** The address of a view's element at `coords` (one per axis). Terms with stride 0 vanish; equal names are added up. */
export function indexOf(view: View, coords: readonly Coord[]): Index {
  let base = view.base;
  const terms = new Map<string, number>();
  const addTerm = (name: string, stride: number) => {
    if (stride !== 0) terms.set(name, (terms.get(name) ?? 0) + stride);
  };
  coords.forEach((coord, axis) => {
    if (axis === view.blocked?.axis) {
      const [[dim]] = coord.terms;
      invariant(coord.base === 0 && coord.terms.length === 1 && coord.terms[0][1] === 1, "a blocked axis is walked by one dim");
      addTerm(outerOf(dim), view.blocked.outer);
      addTerm(innerOf(dim), 1);
      return;
    }
    base += coord.base * view.strides[axis];
    for (const [name, factor] of coord.terms) addTerm(name, factor * view.strides[axis]);
  });
  for (const [name, stride] of view.loops) addTerm(name, stride);
  return { base, terms: [...terms].filter(([, stride]) => stride !== 0) };
}

/** An operand's value at `coords`, in the float format the kernel computes in. */
export function readAt(operand: Operand | Computed, coords: readonly Coord[], fmt: FloatFmt): Value {
  switch (operand.kind) {
    case "computed":
      return operand.at(coords);
    case "constant":
      return lit(Math.fround(operand.value), fmt);
    case "scalar":
      return convert(scalar(operand.name), fmt);
    case "view":
      return convert(load(operand.buffer, indexOf(operand, coords)), fmt);
  }
}

/** Row-major strides; only axis 0 may be symbolic, so strides are numbers. */
export function rowMajor(shape: readonly Extent[]): number[] {
  const strides = new Array<number>(shape.length);
  let step = 1;
  for (let axis = shape.length - 1; axis >= 0; axis--) {
    strides[axis] = step;
    const size = shape[axis];
    if (axis > 0) step *= size as number;
  }
  return strides;
}
