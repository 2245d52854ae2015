// Loss specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** Every name of a loss, as Keras writes it and in camelCase. */
export type LossName = "BCE" | "KLD" | "MAE" | "MAPE" | "MSE" | "MSLE" | "bce" | "binaryCrossentropy" | "binaryFocalCrossentropy" | "binary_crossentropy" | "binary_focal_crossentropy" | "categoricalCrossentropy" | "categoricalFocalCrossentropy" | "categoricalGeneralizedCrossEntropy" | "categoricalHinge" | "categorical_crossentropy" | "categorical_focal_crossentropy" | "categorical_generalized_cross_entropy" | "categorical_hinge" | "ce" | "cosineSimilarity" | "cosine_similarity" | "crossentropy" | "dice" | "hinge" | "huber" | "huberLoss" | "huber_loss" | "klDivergence" | "kl_divergence" | "kld" | "kullbackLeiblerDivergence" | "kullback_leibler_divergence" | "logCosh" | "log_cosh" | "logcosh" | "mae" | "mape" | "meanAbsoluteError" | "meanAbsolutePercentageError" | "meanSquaredError" | "meanSquaredLogarithmicError" | "mean_absolute_error" | "mean_absolute_percentage_error" | "mean_squared_error" | "mean_squared_logarithmic_error" | "mse" | "msle" | "poisson" | "sparseCategoricalCrossentropy" | "sparse_categorical_crossentropy" | "squaredHinge" | "squared_hinge" | "tversky";

/** A name, or an object with the name of a loss and its keys. */
export type LossInput =
  | LossName
  | {
      readonly name: "BCE" | "bce" | "binaryCrossentropy" | "binary_crossentropy" | "categoricalCrossentropy" | "categorical_crossentropy";
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "KLD" | "MAE" | "MAPE" | "MSE" | "MSLE" | "categoricalHinge" | "categorical_hinge" | "hinge" | "klDivergence" | "kl_divergence" | "kld" | "kullbackLeiblerDivergence" | "kullback_leibler_divergence" | "logCosh" | "log_cosh" | "logcosh" | "mae" | "mape" | "meanAbsoluteError" | "meanAbsolutePercentageError" | "meanSquaredError" | "meanSquaredLogarithmicError" | "mean_absolute_error" | "mean_absolute_percentage_error" | "mean_squared_error" | "mean_squared_logarithmic_error" | "mse" | "msle" | "poisson" | "squaredHinge" | "squared_hinge";
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "binaryFocalCrossentropy" | "binary_focal_crossentropy";
      /** Whether class 1 is weighed by alpha and class 0 by 1 − alpha. Default false. */ readonly applyClassBalancing?: boolean;
      /** The weight of the classes, 0..1. Default 0.25. */ readonly alpha?: number;
      /** The exponent of 1 − p: the larger, the less a sure answer counts. Default 2. */ readonly gamma?: number;
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "categoricalFocalCrossentropy" | "categorical_focal_crossentropy";
      /** The weight of the classes, 0..1. Default 0.25. */ readonly alpha?: number | readonly number[];
      /** The exponent of 1 − p: the larger, the less a sure answer counts. Default 2. */ readonly gamma?: number;
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "categoricalGeneralizedCrossEntropy" | "categorical_generalized_cross_entropy";
      /** Between cross-entropy, near 0, and the mean absolute error, at 1. Default 0.5. */ readonly q?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "ce" | "crossentropy";
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** Whether targets are numbers of classes, and not distributions. Default false. */ readonly sparse?: boolean;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "cosineSimilarity" | "cosine_similarity";
      /** The axis of the vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "dice";
      /** The axes that are summed over, the batch being 0; null: all. Default null. */ readonly axis?: number | readonly number[] | null;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "huber" | "huberLoss" | "huber_loss";
      /** The error beyond which the loss grows in a line, in units of the target. Default 1. */ readonly delta?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "sparseCategoricalCrossentropy" | "sparse_categorical_crossentropy";
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** The axis of the classes: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    }
  | {
      readonly name: "tversky";
      /** The weight of what is found and not there. Default 0.5. */ readonly alpha?: number;
      /** The weight of what is there and not found. Default 0.5. */ readonly beta?: number;
      /** The axes that are summed over, the batch being 0; null: all. Default null. */ readonly axis?: number | readonly number[] | null;
      /** How the values of samples and positions become one number; null is none. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
    };
