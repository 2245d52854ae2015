import type { NoAttrs, Primitive } from "../define.ts";
import { noAttrs } from "../kit/elementwise.ts";
import { array } from "../kit/tensor.ts";

/** `y = n`, a scalar: what a mean over the batch divides by. */
export const rows: Primitive<NoAttrs> = {
  kind: "primitive",
  name: "rows",
  says: "The number n of rows in this batch as an f32 scalar, exact to 2^24.",
  arity: 0,
  attrs: noAttrs,
  type: () => ({ shape: [] }),
  eval: (_inputs, _attrs, context) => ({ shape: [], data: Float64Array.of(context.rows) }),
  rounding: "none",
  vjp: () => [],
  lower: { kind: "source" },
  sample: () => ({ inputs: [], attrs: {} }),
  // n is bound to 1 where no shape has it.
  examples: [{ inputs: [], attrs: {}, output: array([], [1]) }],
};
