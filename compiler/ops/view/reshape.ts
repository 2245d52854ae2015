// Reshape: the same elements in the same row-major order under other axes.
//
//   [n, 2, 3] → [n, 6]:   y[i, k] = x[i, ⌊k / 3⌋, k mod 3]
//
// n is no number, so it stays alone on axis 0 and only what is behind it is regrouped.
import * as z from "zod";
import { isBatched, type Shape, showShape, sizeOf } from "../../graph/graph.ts";
import type { Primitive } from "../define.ts";
import { mismatch, shapeSchema } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array } from "../kit/tensor.ts";
import { reshapeView } from "./reshape-view.ts";

/** The result's shape: as many elements as x, n in front where x has it. */
export type ReshapeAttrs = { readonly shape: Shape };

/** x under `shape`. A view where strides can say it (`reshape-view.ts`), else a copy. */
export const reshape: Primitive<ReshapeAttrs> = {
  kind: "primitive",
  name: "reshape",
  says: "The same numbers in row-major order under another shape, copied bit by bit; n stays alone on axis 0.",
  arity: 1,
  attrs: z.strictObject({ shape: shapeSchema }),
  type: ([x], { shape }) => {
    const rest = (sizes: Shape) => sizeOf(sizes.filter((size) => size !== "n"));
    if (isBatched(x) !== isBatched({ shape }) || rest(x.shape) !== rest(shape)) {
      mismatch(`reshape to ${showShape(shape)}`, "as many elements", showShape(x.shape));
    }
    return { shape };
  },
  eval: ([x], _attrs, { shape }) => ({ shape, data: x.data }),
  rounding: "none",
  vjp: (g, { inputs: [x], ct }) => [g.reshape(ct, { shape: x.type.shape })],
  lower: { kind: "view", view: (input, _attrs, shape) => reshapeView(input, shape), back: reshapeView },
  sample: (random) => {
    const type = sampleShape(random);
    const batch = isBatched(type) ? 1 : 0;
    const size = sizeOf(type.shape.slice(batch) as number[]);
    const first = random.pick([1, 2, 3, 4, 6].filter((factor) => size % factor === 0));
    const ones = random.integer(0, 1) === 1 ? [1] : [];
    return { inputs: [type], attrs: { shape: [...type.shape.slice(0, batch), first, ...ones, size / first] } };
  },
  examples: [
    { inputs: [array([2, 3], [1, 2, 3, 4, 5, -0])], attrs: { shape: [3, 2] }, output: array([3, 2], [1, 2, 3, 4, 5, -0]) },
    { inputs: [array([1, 1], [7])], attrs: { shape: [] }, output: array([], [7]) },
  ],
};
