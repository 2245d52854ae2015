// THE list of layers, by name. Adding a layer is one file beside this one and one line here; `layerc` exports the whole list.
// The folders are Keras' own groups of layers: https://keras.io/api/layers/
export { activation } from "./activation/activation.ts";
export { elu } from "./activation/elu.ts";
export { leakyReLU } from "./activation/leaky-re-lu.ts";
export { prelu } from "./activation/prelu.ts";
export { reLU } from "./activation/re-lu.ts";
export { softmax } from "./activation/softmax.ts";
export { conv2d } from "./convolution/conv2d.ts";
export { dense } from "./core/dense.ts";
export { embedding } from "./core/embedding.ts";
export { identity } from "./core/identity.ts";
export { input } from "./core/input.ts";
export { masking } from "./core/masking.ts";
export { concatenate } from "./merging/concatenate.ts";
export { dot } from "./merging/dot.ts";
export { add, average, maximum, minimum, multiply, subtract } from "./merging/elementwise.ts";
export { batchNormalization } from "./normalization/batch-normalization.ts";
export { layerNormalization } from "./normalization/layer-normalization.ts";
export { maxPooling2d } from "./pooling/max-pooling2d.ts";
export { normalization } from "./preprocessing/normalization.ts";
export { rescaling } from "./preprocessing/rescaling.ts";
export { stringLookup } from "./preprocessing/string-lookup.ts";
export { lstm } from "./recurrent/lstm.ts";
export { dropout } from "./regularization/dropout.ts";
export { flatten } from "./reshaping/flatten.ts";
export { permute } from "./reshaping/permute.ts";
export { repeatVector } from "./reshaping/repeat-vector.ts";
export { reshape } from "./reshaping/reshape.ts";
