// How large the roundings of an op are: the column `rounding` of the table of ops. In: operands and the exact result. Out: sizes in
// units of 2^-24, an element each. Guarantee: for operands that are exact, float32 stays within them on every target; a law draws
// cases. What roundings of operands do to a result is no business of an op: the disturbed interpreter finds out.
import type { NoAttrs, Rounding, Tensor } from "../define.ts";

/**
 * Small multiples of 2^-16: sums and products of such numbers (ids, masks, sixteenths) are not rounded. A mask that is made of them
 * may be compared with 0, so they must not be disturbed.
 */
const isCoarse = (x: number): boolean => Math.abs(x) <= 128 && Number.isInteger(x * 65536);

/** Of one element of a pointwise op, from the result and the operands. */
export type PointRounding = "none" | ((y: number, ...args: number[]) => number);

/** As many units in the last place; one is at most two of our units. */
export const ulps =
  (count: number): PointRounding =>
  (y) =>
    2 * count * Math.abs(y);

/** A sum of two is as far off as its operands are large: a rewrite may take it apart and round each on the way. */
export const addends: PointRounding = (_, a, b) => (isCoarse(a) && isCoarse(b) ? 0 : Math.abs(a) + Math.abs(b));

/** A product of two. */
export const product: PointRounding = (y, a, b) => (isCoarse(a) && isCoarse(b) && isCoarse(y) ? 0 : Math.abs(y));

/** The column of a pointwise op. */
export function pointwiseRounding(rounding: PointRounding): Rounding<NoAttrs> {
  if (rounding === "none") return "none";
  return ([a, b], { data }) => data.map((y, i) => rounding(y, a.data[i], b?.data[i]));
}

/**
 * A sum of `count` terms: sqrt(count) roundings of Σ|terms|, which is where roundings that know nothing of each other end up, in
 * any order. Terms that are alike are rounded to the same side each time: `bias` is what float32 makes of them one by one.
 */
export const sumSize = (count: number, magnitude: number, bias: number): number =>
  isCoarse(magnitude) ? 0 : Math.sqrt(count) * magnitude + Math.abs(bias) * 2 ** 24;

/** Sums by their own `eval`, of which it is only known that at most `count` terms meet in one. */
export const sumsOf = (magnitudes: Tensor, count: number): Float64Array =>
  magnitudes.data.map((magnitude) => sumSize(count, magnitude, 0));

/** The same tensor without signs. */
export const magnitudeOf = ({ shape, data }: Tensor): Tensor => ({ shape, data: data.map(Math.abs) });
