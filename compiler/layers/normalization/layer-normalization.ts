// Layer normalization: each sample is centred and scaled by itself, over `axis`; rows do not see each other.
//
//   y[n, …o, …i] = gamma[…i] · (x[n, …o, …i] − mean[n, …o]) / √(variance[n, …o] + epsilon) + beta[…i]
//
// `rmsScaling` (deprecated in Keras) centres nothing but the variance, has gamma whatever `scale` says, and no beta:
//
//   y[n, …o, …i] = gamma[…i] · x[n, …o, …i] / √(variance[n, …o] + epsilon)
//
// i are the axes of `axis` (`inner`), o the others; the batch is always among those. gamma and beta have their numbers in the order of
// i, ascending, and Keras' shape (`orderedAxes`): the same numbers for every way to write `axis`.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, orderedAxes, sampleAxes, sampleShape, spread, weightKeys, weightOf } from "../shared.ts";
import { alongAxis } from "../stream.ts";

/**
 * gamma · (x − mean) / √(variance + epsilon) + beta over `axis` of each sample; the shape stays.
 * https://keras.io/api/layers/normalization_layers/layer_normalization/
 */
export const layerNormalization = layer({
  name: "layerNormalization",
  keras: "LayerNormalization",
  says: "gamma · (x − mean) / √(variance + epsilon) + beta with the mean and biased variance of each sample over `axis`.",
  config: z.strictObject({
    axis: axisOrAxes.default(-1),
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
    rmsScaling: z.boolean().default(false),
    ...weightKeys("beta", "zeros"),
    ...weightKeys("gamma", "ones"),
  }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: (config, input) => {
    const shape = orderedAxes(config.axis, input).map((axis) => input[axis]);
    return [
      ...(config.scale || config.rmsScaling ? [weightOf(config, "gamma", shape)] : []),
      ...(config.center && !config.rmsScaling ? [weightOf(config, "beta", shape)] : []),
    ];
  },
  stream: alongAxis,
  lower: (g, { x, weights: { gamma, beta }, config }) => {
    const inner = sampleAxes(config.axis, sampleShape(x)) ?? [];
    const axes = inner.map((axis) => axis + 1);
    const each = (weight: Node): Node =>
      spread(g, g.reshape(weight, { shape: axes.map((axis) => x.type.shape[axis]) }), inner, x);
    const outer = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
    const mean = g.as("mean", () => g.mean(x, { axes }));
    const centered = g.sub(x, g.broadcast(mean, { shape: x.type.shape, axes: outer }));
    const squares = g.square(centered);
    const variance = g.as("variance", () => g.mean(squares, { axes }));
    // One quotient per sample, not one per point.
    const scale = g.div(g.like(variance, 1), g.sqrt(g.add(variance, g.like(variance, config.epsilon))));
    const scaled = g.mul(config.rmsScaling ? x : centered, g.broadcast(scale, { shape: x.type.shape, axes: outer }));
    const stretched = gamma === undefined ? scaled : g.mul(scaled, each(gamma));
    return { y: beta === undefined ? stretched : g.add(stretched, each(beta)) };
  },
});
