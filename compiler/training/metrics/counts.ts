// How many are right and wrong, yes and no; precision and recall. In: outputs in 0..1, targets of 0 and 1, thresholds. Out: weights of
// those above and below them, one or a list.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { SumMetric } from "../define.ts";
import { fixed, place, sameTarget, thresholds } from "./shared.ts";
import { alone, comparedWith, type Judged, judged, needsOf, weightOn } from "./thresholds.ts";

const listed = (given: number | readonly number[] | null, otherwise: number): readonly number[] =>
  given === null ? [otherwise] : typeof given === "number" ? [given] : given;

const counted = z.strictObject({ thresholds });
type Counted = z.output<typeof counted>;

/** A row: whose weight, on which side. */
const count = (name: string, says: string, kind: "wanted" | "unwanted", side: "above" | "below"): SumMetric<Counted> => ({
  name,
  aliases: [],
  says,
  config: counted,
  fixed,
  needs: sameTarget,
  sums: (g, site) => {
    const { p, ...weights } = judged(g, site);
    const bounds = comparedWith(listed(site.config.thresholds, 0.5));
    return { total: alone(g, weightOn(g, side, { p, weight: weights[kind], thresholds: bounds })) };
  },
  shows: "total",
});

/** https://keras.io/api/metrics/classification_metrics/#truepositives-class */
export const truePositives = count("true_positives", "How many 1 are above `thresholds` (0.5).", "wanted", "above");
/** https://keras.io/api/metrics/classification_metrics/#truenegatives-class */
export const trueNegatives = count("true_negatives", "How many 0 are not above `thresholds` (0.5).", "unwanted", "below");
/** https://keras.io/api/metrics/classification_metrics/#falsepositives-class */
export const falsePositives = count("false_positives", "How many 0 are above `thresholds` (0.5).", "unwanted", "above");
/** https://keras.io/api/metrics/classification_metrics/#falsenegatives-class */
export const falseNegatives = count("false_negatives", "How many 1 are not above `thresholds` (0.5).", "wanted", "below");

const chosen = z.strictObject({ thresholds, topK: z.int().min(1).nullable().default(null), classId: place });
type Chosen = z.output<typeof chosen>;

/** A row: of what the right ones above are a part. */
const share = (
  name: string,
  says: string,
  whole: (g: G, judged: Judged, bounds: readonly number[], hits: Node) => Node,
): SumMetric<Chosen> => ({
  name,
  aliases: [],
  says,
  rises: true,
  config: chosen,
  fixed,
  needs: needsOf,
  sums: (g, site) => {
    const { config } = site;
    const all = judged(g, site, config);
    // With topK alone whatever is not among the largest is no, and all else yes.
    const bounds = comparedWith(listed(config.thresholds, config.topK === null ? 0.5 : -1e10));
    const hits = weightOn(g, "above", { p: all.p, weight: all.wanted, thresholds: bounds });
    return { total: alone(g, hits), count: alone(g, whole(g, all, bounds, hits)) };
  },
  shows: "mean",
});

/** https://keras.io/api/metrics/classification_metrics/#precision-class */
export const precision = share(
  "precision",
  "How many of those above `thresholds` (0.5; with `topK` the k largest of a row) are 1; of all numbers, or of `classId`.",
  (g, { p, unwanted }, bounds, hits) => g.add(hits, weightOn(g, "above", { p, weight: unwanted, thresholds: bounds })),
);
/** https://keras.io/api/metrics/classification_metrics/#recall-class */
export const recall = share(
  "recall",
  "How many of the 1 are above `thresholds` (0.5; with `topK` among the k largest of a row); of all numbers, or of `classId`.",
  (g, { p, wanted }, bounds, hits) => g.add(hits, weightOn(g, "below", { p, weight: wanted, thresholds: bounds })),
);
