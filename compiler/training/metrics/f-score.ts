// F scores: precision and recall in one number. In: outputs and targets [n, classes]. Out: a number a class, or their average.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MetricShapes, SumMetric } from "../define.ts";
import { alongFirst, epsilon, fixed, flatOutput, lastAxis, not, sameTarget, sumAll } from "./shared.ts";

const keys = {
  average: z.enum(["micro", "macro", "weighted"]).nullable().default(null),
  threshold: z.number().gt(0).max(1).nullable().default(null),
};
const schema = z.strictObject({ ...keys, beta: z.number().positive().default(1) });
const withoutBeta = z.strictObject(keys);
type Config = z.output<typeof withoutBeta> & { readonly beta?: number };

const needs = (shapes: MetricShapes): string | undefined => flatOutput(shapes) ?? sameTarget(shapes);

/** 1 where y says yes: above the threshold, or the largest of its row and not 0. */
function saysYes(g: G, y: Node, threshold: number | null): Node {
  if (threshold !== null) return g.less(g.like(y, threshold), y);
  const most = alongFirst(g, g.reduceMax(y, { axes: [lastAxis(y)] }), y.type.shape);
  return g.mul(not(g, g.less(y, most)), g.less(g.like(y, 1e-9), g.abs(y)));
}

const facts: Pick<SumMetric<Config>, "rises" | "fixed" | "needs" | "sums" | "shows"> = {
  rises: true,
  fixed,
  needs,
  sums: (g, { y, target, weigh, config: { average, threshold } }) => {
    const yes = saysYes(g, y, threshold);
    const sum = (x: Node): Node => (average === "micro" ? sumAll(g, weigh(x)) : g.reduceSum(weigh(x), { axes: [0] }));
    return {
      hits: sum(g.mul(yes, target)),
      alarms: sum(g.mul(yes, not(g, target))),
      misses: sum(g.mul(not(g, yes), target)),
      ...(average === "weighted" ? { support: sum(target) } : {}),
    };
  },
  shows: (g, { hits, alarms, misses, support }, { average, beta = 1 }) => {
    const fuzz = g.like(hits, epsilon);
    const part = (of: Node): Node => g.div(hits, g.add(g.add(hits, of), fuzz));
    const [precision, recall] = [part(alarms), part(misses)];
    const square = beta ** 2;
    const below = g.add(g.add(g.mul(precision, g.like(hits, square)), recall), fuzz);
    const score = g.mul(g.div(g.mul(precision, recall), below), g.like(hits, 1 + square));
    if (average === null || average === "micro") return score;
    if (average === "macro") return g.mean(score, { axes: [0] });
    const total = g.add(sumAll(g, support), g.fill(epsilon, []));
    return sumAll(g, g.mul(score, g.div(support, g.broadcast(total, { shape: support.type.shape, axes: [] }))));
  },
};

/** https://keras.io/api/metrics/classification_metrics/#f1score-class */
export const f1Score: SumMetric<Config> = {
  ...facts,
  name: "f1_score",
  aliases: [],
  says: "2 · precision · recall / (precision + recall) of each class, or their `average` (micro, macro, weighted); yes is the largest of y, or what is above `threshold`.",
  config: withoutBeta,
};
/** https://keras.io/api/metrics/classification_metrics/#fbetascore-class */
export const fBetaScore: SumMetric<Config> = {
  ...facts,
  name: "f_beta_score",
  aliases: ["fbeta_score"],
  log: "fbeta_score",
  says: "The same with recall counting `beta` (1) times as much as precision.",
  config: schema,
};
