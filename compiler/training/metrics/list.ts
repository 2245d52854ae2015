// THE list of metrics, by name. Every loss is a metric too. Adding one is one file beside this one and one line here.
export { binaryAccuracy, categoricalAccuracy, sparseCategoricalAccuracy } from "./accuracy.ts";
