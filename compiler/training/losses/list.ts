// THE list of losses, by name. Adding one is one file beside this one and one line here.
export { binaryCrossentropy } from "./binary-crossentropy.ts";
export { binaryFocalCrossentropy } from "./binary-focal-crossentropy.ts";
export { categoricalCrossentropy } from "./categorical-crossentropy.ts";
export { categoricalFocalCrossentropy } from "./categorical-focal-crossentropy.ts";
export { categoricalGeneralizedCrossEntropy } from "./categorical-generalized-cross-entropy.ts";
export { cosineSimilarity } from "./cosine-similarity.ts";
export { crossentropy } from "./crossentropy.ts";
export {
  logCosh,
  meanAbsoluteError,
  meanAbsolutePercentageError,
  meanSquaredError,
  meanSquaredLogarithmicError,
  poisson,
} from "./errors.ts";
export { categoricalHinge, hinge, squaredHinge } from "./hinges.ts";
export { huber } from "./huber.ts";
export { klDivergence } from "./kl-divergence.ts";
export { dice, tversky } from "./overlaps.ts";
export { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";
