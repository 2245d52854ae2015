// Pad: x in the middle of a larger tensor of one number.
//
//   y[c₀, c₁, …] = x[c₀ − low[0], c₁ − low[1], …] inside, `value` elsewhere          [low | size | high] on each axis
//
// Two cores: fill the whole result, then copy x into it.
import * as z from "zod";
import { showShape, sizeOf } from "../../graph/graph.ts";
import { copyCore, fillCore } from "../../program/nest/core.ts";
import { at } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { Primitive } from "../define.ts";
import { anyNumber, axesSchema, mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { array, offsetsOver, positionOf } from "../kit/tensor.ts";

/** Per axis: how many points before and after; 0 and 0 on the n axis. */
export type PadAttrs = { readonly low: readonly number[]; readonly high: readonly number[]; readonly value: number };

/** x with a border, of shape low + size + high. The cotangent of the border is dropped. */
export const pad: Primitive<PadAttrs> = {
  kind: "primitive",
  name: "pad",
  says: "x with `low` points of `value` before and `high` after it on each axis; x is copied, NaN and −0 included.",
  arity: 1,
  attrs: z.strictObject({ low: axesSchema, high: axesSchema, value: anyNumber }),
  type: ([{ shape }], { low, high }) => {
    const found = `${showShape(low)} and ${showShape(high)}`;
    if (low.length !== shape.length || high.length !== shape.length) wrongRank("pad", `margins for ${showShape(shape)}`, found);
    const fits = shape.every((size, axis) => size !== "n" || low[axis] + high[axis] === 0);
    if (!fits) mismatch("pad", `margins 0 on the n axis of ${showShape(shape)}`, found);
    return { shape: shape.map((size, axis) => (size === "n" ? size : low[axis] + size + high[axis])) };
  },
  eval: ([x], { low, value }, { shape }) => {
    const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
    const first = positionOf(shape, low);
    const data = new Float64Array(sizeOf(shape)).fill(value);
    offsetsOver(x.shape, steps).forEach((place, i) => {
      data[first + place] = x.data[i];
    });
    return { shape, data };
  },
  rounding: "none",
  vjp: (g, { inputs: [x], ct, attrs }) => [g.slice(ct, { starts: attrs.low, sizes: x.type.shape })],
  lower: {
    kind: "nest",
    fusable: false,
    cores: ({ attrs: { low, value }, inputs: [x], shape, fmt }) => {
      const inside = low.map((margin, axis) => at(`i${axis}`, 1, margin));
      return [fillCore(shape, v.lit(Math.fround(value), fmt)), copyCore(x, inside, fmt)];
    },
  },
  sample: (random) => {
    const type = sampleShape(random);
    const margins = () => type.shape.map((size) => (size === "n" ? 0 : random.integer(0, 2)));
    return { inputs: [type], attrs: { low: margins(), high: margins(), value: random.pick([0, 1.5, Number.NEGATIVE_INFINITY]) } };
  },
  examples: [
    {
      inputs: [array([2], [-0, Number.NaN])],
      attrs: { low: [1], high: [2], value: -1 },
      output: array([5], [-1, -0, Number.NaN, -1, -1]),
    },
  ],
};
