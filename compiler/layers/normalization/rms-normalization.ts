// RMS normalization: each sample is divided by the root of the mean of its squares over `axis`; nothing is centred.
//
//   y[n, …o, …i] = x[n, …o, …i] / √(mean over i of x² + epsilon) · scale
//
// Keras lays scale against the last axes of a row whatever `axis` says, as NumPy repeats; where it does not fit there, it is refused.
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer, type Problem } from "../define.ts";
import { axisOrAxes, badAxis, orderedAxes, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";

type Axis = number | readonly number[];

/**
 * x / √(mean of x² + epsilon) · scale over `axis` of each sample; the shape stays.
 * https://keras.io/api/layers/normalization_layers/rms_normalization/
 */
export const rmsNormalization = layer({
  name: "rmsNormalization",
  keras: "RMSNormalization",
  says: "x / √(mean of x² + epsilon) · scale with the mean of each sample over `axis`; scale is laid against the last axes.",
  config: z.strictObject({ axis: axisOrAxes.default(-1), epsilon: z.number().positive().default(1e-6) }),
  legal: ({ axis }, input) => badAxis(axis, input) ?? badScale(axis, input),
  weights: ({ axis }, input) => [{ name: "scale", shape: scaleShape(axis, input), initializer: "ones", trainable: true }],
  stream: alongAxis,
  lower: (g, { x, weights: { scale }, config }) => {
    const axes = (sampleAxes(config.axis, sampleShape(x)) ?? []).map((axis) => axis + 1);
    const outer = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const squares = g.square(x);
    const mean = g.as("mean", () => g.mean(squares, { axes }));
    // One quotient per sample, not one per point.
    const factor = g.div(g.like(mean, 1), g.sqrt(g.add(mean, g.like(mean, config.epsilon))));
    const scaled = g.mul(x, g.broadcast(factor, { shape: x.type.shape, axes: outer }));
    return { y: g.mul(scaled, g.broadcastTo(scale, x.type.shape)), mask: null };
  },
});

const scaleShape = (axis: Axis, input: readonly number[]): readonly number[] => orderedAxes(axis, input).map((own) => input[own]);

function badScale(axis: Axis, input: readonly number[]): Problem | undefined {
  const shape = scaleShape(axis, input);
  const last = input.slice(input.length - shape.length);
  if (shape.every((size, i) => size === last[i] || size === 1)) return undefined;
  return {
    path: "axis",
    code: "shape/mismatch",
    message: `scale has the sizes of axis, ${showShape(shape)}, and Keras lays it against the last axes of ${showShape(input)}, where it does not fit`,
    hint: "name the last axes, or put permute before",
  };
}
