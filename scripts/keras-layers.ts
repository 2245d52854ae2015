// What `keras.layers` of Keras 3.15 exports: the names that are other names of a layer, and those that layerc does not have, with the
// reason. Every other name is a layer of the list here; tests/docs.test.ts holds the three against each other.
// https://github.com/keras-team/keras/blob/v3.15.1/keras/api/layers/__init__.py

const ranked = (...stems: readonly string[]): readonly string[] =>
  stems.flatMap((stem) => ["1D", "2D", "3D"].map((rank) => stem + rank));

/** Every class that is exported. */
export const kerasNames: readonly string[] = [
  ...ranked("AdaptiveAveragePooling", "AdaptiveMaxPooling", "AveragePooling", "AvgPool", "ConvLSTM", "Cropping", "MaxPool"),
  ...ranked("GlobalAveragePooling", "GlobalAvgPool", "GlobalMaxPool", "GlobalMaxPooling", "MaxPooling", "SpatialDropout"),
  ...ranked("Conv", "Convolution", "UpSampling", "ZeroPadding"),
  ..."Conv1DTranspose Conv2DTranspose Conv3DTranspose Convolution1DTranspose Convolution2DTranspose Convolution3DTranspose".split(
    " ",
  ),
  ..."DepthwiseConv1D DepthwiseConv2D SeparableConv1D SeparableConv2D SeparableConvolution1D SeparableConvolution2D".split(" "),
  ..."Activation ELU LeakyReLU PReLU ReLU Softmax Identity InputLayer Dense EinsumDense Embedding ReversibleEmbedding".split(" "),
  ..."Masking Lambda Layer Wrapper InputSpec Add Average Concatenate Dot Maximum Minimum Multiply Subtract".split(" "),
  ..."AdditiveAttention Attention GroupQueryAttention MultiHeadAttention BatchNormalization GroupNormalization".split(" "),
  ..."LayerNormalization RMSNormalization SpectralNormalization UnitNormalization ActivityRegularization".split(" "),
  ..."AlphaDropout Dropout GaussianDropout GaussianNoise Flatten Permute RepeatVector Reshape".split(" "),
  ..."Bidirectional GRU GRUCell LSTM LSTMCell RNN SimpleRNN SimpleRNNCell StackedRNNCells TimeDistributed".split(" "),
  ..."CategoryEncoding Discretization HashedCrossing Hashing IntegerLookup Normalization Rescaling StringLookup".split(" "),
  ..."TextVectorization MelSpectrogram STFTSpectrogram CenterCrop Resizing Pipeline MaxNumBoundingBoxes".split(" "),
  ..."AugMix AutoContrast ContrastLimitedAdaptiveHistogramEqualization CutMix Equalization MixUp RandAugment".split(" "),
  ..."RandomBrightness RandomColorDegeneration RandomColorJitter RandomContrast RandomCrop RandomElasticTransform".split(" "),
  ..."RandomErasing RandomFlip RandomGaussianBlur RandomGrayscale RandomHue RandomInvert RandomPerspective".split(" "),
  ..."RandomPosterization RandomRotation RandomSaturation RandomSharpness RandomShear RandomTranslation RandomZoom".split(" "),
  ..."Solarization FlaxLayer JaxLayer TFSMLayer TorchModuleWrapper".split(" "),
];

/** Another name of a class. */
export const aliasOf = (name: string): string =>
  name
    .replace(/^Convolution/, "Conv")
    .replace(/^SeparableConvolution/, "SeparableConv")
    .replace(/AvgPool(?=\dD$)/, "AveragePooling")
    .replace(/MaxPool(?=\dD$)/, "MaxPooling");

const code = "it is Python code, which is not run";

/** Why a class is missing. */
export const absent: Readonly<Record<string, string>> = {
  Lambda: code,
  Layer: "it is the class that a layer of one's own is made of",
  Wrapper: "it is the class that a wrapper of one's own is made of",
  InputSpec: "it is no layer",
  FlaxLayer: code,
  JaxLayer: code,
  TFSMLayer: "it runs a SavedModel of TensorFlow's",
  TorchModuleWrapper: code,
  MaxNumBoundingBoxes: "it takes boxes beside pictures, which layerc does not pass along",
  Pipeline: "it is no layer here but a line of lines: `pipeline([…])`, which a file's Pipeline is opened as",
};
