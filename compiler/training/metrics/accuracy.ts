// The accuracies: whether what is most likely is what was wanted. In: outputs and targets. Out: 1 or 0 for each sample and position, of
// which the mean is taken. A line per member: how the class is read off an output, and off a target.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MeanMetric } from "../define.ts";
import { alongFirst, fixed, labelsOf, labelTarget, lastAxis, noConfig, sameTarget } from "./shared.ts";

const most = (g: G, x: Node): Node => g.argmax(x, { axis: lastAxis(x) });
const facts = { aliases: [], rises: true, fixed } as const;

/** Numbers that are the very ones. The word "accuracy" alone means one of the others (`index.ts`). https://keras.io/api/metrics/accuracy_metrics/#accuracy-class */
export const accuracy: MeanMetric = {
  ...facts,
  name: "accuracy",
  says: "As a name: binary_, sparse_categorical_ or categorical_accuracy, whichever fits the output. As an object: how often y equals the target.",
  config: noConfig,
  needs: sameTarget,
  values: (g, { y, target }) => ({ values: g.equal(target, y) }),
};

const binarySchema = z.strictObject({ threshold: z.number().default(0.5) });
/** Each number is a class of its own. https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class */
export const binaryAccuracy: MeanMetric<z.output<typeof binarySchema>> = {
  ...facts,
  name: "binary_accuracy",
  says: "Whether y is above `threshold` (0.5) where the target is 1, and not where it is 0.",
  config: binarySchema,
  needs: sameTarget,
  values: (g, { y, target, config }) => {
    const right = g.equal(target, g.less(g.like(y, config.threshold), y));
    return { values: g.mean(right, { axes: [lastAxis(y)] }) };
  },
};

/** The target is a distribution. https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class */
export const categoricalAccuracy: MeanMetric = {
  ...facts,
  name: "categorical_accuracy",
  says: "Whether the largest of y is where the largest of the target is; of equals the first.",
  config: noConfig,
  needs: sameTarget,
  values: (g, { y, target }) => ({ values: g.equal(most(g, target), most(g, y)) }),
};

/** The target is the number of the class. https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class */
export const sparseCategoricalAccuracy: MeanMetric = {
  ...facts,
  name: "sparse_categorical_accuracy",
  says: "Whether the largest of y is at the number that the target is; of equals the first.",
  config: noConfig,
  needs: labelTarget,
  values: (g, { y, target }) => ({ values: g.equal(labelsOf(g, y, target), most(g, y)) }),
};

/** Whether fewer than k numbers are larger than the one at `index`; not where that is no place. */
function isNearTop(g: G, y: Node, index: Node, k: number): Node {
  const hot = g.oneHot(index, { depth: y.type.shape.at(-1) as number });
  const along = (x: Node): Node => g.reduceSum(x, { axes: [lastAxis(x)] });
  const own = along(g.select(hot, y, g.like(y, 0)));
  const larger = along(g.less(alongFirst(g, own, y.type.shape), y));
  return g.mul(along(hot), g.less(larger, g.like(larger, k)));
}

const topK = z.strictObject({ k: z.int().min(1).default(5) });
/** https://keras.io/api/metrics/accuracy_metrics/#topkcategoricalaccuracy-class */
export const topKCategoricalAccuracy: MeanMetric<z.output<typeof topK>> = {
  ...facts,
  name: "top_k_categorical_accuracy",
  says: "Whether the number of y where the target is largest is among the `k` (5) largest; equals of it do not push it out.",
  config: topK,
  needs: sameTarget,
  values: (g, { y, target, config }) => ({ values: isNearTop(g, y, most(g, target), config.k) }),
};

const sparseTopK = z.strictObject({ k: z.int().min(1).default(5), fromSortedIds: z.boolean().default(false) });
/** https://keras.io/api/metrics/accuracy_metrics/#sparsetopkcategoricalaccuracy-class */
export const sparseTopKCategoricalAccuracy: MeanMetric<z.output<typeof sparseTopK>> = {
  ...facts,
  name: "sparse_top_k_categorical_accuracy",
  says: "The same where the target is the number of the class. With `fromSortedIds` y holds numbers of classes, the likeliest first.",
  config: sparseTopK,
  needs: labelTarget,
  values: (g, { y, target, config: { k, fromSortedIds } }) => {
    const labels = labelsOf(g, y, target);
    if (!fromSortedIds) return { values: isNearTop(g, y, labels, k) };
    const { shape } = y.type;
    const kept = [...shape.slice(0, -1), Math.min(k, shape.at(-1) as number)];
    const first = g.slice(y, { starts: shape.map(() => 0), sizes: kept });
    return { values: g.reduceMax(g.equal(first, alongFirst(g, labels, kept)), { axes: [lastAxis(y)] }) };
  },
};
