import * as z from "zod";
import type { Composite } from "../define.ts";
import { sampleShape } from "../kit/elementwise.ts";

/** The number of classes. */
export type OneHotAttrs = { readonly depth: number };

/** `y[…, k] = (x[…] = k)`: ids [n, …] become [n, …, depth]. */
export const oneHot: Composite<OneHotAttrs> = {
  kind: "composite",
  name: "oneHot",
  says: "A new last axis of size `depth`: 1 at the index x, 0 elsewhere; all 0 where x is no integer in 0..depth−1, NaN included.",
  arity: 1,
  attrs: z.strictObject({ depth: z.int().min(1) }),
  type: ([x], { depth }) => ({ shape: [...x.shape, depth] }),
  eval: ([x], { depth }, { shape }) => {
    const data = new Float64Array(x.data.length * depth);
    x.data.forEach((id, i) => {
      if (Number.isInteger(id) && id >= 0 && id < depth) data[i * depth + id] = 1;
    });
    return { shape, data };
  },
  expand: (g, [x], { depth }) => {
    const shape = [...x.type.shape, depth];
    const index = g.broadcast(g.iota({ shape: [depth], axis: 0 }), { shape, axes: [shape.length - 1] });
    return g.equal(g.broadcast(x, { shape, axes: x.type.shape.map((_, axis) => axis) }), index);
  },
  sample: (random) => ({ inputs: [sampleShape(random)], attrs: { depth: random.integer(1, 4) } }),
  examples: [
    {
      inputs: [{ shape: [4], values: [1, -0, 3, Number.NaN] }],
      attrs: { depth: 3 },
      output: { shape: [4, 3], values: [0, 1, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0] },
    },
  ],
};
