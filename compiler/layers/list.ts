// THE list of layers, by name. Adding a layer is one file beside this one and one line here; `layerc` exports the whole list.
// The folders are Keras' own groups of layers: https://keras.io/api/layers/
export { activation } from "./activation/activation.ts";
export { elu } from "./activation/elu.ts";
export { leakyReLU } from "./activation/leaky-re-lu.ts";
export { prelu } from "./activation/prelu.ts";
export { reLU } from "./activation/re-lu.ts";
export { softmax } from "./activation/softmax.ts";
export { additiveAttention, attention } from "./attention/attention.ts";
export { groupQueryAttention } from "./attention/group-query-attention.ts";
export { multiHeadAttention } from "./attention/multi-head-attention.ts";
export { conv1d, conv2d, conv3d } from "./convolution/conv.ts";
export { conv1dTranspose, conv2dTranspose, conv3dTranspose } from "./convolution/conv-transpose.ts";
export { depthwiseConv1d, depthwiseConv2d } from "./convolution/depthwise-conv.ts";
export { separableConv1d, separableConv2d } from "./convolution/separable-conv.ts";
export { dense } from "./core/dense.ts";
export { einsumDense } from "./core/einsum-dense.ts";
export { embedding } from "./core/embedding.ts";
export { identity } from "./core/identity.ts";
export { input } from "./core/input.ts";
export { masking } from "./core/masking.ts";
export { reversibleEmbedding } from "./core/reversible-embedding.ts";
export { concatenate } from "./merging/concatenate.ts";
export { dot } from "./merging/dot.ts";
export { add, average, maximum, minimum, multiply, subtract } from "./merging/elementwise.ts";
export { batchNormalization } from "./normalization/batch-normalization.ts";
export { groupNormalization } from "./normalization/group-normalization.ts";
export { layerNormalization } from "./normalization/layer-normalization.ts";
export { rmsNormalization } from "./normalization/rms-normalization.ts";
export { spectralNormalization } from "./normalization/spectral-normalization.ts";
export { unitNormalization } from "./normalization/unit-normalization.ts";
export { along, normalize } from "./operations/along.ts";
export { elementwise } from "./operations/elementwise.ts";
export { quantile, takeAlongAxis, topK } from "./operations/order.ts";
export { oneHot, slice, split, take } from "./operations/parts.ts";
export { einsum, matmul } from "./operations/products.ts";
export { reduce } from "./operations/reduce.ts";
export { broadcastTo, expandDims, flip, pad, repeat, roll, squeeze, stack, tile } from "./operations/shapes.ts";
export {
  adaptiveAveragePooling1d,
  adaptiveAveragePooling2d,
  adaptiveAveragePooling3d,
  adaptiveMaxPooling1d,
  adaptiveMaxPooling2d,
  adaptiveMaxPooling3d,
} from "./pooling/adaptive.ts";
export {
  globalAveragePooling1d,
  globalAveragePooling2d,
  globalAveragePooling3d,
  globalMaxPooling1d,
  globalMaxPooling2d,
  globalMaxPooling3d,
} from "./pooling/global.ts";
export {
  averagePooling1d,
  averagePooling2d,
  averagePooling3d,
  maxPooling1d,
  maxPooling2d,
  maxPooling3d,
} from "./pooling/pool.ts";
export {
  augMix,
  cutMix,
  equalization,
  mixUp,
  randAugment,
  randomColorDegeneration,
  randomColorJitter,
  randomElasticTransform,
  randomErasing,
  randomGaussianBlur,
  randomGrayscale,
  randomHue,
  randomInvert,
  randomPerspective,
  randomPosterization,
  randomRotation,
  randomSaturation,
  randomSharpness,
  randomShear,
  randomTranslation,
  randomZoom,
  solarization,
} from "./preprocessing/augmentation.ts";
export { autoContrast } from "./preprocessing/auto-contrast.ts";
export { categoryEncoding } from "./preprocessing/category-encoding.ts";
export { centerCrop } from "./preprocessing/center-crop.ts";
export { discretization } from "./preprocessing/discretization.ts";
export { hashedCrossing } from "./preprocessing/hashed-crossing.ts";
export { hashing } from "./preprocessing/hashing.ts";
export { integerLookup } from "./preprocessing/integer-lookup.ts";
export { melSpectrogram } from "./preprocessing/mel-spectrogram.ts";
export { normalization } from "./preprocessing/normalization.ts";
export { randomBrightness, randomContrast } from "./preprocessing/random-color.ts";
export { randomCrop } from "./preprocessing/random-crop.ts";
export { randomFlip } from "./preprocessing/random-flip.ts";
export { rescaling } from "./preprocessing/rescaling.ts";
export { resizing } from "./preprocessing/resizing.ts";
export { stftSpectrogram } from "./preprocessing/stft-spectrogram.ts";
export { stringLookup } from "./preprocessing/string-lookup.ts";
export { textVectorization } from "./preprocessing/text-vectorization.ts";
export { contrastLimitedAdaptiveHistogramEqualization } from "./preprocessing/tile-equalization.ts";
export { bidirectional } from "./recurrent/bidirectional.ts";
export * from "./recurrent/cell-list.ts";
export { convLSTM1d, convLSTM2d, convLSTM3d } from "./recurrent/conv-lstm.ts";
export { gru } from "./recurrent/gru.ts";
export { lstm } from "./recurrent/lstm.ts";
export { rnn, stackedRNNCells } from "./recurrent/rnn.ts";
export { simpleRNN } from "./recurrent/simple-rnn.ts";
export { timeDistributed } from "./recurrent/time-distributed.ts";
export { activityRegularization } from "./regularization/activity-regularization.ts";
export { alphaDropout } from "./regularization/alpha-dropout.ts";
export { dropout } from "./regularization/dropout.ts";
export { gaussianDropout, gaussianNoise } from "./regularization/gaussian.ts";
export { spatialDropout1d, spatialDropout2d, spatialDropout3d } from "./regularization/spatial-dropout.ts";
export { cropping1d, cropping2d, cropping3d } from "./reshaping/cropping.ts";
export { flatten } from "./reshaping/flatten.ts";
export { permute } from "./reshaping/permute.ts";
export { repeatVector } from "./reshaping/repeat-vector.ts";
export { reshape } from "./reshaping/reshape.ts";
export { upSampling1d, upSampling2d, upSampling3d } from "./reshaping/up-sampling.ts";
export { zeroPadding1d, zeroPadding2d, zeroPadding3d } from "./reshaping/zero-padding.ts";
