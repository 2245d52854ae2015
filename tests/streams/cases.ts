// A model for every layer that takes sequences in chunks: lines over [steps, features], and the chunks that its strides allow. Each line is
// one that `step` must treat as `predict` treats the whole.
import type { LayerSpec, Model } from "../../compiler/model.ts";
import * as l from "../../src/sequential.ts";

export interface StreamCase {
  readonly what: string;
  readonly steps: number;
  readonly chunks: readonly number[];
  readonly model: Model;
  /** Inputs are whole numbers below it. */
  readonly below?: number;
}
type Line = LayerSpec;

const chain = (
  what: string,
  lines: readonly Line[],
  more: Partial<StreamCase> & { readonly shape?: readonly number[] } = {},
): StreamCase => {
  const { steps = 6, chunks = [1, 3], shape = [3], ...rest } = more;
  const [first, ...others] = lines;
  const model = l.sequential([{ ...first, config: { ...first.config, inputShape: [steps, ...shape] } }, ...others], { seed: 7 });
  return { what, steps, chunks, model, ...rest };
};
const video = { shape: [4, 3, 2] } as const;
const rows = { shape: [4, 2] } as const;
const causal = { padding: "causal" } as const;
const all = { returnSequences: true } as const;
const net = (layers: readonly Line[], inputs: Readonly<Record<string, readonly number[]>>, outputs: readonly string[]): Model =>
  l.model({ inputs, layers: [...layers], outputs: [...outputs], seed: 7 });

/** Chains, a few lines each. */
export const streamCases: readonly StreamCase[] = [
  { what: "an input line that states the whole", steps: 6, chunks: [1, 3], model: l.sequential([l.input({ shape: [6, 3] }), l.gru({ units: 3, ...all })], { seed: 7 }) },
  chain("dense", [l.dense({ units: 4, activation: "relu" })]),
  chain("activation", [l.activation({ activation: "softmax" })]),
  chain("elu, leakyReLU, reLU", [l.elu(), l.leakyReLU(), l.reLU({ maxValue: 0.5 })]),
  chain("prelu shared in time", [l.prelu({ sharedAxes: [1], alphaInitializer: "glorot_uniform" })]),
  chain("softmax along the features", [l.softmax(), l.softmax({ axis: 2 })]),
  chain("embedding", [l.embedding({ inputDim: 9, outputDim: 4 }), l.dense({ units: 2 })], { shape: [], below: 9 }),
  chain("embedding that masks, lstm", [l.embedding({ inputDim: 4, outputDim: 4, maskZero: true }), l.lstm({ units: 3, ...all }), l.dense({ units: 2 })], { shape: [], below: 4 }),
  chain("masking, gru", [l.masking(), l.gru({ units: 3, ...all })]),
  chain("identity, dropouts, noise", [l.identity(), l.dropout({ rate: 0.3 }), l.spatialDropout1d({ rate: 0.2 }), l.alphaDropout({ rate: 0.1 }), l.gaussianNoise({ stddev: 1 }), l.gaussianDropout({ rate: 0.2 }), l.activityRegularization({ l2: 0.1 })]),
  chain("einsumDense", [l.einsumDense({ equation: "abc,cd->abd", outputShape: [null, 5], biasAxes: "d" })]),
  chain("reversibleEmbedding", [l.reversibleEmbedding({ inputDim: 9, outputDim: 4 })], { shape: [], below: 9 }),
  chain("normalizations of features", [l.layerNormalization(), l.rmsNormalization(), l.unitNormalization(), l.batchNormalization()]),
  chain("normalization, rescaling", [l.normalization({ mean: [0.1, 0.2, 0.3], variance: 2 }), l.rescaling({ scale: [1, 2, 3], offset: 0.5 })]),
  chain("discretization", [l.discretization({ binBoundaries: [-0.5, 0, 0.5] })]),
  chain("categoryEncoding", [l.categoryEncoding({ numTokens: 5, outputMode: "one_hot" }), l.lstm({ units: 3, ...all })], { shape: [1], below: 5 }),
  chain("along, normalize, beside time", [l.along({ op: "cumsum" }), l.along({ op: "softmax", axis: 2 }), l.normalize({ axis: 2 })]),
  chain("quantile and topK beside time", [l.topK({ k: 2 }), l.quantile({ q: 0.25, axis: 2, keepdims: true })]),
  chain("elementwise with numbers", [l.elementwise({ op: "multiply", constants: [null, { shape: [3], values: [1, -2, 0.5] }] }), l.elementwise({ op: "exp" })]),
  chain("slice, take, flip, roll, reduce beside time", [l.slice({ at: [{}, { start: 1 }] }), l.take({ indices: [2, 0, 1], axis: -2 }), l.flip(), l.roll({ shift: 1, axis: 2 }), l.reduce({ op: "mean", axis: 2 })], rows),
  chain("spectralNormalization of a causal convolution", [l.spectralNormalization({ layer: l.conv1d({ filters: 4, kernelSize: 2, ...causal }) })]),
  chain("conv1d, causal", [l.conv1d({ filters: 4, kernelSize: 3, ...causal, activation: "relu" })], { chunks: [1, 2, 3, 6] }),
  chain("conv1d, causal, dilated, in groups", [l.conv1d({ filters: 6, kernelSize: 3, dilationRate: 2, groups: 3, ...causal })]),
  chain("conv1d, causal, strided", [l.conv1d({ filters: 4, kernelSize: 3, strides: 2, ...causal }), l.lstm({ units: 3, ...all })], { steps: 8, chunks: [2, 4] }),
  chain("a stack of dilations", [1, 2, 4, 8].map((dilationRate) => l.conv1d({ filters: 5, kernelSize: 2, dilationRate, ...causal, activation: "tanh" })), { steps: 24, chunks: [1, 4, 8] }),
  chain("conv1d of one step", [l.conv1d({ filters: 4, kernelSize: 1, padding: "same" }), l.depthwiseConv1d({ kernelSize: 1 }), l.separableConv1d({ filters: 3, kernelSize: 1 })]),
  chain("conv2d along frequencies", [l.conv2d({ filters: 3, kernelSize: [1, 3], padding: "same" }), l.depthwiseConv2d({ kernelSize: [1, 2] }), l.separableConv2d({ filters: 2, kernelSize: [1, 2] }), l.maxPooling2d({ poolSize: [1, 2] })], { shape: [8, 2] }),
  chain("conv3d of one step", [l.conv3d({ filters: 2, kernelSize: [1, 2, 2] }), l.maxPooling3d({ poolSize: [2, 1, 1] }), l.averagePooling3d({ poolSize: [1, 2, 1] })], { ...video, chunks: [2], steps: 4 }),
  chain("poolings without overlap", [l.maxPooling1d({ poolSize: 2 }), l.averagePooling1d({ poolSize: 2, padding: "same" })], { steps: 8, chunks: [4, 8] }),
  chain("averagePooling2d", [l.averagePooling2d({ poolSize: [2, 2] })], { ...rows, steps: 8, chunks: [2, 4] }),
  chain("conv1dTranspose without overlap", [l.conv1dTranspose({ filters: 3, kernelSize: 2, strides: 2 })]),
  chain("conv2dTranspose, conv3dTranspose", [l.conv2dTranspose({ filters: 4, kernelSize: [1, 2], strides: [2, 1] }), l.reshape({ targetShape: [-1, 5, 2, 2] }), l.conv3dTranspose({ filters: 1, kernelSize: [2, 1, 2], strides: [2, 1, 1] })], rows),
  chain("upSampling1d", [l.upSampling1d({ size: 3 }), l.conv1d({ filters: 2, kernelSize: 2, ...causal })]),
  chain("upSampling2d", [l.spatialDropout2d({ rate: 0.5 }), l.upSampling2d({ size: [2, 2] }), l.upSampling2d({ size: [1, 2], interpolation: "bilinear" })], rows),
  chain("upSampling3d, spatial dropouts", [l.upSampling3d({ size: 2 }), l.spatialDropout3d({ rate: 0.2 })], video),
  chain("zeroPadding and cropping beside time", [l.zeroPadding2d({ padding: [[0, 0], [1, 2]] }), l.cropping2d({ cropping: [[0, 0], [0, 2]] })], rows),
  chain("the same of volumes", [l.zeroPadding3d({ padding: [[0, 0], [1, 0], [0, 1]] }), l.cropping3d({ cropping: [[0, 0], [1, 0], [0, 1]] })], video),
  chain("zeroPadding1d and cropping1d of nothing", [l.zeroPadding1d({ padding: 0 }), l.cropping1d({ cropping: [0, 0] })]),
  chain("permute, reshape", [l.permute({ dims: [1, 3, 2] }), l.reshape({ targetShape: [-1, 8] })], rows),
  chain("simpleRNN", [l.simpleRNN({ units: 4, ...all })]),
  chain("lstm", [l.lstm({ units: 4, ...all }), l.lstm({ units: 3 }), l.dense({ units: 2 })]),
  chain("gru, both ways", [l.gru({ units: 4, ...all }), l.gru({ units: 4, resetAfter: false, ...all })]),
  chain("rnn over stacked cells", [l.rnn({ cell: [l.lstmCell({ units: 3 }), l.gruCell({ units: 2 }), l.simpleRNNCell({ units: 4 })], ...all })]),
  chain("convLSTM1d", [l.convLSTM1d({ filters: 2, kernelSize: 2, ...all, padding: "same" })], rows),
  chain("convLSTM2d", [l.convLSTM2d({ filters: 2, kernelSize: 2, padding: "same" })], { ...video, steps: 4, chunks: [1, 2] }),
  chain("convLSTM3d", [l.convLSTM3d({ filters: 1, kernelSize: 1 })], { shape: [2, 2, 2, 1], steps: 4, chunks: [1, 2] }),
  chain("timeDistributed", [l.timeDistributed({ layer: l.flatten() }), l.timeDistributed({ layer: l.dense({ units: 3 }) })], rows),
  chain("what looks at everything, at each step", [l.timeDistributed({ layer: l.bidirectional({ layer: l.lstm({ units: 2 }) }) })], rows),
  chain("behind the last step nothing is a sequence", [l.lstm({ units: 4 }), l.repeatVector({ n: 3 }), l.bidirectional({ layer: l.gru({ units: 2 }) }), l.dense({ units: 2 })]),
  {
    what: "a residual block with a gate, two inputs and three outputs",
    steps: 8,
    chunks: [1, 2, 4],
    model: net(
      [
        l.conv1d({ name: "filter", inputs: ["a"], filters: 4, kernelSize: 2, dilationRate: 2, ...causal, activation: "tanh" }),
        l.conv1d({ name: "gate", inputs: ["a"], filters: 4, kernelSize: 2, dilationRate: 2, ...causal, activation: "sigmoid" }),
        l.multiply({ name: "both", inputs: ["filter", "gate"] }),
        l.concatenate({ name: "joined", inputs: ["both", "b"] }),
        l.dense({ name: "skip", inputs: ["joined"], units: 4 }),
        l.add({ name: "sum", inputs: ["skip", "both"] }),
        l.subtract({ name: "difference", inputs: ["skip", "both"] }),
        l.average({ name: "mean", inputs: ["skip", "both"] }),
        l.maximum({ name: "most", inputs: ["sum", "difference", "mean"] }),
        l.minimum({ name: "least", inputs: ["sum", "difference", "mean"] }),
        l.lstm({ name: "state", inputs: ["most"], units: 3, returnSequences: true, returnState: true }),
        l.dense({ name: "carried", inputs: ["state:2"], units: 2 }),
      ],
      { a: [8, 3], b: [8, 2] },
      ["least", "state", "carried"],
    ),
  },
  {
    what: "models within a model, with inputs that state the whole",
    steps: 6,
    chunks: [1, 2],
    model: l.sequential(
      [
        l.dense({ units: 3, inputShape: [6, 2] }),
        net([l.conv1d({ name: "c", inputs: ["s"], filters: 3, kernelSize: 2, ...causal }), l.gru({ name: "g", inputs: ["c"], units: 3, ...all })], { s: [6, 3] }, ["g"]),
        l.sequential([l.dense({ units: 2, inputShape: [6, 3] }), l.lstm({ units: 2, ...all })], { name: "deep" }),
      ],
      { seed: 7 },
    ),
  },
  {
    what: "weights that two calls share, with states of their own",
    steps: 6,
    chunks: [1, 3],
    model: net(
      [l.gru({ name: "one", inputs: ["a"], units: 3, returnSequences: true }), l.reuse("one", { name: "two", inputs: ["b"] }), l.add({ name: "sum", inputs: ["one", "two"] })],
      { a: [6, 2], b: [6, 2] },
      ["sum"],
    ),
  },
]; // biome-ignore format: a table
