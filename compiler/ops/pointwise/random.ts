import * as z from "zod";
import { hash32 } from "../../base/random.ts";
import { type Shape, showShape } from "../../graph/graph.ts";
import { rowMajor } from "../../program/nest/view.ts";
import type { Value } from "../../program/program.ts";
import * as v from "../../program/value.ts";
import type { Primitive } from "../define.ts";
import { shapeSchema, wrongRank } from "../kit/checks.ts";
import { combine, integerAt } from "../kit/coords.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, positionOf, tabulate } from "../kit/tensor.ts";

/** The result's shape, and the stream's seed, an integer of which the low 32 bits count. */
export type RandomAttrs = { readonly shape: Shape; readonly seed: number };

/**
 * `y[i] = (hash32(hash32(seed, step), i) >>> 8) · 2⁻²⁴`, i the row-major index: a function of seed, step and place alone, so that
 * a row's mask is the same however many rows a batch has, and nothing is remembered from draw to draw.
 */
export const random: Primitive<RandomAttrs> = {
  kind: "primitive",
  name: "random",
  says: "Uniform in [0, 1) in steps of 2^−24: hash32(hash32(seed, step), row-major index). The same seed and step repeat it; step is floored.",
  arity: 1,
  attrs: z.strictObject({ shape: shapeSchema, seed: z.int() }),
  type: ([step], { shape }) => {
    if (step.shape.length > 0) wrongRank("random", "a scalar step", showShape(step.shape));
    return { shape };
  },
  eval: ([step], { seed }, { shape }) => {
    const stream = hash32(seed, Math.floor(step.data[0]));
    return tabulate(shape, (coords) => (hash32(stream, positionOf(shape, coords)) >>> 8) * 2 ** -24);
  },
  rounding: "none",
  vjp: () => [null],
  lower: {
    kind: "pointwise",
    value: ([step], { attrs, coords, shape, fmt }) => {
      const stream = hash(v.lit(attrs.seed | 0, "i32"), v.convert(v.floor(step), "i32"));
      const bits = hash(stream, integerAt(combine(coords, rowMajor(shape))));
      return v.mul(v.convert(v.ishr(bits, v.lit(8, "i32")), fmt), v.lit(2 ** -24, fmt));
    },
  },
  sample: (r) => ({
    inputs: [{ shape: [] }],
    attrs: { shape: sampleShape(r).shape, seed: r.integer(0, 2 ** 31) },
    integers: [1000],
  }),
  examples: [
    {
      inputs: [array([], [2])],
      attrs: { shape: [1, 3], seed: 1 },
      output: array([1, 3], [8608807 * 2 ** -24, 10275843 * 2 ** -24, 753707 * 2 ** -24]),
    },
  ],
};

/** compiler/base/random.ts's hash32 as Program values. */
function hash(seed: Value, counter: Value): Value {
  const word = (bits: number) => v.lit(bits | 0, "i32");
  const fold = (h: Value, by: number) => v.ixor(h, v.ishr(h, word(by)));
  const start = v.ixor(v.imul(seed, word(0x9e3779b1)), v.imul(counter, word(0x85ebca6b)));
  return fold(v.imul(fold(v.imul(fold(start, 16), word(0x7feb352d)), 15), word(0x846ca68b)), 16);
}
