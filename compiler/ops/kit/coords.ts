// Coordinates as integer values of the Program, for ops whose result depends on where a point lies.

import type { Coord } from "../../program/nest/view.ts";
import type { Value } from "../../program/program.ts";
import { dim, iadd, imul, lit } from "../../program/value.ts";

/** base + Σ factor·dim as i32. */
export function integerAt({ base, terms }: Coord): Value {
  const parts = terms
    .filter(([, factor]) => factor !== 0)
    .map(([name, factor]) => (factor === 1 ? dim(name) : imul(dim(name), lit(factor, "i32"))));
  if (base !== 0 || parts.length === 0) parts.push(lit(base, "i32"));
  return parts.reduce((sum, part) => iadd(sum, part));
}

/** The coordinate Σ coords[axis]·strides[axis], still affine. */
export const combine = (coords: readonly Coord[], strides: readonly number[]): Coord => ({
  base: coords.reduce((sum, coord, axis) => sum + coord.base * strides[axis], 0),
  terms: coords.flatMap((coord, axis) => coord.terms.map(([name, factor]) => [name, factor * strides[axis]] as const)),
});
