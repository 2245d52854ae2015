// Layers that change pictures in training alone, in ways that layerc does not have. In and out: a picture [n, H, W, C]. At inference they
// give it back; a training step is refused, with the layer's name. Their keys say how a picture is changed, and so nothing here.
// https://keras.io/api/layers/preprocessing_layers/image_augmentation/
import * as z from "zod";
import { layer } from "../define.ts";
import { imageFixed, imageKeys, needsImage } from "./images.ts";

interface Member {
  readonly name: string;
  readonly keras: string;
  /** What it does in training, in words that stand after "in training". */
  readonly does: string;
  readonly keys: readonly string[];
}

const still = ({ does, keys, ...member }: Member) =>
  layer({
    ...member,
    says: `Nothing at inference; what it does in training (${does}) layerc refuses.`,
    config: z.strictObject(imageKeys),
    // In Keras' order: what all of them take stands last.
    fixed: { ...Object.fromEntries(keys.map((key) => [key, "any" as const])), ...imageFixed },
    untrained: "layerc does not change pictures that way",
    legal: needsImage,
    weights: () => [],
    lower: (_g, { x }) => ({ y: x }),
  });

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/aug_mix/ */
export const augMix = still({
  name: "augMix",
  keras: "AugMix",
  does: "chains of operations, mixed",
  keys: ["valueRange", "numChains", "chainDepth", "factor", "alpha", "allOps", "interpolation", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/cut_mix/ */
export const cutMix = still({
  name: "cutMix",
  keras: "CutMix",
  does: "a piece of another picture of the batch",
  keys: ["factor", "seed"],
});

// Keras equalizes over all rows of a batch at once, and in training alone: `predict` gives the picture back there too.
/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/equalization/ */
export const equalization = still({
  name: "equalization",
  keras: "Equalization",
  does: "each channel equalized by the histogram of its batch",
  keys: ["valueRange", "bins"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/mix_up/ */
export const mixUp = still({
  name: "mixUp",
  keras: "MixUp",
  does: "a mean with another picture of the batch",
  keys: ["alpha", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/rand_augment/ */
export const randAugment = still({
  name: "randAugment",
  keras: "RandAugment",
  does: "several operations that are drawn",
  keys: ["valueRange", "numOps", "factor", "interpolation", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_degeneration/ */
export const randomColorDegeneration = still({
  name: "randomColorDegeneration",
  keras: "RandomColorDegeneration",
  does: "less color",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_color_jitter/ */
export const randomColorJitter = still({
  name: "randomColorJitter",
  keras: "RandomColorJitter",
  does: "another brightness, contrast, saturation and hue",
  keys: ["valueRange", "brightnessFactor", "contrastFactor", "saturationFactor", "hueFactor", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_elastic_transform/ */
export const randomElasticTransform = still({
  name: "randomElasticTransform",
  keras: "RandomElasticTransform",
  does: "pixels moved like rubber",
  keys: ["factor", "scale", "interpolation", "fillMode", "fillValue", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_erasing/ */
export const randomErasing = still({
  name: "randomErasing",
  keras: "RandomErasing",
  does: "a rectangle filled",
  keys: ["factor", "scale", "fillValue", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_gaussian_blur/ */
export const randomGaussianBlur = still({
  name: "randomGaussianBlur",
  keras: "RandomGaussianBlur",
  does: "a blur",
  keys: ["factor", "kernelSize", "sigma", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_grayscale/ */
export const randomGrayscale = still({
  name: "randomGrayscale",
  keras: "RandomGrayscale",
  does: "grey",
  keys: ["factor", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_hue/ */
export const randomHue = still({
  name: "randomHue",
  keras: "RandomHue",
  does: "another hue",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_invert/ */
export const randomInvert = still({
  name: "randomInvert",
  keras: "RandomInvert",
  does: "inverted colors",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_perspective/ */
export const randomPerspective = still({
  name: "randomPerspective",
  keras: "RandomPerspective",
  does: "another perspective",
  keys: ["factor", "scale", "interpolation", "fillValue", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_posterization/ */
export const randomPosterization = still({
  name: "randomPosterization",
  keras: "RandomPosterization",
  does: "fewer levels of color",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_rotation/ */
export const randomRotation = still({
  name: "randomRotation",
  keras: "RandomRotation",
  does: "rotated",
  keys: ["factor", "fillMode", "fillValue", "interpolation", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_saturation/ */
export const randomSaturation = still({
  name: "randomSaturation",
  keras: "RandomSaturation",
  does: "another saturation",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_sharpness/ */
export const randomSharpness = still({
  name: "randomSharpness",
  keras: "RandomSharpness",
  does: "sharper or softer",
  keys: ["factor", "valueRange", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_shear/ */
export const randomShear = still({
  name: "randomShear",
  keras: "RandomShear",
  does: "sheared",
  keys: ["xFactor", "yFactor", "interpolation", "fillMode", "fillValue", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_translation/ */
export const randomTranslation = still({
  name: "randomTranslation",
  keras: "RandomTranslation",
  does: "moved",
  keys: ["heightFactor", "widthFactor", "fillMode", "fillValue", "interpolation", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/random_zoom/ */
export const randomZoom = still({
  name: "randomZoom",
  keras: "RandomZoom",
  does: "enlarged or reduced",
  keys: ["heightFactor", "widthFactor", "fillMode", "fillValue", "interpolation", "seed"],
});

/** https://keras.io/api/layers/preprocessing_layers/image_augmentation/solarization/ */
export const solarization = still({
  name: "solarization",
  keras: "Solarization",
  does: "bright colors inverted",
  keys: ["additionFactor", "thresholdFactor", "valueRange", "seed"],
});
