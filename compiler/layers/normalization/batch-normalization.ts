// Batch normalization: each channel c is centred and scaled by the mean and variance of all its points, over batch and space.
//
//   y[n, …, c] = gamma[c] · (x[n, …, c] − mean[c]) / √(variance[c] + epsilon) + beta[c]
//   training:  mean[c] = mean over n, … of x;  variance biased;  moving = momentum · moving + (1 − momentum) · batch
//   inference, and training of a frozen layer:  the moving statistics; then y = x · scale[c] + shift[c], which folds into a dot before it
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { badAxis, initializerKey, sampleAxes, sampleShape, spread, weightKeys, weightOf } from "../shared.ts";
import { alongAxis } from "../stream.ts";
import { badRenorm, clippingSchema, renormalized, renormWeights } from "./renorm.ts";

/**
 * gamma · (x − mean) / √(variance + epsilon) + beta for each point of `axis`; the shape stays.
 * https://keras.io/api/layers/normalization_layers/batch_normalization/
 */
export const batchNormalization = layer({
  name: "batchNormalization",
  keras: "BatchNormalization",
  says: "gamma · (x − mean) / √(variance + epsilon) + beta per channel; in training of the batch (biased variance, masked steps left out), else moving statistics.",
  config: z.strictObject({
    axis: z.int().default(-1),
    momentum: z.number().min(0).max(1).default(0.99),
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
    renorm: z.boolean().default(false),
    renormClipping: clippingSchema,
    renormMomentum: z.number().min(0).max(1).default(0.99),
    ...weightKeys("beta", "zeros"),
    ...weightKeys("gamma", "ones"),
    ...initializerKey("movingMean", "zeros"),
    ...initializerKey("movingVariance", "ones"),
  }),
  fixed: { synchronized: "any" },
  legal: (config, input) => badAxis(config.axis, input) ?? (config.renorm ? badRenorm(config) : undefined),
  weights: (config, input) => {
    const shape = (sampleAxes(config.axis, input) ?? []).map((axis) => input[axis]);
    return [
      ...(config.scale ? [weightOf(config, "gamma", shape)] : []),
      ...(config.center ? [weightOf(config, "beta", shape)] : []),
      weightOf(config, "movingMean", shape, { name: "moving_mean", trainable: false }),
      weightOf(config, "movingVariance", shape, { name: "moving_variance", trainable: false }),
      ...(config.renorm ? renormWeights(config, shape) : []),
    ];
  },
  stream: alongAxis,
  lower: (g, { x, mask, weights, config, trainable, noise }) => {
    const [channel] = sampleAxes(config.axis, sampleShape(x)) ?? [];
    const each = (vector: Node): Node => spread(g, vector, [channel], x);
    // gamma / √(variance + epsilon): one quotient per channel, not one per point.
    const factor = (variance: Node): Node => {
      const root = g.sqrt(g.add(variance, g.like(variance, config.epsilon)));
      return weights.gamma === undefined ? g.div(g.like(root, 1), root) : g.div(weights.gamma, root);
    };
    if (noise === undefined || !trainable) {
      const scale = factor(weights.moving_variance);
      const shift = g.neg(g.mul(weights.moving_mean, scale));
      return { y: g.add(g.mul(x, each(scale)), each(weights.beta === undefined ? shift : g.add(weights.beta, shift))) };
    }
    const axes = x.type.shape.map((_, axis) => axis).filter((axis) => axis !== channel + 1);
    const mean = g.as("mean", () => meanOver(g, x, axes, mask));
    const centered = g.sub(x, each(mean));
    const squares = g.square(centered);
    const variance = g.as("variance", () => meanOver(g, squares, axes, mask));
    if (config.renorm) {
      const { r, d, updates } = renormalized(g, { mean, variance, weights, config });
      // gamma · (… · r + d) + beta, with what does not depend on the point made once a channel.
      const shift = weights.gamma === undefined ? d : g.mul(d, weights.gamma);
      const scaled = g.mul(centered, each(g.mul(factor(variance), r)));
      return { y: g.add(scaled, each(weights.beta === undefined ? shift : g.add(shift, weights.beta))), updates };
    }
    const scaled = g.mul(centered, each(factor(variance)));
    const moved = (name: string, now: Node): Node => {
      const old = weights[name];
      return g.as(name, () => g.add(g.mul(old, g.like(old, config.momentum)), g.mul(now, g.like(now, 1 - config.momentum))));
    };
    return {
      y: weights.beta === undefined ? scaled : g.add(scaled, each(weights.beta)),
      updates: { moving_mean: moved("moving_mean", mean), moving_variance: moved("moving_variance", variance) },
    };
  },
});

/** The mean over axes of x, of the unmasked steps where there is a mask; Keras' 1e-7 keeps an empty one finite. */
function meanOver(g: G, x: Node, axes: readonly number[], mask: Node | undefined): Node {
  if (mask === undefined) return g.mean(x, { axes });
  const keep = g.broadcast(mask, { shape: x.type.shape, axes: mask.type.shape.map((_, axis) => axis) });
  const sum = g.reduceSum(g.select(keep, x, g.like(x, 0)), { axes });
  return g.div(sum, g.add(g.reduceSum(keep, { axes }), g.like(sum, 1e-7)));
}
