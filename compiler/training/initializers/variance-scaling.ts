// Weights whose variance is scale / fan, where the fans are the numbers of inputs and outputs of one unit.
// https://keras.io/api/layers/initializers/#variancescaling-class
//
//   distribution          w                                  variance v = scale / max(1, fan)
//   uniform               U(−√(3v), √(3v))                   fan of `mode`: in, out, or their mean
//   truncated_normal      N cut at ±2 of its deviations, widened by 1 / 0.8796 so that the variance is v again
import * as z from "zod";
import type { Random } from "../../base/random.ts";
import type { Fans, Initializer } from "../define.ts";
import { drawn, normal, seed, truncatedNormal } from "./distributions.ts";

const schema = z.strictObject({
  scale: z.number().positive().default(1),
  mode: z.enum(["fan_in", "fan_out", "fan_avg"]).default("fan_in"),
  distribution: z.enum(["truncated_normal", "untruncated_normal", "uniform"]).default("truncated_normal"),
  seed,
});
type Config = z.output<typeof schema>;

/** Keras' fans: (in, out) of a matrix; the taps of a longer kernel count on both sides; a vector's length is both. */
export function fans(shape: readonly number[]): Fans {
  if (shape.length < 2) return { in: shape[0] ?? 1, out: shape[0] ?? 1 };
  const taps = shape.slice(0, -2).reduce((a, b) => a * b, 1);
  return { in: shape[shape.length - 2] * taps, out: shape[shape.length - 1] * taps };
}

function fill(
  shape: readonly number[],
  random: Random,
  { scale, mode, distribution }: Config,
  fan: Fans = fans(shape),
): Float32Array {
  const variance = scale / Math.max(1, { fan_in: fan.in, fan_out: fan.out, fan_avg: (fan.in + fan.out) / 2 }[mode]);
  if (distribution === "uniform") {
    const limit = Math.sqrt(3 * variance);
    return drawn(shape, () => (2 * random.uniform() - 1) * limit);
  }
  // 0.8796…: the standard deviation of a standard normal cut at ±2.
  const deviation = Math.sqrt(variance) / (distribution === "truncated_normal" ? 0.87962566103423978 : 1);
  const draw = distribution === "truncated_normal" ? truncatedNormal : normal;
  return drawn(shape, () => draw(random) * deviation);
}

/** Variance scale / fan: what glorot, he and lecun are points of. */
export const varianceScaling: Initializer<Config> = {
  name: "variance_scaling",
  aliases: [],
  says: "Variance scale / n, n the fan of `mode`; uniform, normal, or normal cut at two standard deviations.",
  config: schema,
  fill,
};

const seeded = z.strictObject({ seed });

/** A named point of variance scaling. */
export function scaled(name: string, says: string, point: Omit<Config, "seed">): Initializer<z.output<typeof seeded>> {
  return {
    name,
    aliases: [],
    says,
    config: seeded,
    fill: (shape, random, _, fan) => fill(shape, random, { ...point, seed: null }, fan),
  };
}
