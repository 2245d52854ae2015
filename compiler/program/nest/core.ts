// What an op's lowering gives: a nest without its destination; and the two that many ops share, over every point of a shape.
import type { Extent, FloatFmt, Value } from "../program.ts";
import type { Fold } from "./nest.ts";
import { at, type Computed, type Coord, type Operand, readAt } from "./view.ts";

/** A nest without its destination: which points of the result it computes (`coords`, one per result axis) and how. */
export interface Core {
  readonly map: readonly (readonly [dim: string, extent: Extent])[];
  readonly reduce: readonly (readonly [dim: string, extent: Extent])[];
  readonly fold?: Fold;
  /** Over `acc` (or, without a fold, the value itself). */
  readonly value: Value;
  readonly coords: readonly Coord[];
  /** More points of the result that the same turn computes, from what it has loaded: values without a fold. */
  readonly beside?: readonly { readonly value: Value; readonly coords: readonly Coord[] }[];
  /** Data-dependent position on result axis 0 (scatter): a float value, clamped to the axis. */
  readonly row?: Value;
  readonly into: "store" | "add";
}

/** Dims i0.. over all axes. */
export const dimsOf = (shape: readonly Extent[]): Core["map"] => shape.map((extent, axis) => [`i${axis}`, extent]);
/** The point those dims stand at. */
export const pointOf = (shape: readonly Extent[]): Coord[] => shape.map((_, axis) => at(`i${axis}`));

/** `value`, which may depend on the dims, at every point of the result. */
export const fillCore = (shape: readonly Extent[], value: Value): Core => ({
  map: dimsOf(shape),
  reduce: [],
  value,
  coords: pointOf(shape),
  into: "store",
});

/** Every element of x, in row-major order, to the result's point at `coords`. */
export const copyCore = (x: Operand | Computed, coords: readonly Coord[], fmt: FloatFmt): Core => ({
  map: dimsOf(x.shape),
  reduce: [],
  value: readAt(x, pointOf(x.shape), fmt),
  coords,
  into: "store",
});
