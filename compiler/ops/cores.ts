// The loops that several nests share: over every point of a shape, to fill it or to copy an operand somewhere.
import type { Extent, FloatFmt, Value } from "../program/ir.ts";
import { at, type Coord, type Operand, valueAt } from "../program/view.ts";
import type { Core } from "./define.ts";

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
export const copyCore = (x: Operand, coords: readonly Coord[], fmt: FloatFmt): Core => ({
  map: dimsOf(x.shape),
  reduce: [],
  value: valueAt(x, pointOf(x.shape), fmt),
  coords,
  into: "store",
});
