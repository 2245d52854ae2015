// Of what the output gives, whatever the target: its mean and its sum over all rows.
import type { MeanMetric, SumMetric } from "../define.ts";
import { fixed, noConfig, sumAll } from "./shared.ts";

/** https://keras.io/api/metrics/reduction_metrics/#mean-class */
export const mean: MeanMetric = {
  name: "mean",
  aliases: [],
  says: "The mean of y; the target does not matter.",
  config: noConfig,
  fixed,
  values: (_g, { y }) => ({ values: y }),
};
/** https://keras.io/api/metrics/reduction_metrics/#sum-class */
export const sum: SumMetric = {
  name: "sum",
  aliases: [],
  says: "The sum of y; the target does not matter.",
  config: noConfig,
  fixed,
  sums: (g, { y, weigh }) => ({ total: sumAll(g, weigh(y)) }),
  shows: "total",
};
