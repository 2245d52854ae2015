import type { Primitive } from "../define.ts";
import { largestOver } from "../kit/extreme.ts";
import type { ReduceAttrs } from "../kit/reduce.ts";
import { array } from "../kit/tensor.ts";

/** `y[…kept] = most over …gone of x`, in row-major order; the axes of `axes` vanish, the others keep their order. */
export const reduceMost: Primitive<ReduceAttrs> = largestOver({
  name: "reduceMost",
  says: "Maximum over `axes`, which vanish; −∞ when empty; NaN wins, of −0 and 0 the first that is folded; a tie (or NaN) gives its gradient to the first in row-major order.",
  how: "most",
  scalar: (a, b) => (a < b || Number.isNaN(b) ? b : a),
  examples: [
    { inputs: [array([2, 3], [1, 3, 2, -0, 0, -1])], attrs: { axes: [1] }, output: array([2], [3, -0]) },
    { inputs: [array([3], [-1, 0, -0])], attrs: { axes: [0] }, output: array([], [0]) },
    { inputs: [array([2], [1, Number.NaN])], attrs: { axes: [0] }, output: array([], [Number.NaN]) },
    { inputs: [array([2], [Number.NaN, 1])], attrs: { axes: [0] }, output: array([], [Number.NaN]) },
    { inputs: [array([1, 0], [])], attrs: { axes: [1] }, output: array([1], [Number.NEGATIVE_INFINITY]) },
  ],
});
