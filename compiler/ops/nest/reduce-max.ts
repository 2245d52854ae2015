import type { Primitive } from "../define.ts";
import { largestOver } from "../kit/extreme.ts";
import type { ReduceAttrs } from "../kit/reduce.ts";
import { array } from "../kit/tensor.ts";

/** `y[…kept] = max over …gone of x`; the axes of `axes` vanish, the others keep their order. */
export const reduceMax: Primitive<ReduceAttrs> = largestOver({
  name: "reduceMax",
  says: "IEEE maximum over `axes`, which vanish; −∞ when empty; NaN wins, −0 < +0; a tie (or NaN) gives its gradient to the first in row-major order.",
  how: "max",
  scalar: Math.max,
  examples: [
    { inputs: [array([2, 3], [1, 3, 2, -0, 0, -1])], attrs: { axes: [1] }, output: array([2], [3, 0]) },
    { inputs: [array([2], [1, Number.NaN])], attrs: { axes: [0] }, output: array([], [Number.NaN]) },
    { inputs: [array([1, 0], [])], attrs: { axes: [1] }, output: array([1], [Number.NEGATIVE_INFINITY]) },
  ],
});
