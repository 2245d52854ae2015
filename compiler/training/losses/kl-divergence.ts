import type { Loss } from "../define.ts";
import { epsilon, fixed, options, sumOver } from "./shared.ts";

const schema = options({});

/** Σ t · ln(t / p) over the last axis. https://keras.io/api/losses/probabilistic_losses/#kldivergence-class */
export const klDivergence: Loss<ReturnType<typeof schema.parse>> = {
  name: "kl_divergence",
  aliases: ["kld", "KLD", "kullback_leibler_divergence"],
  says: "Σ t·log(t / y) over the last axis, both kept within 1e-7 and 1.",
  takes: "distribution",
  config: schema,
  fixed,
  target: (shape) => shape,
  lower: (g, { y, target }) => {
    const [t, p] = [target, y].map((x) => g.clip(x, { low: epsilon, high: 1 }));
    return { values: sumOver(g, g.mul(t, g.log(g.div(t, p)))) };
  },
};
