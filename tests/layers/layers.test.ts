// Every layer of the list: its config round trip, Keras' defaults, weight shapes, the shape of what it builds, and its gradient.
import { readdirSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { snakeCase } from "../../compiler/front/lines.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { runGraph } from "../../compiler/interpret/graph.ts";
import type { AnyLayer } from "../../compiler/layers/define.ts";
import { layers } from "../../compiler/layers/index.ts";
import * as l from "../../compiler/layers/list.ts";
import type { LayerSpec, Model } from "../../compiler/model.ts";
import { configOf, isLegal } from "../arbitrary/lines.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { gradients, valuesFor } from "../rewrite/gradient/gradient.ts";

const modelOf = (...specs: LayerSpec[]): Model => ({ name: "m", seed: 3, layers: specs });

interface Case {
  readonly line: LayerSpec;
  readonly input: readonly number[];
  /** Of a layer that takes several: the shapes of the others. */
  readonly others?: readonly (readonly number[])[];
  readonly output: readonly number[];
  readonly weights?: Readonly<Record<string, readonly number[]>>;
  /** Inputs are whole numbers below it. */
  readonly integers?: number;
  /** Layers before and after that give it a mask and use it. */
  readonly masked?: true;
  /** In training it takes some of what it computes for constants, which central differences do not: traces of Keras judge its steps. */
  readonly constants?: true;
}

const norm = { gamma: [3], beta: [3], moving_mean: [3], moving_variance: [3] };
const stated: readonly Case[] = [
  { line: l.dense({ units: 4, activation: "tanh" }), input: [3], output: [4], weights: { kernel: [3, 4], bias: [4] } },
  { line: l.dense({ units: 4, useBias: false }), input: [2, 5, 3], output: [2, 5, 4], weights: { kernel: [3, 4] } },
  { line: l.dense({ units: 6, activation: "glu" }), input: [3], output: [3], weights: { kernel: [3, 6], bias: [6] } },
  { line: l.activation({ activation: "mish" }), input: [2, 3], output: [2, 3] },
  { line: l.input({ shape: [2, 3] }), input: [2, 3], output: [2, 3] },
  { line: l.identity(), input: [2], output: [2] },
  { line: l.reLU({ maxValue: 0.6, negativeSlope: 0.1, threshold: 0.2 }), input: [7], output: [7] },
  { line: l.leakyReLU(), input: [7], output: [7] },
  { line: l.elu({ alpha: 0.7 }), input: [7], output: [7] },
  { line: l.prelu({ sharedAxes: [1] }), input: [2, 3], output: [2, 3], weights: { alpha: [1, 3] } },
  { line: l.softmax({ axis: [1, 3] }), input: [2, 3, 2], output: [2, 3, 2] },
  { line: l.layerNormalization({ axis: [2, 1] }), input: [2, 3], output: [2, 3], weights: { gamma: [2, 3], beta: [2, 3] } },
  { line: l.layerNormalization({ axis: [1, -1] }), input: [2, 3], output: [2, 3], weights: { gamma: [3, 2], beta: [3, 2] } },
  { line: l.layerNormalization({ axis: [1, 2, -1] }), input: [2, 3, 4], output: [2, 3, 4], weights: { gamma: [4, 2, 3], beta: [4, 2, 3] } },
  { line: l.softmax(), input: [2, 3], output: [2, 3] },
  { line: l.flatten(), input: [2, 3], output: [6] },
  { line: l.flatten(), input: [], output: [1] },
  { line: l.reshape({ targetShape: [3, -1] }), input: [2, 6], output: [3, 4] },
  { line: l.permute({ dims: [3, 1, 2] }), input: [2, 3, 4], output: [4, 2, 3] },
  { line: l.repeatVector({ n: 3 }), input: [2], output: [3, 2] },
  { line: l.dropout({ rate: 0.4, noiseShape: [null, 1, 3] }), input: [2, 3], output: [2, 3] },
  { line: l.batchNormalization(), input: [2, 3], output: [2, 3], weights: norm },
  { line: l.batchNormalization({ axis: 1, scale: false }), input: [3, 2], output: [3, 2], weights: { beta: [3], moving_mean: [3], moving_variance: [3] } },
  { line: l.batchNormalization(), input: [4, 3], output: [4, 3], weights: norm, masked: true },
  { line: l.layerNormalization(), input: [2, 3], output: [2, 3], weights: { gamma: [3], beta: [3] } },
  { line: l.layerNormalization({ axis: [1, 3] }), input: [2, 3, 4], output: [2, 3, 4], weights: { gamma: [2, 4], beta: [2, 4] } },
  { line: l.randomBrightness({ factor: 0.3, valueRange: [-9, 9] }), input: [3, 2, 2], output: [3, 2, 2] },
  { line: l.randomContrast({ factor: 0.3, valueRange: [-9, 9] }), input: [3, 2, 2], output: [3, 2, 2] },
  { line: l.autoContrast({ valueRange: [-1, 2] }), input: [3, 2, 2], output: [3, 2, 2] },
  {
    line: l.contrastLimitedAdaptiveHistogramEqualization({ valueRange: [-2, 2], tileGridSize: [2, 1] }),
    input: [3, 2, 2],
    output: [3, 2, 2],
    integers: 3,
  },
  { line: l.randomFlip({ dataFormat: "channels_first" }), input: [2, 3, 2], output: [2, 3, 2] },
  { line: l.randomCrop({ height: 3, width: 2 }), input: [3, 2, 2], output: [3, 2, 2] },
  { line: l.rescaling({ scale: 2, offset: -1 }), input: [3], output: [3] },
  { line: l.normalization({ mean: [1, 2, 3], variance: [1, 4, 0.25] }), input: [2, 3], output: [2, 3] },
  { line: l.normalization({ axis: null, mean: 1.5, variance: 4, invert: true }), input: [3], output: [3] },
  { line: l.discretization({ binBoundaries: [-1, 0, 0.5] }), input: [3], output: [3], integers: 2 },
  { line: l.discretization({ binBoundaries: [-1, 0, 0.5], outputMode: "one_hot" }), input: [2, 1], output: [2, 4], integers: 2 },
  { line: l.categoryEncoding({ numTokens: 4, outputMode: "count" }), input: [3], others: [[3]], output: [4], integers: 4 },
  { line: l.stringLookup({ vocabulary: ["u", "v"], outputMode: "multi_hot" }), input: [3], output: [3] },
  { line: l.integerLookup({ vocabulary: [3, -5], maskToken: 0 }), input: [3], output: [3] },
  { line: l.hashing({ numBins: 5, outputMode: "count" }), input: [3], output: [5] },
  { line: l.hashedCrossing({ numBins: 5, outputMode: "one_hot" }), input: [1], others: [[1]], output: [5] },
  { line: l.textVectorization({ vocabulary: ["u", "v"], outputSequenceLength: 3 }), input: [1], output: [3] },
  { line: l.stftSpectrogram({ frameLength: 6, frameStep: 2, mode: "magnitude" }), input: [11, 2], output: [3, 10], weights: { real_kernel: [6, 1, 5], imag_kernel: [6, 1, 5] } },
  { line: l.stftSpectrogram({ frameLength: 4, mode: "stft", expandDims: true, padding: "same" }), input: [5, 2], output: [3, 6, 2], weights: { real_kernel: [4, 1, 3], imag_kernel: [4, 1, 3] } },
  { line: l.melSpectrogram({ fftLength: 8, sequenceStride: 4, numMelBins: 3, samplingRate: 100, minFreq: 1, powerToDb: false }), input: [16], output: [3, 5] },
  { line: l.conv2d({ filters: 4, kernelSize: [3, 2], strides: 2, padding: "same" }), input: [5, 4, 2], output: [3, 2, 4], weights: { kernel: [3, 2, 2, 4], bias: [4] } },
  { line: l.conv2d({ filters: 4, kernelSize: 2, dilationRate: 2, groups: 2 }), input: [4, 4, 2], output: [2, 2, 4], weights: { kernel: [2, 2, 1, 4], bias: [4] } },
  { line: l.depthwiseConv2d({ kernelSize: [3, 2], strides: [1, 2], depthMultiplier: 2, padding: "same" }), input: [5, 4, 3], output: [5, 2, 6], weights: { kernel: [3, 2, 3, 2], bias: [6] } },
  { line: l.depthwiseConv2d({ kernelSize: 2, dilationRate: [1, 2], useBias: false, activation: "relu" }), input: [3, 4, 2], output: [2, 2, 2], weights: { kernel: [2, 2, 2, 1] } },
  { line: l.separableConv2d({ filters: 5, kernelSize: 2, depthMultiplier: 3, strides: 2, dilationRate: 2 }), input: [5, 3, 2], output: [2, 1, 5], weights: { depthwise_kernel: [2, 2, 2, 3], pointwise_kernel: [1, 1, 6, 5], bias: [5] } },
  { line: l.conv1d({ filters: 4, kernelSize: 3, padding: "causal", dilationRate: 2 }), input: [5, 2], output: [5, 4], weights: { kernel: [3, 2, 4], bias: [4] } },
  { line: l.conv2d({ filters: 4, kernelSize: [2, 3], dataFormat: "channels_first", activation: "softmax" }), input: [2, 4, 5], output: [4, 3, 3], weights: { kernel: [2, 3, 2, 4], bias: [4] } },
  { line: l.conv3d({ filters: 3, kernelSize: 2, strides: [1, 2, 1] }), input: [2, 3, 3, 2], output: [1, 1, 2, 3], weights: { kernel: [2, 2, 2, 2, 3], bias: [3] } },
  { line: l.conv1dTranspose({ filters: 3, kernelSize: 3, strides: 2 }), input: [3, 2], output: [7, 3], weights: { kernel: [3, 3, 2], bias: [3] } },
  { line: l.conv1dTranspose({ filters: 3, kernelSize: 2, strides: 3, padding: "same", activation: "tanh" }), input: [2, 2], output: [6, 3], weights: { kernel: [2, 3, 2], bias: [3] } },
  { line: l.conv2dTranspose({ filters: 2, kernelSize: [4, 3], strides: 2, padding: "same", outputPadding: [0, 1] }), input: [2, 3, 2], output: [2, 6, 2], weights: { kernel: [4, 3, 2, 2], bias: [2] } },
  { line: l.conv3dTranspose({ filters: 1, kernelSize: 2, strides: [2, 1, 2], useBias: false }), input: [2, 2, 1, 2], output: [4, 3, 2, 1], weights: { kernel: [2, 2, 2, 1, 2] } },
  { line: l.depthwiseConv1d({ kernelSize: 3, depthMultiplier: 2 }), input: [5, 3], output: [3, 6], weights: { kernel: [3, 3, 2], bias: [6] } },
  { line: l.separableConv1d({ filters: 4, kernelSize: 2, padding: "same" }), input: [4, 3], output: [4, 4], weights: { depthwise_kernel: [2, 3, 1], pointwise_kernel: [1, 3, 4], bias: [4] } },
  { line: l.averagePooling2d({ poolSize: 2, padding: "same" }), input: [3, 3, 2], output: [2, 2, 2] },
  { line: l.maxPooling3d({ poolSize: [2, 1, 2] }), input: [3, 2, 2, 2], output: [1, 2, 1, 2] },
  { line: l.globalAveragePooling1d(), input: [4, 3], output: [3] },
  { line: l.globalAveragePooling1d({ keepdims: true }), input: [4, 3], output: [1, 3], masked: true },
  { line: l.globalMaxPooling2d({ dataFormat: "channels_first", keepdims: true }), input: [3, 2, 4], output: [3, 1, 1] },
  { line: l.adaptiveAveragePooling2d({ outputSize: [2, 3] }), input: [5, 4, 2], output: [2, 3, 2] },
  { line: l.adaptiveMaxPooling1d({ outputSize: 3 }), input: [5, 2], output: [3, 2] },
  { line: l.zeroPadding2d({ padding: [[1, 0], 2] }), input: [2, 2, 2], output: [3, 6, 2] },
  { line: l.cropping2d({ cropping: [1, [0, 1]], dataFormat: "channels_first" }), input: [2, 3, 2], output: [2, 1, 1] },
  { line: l.upSampling2d({ size: [2, 3], interpolation: "bicubic" }), input: [2, 3, 1], output: [4, 9, 1] },
  { line: l.resizing({ height: 3, width: 7, interpolation: "lanczos3", antialias: true }), input: [5, 4, 1], output: [3, 7, 1] },
  { line: l.resizing({ height: 3, width: 2, interpolation: "nearest", cropToAspectRatio: true }), input: [5, 5, 2], output: [3, 2, 2] },
  { line: l.centerCrop({ height: 4, width: 2 }), input: [3, 3, 2], output: [4, 2, 2] },
  { line: l.flatten({ dataFormat: "channels_first" }), input: [2, 3], output: [6] },
  { line: l.maxPooling2d({ padding: "same" }), input: [3, 3, 2], output: [2, 2, 2] },
  { line: l.maxPooling2d({ poolSize: [2, 3], strides: 1 }), input: [3, 3, 2], output: [2, 1, 2] },
  { line: l.lstm({ units: 2 }), input: [3, 4], output: [2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8], bias: [8] } },
  { line: l.lstm({ units: 2, returnSequences: true, goBackwards: true, dropout: 0.3, recurrentDropout: 0.4, useBias: false }), input: [3, 4], output: [3, 2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8] } },
  { line: l.lstm({ units: 2, returnSequences: true }), input: [4, 3], output: [4, 2], weights: { kernel: [3, 8], recurrent_kernel: [2, 8], bias: [8] }, masked: true },
  { line: l.lstm({ units: 2, dropout: 0.3, implementation: 1 }), input: [3, 4], output: [2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8], bias: [8] } },
  { line: l.simpleRNN({ units: 2, returnSequences: true, dropout: 0.3, recurrentDropout: 0.4 }), input: [3, 4], output: [3, 2], weights: { kernel: [4, 2], recurrent_kernel: [2, 2], bias: [2] } },
  { line: l.simpleRNN({ units: 3, returnState: true }), input: [4, 3], output: [3], weights: { kernel: [3, 3], recurrent_kernel: [3, 3], bias: [3] }, masked: true },
  { line: l.gru({ units: 2, goBackwards: true }), input: [3, 4], output: [2], weights: { kernel: [4, 6], recurrent_kernel: [2, 6], bias: [2, 6] } },
  { line: l.gru({ units: 2, resetAfter: false, recurrentDropout: 0.4, dropout: 0.2, returnSequences: true }), input: [3, 4], output: [3, 2], weights: { kernel: [4, 6], recurrent_kernel: [2, 6], bias: [6] } },
  { line: l.gru({ units: 2, recurrentDropout: 0.4, zeroOutputForMask: true, returnSequences: true }), input: [4, 3], output: [4, 2], weights: { kernel: [3, 6], recurrent_kernel: [2, 6], bias: [2, 6] }, masked: true },
  { line: l.gru({ units: 2, returnState: true }), input: [3, 4], others: [[2]], output: [2], weights: { kernel: [4, 6], recurrent_kernel: [2, 6], bias: [2, 6] } },
  { line: l.rnn({ cell: [l.gruCell({ units: 2 }), l.lstmCell({ units: 3, dropout: 0.2 }), l.simpleRNNCell({ units: 1 })], returnSequences: true }), input: [3, 4], output: [3, 1], weights: {
    "cell/cells/gru_cell/kernel": [4, 6], "cell/cells/gru_cell/recurrent_kernel": [2, 6], "cell/cells/gru_cell/bias": [2, 6],
    "cell/cells/lstm_cell/kernel": [2, 12], "cell/cells/lstm_cell/recurrent_kernel": [3, 12], "cell/cells/lstm_cell/bias": [12],
    "cell/cells/simple_rnn_cell/kernel": [3, 1], "cell/cells/simple_rnn_cell/recurrent_kernel": [1, 1], "cell/cells/simple_rnn_cell/bias": [1] } },
  { line: l.rnn({ cell: l.stackedRNNCells({ cells: [l.gruCell({ units: 2, useBias: false }), l.gruCell({ units: 2, useBias: false })] }), returnState: true }), input: [3, 4], others: [[2], [2]], output: [2], weights: {
    "cell/cells/gru_cell/kernel": [4, 6], "cell/cells/gru_cell/recurrent_kernel": [2, 6], "cell/cells/gru_cell_1/kernel": [2, 6], "cell/cells/gru_cell_1/recurrent_kernel": [2, 6] } },
  { line: l.bidirectional({ layer: l.simpleRNN({ units: 2, returnSequences: true, useBias: false }) }), input: [4, 3], output: [4, 4], masked: true, weights: {
    "forward_layer/kernel": [3, 2], "forward_layer/recurrent_kernel": [2, 2], "backward_layer/kernel": [3, 2], "backward_layer/recurrent_kernel": [2, 2] } },
  { line: l.bidirectional({ layer: l.gru({ units: 2, useBias: false }), backwardLayer: l.simpleRNN({ units: 2, goBackwards: true, useBias: false }), mergeMode: "mul" }), input: [3, 4], others: [[2], [2]], output: [2], weights: {
    "forward_layer/kernel": [4, 6], "forward_layer/recurrent_kernel": [2, 6], "backward_layer/kernel": [4, 2], "backward_layer/recurrent_kernel": [2, 2] } },
  { line: l.timeDistributed({ layer: l.dense({ units: 2 }) }), input: [3, 4], output: [3, 2], weights: { "layer/kernel": [4, 2], "layer/bias": [2] } },
  { line: l.timeDistributed({ layer: l.batchNormalization() }), input: [3, 4], output: [3, 4], weights: { "layer/gamma": [4], "layer/beta": [4], "layer/moving_mean": [4], "layer/moving_variance": [4] } },
  { line: l.timeDistributed({ layer: l.lstm({ units: 2, useBias: false }) }), input: [2, 3, 4], output: [2, 2], weights: { "layer/kernel": [4, 8], "layer/recurrent_kernel": [2, 8] } },
  { line: l.convLSTM1d({ filters: 2, kernelSize: 3, padding: "same", dropout: 0.2, recurrentDropout: 0.3 }), input: [2, 4, 1], output: [4, 2], weights: { kernel: [3, 1, 8], recurrent_kernel: [3, 2, 8], bias: [8] } },
  { line: l.convLSTM2d({ filters: 2, kernelSize: [2, 3], dataFormat: "channels_first", returnSequences: true, returnState: true }), input: [2, 1, 4, 4], output: [2, 2, 3, 2], weights: { kernel: [2, 3, 1, 8], recurrent_kernel: [2, 3, 2, 8], bias: [8] } },
  { line: l.convLSTM3d({ filters: 1, kernelSize: 2, strides: 2, useBias: false }), input: [2, 3, 2, 4, 1], output: [1, 1, 2, 1], weights: { kernel: [2, 2, 2, 1, 4], recurrent_kernel: [2, 2, 2, 1, 4] } },
  { line: l.embedding({ inputDim: 5, outputDim: 3, maskZero: true }), input: [4], output: [4, 3], weights: { embeddings: [5, 3] }, integers: 5 },
  { line: l.masking(), input: [4, 3], output: [4, 3] },
  { line: l.lstm({ units: 2, returnState: true }), input: [3, 4], others: [[2], [2]], output: [2], weights: { kernel: [4, 8], recurrent_kernel: [2, 8], bias: [8] } },
  { line: l.add(), input: [2, 3], others: [[2, 3], [2, 3]], output: [2, 3] },
  { line: l.add(), input: [], others: [[3], [2, 1]], output: [2, 3] },
  { line: l.subtract(), input: [2, 1], others: [[3]], output: [2, 3] },
  { line: l.subtract(), input: [4, 3], others: [[4, 3]], output: [4, 3], masked: true },
  { line: l.average(), input: [3], others: [[1], [3]], output: [3] },
  { line: l.multiply(), input: [2, 2], others: [[2, 2]], output: [2, 2] },
  { line: l.multiply(), input: [4, 3], others: [[4, 3]], output: [4, 3], masked: true },
  { line: l.maximum(), input: [3], others: [[2, 3]], output: [2, 3] },
  { line: l.maximum(), input: [4, 3], others: [[4, 3], [4, 3]], output: [4, 3], masked: true },
  { line: l.minimum(), input: [3], others: [[3]], output: [3] },
  { line: l.minimum(), input: [4, 3], others: [[4, 3]], output: [4, 3], masked: true },
  { line: l.concatenate(), input: [2, 3], others: [[2, 1], [2, 4]], output: [2, 8] },
  { line: l.concatenate({ axis: 1 }), input: [2, 3], others: [[1, 3]], output: [3, 3] },
  { line: l.concatenate({ axis: 1, endsMask: true }), input: [4, 3], others: [[4, 3]], output: [8, 3], masked: true },
  { line: l.reduce({ op: "max", axis: -1 }), input: [2, 3], output: [2] },
  { line: l.reduce({ op: "prod", axis: [1, 2], keepdims: true }), input: [2, 3], output: [1, 1] },
  { line: l.along({ op: "cumprod", axis: 1 }), input: [5, 2], output: [5, 2] },
  { line: l.oneHot({ numClasses: 3 }), input: [2], output: [2, 3], integers: 3 },
  { line: l.concatenate({ axis: 1 }), input: [4, 3], others: [[4, 3]], output: [8, 3], masked: true },
  { line: l.dot({ axes: 1 }), input: [3], others: [[3]], output: [1] },
  { line: l.dot({ axes: [2, 1], normalize: true }), input: [2, 3], others: [[3, 4]], output: [2, 4] },
  { line: l.dot({ axes: [1, 3] }), input: [4, 3], others: [[2, 3, 4]], output: [3, 2, 3] },
  { line: l.einsumDense({ equation: "abc,cd->abd", outputShape: [null, 4], biasAxes: "d", activation: "tanh" }), input: [2, 3], output: [2, 4], weights: { kernel: [3, 4], bias: [4] } },
  { line: l.einsumDense({ equation: "...x,xy->...y", outputShape: 4, biasAxes: "y" }), input: [2, 2, 3], output: [2, 2, 4], weights: { kernel: [3, 4], bias: [4] } },
  { line: l.einsumDense({ equation: "ab...,bc->ac...", outputShape: 4, biasAxes: "c" }), input: [3, 2, 2], output: [4, 2, 2], weights: { kernel: [3, 4], bias: [4, 1, 1] } },
  { line: l.einsumDense({ equation: "abcd,bde->aec", outputShape: [3, null], biasAxes: "ec" }), input: [2, 4, 2], output: [3, 4], weights: { kernel: [2, 2, 3], bias: [3, 4] } },
  { line: l.einsumDense({ equation: "nbc,bcd->nbd", outputShape: [2, 4], biasAxes: "b" }), input: [2, 3], output: [2, 4], weights: { kernel: [2, 3, 4], bias: [2, 1] } },
  { line: l.einsumDense({ equation: "abc,cn->an", outputShape: 4 }), input: [2, 3], output: [4], weights: { kernel: [3, 4] } },
  { line: l.reversibleEmbedding({ inputDim: 5, outputDim: 3 }), input: [4], output: [4, 3], weights: { embeddings: [5, 3] }, integers: 5 },
  { line: l.reversibleEmbedding({ inputDim: 5, outputDim: 3, reverse: true, logitSoftCap: 2 }), input: [4, 3], output: [4, 5], weights: { embeddings: [5, 3] } },
  { line: l.reversibleEmbedding({ inputDim: 5, outputDim: 3, reverse: true, tieWeights: false }), input: [3], output: [5], weights: { embeddings: [5, 3], reverse_embeddings: [3, 5] } },
  { line: l.groupNormalization({ groups: 2 }), input: [3, 4], output: [3, 4], weights: { gamma: [4], beta: [4] } },
  { line: l.groupNormalization({ groups: -1, axis: 1, center: false }), input: [3, 4], output: [3, 4], weights: { gamma: [3] } },
  { line: l.groupNormalization({ groups: 3, axis: -2, scale: false }), input: [2, 6, 2], output: [2, 6, 2], weights: { beta: [6] } },
  { line: l.rmsNormalization({ axis: [1, 2] }), input: [3, 4], output: [3, 4], weights: { scale: [3, 4] } },
  { line: l.rmsNormalization({ axis: 1 }), input: [3, 3], output: [3, 3], weights: { scale: [3] } },
  { line: l.unitNormalization({ axis: [1, -1] }), input: [3, 4, 2], output: [3, 4, 2] },
  { line: l.layerNormalization({ rmsScaling: true, scale: false }), input: [2, 3], output: [2, 3], weights: { gamma: [3] } },
  { line: l.batchNormalization({ renorm: true, renormClipping: { rmin: 0.5, rmax: 2, dmax: 1 } }), input: [2, 3], output: [2, 3], weights: { ...norm, moving_stddev: [3], renorm_mean: [3], renorm_stddev: [3] }, constants: true },
  { line: l.spectralNormalization({ layer: { layer: "dense", config: { units: 4 } }, powerIterations: 2 }), input: [2, 3], output: [2, 4], weights: { "layer/kernel": [3, 4], vector_u: [1, 4], "layer/bias": [4] }, constants: true },
  { line: l.spatialDropout2d({ rate: 0.5, dataFormat: "channels_first" }), input: [2, 3, 4], output: [2, 3, 4] },
  { line: l.attention(), input: [4, 3], output: [4, 3] },
  { line: l.attention({ useScale: true, scoreMode: "concat", useCausalMask: true }), input: [4, 3], others: [[5, 2], [5, 3]], output: [4, 2], weights: { scale: [], concat_score_weight: [] } },
  { line: l.attention(), input: [2, 4, 3], others: [[2, 5, 3]], output: [2, 4, 3] },
  { line: l.attention(), input: [4, 3], others: [[4, 3]], output: [4, 3], masked: true },
  { line: l.additiveAttention({ dropout: 0.4 }), input: [4, 3], others: [[5, 3]], output: [4, 3], weights: { scale: [3] } },
  { line: l.additiveAttention({ takes: ["key", "query", "value"] }), input: [5, 3], others: [[4, 3], [5, 2]], output: [4, 2], weights: { scale: [3] } },
  { line: l.multiHeadAttention({ numHeads: 2, keyDim: 3 }), input: [4, 5], output: [4, 5], weights: { query_kernel: [5, 2, 3], query_bias: [2, 3], key_kernel: [5, 2, 3], key_bias: [2, 3], value_kernel: [5, 2, 3], value_bias: [2, 3], output_kernel: [2, 3, 5], output_bias: [5] } },
  { line: l.multiHeadAttention({ numHeads: 2, keyDim: 3, valueDim: 4, useBias: false, useGate: true, outputShape: [2, 2], dropout: 0.3 }), input: [4, 5], others: [[3, 2], [3, 6]], output: [4, 2, 2], weights: { query_kernel: [5, 2, 3], key_kernel: [6, 2, 3], gate_kernel: [5, 2, 4], value_kernel: [2, 2, 4], output_kernel: [2, 4, 2, 2] } },
  { line: l.multiHeadAttention({ numHeads: 2, keyDim: 2, attentionAxes: 1, slidingWindow: 2, useBias: false }), input: [4, 3, 2], output: [4, 3, 2], weights: { query_kernel: [2, 2, 2], key_kernel: [2, 2, 2], value_kernel: [2, 2, 2], output_kernel: [2, 2, 2] } },
  { line: l.multiHeadAttention({ numHeads: 1, keyDim: 2 }), input: [4, 3], others: [[4, 3]], output: [4, 3], weights: { query_kernel: [3, 1, 2], query_bias: [1, 2], key_kernel: [3, 1, 2], key_bias: [1, 2], value_kernel: [3, 1, 2], value_bias: [1, 2], output_kernel: [1, 2, 3], output_bias: [3] }, masked: true },
  { line: l.groupQueryAttention({ numQueryHeads: 4, numKeyValueHeads: 2, headDim: 3, useCausalMask: true, useGate: true, useBias: false }), input: [4, 5], output: [4, 5], weights: { query_kernel: [5, 4, 3], key_kernel: [5, 2, 3], gate_kernel: [5, 4, 3], value_kernel: [5, 2, 3], output_kernel: [4, 3, 5] } },
]; // biome-ignore format: one table

/** Builds; what is wrong with a wrapped layer, no other than that layer says. */
function built(build: () => unknown): void {
  try {
    build();
  } catch (error) {
    if (!(error instanceof CompileError) || !/^layers\[0\]\.layer\b/.test(error.path)) throw error;
  }
}

/** Inputs of some shapes for a line: those of a chain, or named ports. */
function alone(line: LayerSpec, inputs: readonly (readonly number[])[]): Model {
  if (inputs.length === 1 && layers.get(line.layer)?.takes === undefined) {
    const isStated = layers.get(line.layer)?.declares !== undefined;
    return modelOf({ ...line, config: { ...line.config, ...(isStated ? {} : { inputShape: inputs[0] }) } });
  }
  const ports = inputs.map((shape, i) => ({ name: `in${i}`, shape }));
  return { ...modelOf({ ...line, name: "out", inputs: ports.map(({ name }) => name) }), inputs: ports };
}
const shapesOf = ({ input, others = [] }: Case) => [input, ...others];

/** A layer without a line above: the first config drawn from its schema that suits an input. */
function drawn(layer: AnyLayer): Case {
  for (const config of fc.sample(configOf(layer), { numRuns: 100, seed: 1 })) {
    for (const input of [[3], [2, 3], [4, 4, 2], [2, 3, 4, 2]]) {
      const line: LayerSpec = { layer: layer.name, config };
      const parsed = layer.config.parse(config);
      const others = Array.from({ length: (layer.takes?.[0] ?? 1) - 1 }, () => input);
      const inputs = [input, ...others];
      if (layer.legal?.(parsed, input, inputs) !== undefined) continue;
      const output = resolve(alone(line, inputs)).predict.outputs[0].shape;
      const weights = Object.fromEntries(layer.weights(parsed, input, inputs).map(({ name, shape }) => [name, shape]));
      const integers = layer.integers?.(parsed);
      return { line, input, others, output, weights, ...(integers === undefined ? {} : { integers }) };
    }
  }
  throw new Error(`${layer.name}: no config drawn from its schema suits an input; state a case`);
}
/** What stands within another layer alone has its cases there. */
const lines = [...layers.values()].filter(({ only }) => only === undefined);
const unstated = lines.filter(({ name }) => !stated.some(({ line }) => line.layer === name));
const cases: readonly Case[] = [...stated, ...unstated.map(drawn)];

const titled = cases.map((c): [string, Case] => [
  `${c.line.layer} ${JSON.stringify(c.line.config)} on ${shapesOf(c).map((shape) => `[${shape}]`)}`,
  c,
]);

/** The layer with what makes its inputs: dense layers whose kernels show the gradient of each; where asked, behind masks. */
function framed(c: Case): Model {
  const { line, integers, masked } = c;
  const shapes = shapesOf(c);
  // Ids and texts are nothing that another layer gives.
  if (!masked && (integers !== undefined || line.layer === "input" || layers.get(line.layer)?.encodes !== undefined))
    return alone(line, shapes);
  const made = shapes.flatMap((shape, i): readonly LayerSpec[] => {
    const name = `in${i}`;
    if (masked) return [l.embedding({ name, inputs: ["x"], inputDim: 4, outputDim: shape[1], maskZero: true })];
    const units = shape.reduce((a, b) => a * b, 1);
    return [l.dense({ units, inputs: ["x"] }), l.reshape({ name, targetShape: [...shape] })];
  });
  const { output } = c;
  const last = masked ? [l.dense({ units: 2 })] : output.length === 0 ? [] : [l.flatten()];
  return {
    ...modelOf(...made, { ...line, inputs: shapes.map((_, i) => `in${i}`) }, ...last),
    inputs: [{ name: "x", shape: masked ? [shapes[0][0]] : [3] }],
  };
}

describe("the list", () => {
  it("names each layer as Keras does, and has a case here for each", () => {
    for (const [name, { name: own, keras, says }] of layers) {
      expect(own).toBe(name);
      expect(says.length).toBeGreaterThan(10);
      expect(snakeCase(keras.replace(/^ops\./, ""))).toMatch(/^[a-z][a-z0-9_]*$/);
    }
    expect(new Set(cases.map(({ line }) => line.layer))).toEqual(new Set(lines.map(({ name }) => name)));
  });

  it("holds every layer there is a file for", async () => {
    const folder = join(import.meta.dirname, "../../compiler/layers");
    for (const file of readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => name.endsWith(".ts"))) {
      const module: Record<string, unknown> = await import(join(folder, file));
      for (const [name, value] of Object.entries(module)) {
        if (typeof value === "function" && "keras" in value) expect(layers.get(name), `${file} exports ${name}`).toBe(value);
      }
    }
  });

  it("has Keras 3's defaults", () => {
    const defaults = (layer: { config: { parse: (config: object) => object } }, needed: object = {}) =>
      layer.config.parse(needed);
    // A trained weight has both keys, one that is not has neither.
    const none = (...keys: string[]) =>
      Object.fromEntries(keys.flatMap((key) => [`${key}Regularizer`, `${key}Constraint`].map((name) => [name, null])));
    expect(defaults(l.dense, { units: 1 })).toEqual({
      ...none("kernel", "bias"),
      units: 1,
      activation: null,
      useBias: true,
      kernelInitializer: "glorot_uniform",
      biasInitializer: "zeros",
    });
    expect(defaults(l.reLU)).toEqual({ maxValue: null, negativeSlope: 0, threshold: 0 });
    expect(defaults(l.leakyReLU)).toEqual({ negativeSlope: 0.3 });
    expect(defaults(l.elu)).toEqual({ alpha: 1 });
    expect(defaults(l.softmax)).toEqual({ axis: -1 });
    expect(defaults(l.prelu)).toEqual({ ...none("alpha"), alphaInitializer: "zeros", sharedAxes: null });
    expect(defaults(l.dropout, { rate: 0.5 })).toEqual({ rate: 0.5, noiseShape: null, seed: null });
    const normal = defaults(l.batchNormalization);
    const penalties = Object.fromEntries(Object.entries(normal).filter(([key]) => /Regularizer$|Constraint$/.test(key)));
    expect(penalties).toEqual(none("gamma", "beta"));
    expect(normal).toMatchObject({ axis: -1, momentum: 0.99, epsilon: 1e-3, center: true, scale: true });
    expect(defaults(l.layerNormalization)).toMatchObject({ axis: -1, epsilon: 1e-3, center: true, scale: true });
    expect(defaults(l.rescaling, { scale: 2 })).toEqual({ scale: 2, offset: 0 });
    expect(defaults(l.normalization)).toEqual({ axis: -1, mean: null, variance: null, invert: false });
    expect(defaults(l.conv2d, { filters: 1, kernelSize: 3 })).toMatchObject({
      strides: 1,
      padding: "valid",
      dilationRate: 1,
      groups: 1,
      activation: null,
      useBias: true,
    });
    const deep = {
      strides: 1,
      padding: "valid",
      dilationRate: 1,
      dataFormat: "channels_last",
      depthMultiplier: 1,
      activation: null,
      useBias: true,
    };
    const first = { depthwiseInitializer: "glorot_uniform", biasInitializer: "zeros" };
    expect(defaults(l.depthwiseConv2d, { kernelSize: 3 })).toEqual({
      kernelSize: 3,
      ...deep,
      ...first,
      ...none("depthwise", "bias"),
    });
    expect(defaults(l.separableConv2d, { filters: 1, kernelSize: 3 })).toEqual({
      filters: 1,
      kernelSize: 3,
      ...deep,
      ...first,
      ...none("depthwise", "pointwise", "bias"),
      pointwiseInitializer: "glorot_uniform",
    });
    expect(defaults(l.maxPooling2d)).toEqual({ poolSize: 2, strides: null, dataFormat: "channels_last", padding: "valid" });
    expect(defaults(l.lstm, { units: 1 })).toMatchObject({
      activation: "tanh",
      recurrentActivation: "sigmoid",
      unitForgetBias: true,
      ...none("kernel", "recurrent", "bias"),
      recurrentInitializer: "orthogonal",
      dropout: 0,
      recurrentDropout: 0,
      returnSequences: false,
      returnState: false,
      goBackwards: false,
    });
    expect(defaults(l.embedding, { inputDim: 2, outputDim: 1 })).toEqual({
      inputDim: 2,
      outputDim: 1,
      ...none("embeddings"),
      embeddingsInitializer: "uniform",
      maskZero: false,
    });
    expect(defaults(l.masking)).toEqual({ maskValue: 0 });
    for (const merge of [l.add, l.subtract, l.multiply, l.average, l.maximum, l.minimum]) expect(defaults(merge)).toEqual({});
    expect(defaults(l.concatenate)).toEqual({ axis: -1, endsMask: false });
    expect(defaults(l.dot, { axes: 1 })).toEqual({ axes: 1, normalize: false });
  });
});

describe.each([...layers])("%s", (_name, layer) => {
  it("reads a config back as it wrote it, through JSON", () => {
    fc.assert(
      fc.property(configOf(layer), (config) => {
        const parsed = layer.config.parse(config);
        expect(layer.config.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
      }),
      { numRuns: 30 },
    );
  });

  it("builds what `legal` lets pass, and names a key of its own where it does not", () => {
    const shape = fc.array(fc.integer({ min: 1, max: 5 }), { maxLength: 3 });
    const [least, most] = layer.takes ?? [1, 1];
    const others = { minLength: least - 1, maxLength: Math.min(most, least + 2) - 1 };
    // Inputs of a merge have shapes that are near one another.
    const near = fc.array(fc.oneof(fc.constant(undefined), shape), others);
    const changed = fc.integer({ min: 0, max: 5 });
    fc.assert(
      fc.property(configOf(layer), shape, near, changed, (config, given, more, k) => {
        const parsed = layer.config.parse(config);
        const declared = layer.declares?.(parsed);
        // An open size is no shape, and text no number, which a layer alone would have to give.
        fc.pre(declared?.shape.includes(null) !== true && declared?.isText !== true);
        const input = (declared?.shape ?? given) as readonly number[];
        const inputs = [input, ...more.map((own) => own ?? input.map((size, axis) => (axis === k ? 1 : size)))];
        // What encodes is asked about the model's inputs, others about what they are given.
        const ports = inputs.map((own) => ({ shape: own, isText: layer.takesText?.(parsed) ?? false }));
        const encoded = layer.encodes?.(parsed, ports);
        const problem =
          encoded === undefined || "message" in encoded ? (encoded ?? layer.legal?.(parsed, input, inputs)) : undefined;
        const build = () => resolve(alone({ layer: layer.name, config }, inputs)).predict;
        const suits = problem === undefined && isLegal({ layer: layer.name, config }, input, ...inputs.slice(1));
        if (suits && layer.only === undefined) built(build);
        else expect(build).toThrow(CompileError);
        if (problem !== undefined) {
          expect(problem.hint).not.toBe("");
          const [key] = problem.path.split(/[.[]/);
          if (key !== "") expect([...Object.keys(parsed), "inputs"]).toContain(key);
        }
      }),
      { numRuns: 60 },
    );
  });
});

describe.each(titled)("%s", (_title, c) => {
  it("has Keras' weights and output shape", () => {
    const model = resolve(alone(c.line, shapesOf(c)));
    const { steps, predict } = model;
    expect(steps[0].inputs).toEqual(shapesOf(c));
    expect(steps[0].output).toEqual(c.output);
    expect(Object.fromEntries(steps[0].weights.map(({ name, shape }) => [name.slice(name.indexOf("/") + 1), shape]))).toEqual(
      c.weights ?? {},
    );
    const noise = random(5);
    const x = Object.fromEntries(
      predict.feeds.map(({ name, shape }) => [
        name,
        Float32Array.from({ length: shape.reduce((a, b) => a * b, 2) }, () =>
          c.integers === undefined ? noise.uniform() - 0.5 : noise.integer(0, c.integers - 1),
        ),
      ]),
    );
    const values = { ...model.initialWeights(), ...x };
    const y = runGraph(predict.graph, { rows: 2, values, precision: "f32" }).results[predict.outputs[0].name];
    expect(y.shape).toEqual([2, ...c.output]);
    expect(y.data.every(Number.isFinite)).toBe(true);
  });

  it("has the gradient of central differences in training mode", () => {
    const model = framed(c);
    if (layers.get(c.line.layer)?.untrained !== undefined) {
      expect(() => resolve(model).trainStep({ loss: "mse", optimizer: "sgd" })).toThrow(/cannot be trained/);
      return;
    }
    const { graph, trainable, inputs, targets } = resolve(model).trainStep({ loss: "mse", optimizer: "sgd" });
    const rows = 3;
    const each = targets[0].weights.reduce((a, b) => a * b, 1);
    const values: Record<string, Float32Array> = {
      ...valuesFor(graph, random(11), rows),
      step: Float32Array.of(4),
      sampleWeight: Float32Array.from([1, 0.5, 2].flatMap((weight) => Array<number>(each).fill(weight))),
    };
    const below = c.integers ?? (c.masked ? 4 : undefined);
    const whole = random(12);
    if (below !== undefined)
      values.x = Float32Array.from({ length: rows * inputs[0].shape.reduce((a, b) => a * b, 1) }, () =>
        whole.integer(0, below - 1),
      );
    const { actual, expected } = gradients(graph, trainable, { rows, values });
    if (c.constants !== true) for (const name of trainable) expectClose(actual[name], expected[name], standard.gradients, name);
    const flows = trainable.some((name) => actual[name].some((value) => value !== 0));
    expect(flows).toBe(trainable.length > 0);
  });
});
