import * as z from "zod";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";

/** Keras' 1e-12, squared: 0 stays 0, with a slope that is finite. */
const leastSquare = 1e-24;

/**
 * x / √(Σ x²) over `axis` of each sample, so that its length is 1; the shape stays.
 * https://keras.io/api/layers/normalization_layers/unit_normalization/
 */
export const unitNormalization = layer({
  name: "unitNormalization",
  keras: "UnitNormalization",
  says: "x divided by its length √(Σ x²) over `axis` of each sample; what is shorter than 1e-12 is divided by that.",
  config: z.strictObject({ axis: axisOrAxes.default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config }) => {
    const axes = (sampleAxes(config.axis, sampleShape(x)) ?? []).map((axis) => axis + 1);
    const outer = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const square = g.as("length", () => g.reduceSum(g.square(x), { axes }));
    // One quotient per sample, not one per point.
    const factor = g.div(g.like(square, 1), g.sqrt(g.max(square, g.like(square, leastSquare))));
    return { y: g.mul(x, g.broadcast(factor, { shape: x.type.shape, axes: outer })) };
  },
});
