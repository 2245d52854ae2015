// Of numbers: how far they are off, and how much of their spread is explained. In: outputs and targets. Out: a number, or one a column.
import * as z from "zod";
import type { SumMetric } from "../define.ts";
import { fixed, flatOutput, noConfig, ratio, sameTarget, sumAll } from "./shared.ts";

/** https://keras.io/api/metrics/regression_metrics/#rootmeansquarederror-class */
export const rootMeanSquaredError: SumMetric = {
  name: "root_mean_squared_error",
  aliases: ["rmse"],
  says: "√ of the mean of (y − target)² over all rows.",
  rises: false,
  config: noConfig,
  fixed,
  needs: sameTarget,
  sums: (g, { y, target, weigh }) => ({
    total: sumAll(g, weigh(g.square(g.sub(y, target)))),
    count: sumAll(g, weigh(g.like(y, 1))),
  }),
  shows: (g, { total, count }) => g.sqrt(ratio(g, total, count)),
};

const schema = z.strictObject({
  classAggregation: z.enum(["uniform_average", "variance_weighted_average"]).nullable().default("uniform_average"),
  numRegressors: z.int().min(0).default(0),
});

/** https://keras.io/api/metrics/regression_metrics/#r2score-class */
export const r2Score: SumMetric<z.output<typeof schema>> = {
  name: "r2_score",
  aliases: [],
  says: "1 − Σ(y − target)² / Σ(target − mean)², the mean over columns (`classAggregation`: weighted by variance, or null for a list); adjusted for `numRegressors`.",
  rises: true,
  config: schema,
  fixed,
  needs: (shapes) => flatOutput(shapes) ?? sameTarget(shapes),
  sums: (g, { y, target, weigh }) => {
    const sum = (x: Parameters<typeof weigh>[0]) => g.reduceSum(weigh(x), { axes: [0] });
    return {
      sum: sum(target),
      squares: sum(g.square(target)),
      residuals: sum(g.square(g.sub(target, y))),
      count: sum(g.like(y, 1)),
      samples: g.rows(),
    };
  },
  shows: (g, { sum, squares, residuals, count, samples }, { classAggregation, numRegressors }) => {
    const variance = g.sub(squares, g.mul(sum, g.div(sum, count)));
    const raw = g.sub(g.like(sum, 1), g.div(residuals, variance));
    // Without variance there is nothing to explain: 0, or NaN where nothing is left to explain either.
    const scores = g.select(g.less(g.like(raw, 3.4e38), g.abs(raw)), g.like(raw, 0), raw);
    const score =
      classAggregation === null
        ? scores
        : classAggregation === "uniform_average"
          ? g.mean(scores, { axes: [0] })
          : g.div(sumAll(g, g.mul(variance, scores)), sumAll(g, variance));
    if (numRegressors === 0) return score;
    const over = (x: typeof score) => g.broadcast(x, { shape: score.type.shape, axes: [] });
    const free = g.sub(samples, g.fill(numRegressors + 1, []));
    const above = g.mul(g.sub(g.like(score, 1), score), over(g.sub(samples, g.fill(1, []))));
    const adjusted = g.sub(g.like(score, 1), g.div(above, over(free)));
    return g.select(over(g.less(g.fill(0, []), free)), adjusted, score);
  },
};
