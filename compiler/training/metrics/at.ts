// The best of one rate where another is high enough: a threshold is looked for among evenly spread ones. In: outputs in 0..1, targets of 0
// and 1. Out: the rate; 0 where no threshold will do.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { SumMetric } from "../define.ts";
import { fixed, place, ratio } from "./shared.ts";
import { judged, needsOf, neighbour, spread, weightOn } from "./thresholds.ts";

type Sums = Readonly<Record<string, Node>>;
/** A rate of the sums of all thresholds. */
type Rate = (g: G, sums: Sums) => Node;
const part =
  (one: string, other: string): Rate =>
  (g, sums) =>
    ratio(g, sums[one], g.add(sums[one], sums[other]));
const recallOf = part("hits", "misses");
const precisionOf = part("hits", "alarms");
const specificityOf = part("quiet", "alarms");

const schema = <K extends string>(key: K) =>
  z.strictObject({
    [key]: z.number().min(0).max(1),
    numThresholds: z.int().min(1).default(200),
    classId: place,
  } as Record<K, z.ZodNumber> & { numThresholds: z.ZodDefault<z.ZodInt>; classId: typeof place });
interface Config {
  readonly numThresholds: number;
  readonly classId: number | null;
}

/** A row: the largest `found` where `held` is at least what the key of its name says. */
function best<K extends string>(found: string, held: K, rates: { readonly found: Rate; readonly held: Rate }): SumMetric<Config> {
  return {
    name: `${found}_at_${held}`,
    aliases: [],
    says: `The best ${found} at a threshold where the ${held} is at least \`${held}\`, among \`numThresholds\` (200); of all numbers, or of \`classId\`.`,
    rises: true,
    config: schema(held) as unknown as z.ZodType<Config>,
    fixed,
    needs: needsOf,
    sums: (g, site) => {
      const { p, wanted, unwanted } = judged(g, site, { classId: site.config.classId });
      const thresholds = spread(site.config.numThresholds, false);
      return {
        hits: weightOn(g, "above", { p, weight: wanted, thresholds }),
        misses: weightOn(g, "below", { p, weight: wanted, thresholds }),
        alarms: weightOn(g, "above", { p, weight: unwanted, thresholds }),
        quiet: weightOn(g, "below", { p, weight: unwanted, thresholds }),
      };
    },
    shows: (g, sums, config) => {
      const least = (config as unknown as Readonly<Record<K, number>>)[held];
      const [rate, other] = [rates.found(g, sums), rates.held(g, sums)];
      // Above the number before it: 3/5 in doubles is less than the float32 0.6.
      const isEnough = g.less(g.like(other, least === 0 ? -1 : neighbour(Math.fround(least), -1)), other);
      return g.reduceMax(g.select(isEnough, rate, g.like(rate, 0)), { axes: [0] });
    },
  };
}

/** https://keras.io/api/metrics/classification_metrics/#sensitivityatspecificity-class */
export const sensitivityAtSpecificity = best("sensitivity", "specificity", { found: recallOf, held: specificityOf });
/** https://keras.io/api/metrics/classification_metrics/#specificityatsensitivity-class */
export const specificityAtSensitivity = best("specificity", "sensitivity", { found: specificityOf, held: recallOf });
/** https://keras.io/api/metrics/classification_metrics/#precisionatrecall-class */
export const precisionAtRecall = best("precision", "recall", { found: precisionOf, held: recallOf });
/** https://keras.io/api/metrics/classification_metrics/#recallatprecision-class */
export const recallAtPrecision = best("recall", "precision", { found: recallOf, held: precisionOf });
