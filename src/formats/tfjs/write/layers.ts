// THE list of layers that TensorFlow.js has, as it computes them. A row says at which values of a key it agrees with Keras, what it calls
// otherwise, and whether it minds masks as Keras does; a layer without a row is refused by name. TensorFlow.js leaves out keys that it does
// not know without a word, so that a value which no row allows would give other numbers.

import { showValue } from "../../../../compiler/diagnostics/check.ts";
import { CompileError } from "../../../../compiler/diagnostics/error.ts";
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import type { Keys } from "../../keras/values.ts";

/** What a layer is given: shapes of samples. */
type Inputs = readonly (readonly number[])[];

interface Row {
  /** Keras' class. */
  readonly keras: string;
  /** By key: whether TensorFlow.js computes with a value as Keras does. */
  readonly only?: Readonly<Record<string, (value: unknown, keys: Keys, inputs: Inputs) => boolean>>;
  /** Its class and keys where they have other names. */
  readonly says?: (keys: Keys, inputs: Inputs) => { readonly class_name?: string; readonly config: Keys };
  /** Weights that it calls otherwise. */
  readonly weights?: Readonly<Record<string, string>>;
  /** Whether a mask that reaches it means what it does in Keras. */
  readonly masked?: true | ((keys: Keys) => boolean);
  /** Whether it takes several tensors: of any other, which is which stands in no file. */
  readonly merges?: true;
  /** Whether the layer within it is called for each step. */
  readonly eachStep?: true;
  /** Whether it makes one. */
  readonly masks?: (keys: Keys) => boolean;
}

const is =
  (...values: readonly unknown[]) =>
  (value: unknown): boolean =>
    values.some((one) => JSON.stringify(one) === JSON.stringify(value));
const ones = (value: unknown): boolean => [value].flat().every((one) => one === 1);
const last = is("channels_last");

const renamed = (names: Readonly<Record<string, string>>) => (keys: Keys) => ({
  config: Object.fromEntries(Object.entries(keys).map(([key, value]) => [names[key] ?? key, value])),
});
/** Of a stride and a gap only one may be more than 1. */
const notBoth = (value: unknown, { strides }: Keys): boolean => ones(value) || ones(strides);
const grouped = { groups: is(1) };
/** A state that is kept from call to call wants a batch of a fixed size, and `zero_output_for_mask` says something of masks alone. */
const recurrent = { stateful: is(false) };
const unzeroed = ({ zero_output_for_mask: _, ...config }: Keys) => ({ config });
const zeroes = ({ zero_output_for_mask }: Keys): boolean => zero_output_for_mask !== true;
const steps = { masked: zeroes, says: unzeroed } as const;
/** Counted from the front, the batch included: TensorFlow.js miscounts what is counted from the end. */
const fromFront = (axis: unknown, [input]: Inputs): unknown =>
  typeof axis === "number" && axis < 0 ? axis + input.length + 1 : axis;
/** What changes nothing. */
const linear = { class_name: "Activation", config: { activation: "linear" } } as const;
/** Of one tensor a merge gives that. */
const merge = { merges: true, says: (keys: Keys, inputs: Inputs) => (inputs.length === 1 ? linear : { config: keys }) } as const;
/** A border or a cut of two sides on each axis: `1`, `[1, 2]` or `[1, [0, 2]]`. */
const sides = (key: string) => (keys: Keys) => {
  const given = keys[key];
  const pairs = (Array.isArray(given) ? given : [given, given]).map((one: unknown) => (Array.isArray(one) ? one : [one, one]));
  return { config: { ...keys, [key]: pairs } };
};
/** A shape with the size that follows from the others. */
const settled = (shape: readonly number[], input: readonly number[]): readonly number[] => {
  const known = shape.reduce((product, size) => (size < 0 ? product : product * size), 1);
  return shape.map((size) => (size < 0 ? sizeOf(input) / known : size));
};
/** In three directions a border of `same` is wrong where a step is longer than the window. */
const inReach =
  (size: string) =>
  (padding: unknown, keys: Keys): boolean => {
    const [sizes, strides] = [keys[size], keys.strides ?? keys[size]].map(
      (one) => (Array.isArray(one) ? one : [one, one, one]) as readonly number[],
    );
    return padding !== "same" || strides.every((stride, axis) => stride <= sizes[axis]);
  };
const isLast = (axis: unknown, _keys: Keys, [input]: Inputs): boolean => axis === -1 || axis === input.length;
const pooling = { data_format: last };

// biome-ignore format: one table
export const rows: readonly Row[] = [
  { keras: "InputLayer", masked: true },
  { keras: "Dense", masked: true },
  { keras: "Activation", masked: true },
  { keras: "Identity", masked: true, says: () => linear },
  { keras: "Dropout", masked: true },
  { keras: "AlphaDropout", masked: true },
  { keras: "GaussianDropout", masked: true },
  { keras: "GaussianNoise", masked: true },
  { keras: "SpatialDropout1D", masked: true },
  { keras: "Masking", masked: true, masks: () => true },
  { keras: "Embedding", masked: true, masks: ({ mask_zero }) => mask_zero === true },
  { keras: "Flatten", says: (keys, [input]) => (input.length === 1 ? linear : { config: keys }) },
  { keras: "Permute" },
  { keras: "RepeatVector" },
  { keras: "Reshape", says: (keys, [input]) => ({ config: { target_shape: settled(keys.target_shape as readonly number[], input) } }) },
  { keras: "Rescaling", only: { scale: (value) => typeof value === "number", offset: (value) => typeof value === "number" } },

  { keras: "ReLU", masked: true, only: { negative_slope: (value, { max_value, threshold }) => value === 0 || (max_value === null && threshold === 0), threshold: (value, { max_value }) => value === 0 || max_value === null },
    says: (keys) => keys.negative_slope !== 0 ? { class_name: "LeakyReLU", config: { alpha: keys.negative_slope } }
      : keys.threshold !== 0 ? { class_name: "ThresholdedReLU", config: { theta: keys.threshold } } : { config: { max_value: keys.max_value } } },
  { keras: "LeakyReLU", says: renamed({ negative_slope: "alpha" }) },
  { keras: "ELU", only: { alpha: is(1) } },
  { keras: "PReLU" },
  { keras: "Softmax", only: { axis: isLast } },

  { keras: "Conv1D", only: { ...grouped, padding: is("valid", "same"), dilation_rate: notBoth, data_format: last } },
  { keras: "Conv2D", only: { ...grouped, dilation_rate: notBoth } },
  { keras: "Conv3D", only: { ...grouped, dilation_rate: ones, padding: inReach("kernel_size") } },
  { keras: "Conv2DTranspose", only: { dilation_rate: ones, output_padding: is(null) } },
  { keras: "Conv3DTranspose", only: { dilation_rate: ones, output_padding: is(null), padding: inReach("kernel_size") } },
  { keras: "DepthwiseConv2D", only: { dilation_rate: ones }, weights: { kernel: "depthwise_kernel" } },
  { keras: "SeparableConv2D", only: { dilation_rate: notBoth } },
  { keras: "ConvLSTM2D", only: { dilation_rate: ones, ...recurrent }, says: unzeroed },
  { keras: "ZeroPadding2D", says: sides("padding") },
  { keras: "Cropping2D", says: sides("cropping") },
  { keras: "UpSampling2D", only: { interpolation: is("nearest") }, says: ({ size, ...keys }) => ({ config: { ...keys, size: Array.isArray(size) ? size : [size, size] } }) },

  { keras: "MaxPooling1D", only: pooling },
  { keras: "MaxPooling2D" },
  { keras: "MaxPooling3D", only: { padding: inReach("pool_size") } },
  { keras: "AveragePooling1D", only: pooling },
  { keras: "AveragePooling2D" },
  { keras: "AveragePooling3D", only: { padding: inReach("pool_size") } },
  { keras: "GlobalAveragePooling1D", only: { ...pooling, keepdims: is(false) } },
  { keras: "GlobalAveragePooling2D", only: { keepdims: is(false) } },
  { keras: "GlobalMaxPooling1D", only: { ...pooling, keepdims: is(false) } },
  { keras: "GlobalMaxPooling2D", only: { keepdims: is(false) } },

  { keras: "BatchNormalization", only: { axis: (axis, keys, inputs) => isLast(axis, keys, inputs) && inputs[0].length <= 3, renorm: is(false) } },
  { keras: "LayerNormalization", only: { axis: (_axis, _keys, [input]) => input.length <= 3, rms_scaling: is(false) } },

  { keras: "Add", ...merge },
  { keras: "Average", ...merge },
  { keras: "Concatenate", merges: true, says: (keys, inputs) => (inputs.length === 1 ? linear : { config: { ...keys, axis: fromFront(keys.axis, inputs) } }) },
  { keras: "Dot", merges: true },
  { keras: "Maximum", ...merge },
  { keras: "Minimum", ...merge },
  { keras: "Multiply", ...merge },

  { keras: "SimpleRNN", ...steps, only: recurrent },
  { keras: "LSTM", ...steps, only: recurrent },
  { keras: "GRU", ...steps, only: { ...recurrent, reset_after: is(false) } },
  { keras: "RNN", masked: zeroes, only: recurrent, says: ({ zero_output_for_mask: _, cell, ...keys }) => ({ config: { ...keys,
      cell: Array.isArray(cell) ? { class_name: "StackedRNNCells", config: { name: "cells", cells: cell } } : cell } }) },
  { keras: "SimpleRNNCell" },
  { keras: "LSTMCell" },
  { keras: "GRUCell", only: { reset_after: is(false) } },
  { keras: "StackedRNNCells", only: { cells: (list) => (list as readonly Keys[]).every(({ class_name }) => class_name !== "StackedRNNCells") } },
  { keras: "Bidirectional", only: { backward_layer: is(null) } },
  { keras: "TimeDistributed", eachStep: true },
];

const byClass: ReadonlyMap<string, Row> = new Map(rows.map((row) => [row.keras, row]));

/** Refuses by name what TensorFlow.js has not, or computes otherwise. */
export function refuse(path: string, what: string): never {
  throw new CompileError({
    code: "format/unwritten",
    path,
    message: `TensorFlow.js ${what}`,
    hint: "compile the model to JavaScript, or write it as .onnx",
  });
}

/** The row of a class. Throws CompileError format/unwritten. */
export const rowOf = (keras: string, path: string): Row => byClass.get(keras) ?? refuse(path, `has no layer ${keras}`);

/** A layer's class and keys, as TensorFlow.js has them. */
export function said(
  keras: string,
  keys: Keys,
  inputs: Inputs,
  path: string,
): { readonly class_name: string; readonly config: Keys } {
  const { only = {}, says } = rowOf(keras, path);
  for (const [key, agrees] of Object.entries(only))
    if (!agrees(keys[key], keys, inputs))
      refuse(
        `${path}.${key}`,
        `has no ${keras} with ${key} ${showValue(keys[key])}${key === "axis" ? ` on ${inputs[0].length + 1} axes` : ""}`,
      );
  const { class_name = keras, config } = says?.(keys, inputs) ?? { config: keys };
  return { class_name, config };
}
