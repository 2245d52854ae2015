// Schedule specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** An object with the name of a schedule and its keys. */
export type ScheduleInput =
  | {
      readonly name: "cosineDecay" | "cosine_decay";
      /** The learning rate at batch 0. */ readonly initialLearningRate: number;
      /** Batches that the decay takes. */ readonly decaySteps: number;
      /** The share of the rate that is left at the end, 0..1. Default 0. */ readonly alpha?: number;
      /** The rate that is reached first, in a line; null: no such beginning. Default null. */ readonly warmupTarget?: number | null;
      /** Batches until `warmupTarget`. Default 0. */ readonly warmupSteps?: number;
    }
  | {
      readonly name: "cosineDecayRestarts" | "cosine_decay_restarts";
      /** The learning rate at batch 0. */ readonly initialLearningRate: number;
      /** Batches of the first period. */ readonly firstDecaySteps: number;
      /** How many times longer each period is than the one before. Default 2. */ readonly tMul?: number;
      /** What the rate at the start of each period is multiplied by. Default 1. */ readonly mMul?: number;
      /** The share of the rate that is left at the end, 0..1. Default 0. */ readonly alpha?: number;
    }
  | {
      readonly name: "exponentialDecay" | "exponential_decay";
      /** The learning rate at batch 0. */ readonly initialLearningRate: number;
      /** Batches in which the rate is multiplied by `decayRate` once. */ readonly decaySteps: number;
      /** By how much the rate decays in `decaySteps` batches. */ readonly decayRate: number;
      /** Whether the rate falls once every `decaySteps` batches, and not at each. Default false. */ readonly staircase?: boolean;
    }
  | {
      readonly name: "inverseTimeDecay" | "inverse_time_decay";
      /** The learning rate at batch 0. */ readonly initialLearningRate: number;
      /** Batches after which `decayRate` is added once to the divisor. */ readonly decaySteps: number;
      /** By how much the rate decays in `decaySteps` batches. */ readonly decayRate: number;
      /** Whether the rate falls once every `decaySteps` batches, and not at each. Default false. */ readonly staircase?: boolean;
    }
  | {
      readonly name: "piecewiseConstantDecay" | "piecewise_constant_decay";
      /** Batches up to which each value counts, ascending. */ readonly boundaries: readonly number[];
      /** The learning rates, one more than there are boundaries. */ readonly values: readonly number[];
    }
  | {
      readonly name: "polynomialDecay" | "polynomial_decay";
      /** The learning rate at batch 0. */ readonly initialLearningRate: number;
      /** Batches that the decay takes. */ readonly decaySteps: number;
      /** The learning rate at the end. Default 0.0001. */ readonly endLearningRate?: number;
      /** The exponent of the decay: 1 is a line. Default 1. */ readonly power?: number;
      /** Whether the decay begins anew, over more batches, once it is over. Default false. */ readonly cycle?: boolean;
    };
