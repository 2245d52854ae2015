// The accuracies: whether what is most likely is what was wanted. In: outputs and targets. Out: 1 or 0 for each sample and position, of
// which the mean is taken. A line per member: how the class is read off an output, and off a target.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Metric } from "../define.ts";

const last = (x: Node): number => x.type.shape.length - 1;
const most = (g: G, x: Node): Node => g.argmax(x, { axis: last(x) });

/** Each number is a class of its own: above a half it is there. https://keras.io/api/metrics/accuracy_metrics/#binaryaccuracy-class */
export const binaryAccuracy: Metric = {
  name: "binary_accuracy",
  aliases: [],
  says: "Whether y is above 0.5 where the target is 1, and not where it is 0.",
  values: (g, { y, target }) => g.mean(g.equal(target, g.less(g.like(y, 0.5), y)), { axes: [last(y)] }),
};

/** The target is a distribution. https://keras.io/api/metrics/accuracy_metrics/#categoricalaccuracy-class */
export const categoricalAccuracy: Metric = {
  name: "categorical_accuracy",
  aliases: [],
  says: "Whether the largest of y is where the largest of the target is; of equals the first.",
  values: (g, { y, target }) => g.equal(most(g, target), most(g, y)),
};

/** The target is the number of the class. https://keras.io/api/metrics/accuracy_metrics/#sparsecategoricalaccuracy-class */
export const sparseCategoricalAccuracy: Metric = {
  name: "sparse_categorical_accuracy",
  aliases: [],
  says: "Whether the largest of y is at the number that the target is; of equals the first.",
  values: (g, { y, target }) => g.equal(target, most(g, y)),
};
