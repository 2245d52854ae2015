// Batch renormalization (`renorm`): in training the statistics of a batch are corrected towards slowly moving ones. In: the mean and
// variance of a batch, [channels] each. Out: r and d of each channel, without gradient, and the new moving statistics.
//
//   deviation = √(variance + epsilon)      y = gamma · ((x − mean) / deviation · r + d) + beta
//   r = deviation / renorm_stddev          d = (mean − renorm_mean) / renorm_stddev, both within `renormClipping`
//
// The variance that inference uses is made of a moving deviation: max(0, moving_stddev² − epsilon).
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { InitializerSpec } from "../../training/define.ts";
import type { Problem, WeightSpec } from "../define.ts";

const bound = z.number().nullable().optional();
/** Keras' key: the least and most of r, the most of |d|; what is left out has no bound. */
export const clippingSchema = z.strictObject({ rmin: bound, rmax: bound, dmax: bound }).nullable().default(null);

interface Config {
  readonly renormClipping: z.output<typeof clippingSchema>;
  readonly renormMomentum: number;
  readonly momentum: number;
  readonly epsilon: number;
  readonly movingMeanInitializer: InitializerSpec;
  readonly movingVarianceInitializer: InitializerSpec;
}

/** The weights beside those of a plain layer, in Keras' order; deviations begin as roots of the variances. */
export const renormWeights = (config: Config, shape: readonly number[]): readonly WeightSpec[] => {
  const deviation = rootOf(config.movingVarianceInitializer) ?? "ones";
  return [
    { name: "moving_stddev", shape, initializer: deviation, trainable: false },
    { name: "renorm_mean", shape, initializer: config.movingMeanInitializer, trainable: false },
    { name: "renorm_stddev", shape, initializer: deviation, trainable: false },
  ];
};

/** An initializer whose numbers are the roots of another's; undefined where those are not all alike. */
function rootOf(initializer: InitializerSpec): InitializerSpec | undefined {
  const { name, value } = typeof initializer === "string" ? { name: initializer } : initializer;
  if (name === "zeros" || name === "ones") return name;
  return name === "constant" ? { name, value: Math.sqrt(typeof value === "number" ? value : 0) } : undefined;
}

/** The problem of keys that do not go together. */
export function badRenorm({ renormClipping, movingVarianceInitializer }: Config): Problem | undefined {
  const { rmin, rmax, dmax } = renormClipping ?? {};
  if (typeof rmin === "number" && typeof rmax === "number" && rmax < rmin) {
    const message = `renormClipping needs an rmax from rmin on, found ${rmax} below ${rmin}`;
    return { path: "renormClipping.rmax", message, hint: "leave one of them out for no bound" };
  }
  if (typeof dmax === "number" && dmax < 0) {
    const message = `renormClipping needs a dmax from 0 on, found ${dmax}`;
    return { path: "renormClipping.dmax", message, hint: "d is kept between −dmax and dmax" };
  }
  if (rootOf(movingVarianceInitializer) !== undefined) return undefined;
  const message =
    "renorm needs a movingVarianceInitializer that gives one number everywhere, whose root the deviations begin with";
  return { path: "movingVarianceInitializer", message, hint: 'take "zeros", "ones" or { name: "constant", value }' };
}

/** r and d of a batch, and what its statistics make of the moving ones. */
export function renormalized(
  g: G,
  { mean, variance, weights, config }: { mean: Node; variance: Node; weights: Readonly<Record<string, Node>>; config: Config },
): { readonly r: Node; readonly d: Node; readonly updates: Readonly<Record<string, Node>> } {
  const number = (value: number): Node => g.like(mean, value);
  const deviation = g.sqrt(g.add(variance, number(config.epsilon)));
  // A deviation that begins at 0 is no divisor.
  const slow = g.max(weights.renorm_stddev, number(Math.sqrt(config.epsilon)));
  const { rmin, rmax, dmax } = config.renormClipping ?? {};
  const within = (value: Node, low?: number | null, high?: number | null): Node => {
    const above = typeof low === "number" ? g.max(value, number(low)) : value;
    return g.stopGradient(typeof high === "number" ? g.min(above, number(high)) : above);
  };
  const moved = (name: string, now: Node, momentum: number): Node =>
    g.as(name, () => g.add(g.mul(weights[name], number(momentum)), g.mul(now, number(1 - momentum))));
  const stddev = moved("moving_stddev", deviation, config.momentum);
  const rest = g.sub(g.mul(stddev, stddev), number(config.epsilon));
  return {
    r: within(g.div(deviation, slow), rmin, rmax),
    d: within(g.div(g.sub(mean, weights.renorm_mean), slow), typeof dmax === "number" ? -dmax : undefined, dmax),
    updates: {
      renorm_mean: moved("renorm_mean", mean, config.renormMomentum),
      renorm_stddev: moved("renorm_stddev", deviation, config.renormMomentum),
      moving_mean: moved("moving_mean", mean, config.momentum),
      moving_stddev: stddev,
      moving_variance: g.as("moving_variance", () => {
        const variance = g.max(rest, number(0));
        // A step moves what it reads: the old one is read, and as the new one is never below 0, never taken.
        return g.select(g.less(variance, number(0)), weights.moving_variance, variance);
      }),
    },
  };
}
