// Values of a row as a report tells them. In: memory, and where in it a value lies. Out: its numbers, and a few that say what they are like. Guarantee: needs no compiler, so
// that a page measures a row that is typed in as a report measured its own.

/** Where a value lies: its first number, its axes and the steps between their elements. */
export interface Where {
  readonly base: number;
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
}

/** The numbers of a value in row-major order, in an array of the memory's kind. */
export function numbersAt({ base, sizes, strides }: Where, memory: ArrayLike<number>): Float64Array {
  const out = new Float64Array(sizes.reduce((product, size) => product * size, 1));
  for (let i = 0; i < out.length; i++) {
    let [rest, at] = [i, base];
    for (let axis = sizes.length - 1; axis >= 0; axis--) {
      at += (rest % sizes[axis]) * strides[axis];
      rest = Math.floor(rest / sizes[axis]);
    }
    out[i] = memory[at];
  }
  return out;
}

/** What numbers are like. */
export interface Measured {
  readonly least: number;
  readonly most: number;
  readonly mean: number;
  /** The first of them. */
  readonly values: readonly number[];
}

/** Values that are shown. */
const first = 8;

/** Measures numbers. */
export function measured(given: Float64Array): Measured {
  let [least, most, sum] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0];
  for (const value of given) {
    least = Math.min(least, value);
    most = Math.max(most, value);
    sum += value;
  }
  return { least, most, mean: sum / given.length, values: [...given.subarray(0, first)] };
}

/** The largest difference between two lists; infinity and NaN are no way from themselves. */
export const apart = (given: Float64Array, exact: ArrayLike<number>): number =>
  given.reduce((most, value, i) => (Object.is(value, exact[i]) ? most : Math.max(most, Math.abs(value - exact[i]))), 0);
