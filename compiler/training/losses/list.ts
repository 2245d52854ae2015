// THE list of losses, by name. Adding one is one file beside this one and one line here.
export { binaryCrossentropy } from "./binary-crossentropy.ts";
export { categoricalCrossentropy } from "./categorical-crossentropy.ts";
export { huber } from "./huber.ts";
export { meanAbsoluteError } from "./mean-absolute-error.ts";
export { meanSquaredError } from "./mean-squared-error.ts";
export { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";
