// A layer as the config of an old file has it, and what the file says of the Keras that wrote it: what quirks look at.
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { layers } from "../../../compiler/layers/index.ts";
import type { Keys } from "../keras/values.ts";

/** Who wrote a file: the first number of Keras' version, and what computed there (`theano` turns kernels round). */
export interface Writer {
  readonly major: number;
  readonly backend?: string;
}

/** A layer of a config; `behind` are layers behind it that the file holds within it. */
export interface Item {
  readonly class_name: string;
  readonly config: Keys;
  readonly module?: string;
  readonly registered_name?: unknown;
  readonly behind?: readonly Item[];
}

/** An array of a file: row-major. */
export interface Stored {
  readonly shape: readonly number[];
  readonly values: Float32Array;
}

/** Classes that others have taken the place of, or that are called otherwise today. */
const renamed: Readonly<Record<string, string>> = {
  Model: "Functional",
  Network: "Functional",
  Convolution1D: "Conv1D",
  Convolution2D: "Conv2D",
  Convolution3D: "Conv3D",
  AtrousConvolution1D: "Conv1D",
  AtrousConvolution2D: "Conv2D",
  AtrousConv1D: "Conv1D",
  AtrousConv2D: "Conv2D",
  Convolution2DTranspose: "Conv2DTranspose",
  Deconvolution2D: "Conv2DTranspose",
  SeparableConvolution1D: "SeparableConv1D",
  SeparableConvolution2D: "SeparableConv2D",
  MaxPool1D: "MaxPooling1D",
  MaxPool2D: "MaxPooling2D",
  MaxPool3D: "MaxPooling3D",
  AvgPool1D: "AveragePooling1D",
  AvgPool2D: "AveragePooling2D",
  AvgPool3D: "AveragePooling3D",
  TimeDistributedDense: "Dense",
  BatchNormalizationV1: "BatchNormalization",
  BatchNormalizationV2: "BatchNormalization",
  SyncBatchNormalization: "BatchNormalization",
  LayerNormalizationV2: "LayerNormalization",
  CuDNNLSTM: "LSTM",
  CuDNNGRU: "GRU",
  UnifiedLSTM: "LSTM",
  UnifiedGRU: "GRU",
  LSTMV1: "LSTM",
  LSTMV2: "LSTM",
  GRUV1: "GRU",
  GRUV2: "GRU",
  ThresholdedReLU: "ReLU",
  // Classes that Keras exports under another name: an .h5 file has their own.
  ...Object.fromEntries([...layers.values()].flatMap((layer) => (layer.class === undefined ? [] : [[layer.class, layer.keras]]))),
};

/** What a class is called today. */
export const classToday = (name: string): string => (Object.hasOwn(renamed, name) ? renamed[name] : name);

/** A value of a config as JSON of today: lists that Python wrapped, and numbers that NumPy did. */
export function unwrapped(value: unknown, depth = 0): unknown {
  if (depth > 32) return value;
  if (Array.isArray(value)) return value.map((item) => unwrapped(item, depth + 1));
  if (!isPlain(value)) return value;
  if (value.type === "ndarray" && "value" in value) return value.value;
  if ((value.class_name === "__tuple__" || value.class_name === "TensorShape") && Array.isArray(value.items))
    return unwrapped(value.items, depth + 1);
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, unwrapped(item, depth + 1)]));
}

/** The config without some keys. */
export const without = (config: Keys, keys: readonly string[]): Keys =>
  Object.fromEntries(Object.entries(config).filter(([key]) => !keys.includes(key)));
