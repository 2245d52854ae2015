// The area under a curve that a threshold draws: true positives over false ones (ROC), precision over recall (PR), or their gains
// (PRGAIN). In: outputs in 0..1, targets of 0 and 1. Out: a Riemann sum over the thresholds; several labels one by one, or all as one.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MetricShapes, SumMetric } from "../define.ts";
import { alongFirst, alongLast, fixed, flatOutput, lastAxis, list, ratio, sameTarget, sumAll } from "./shared.ts";
import { between, judged, spread, weightOn } from "./thresholds.ts";

/** Each spelling that Keras takes, as it writes it. */
const spelt = <T extends string>(...words: readonly T[]) =>
  z.enum(words.flatMap((word) => [word, word.toLowerCase(), word[0].toUpperCase() + word.slice(1)]) as [string, ...string[]]);

const schema = z
  .strictObject({
    numThresholds: z.int().min(2).default(200),
    curve: spelt("ROC", "PR", "PRGAIN").default("ROC"),
    summationMethod: spelt("interpolation", "minoring", "majoring").default("interpolation"),
    thresholds: z.array(z.number()).nullable().default(null),
    multiLabel: z.boolean().default(false),
    numLabels: z.int().min(1).nullable().default(null),
    labelWeights: z.array(z.number()).min(1).nullable().default(null),
    fromLogits: z.boolean().default(false),
  })
  .refine(({ multiLabel, numLabels }) => multiLabel || numLabels === null, "numLabels goes with multiLabel: true");
type Config = z.output<typeof schema>;

function needs(shapes: MetricShapes, { multiLabel, numLabels, labelWeights }: Config): string | undefined {
  const labels = shapes.output.at(-1) ?? 0;
  if (numLabels !== null && numLabels !== labels) return `numLabels ${labels}, the numbers of the output, found ${numLabels}`;
  if (labelWeights !== null && labelWeights.length !== labels) {
    return `one of labelWeights for each of the ${labels} numbers of the output, found ${labelWeights.length}`;
  }
  return sameTarget(shapes) ?? (multiLabel ? flatOutput(shapes) : undefined);
}

/** https://keras.io/api/metrics/classification_metrics/#auc-class */
export const auc: SumMetric<Config> = {
  name: "auc",
  aliases: ["AUC"],
  says: "Area under `curve` (ROC, PR, PRGAIN) over `numThresholds` (200) or `thresholds`; with `multiLabel` the mean over labels, weighed by `labelWeights`.",
  rises: true,
  config: schema,
  fixed,
  needs,
  sums: (g, site) => {
    const { thresholds: own, numThresholds, multiLabel: perLabel, labelWeights, fromLogits } = site.config;
    const y = fromLogits ? g.sigmoid(site.y) : site.y;
    // Labels that are counted as one carry their weights with them.
    const weigh = (x: Node): Node =>
      labelWeights === null || perLabel ? site.weigh(x) : g.mul(site.weigh(x), alongLast(g, list(g, labelWeights), x.type.shape));
    const { p, wanted, unwanted } = judged(g, { y, target: site.target, weigh });
    const thresholds = own === null ? spread(numThresholds, true) : between(own);
    const above = (weight: Node): Node => weightOn(g, "above", { p, weight, thresholds, perLabel });
    const total = (weight: Node): Node => (perLabel ? g.reduceSum(weight, { axes: [0] }) : sumAll(g, weight));
    return { hits: above(wanted), alarms: above(unwanted), wanted: total(wanted), unwanted: total(unwanted) };
  },
  shows: (g, sums, config) => {
    const { hits, alarms } = sums;
    const { shape } = hits.type;
    const areas = areaUnder(
      g,
      { hits, alarms, wanted: alongFirst(g, sums.wanted, shape), unwanted: alongFirst(g, sums.unwanted, shape) },
      config,
    );
    if (!config.multiLabel) return areas;
    if (config.labelWeights === null) return g.mean(areas, { axes: [0] });
    const weights = list(g, config.labelWeights);
    return ratio(g, sumAll(g, g.mul(areas, weights)), sumAll(g, weights));
  },
};

interface Sums {
  readonly hits: Node;
  readonly alarms: Node;
  readonly wanted: Node;
  readonly unwanted: Node;
}

/** All but the last along the thresholds, and all but the first. */
function steps(g: G, x: Node): readonly [Node, Node] {
  const { shape } = x.type;
  const sizes = shape.map((size, axis) => (axis === lastAxis(x) ? (size as number) - 1 : size));
  const from = (start: number): Node => g.slice(x, { starts: shape.map((_, axis) => (axis === lastAxis(x) ? start : 0)), sizes });
  return [from(0), from(1)];
}

/** The area, summed along the thresholds. */
function areaUnder(g: G, sums: Sums, { curve, summationMethod }: Config): Node {
  const [kind, method] = [curve.toUpperCase(), summationMethod.toLowerCase()];
  if (kind === "PR" && method === "interpolation") return interpolatedPr(g, sums);
  const { x, y } = curves[kind](g, sums);
  const [[x0, x1], [y0, y1]] = [steps(g, x), steps(g, y)];
  const heights =
    method === "interpolation" ? g.mul(g.add(y0, y1), g.like(y0, 0.5)) : method === "minoring" ? g.min(y0, y1) : g.max(y0, y1);
  return g.reduceSum(g.mul(g.sub(x0, x1), heights), { axes: [lastAxis(x)] });
}

/** A line per curve: what stands along, and what above. */
const curves: Readonly<Record<string, (g: G, sums: Sums) => { readonly x: Node; readonly y: Node }>> = {
  ROC: (g, { hits, alarms, wanted, unwanted }) => ({ x: ratio(g, alarms, unwanted), y: ratio(g, hits, wanted) }),
  PR: (g, { hits, alarms, wanted }) => ({ x: ratio(g, hits, wanted), y: ratio(g, hits, g.add(hits, alarms)) }),
  // How much better than always saying yes: https://research-information.bris.ac.uk/en/publications/precision-recall-gain-curves-pr-analysis-done-right
  PRGAIN: (g, { hits, alarms, wanted, unwanted }) => {
    const scale = ratio(g, wanted, unwanted);
    const none = g.equal(hits, g.like(hits, 0));
    const gain = (lost: Node, ofNone: number): Node =>
      g.select(none, g.like(hits, ofNone), g.sub(g.like(hits, 1), g.mul(scale, ratio(g, lost, hits))));
    return { x: g.max(gain(g.sub(wanted, hits), 0), g.like(hits, 0)), y: gain(alarms, 1) };
  },
};

/** True and false positives are interpolated between thresholds, not their quotient (Davis & Goadrich 2006). */
function interpolatedPr(g: G, { hits, alarms, wanted }: Sums): Node {
  const positives = g.add(hits, alarms);
  const [[hits0, hits1], [all0, all1]] = [steps(g, hits), steps(g, positives)];
  const zero = g.like(hits0, 0);
  const gained = g.sub(hits0, hits1);
  const slope = ratio(g, gained, g.max(g.sub(all0, all1), zero));
  const intercept = g.sub(hits1, g.mul(slope, all1));
  const both = g.mul(g.less(zero, all0), g.less(zero, all1));
  const growth = g.select(both, ratio(g, all0, g.max(all1, zero)), g.like(zero, 1));
  const [, below] = steps(g, wanted);
  const parts = ratio(g, g.mul(slope, g.add(gained, g.mul(intercept, g.log(growth)))), g.max(below, zero));
  return g.reduceSum(parts, { axes: [lastAxis(parts)] });
}
