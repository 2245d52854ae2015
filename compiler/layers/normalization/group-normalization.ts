// Group normalization: the channels of a sample are taken in groups of neighbours, and each group is centred and scaled by itself, over
// its channels and all points; rows do not see each other.
//
//   x [n, …, C, …]  →  [n, …, G, C / G, …]     mean and variance for each n and group, gamma and beta for each channel
//   y = (x − mean) · factor + beta             factor = gamma / √(variance + epsilon)
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { badAxis, sampleAxes, sampleShape, weightKeys, weightOf } from "../shared.ts";

/**
 * gamma · (x − mean) / √(variance + epsilon) + beta per group of channels and sample; groups: −1 makes each channel its own.
 * https://keras.io/api/layers/normalization_layers/group_normalization/
 */
export const groupNormalization = layer({
  name: "groupNormalization",
  keras: "GroupNormalization",
  says: "gamma · (x − mean) / √(variance + epsilon) + beta with mean and biased variance of each sample and group of channels; `groups` −1: each channel alone.",
  config: z.strictObject({
    groups: z.union([z.int().min(1), z.literal(-1)]).default(32),
    axis: z.int().default(-1),
    epsilon: z.number().positive().default(1e-3),
    center: z.boolean().default(true),
    scale: z.boolean().default(true),
    ...weightKeys("beta", "zeros"),
    ...weightKeys("gamma", "ones"),
  }),
  legal: ({ groups, axis }, input) => badAxis(axis, input) ?? badGroups(groups, input[channelOf(axis, input)]),
  weights: (config, input) => {
    const shape = [input[channelOf(config.axis, input)]];
    return [
      ...(config.scale ? [weightOf(config, "gamma", shape)] : []),
      ...(config.center ? [weightOf(config, "beta", shape)] : []),
    ];
  },
  lower: (g, { x, weights: { gamma, beta }, config }) => {
    const sizes = sampleShape(x);
    const channel = channelOf(config.axis, sizes) + 1;
    const channels = sizes[channel - 1];
    const groups = config.groups === -1 ? channels : config.groups;
    const grouped = x.type.shape.toSpliced(channel, 1, groups, channels / groups);
    const parts = g.reshape(x, { shape: grouped });
    // All but the batch and the group.
    const axes = grouped.map((_, axis) => axis).filter((axis) => axis !== 0 && axis !== channel);
    const each = (value: Node): Node => g.broadcast(value, { shape: grouped, axes: [0, channel] });
    const mean = g.as("mean", () => g.mean(parts, { axes }));
    const centered = g.sub(parts, each(mean));
    const squares = g.square(centered);
    const variance = g.as("variance", () => g.mean(squares, { axes }));
    // One quotient per group, not one per point.
    const scale = g.div(g.like(variance, 1), g.sqrt(g.add(variance, g.like(variance, config.epsilon))));
    const perChannel = (vector: Node): Node => overChannels(g, vector, parts, channel);
    const scaled = g.mul(centered, gamma === undefined ? each(scale) : factor(g, scale, gamma, parts, channel));
    const y = beta === undefined ? scaled : g.add(scaled, perChannel(beta));
    return { y: g.reshape(y, { shape: x.type.shape }) };
  },
});

const channelOf = (axis: number, input: readonly number[]): number => (sampleAxes(axis, input) ?? [])[0];

/** A number per channel over parts [n, …, groups, channels of a group, …]. */
function overChannels(g: G, vector: Node, parts: Node, channel: number): Node {
  const { shape } = parts.type;
  const pairs = g.reshape(vector, { shape: [shape[channel], shape[channel + 1]] });
  return g.broadcast(pairs, { shape, axes: [channel, channel + 1] });
}

/** gamma · scale, once for each sample and channel, over the points. */
function factor(g: G, scale: Node, gamma: Node, parts: Node, channel: number): Node {
  const { shape } = parts.type;
  const own = [shape[0], shape[channel], shape[channel + 1]];
  const pairs = g.reshape(gamma, { shape: own.slice(1) });
  const product = g.mul(g.broadcast(scale, { shape: own, axes: [0, 1] }), g.broadcast(pairs, { shape: own, axes: [1, 2] }));
  return g.broadcast(product, { shape, axes: [0, channel, channel + 1] });
}

function badGroups(groups: number, channels: number): Problem | undefined {
  if (groups === -1 || channels % groups === 0) return undefined;
  return {
    path: "groups",
    code: "shape/mismatch",
    message: `groups needs to divide the ${channels} channel${channels === 1 ? "" : "s"} of the axis, found ${groups}`,
    hint: "-1 normalises each channel by itself; 1 all of them together",
  };
}
