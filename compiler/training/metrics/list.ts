// THE list of metrics, by name. Every loss is a metric too. Adding one is one file beside this one and one line here.
export {
  accuracy,
  binaryAccuracy,
  categoricalAccuracy,
  sparseCategoricalAccuracy,
  sparseTopKCategoricalAccuracy,
  topKCategoricalAccuracy,
} from "./accuracy.ts";
export { precisionAtRecall, recallAtPrecision, sensitivityAtSpecificity, specificityAtSensitivity } from "./at.ts";
export { auc } from "./auc.ts";
export { concordanceCorrelation, cosineSimilarity, pearsonCorrelation } from "./correlation.ts";
export { falseNegatives, falsePositives, precision, recall, trueNegatives, truePositives } from "./counts.ts";
export { f1Score, fBetaScore } from "./f-score.ts";
export { binaryIou, iou, meanIou, oneHotIou, oneHotMeanIou } from "./iou.ts";
export { mean, sum } from "./reduction.ts";
export { r2Score, rootMeanSquaredError } from "./regression.ts";
