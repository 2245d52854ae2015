// Metric specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** Every name of a metric, as Keras writes it and in camelCase. */
export type MetricName = "AUC" | "Accuracy" | "Auc" | "BCE" | "Bce" | "BinaryAccuracy" | "BinaryCrossentropy" | "BinaryFocalCrossentropy" | "BinaryIoU" | "BinaryIou" | "CategoricalAccuracy" | "CategoricalCrossentropy" | "CategoricalFocalCrossentropy" | "CategoricalGeneralizedCrossEntropy" | "CategoricalHinge" | "ConcordanceCorrelation" | "CosineSimilarity" | "Dice" | "F1Score" | "FBetaScore" | "FalseNegatives" | "FalsePositives" | "FbetaScore" | "Hinge" | "Huber" | "HuberLoss" | "IOU" | "IoU" | "Iou" | "KLD" | "KLDivergence" | "KlDivergence" | "Kld" | "KullbackLeiblerDivergence" | "LogCosh" | "LogCoshError" | "Logcosh" | "MAE" | "MAPE" | "MSE" | "MSLE" | "Mae" | "Mape" | "Mean" | "MeanAbsoluteError" | "MeanAbsolutePercentageError" | "MeanIoU" | "MeanIou" | "MeanSquaredError" | "MeanSquaredLogarithmicError" | "Mse" | "Msle" | "OneHotIoU" | "OneHotIou" | "OneHotMeanIoU" | "OneHotMeanIou" | "PearsonCorrelation" | "Poisson" | "Precision" | "PrecisionAtRecall" | "R2Score" | "RMSE" | "Recall" | "RecallAtPrecision" | "Rmse" | "RootMeanSquaredError" | "SensitivityAtSpecificity" | "SparseCategoricalAccuracy" | "SparseCategoricalCrossentropy" | "SparseTopKCategoricalAccuracy" | "SpecificityAtSensitivity" | "SquaredHinge" | "Sum" | "TopKCategoricalAccuracy" | "TrueNegatives" | "TruePositives" | "Tversky" | "accuracy" | "auc" | "bce" | "binaryAccuracy" | "binaryCrossentropy" | "binaryFocalCrossentropy" | "binaryIoU" | "binaryIou" | "binary_accuracy" | "binary_crossentropy" | "binary_focal_crossentropy" | "binary_io_u" | "binary_iou" | "categoricalAccuracy" | "categoricalCrossentropy" | "categoricalFocalCrossentropy" | "categoricalGeneralizedCrossEntropy" | "categoricalHinge" | "categorical_accuracy" | "categorical_crossentropy" | "categorical_focal_crossentropy" | "categorical_generalized_cross_entropy" | "categorical_hinge" | "concordanceCorrelation" | "concordance_correlation" | "cosineSimilarity" | "cosine_similarity" | "dice" | "f1Score" | "f1_score" | "fBetaScore" | "f_beta_score" | "falseNegatives" | "falsePositives" | "false_negatives" | "false_positives" | "fbetaScore" | "fbeta_score" | "hinge" | "huber" | "huberLoss" | "huber_loss" | "ioU" | "io_u" | "iou" | "klDivergence" | "kl_divergence" | "kld" | "kullbackLeiblerDivergence" | "kullback_leibler_divergence" | "logCosh" | "logCoshError" | "log_cosh" | "log_cosh_error" | "logcosh" | "mae" | "mape" | "mean" | "meanAbsoluteError" | "meanAbsolutePercentageError" | "meanIoU" | "meanIou" | "meanSquaredError" | "meanSquaredLogarithmicError" | "mean_absolute_error" | "mean_absolute_percentage_error" | "mean_io_u" | "mean_iou" | "mean_squared_error" | "mean_squared_logarithmic_error" | "mse" | "msle" | "oneHotIoU" | "oneHotIou" | "oneHotMeanIoU" | "oneHotMeanIou" | "one_hot_io_u" | "one_hot_iou" | "one_hot_mean_io_u" | "one_hot_mean_iou" | "pearsonCorrelation" | "pearson_correlation" | "poisson" | "precision" | "precisionAtRecall" | "precision_at_recall" | "r2Score" | "r2_score" | "recall" | "recallAtPrecision" | "recall_at_precision" | "rmse" | "rootMeanSquaredError" | "root_mean_squared_error" | "sensitivityAtSpecificity" | "sensitivity_at_specificity" | "sparseCategoricalAccuracy" | "sparseCategoricalCrossentropy" | "sparseTopKCategoricalAccuracy" | "sparse_categorical_accuracy" | "sparse_categorical_crossentropy" | "sparse_top_k_categorical_accuracy" | "specificityAtSensitivity" | "specificity_at_sensitivity" | "squaredHinge" | "squared_hinge" | "sum" | "topKCategoricalAccuracy" | "top_k_categorical_accuracy" | "trueNegatives" | "truePositives" | "true_negatives" | "true_positives" | "tversky" | "crossentropy" | "acc" | "ce";

/** A name, or an object with the name of a metric and its keys. */
export type MetricInput =
  | MetricName
  | {
      readonly name: "AUC" | "Auc" | "auc";
      /** How many thresholds from 0 to 1 are tried. Default 200. */ readonly numThresholds?: number;
      /** ROC, true against false positives; PR, precision against recall; PRGain, its gains. Default "ROC". */ readonly curve?: "ROC" | "roc" | "PR" | "pr" | "PRGAIN" | "prgain";
      /** How the area between two thresholds is summed. Default "interpolation". */ readonly summationMethod?: "interpolation" | "Interpolation" | "minoring" | "Minoring" | "majoring" | "Majoring";
      /** From which probabilities on it is a yes: one or several, 0..1; null: the default of the metric. Default null. */ readonly thresholds?: readonly number[] | null;
      /** Whether each label has a curve of its own, whose mean is taken. Default false. */ readonly multiLabel?: boolean;
      /** How many labels there are, with `multiLabel`; null: as the output says. Default null. */ readonly numLabels?: number | null;
      /** What each label counts, with `multiLabel`; null: all alike. Default null. */ readonly labelWeights?: readonly number[] | null;
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "Accuracy" | "CategoricalAccuracy" | "Mean" | "RMSE" | "Rmse" | "RootMeanSquaredError" | "SparseCategoricalAccuracy" | "Sum" | "accuracy" | "categoricalAccuracy" | "categorical_accuracy" | "mean" | "rmse" | "rootMeanSquaredError" | "root_mean_squared_error" | "sparseCategoricalAccuracy" | "sparse_categorical_accuracy" | "sum" | "crossentropy" | "acc" | "ce";
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "BCE" | "Bce" | "BinaryCrossentropy" | "CategoricalCrossentropy" | "bce" | "binaryCrossentropy" | "binary_crossentropy" | "categoricalCrossentropy" | "categorical_crossentropy";
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes or vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "BinaryAccuracy" | "binaryAccuracy" | "binary_accuracy";
      /** From which probability on it is a yes, 0..1. Default 0.5. */ readonly threshold?: number;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "BinaryFocalCrossentropy" | "binaryFocalCrossentropy" | "binary_focal_crossentropy";
      /** Whether class 1 is weighed by alpha and class 0 by 1 − alpha. Default false. */ readonly applyClassBalancing?: boolean;
      /** The weight of the classes, 0..1. Default 0.25. */ readonly alpha?: number;
      /** The exponent of 1 − p: the larger, the less a sure answer counts. Default 2. */ readonly gamma?: number;
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes or vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "BinaryIoU" | "BinaryIou" | "binaryIoU" | "binaryIou" | "binary_io_u" | "binary_iou";
      /** How many classes there are. Default 2. */ readonly numClasses?: 2;
      /** The classes whose mean is taken, by number. Default [0,1]. */ readonly targetClassIds?: readonly number[];
      /** From which probability on it is a yes, 0..1. Default 0.5. */ readonly threshold?: number;
      /** Taken for Keras' sake; it changes nothing. Default null. */ readonly dtype?: string | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "CategoricalFocalCrossentropy" | "categoricalFocalCrossentropy" | "categorical_focal_crossentropy";
      /** The weight of the classes, 0..1. Default 0.25. */ readonly alpha?: number | readonly number[];
      /** The exponent of 1 − p: the larger, the less a sure answer counts. Default 2. */ readonly gamma?: number;
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The share of each target that goes to all classes alike, 0..1. Default 0. */ readonly labelSmoothing?: number;
      /** The axis of the classes or vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "CategoricalGeneralizedCrossEntropy" | "categoricalGeneralizedCrossEntropy" | "categorical_generalized_cross_entropy";
      /** Between cross-entropy, near 0, and the mean absolute error, at 1. Default 0.5. */ readonly q?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "CategoricalHinge" | "Hinge" | "KLD" | "KLDivergence" | "KlDivergence" | "Kld" | "KullbackLeiblerDivergence" | "LogCosh" | "LogCoshError" | "Logcosh" | "MAE" | "MAPE" | "MSE" | "MSLE" | "Mae" | "Mape" | "MeanAbsoluteError" | "MeanAbsolutePercentageError" | "MeanSquaredError" | "MeanSquaredLogarithmicError" | "Mse" | "Msle" | "Poisson" | "SquaredHinge" | "categoricalHinge" | "categorical_hinge" | "hinge" | "klDivergence" | "kl_divergence" | "kld" | "kullbackLeiblerDivergence" | "kullback_leibler_divergence" | "logCosh" | "logCoshError" | "log_cosh" | "log_cosh_error" | "logcosh" | "mae" | "mape" | "meanAbsoluteError" | "meanAbsolutePercentageError" | "meanSquaredError" | "meanSquaredLogarithmicError" | "mean_absolute_error" | "mean_absolute_percentage_error" | "mean_squared_error" | "mean_squared_logarithmic_error" | "mse" | "msle" | "poisson" | "squaredHinge" | "squared_hinge";
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "ConcordanceCorrelation" | "CosineSimilarity" | "PearsonCorrelation" | "concordanceCorrelation" | "concordance_correlation" | "cosineSimilarity" | "cosine_similarity" | "pearsonCorrelation" | "pearson_correlation";
      /** The axis of the classes or vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "Dice" | "dice";
      /** The axes that are summed over, the batch being 0; null: all. Default null. */ readonly axis?: number | readonly number[] | null;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "F1Score" | "f1Score" | "f1_score";
      /** How the scores of the classes become one; null: one for each class. Default null. */ readonly average?: "micro" | "macro" | "weighted" | null;
      /** From which probability on it is a yes; null: the largest is. Default null. */ readonly threshold?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "FBetaScore" | "FbetaScore" | "fBetaScore" | "f_beta_score" | "fbetaScore" | "fbeta_score";
      /** How the scores of the classes become one; null: one for each class. Default null. */ readonly average?: "micro" | "macro" | "weighted" | null;
      /** From which probability on it is a yes; null: the largest is. Default null. */ readonly threshold?: number | null;
      /** How much more recall counts than precision. Default 1. */ readonly beta?: number;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "FalseNegatives" | "FalsePositives" | "TrueNegatives" | "TruePositives" | "falseNegatives" | "falsePositives" | "false_negatives" | "false_positives" | "trueNegatives" | "truePositives" | "true_negatives" | "true_positives";
      /** From which probabilities on it is a yes: one or several, 0..1; null: the default of the metric. Default null. */ readonly thresholds?: number | readonly number[] | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "Huber" | "HuberLoss" | "huber" | "huberLoss" | "huber_loss";
      /** The error beyond which the value grows in a line, in units of the target. Default 1. */ readonly delta?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "IOU" | "IoU" | "Iou" | "ioU" | "io_u" | "iou";
      /** How many classes there are. */ readonly numClasses: number;
      /** The classes whose mean is taken, by number. */ readonly targetClassIds: readonly number[];
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** Whether targets are numbers of classes, and not distributions. Default true. */ readonly sparseYTrue?: boolean;
      /** Whether outputs are numbers of classes, and not distributions. Default true. */ readonly sparseYPred?: boolean;
      /** Taken for Keras' sake; it changes nothing. Default null. */ readonly dtype?: string | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "MeanIoU" | "MeanIou" | "meanIoU" | "meanIou" | "mean_io_u" | "mean_iou";
      /** How many classes there are. */ readonly numClasses: number;
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** Whether targets are numbers of classes, and not distributions. Default true. */ readonly sparseYTrue?: boolean;
      /** Whether outputs are numbers of classes, and not distributions. Default true. */ readonly sparseYPred?: boolean;
      /** Taken for Keras' sake; it changes nothing. Default null. */ readonly dtype?: string | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "OneHotIoU" | "OneHotIou" | "oneHotIoU" | "oneHotIou" | "one_hot_io_u" | "one_hot_iou";
      /** How many classes there are. */ readonly numClasses: number;
      /** The classes whose mean is taken, by number. */ readonly targetClassIds: readonly number[];
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** Whether outputs are numbers of classes, and not distributions. Default false. */ readonly sparseYPred?: boolean;
      /** Taken for Keras' sake; it changes nothing. Default null. */ readonly dtype?: string | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "OneHotMeanIoU" | "OneHotMeanIou" | "oneHotMeanIoU" | "oneHotMeanIou" | "one_hot_mean_io_u" | "one_hot_mean_iou";
      /** How many classes there are. */ readonly numClasses: number;
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** Whether outputs are numbers of classes, and not distributions. Default false. */ readonly sparseYPred?: boolean;
      /** Taken for Keras' sake; it changes nothing. Default null. */ readonly dtype?: string | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "Precision" | "Recall" | "precision" | "recall";
      /** From which probabilities on it is a yes: one or several, 0..1; null: the default of the metric. Default null. */ readonly thresholds?: number | readonly number[] | null;
      /** Of each row only so many of the largest are a yes; null: all that reach the threshold. Default null. */ readonly topK?: number | null;
      /** The one class that counts, by number; null: all. Default null. */ readonly classId?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "PrecisionAtRecall" | "precisionAtRecall" | "precision_at_recall";
      /** The least recall, 0..1. */ readonly recall: number;
      /** How many thresholds from 0 to 1 are tried. Default 200. */ readonly numThresholds?: number;
      /** The one class that counts, by number; null: all. Default null. */ readonly classId?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "R2Score" | "r2Score" | "r2_score";
      /** How the scores of the outputs become one; null: one for each. Default "uniform_average". */ readonly classAggregation?: "uniform_average" | "variance_weighted_average" | null;
      /** How many regressors the score is adjusted for; 0: not adjusted. Default 0. */ readonly numRegressors?: number;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "RecallAtPrecision" | "recallAtPrecision" | "recall_at_precision";
      /** The least precision, 0..1. */ readonly precision: number;
      /** How many thresholds from 0 to 1 are tried. Default 200. */ readonly numThresholds?: number;
      /** The one class that counts, by number; null: all. Default null. */ readonly classId?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "SensitivityAtSpecificity" | "sensitivityAtSpecificity" | "sensitivity_at_specificity";
      /** The least specificity, 0..1. */ readonly specificity: number;
      /** How many thresholds from 0 to 1 are tried. Default 200. */ readonly numThresholds?: number;
      /** The one class that counts, by number; null: all. Default null. */ readonly classId?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "SparseCategoricalCrossentropy" | "sparseCategoricalCrossentropy" | "sparse_categorical_crossentropy";
      /** Whether the output is logits, and not probabilities. Default false. */ readonly fromLogits?: boolean;
      /** The class that does not count; null: none. Default null. */ readonly ignoreClass?: number | null;
      /** The axis of the classes or vectors: −1 is the last, 0 the batch. Default -1. */ readonly axis?: number;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "SparseTopKCategoricalAccuracy" | "sparseTopKCategoricalAccuracy" | "sparse_top_k_categorical_accuracy";
      /** Among how many of the largest outputs the class has to be. Default 5. */ readonly k?: number;
      /** Whether the output is numbers of classes, the likeliest first. Default false. */ readonly fromSortedIds?: boolean;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "SpecificityAtSensitivity" | "specificityAtSensitivity" | "specificity_at_sensitivity";
      /** The least sensitivity, 0..1. */ readonly sensitivity: number;
      /** How many thresholds from 0 to 1 are tried. Default 200. */ readonly numThresholds?: number;
      /** The one class that counts, by number; null: all. Default null. */ readonly classId?: number | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "TopKCategoricalAccuracy" | "topKCategoricalAccuracy" | "top_k_categorical_accuracy";
      /** Among how many of the largest outputs the class has to be. Default 5. */ readonly k?: number;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    }
  | {
      readonly name: "Tversky" | "tversky";
      /** The weight of what is found and not there. Default 0.5. */ readonly alpha?: number;
      /** The weight of what is there and not found. Default 0.5. */ readonly beta?: number;
      /** The axes that are summed over, the batch being 0; null: all. Default null. */ readonly axis?: number | readonly number[] | null;
      /** Taken as the loss takes it; the metric is a mean all the same. Default "sum_over_batch_size". */ readonly reduction?: "sum_over_batch_size" | "mean" | "sum" | "mean_with_sample_weight" | "none" | null;
      /** What it is called in logs. Default: its name. */ readonly as?: string;
    };
