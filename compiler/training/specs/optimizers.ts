// Optimizer specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.
import type { ScheduleInput } from "./schedules.ts";

/** Every name of an optimizer, as Keras writes it and in camelCase. */
export type OptimizerName = "adadelta" | "adafactor" | "adagrad" | "adam" | "adamax" | "adamw" | "ftrl" | "lamb" | "lion" | "muon" | "nadam" | "rmsprop" | "schedulefreeadamw" | "sgd";

/** A name, or an object with the name of an optimizer and its keys. */
export type OptimizerInput =
  | OptimizerName
  | {
      readonly name: "adadelta";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.95. */ readonly rho?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
    }
  | {
      readonly name: "adafactor";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The exponent of the step by which the mean of squares forgets less and less, below 0. Default -0.8. */ readonly beta2Decay?: number;
      /** Added to squared gradients. Default 1e-30. */ readonly epsilon1?: number;
      /** The least size of a weight that scales its step. Default 0.001. */ readonly epsilon2?: number;
      /** The largest root mean square of an update. Default 1. */ readonly clipThreshold?: number;
      /** Taken for Keras' sake; the rate is at most 1/√step either way. Default true. */ readonly relativeStep?: boolean;
    }
  | {
      readonly name: "adagrad";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** What the sums of squared gradients begin with. Default 0.1. */ readonly initialAccumulatorValue?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
    }
  | {
      readonly name: "adam";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of gradients keeps at each step, 0..1. Default 0.9. */ readonly beta1?: number;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.999. */ readonly beta2?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
      /** Whether the largest mean of squares so far counts. Default false. */ readonly amsgrad?: boolean;
    }
  | {
      readonly name: "adamax" | "lamb" | "nadam";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of gradients keeps at each step, 0..1. Default 0.9. */ readonly beta1?: number;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.999. */ readonly beta2?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
    }
  | {
      readonly name: "adamw";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default 0.004. */ readonly weightDecay?: number;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of gradients keeps at each step, 0..1. Default 0.9. */ readonly beta1?: number;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.999. */ readonly beta2?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
      /** Whether the largest mean of squares so far counts. Default false. */ readonly amsgrad?: boolean;
    }
  | {
      readonly name: "ftrl";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The exponent of the sums of squares, at most 0. Default -0.5. */ readonly learningRatePower?: number;
      /** What the sums of squared gradients begin with. Default 0.1. */ readonly initialAccumulatorValue?: number;
      /** What Σ |w| counts, which holds weights at 0. Default 0. */ readonly l1RegularizationStrength?: number;
      /** What Σ w² counts. Default 0. */ readonly l2RegularizationStrength?: number;
      /** What Σ w² counts in the gradient alone. Default 0. */ readonly l2ShrinkageRegularizationStrength?: number;
      /** Added to the root of the sums of squares. Default 0. */ readonly beta?: number;
    }
  | {
      readonly name: "lion";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share of the mean in the direction of a step, 0..1. Default 0.9. */ readonly beta1?: number;
      /** The share that the mean of gradients keeps at each step, 0..1. Default 0.99. */ readonly beta2?: number;
    }
  | {
      readonly name: "muon";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default 0.004. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** `beta1` for weights that Adam moves, 0..1. Default 0.9. */ readonly adamBeta1?: number;
      /** `beta2` for weights that Adam moves, 0..1. Default 0.999. */ readonly adamBeta2?: number;
      /** `weightDecay` for weights that Adam moves; null: none. Default 0.004. */ readonly adamWeightDecay?: number | null;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
      /** Words in the names of weights that Adam moves instead. Default []. */ readonly excludeLayers?: readonly string[];
      /** Whether Adam moves embeddings instead. Default true. */ readonly excludeEmbeddings?: boolean;
      /** The coefficient of x in the iteration that makes an update orthogonal. Default 3.4445. */ readonly muonA?: number;
      /** The coefficient of x³ in it. Default -4.775. */ readonly muonB?: number;
      /** The coefficient of x⁵ in it. Default 2.0315. */ readonly muonC?: number;
      /** What the learning rate is multiplied by for weights that Adam moves. Default 1. */ readonly adamLrRatio?: number;
      /** The share that the last step keeps in the next, 0..1. Default 0.95. */ readonly momentum?: number;
      /** Steps of that iteration. Default 5. */ readonly nsSteps?: number;
      /** Whether the gradient counts as of after the momentum. Default true. */ readonly nesterov?: boolean;
      /** The root mean square that updates are scaled to; null: scaled by their shape. Default 0.2. */ readonly rmsRate?: number | null;
    }
  | {
      readonly name: "rmsprop";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.001. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.9. */ readonly rho?: number;
      /** The share that the last step keeps in the next, 0..1. Default 0. */ readonly momentum?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-7. */ readonly epsilon?: number;
      /** Whether the square of the mean gradient is subtracted from the mean of squares. Default false. */ readonly centered?: boolean;
    }
  | {
      readonly name: "schedulefreeadamw";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.0025. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the mean of gradients keeps at each step, 0..1. Default 0.9. */ readonly beta1?: number;
      /** The share that the mean of squared gradients keeps at each step, 0..1. Default 0.999. */ readonly beta2?: number;
      /** Added to what is divided by, so that it is not 0. Default 1e-8. */ readonly epsilon?: number;
      /** Steps in which the learning rate rises from 0. Default 0. */ readonly warmupSteps?: number;
    }
  | {
      readonly name: "sgd";
      /** The share of each weight, times the learning rate, that it loses at each step; null: none. Default null. */ readonly weightDecay?: number | null;
      /** Words in the names of weights that do not decay. Default []. */ readonly excludeFromWeightDecay?: readonly string[];
      /** The largest norm of a weight's gradient, which is scaled down to it; null: no limit. Default null. */ readonly clipnorm?: number | null;
      /** The largest norm of all gradients together, which are scaled down to it; null: no limit. Default null. */ readonly globalClipnorm?: number | null;
      /** The largest absolute value of a gradient's numbers; null: no limit. Default null. */ readonly clipvalue?: number | null;
      /** Whether moving averages of the weights are kept. Default false. */ readonly useEma?: boolean;
      /** The share that those averages keep at each step, 0..1. Default 0.99. */ readonly emaMomentum?: number;
      /** Steps after which the averages take the place of the weights; null: never. Default null. */ readonly emaOverwriteFrequency?: number | null;
      /** What the loss is multiplied by before its gradients, which are divided by it again; null: 1. Default null. */ readonly lossScaleFactor?: number | null;
      /** Batches whose gradients are averaged for one step; null: each is a step. Default null. */ readonly gradientAccumulationSteps?: number | null;
      /** The size of a step: a number, or a schedule over batches. Default 0.01. */ readonly learningRate?: number | ScheduleInput;
      /** The share that the last step keeps in the next, 0..1. Default 0. */ readonly momentum?: number;
      /** Whether the gradient counts as of after the momentum. Default false. */ readonly nesterov?: boolean;
    };
