// Initializer specs as callers write them. Written by `npm run update-face` from the list and scripts/words; no defaults by hand.

/** Every name of an initializer, as Keras writes it and in camelCase. */
export type InitializerName = "constant" | "glorotNormal" | "glorotUniform" | "glorot_normal" | "glorot_uniform" | "heNormal" | "heUniform" | "he_normal" | "he_uniform" | "identity" | "identityInitializer" | "identity_initializer" | "lecunNormal" | "lecunUniform" | "lecun_normal" | "lecun_uniform" | "normal" | "one" | "ones" | "orthogonal" | "orthogonalInitializer" | "orthogonal_initializer" | "randomNormal" | "randomUniform" | "random_normal" | "random_uniform" | "stft" | "stftInitializer" | "stft_initializer" | "truncatedNormal" | "truncated_normal" | "uniform" | "varianceScaling" | "variance_scaling" | "zero" | "zeros";

/** A name, or an object with the name of an initializer and its keys. */
export type InitializerInput =
  | InitializerName
  | {
      readonly name: "constant";
      /** The number everywhere. Default 0. */ readonly value?: number;
    }
  | {
      readonly name: "glorotNormal" | "glorotUniform" | "glorot_normal" | "glorot_uniform" | "heNormal" | "heUniform" | "he_normal" | "he_uniform" | "lecunNormal" | "lecunUniform" | "lecun_normal" | "lecun_uniform";
      /** The seed of the numbers, a whole number; null: from the model's seed and the weight's name. Default null. */ readonly seed?: number | null;
    }
  | {
      readonly name: "identity" | "identityInitializer" | "identity_initializer";
      /** What the matrix is multiplied by. Default 1. */ readonly gain?: number;
    }
  | {
      readonly name: "normal" | "randomNormal" | "random_normal" | "truncatedNormal" | "truncated_normal";
      /** The mean of the numbers. Default 0. */ readonly mean?: number;
      /** The standard deviation of the numbers. Default 0.05. */ readonly stddev?: number;
      /** The seed of the numbers, a whole number; null: from the model's seed and the weight's name. Default null. */ readonly seed?: number | null;
    }
  | {
      readonly name: "one" | "ones" | "zero" | "zeros";
    }
  | {
      readonly name: "orthogonal" | "orthogonalInitializer" | "orthogonal_initializer";
      /** What the matrix is multiplied by. Default 1. */ readonly gain?: number;
      /** The seed of the numbers, a whole number; null: from the model's seed and the weight's name. Default null. */ readonly seed?: number | null;
    }
  | {
      readonly name: "randomUniform" | "random_uniform" | "uniform";
      /** The least number. Default -0.05. */ readonly minval?: number;
      /** The largest number. Default 0.05. */ readonly maxval?: number;
      /** The seed of the numbers, a whole number; null: from the model's seed and the weight's name. Default null. */ readonly seed?: number | null;
    }
  | {
      readonly name: "stft" | "stftInitializer" | "stft_initializer";
      /** Which half of the transform: real or imag. Default "real". */ readonly side?: "real" | "imag";
      /** The name of the window function over a frame; null, where allowed: none. Default "hann". */ readonly window?: "hann" | "hamming" | "blackman" | "nuttall" | "blackmanharris" | "flattop" | "boxcar" | "bartlett" | "triang" | "cosine" | readonly number[] | null;
      /** How the window is normalized; null: not at all. Default "density". */ readonly scaling?: "density" | "spectrum" | null;
      /** Whether the window repeats without a seam. Default false. */ readonly periodic?: boolean;
    }
  | {
      readonly name: "varianceScaling" | "variance_scaling";
      /** What the variance is multiplied by. Default 1. */ readonly scale?: number;
      /** What the variance is divided by: the inputs, the outputs, or the mean of both. Default "fan_in". */ readonly mode?: "fan_in" | "fan_out" | "fan_avg";
      /** How the numbers are drawn. Default "truncated_normal". */ readonly distribution?: "truncated_normal" | "untruncated_normal" | "uniform";
      /** The seed of the numbers, a whole number; null: from the model's seed and the weight's name. Default null. */ readonly seed?: number | null;
    };
