// THE table of what older files say otherwise than Keras 3: one row for each quirk. `sees` looks at a layer as the file has it, `mends`
// gives the layer as today's Keras would have written it, or its arrays; `sample` is a case on which the row fires, and what comes of it.
// Rows of layers run from the top; what a row mends it does not see again.

import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { comesLast, ownActivation } from "../keras/activation.ts";
import { unsupported } from "../keras/values.ts";
import { classToday, type Item, type Stored, unwrapped, type Writer, without } from "./item.ts";
import { bordersOf, hasOldKeys, mergeOf, withNewKeys } from "./keras1.ts";
import { cudnnArrays, gatesTogether, transposed, turned } from "./kernels.ts";

interface Row {
  /** What is otherwise. */
  readonly says: string;
  /** Who wrote it so. */
  readonly versions: string;
}
/** A layer's config, or the layer itself. */
export interface LayerQuirk extends Row {
  readonly sees: (item: Item, writer: Writer) => boolean;
  /** Throws CompileError format/unsupported where layerc has nothing like it. */
  readonly mends: (item: Item, writer: Writer) => Item;
  readonly sample: { readonly item: Item; readonly becomes: Item; readonly major: number };
}
/** A layer's arrays; `sees` looks at the layer as the file has it. */
export interface ArrayQuirk extends Row {
  readonly sees: (item: Item, writer: Writer) => boolean;
  /** How many arrays the file holds, where they are not as many as the layer has weights: all of them are trained. */
  readonly count?: number;
  /** `wanted`: the shapes of the layer's weights. */
  readonly mends: (arrays: readonly Stored[], item: Item, wanted: readonly (readonly number[])[]) => readonly Stored[];
  readonly sample: {
    readonly item: Item;
    readonly writer: Writer;
    readonly wanted: readonly (readonly number[])[];
    /** Shapes of arrays that count on from 0, the next where the last ends; and the numbers that come of them. */
    readonly shapes: readonly (readonly number[])[];
    readonly becomes: readonly (readonly number[])[];
  };
}

const isA = (...names: readonly string[]) => {
  const known = new Set(names);
  return ({ class_name }: Item): boolean => known.has(classToday(class_name));
};
const has = ({ config }: Item, key: string): boolean => Object.hasOwn(config, key);
const withConfig = (item: Item, keys: Item["config"]): Item => ({ ...item, config: { ...item.config, ...keys } });
const sample = (class_name: string, before: Item["config"], after: Item["config"], major = 2, today = class_name) => ({
  item: { class_name, config: before },
  becomes: { class_name: today, config: after },
  major,
});

const hardKeys = ["activation", "recurrent_activation"] as const;
const isNamed = (value: unknown, name: string): boolean =>
  value === name || (isPlain(value) && value.class_name === "function" && value.config === name);
/** Classes of layers that may stand as an activation within another. */
const activationLayers = new Set(["LeakyReLU", "PReLU", "ELU", "ReLU", "ThresholdedReLU", "Softmax"]);
const isDepthwise = isA("DepthwiseConv2D", "DepthwiseConv1D", "SeparableConv1D", "SeparableConv2D");
/** Of a kernel that such a layer does not have: the class it was made from has one. */
const kernelKeys = ["kernel_initializer", "kernel_regularizer", "kernel_constraint", "groups"];
/** Keys that change no number, whatever they say. */
const silent = ["batch_input_shape", "input_dtype", "dynamic", "autocast", "batch_size", "input_spec", "input_shape"];
const isRecurrent = isA("SimpleRNN", "LSTM", "GRU", "RNN", "ConvLSTM1D", "ConvLSTM2D", "ConvLSTM3D", "SimpleRNNCell");
const isInput = isA("InputLayer");

/** Keys of an RNN that are its cell's. */
function keysOfCell({ config }: Item): readonly string[] {
  const cell = isPlain(config.cell) && isPlain(config.cell.config) ? config.cell.config : {};
  return Object.keys(config).filter((key) => Object.hasOwn(cell, key) && !["name", "trainable", "dtype"].includes(key));
}

// biome-ignore format: one table
export const layerQuirks: readonly LayerQuirk[] = [
  { says: "lists and numbers stand as Python and NumPy wrapped them", versions: "2",
    sees: ({ config }) => JSON.stringify(unwrapped(without(config, ["layers"]))) !== JSON.stringify(without(config, ["layers"])),
    mends: (item) => ({ ...item, config: { ...item.config, ...(unwrapped(without(item.config, ["layers"])) as Item["config"]) } }),
    sample: sample("LeakyReLU", { negative_slope: { type: "ndarray", value: 0.3 } }, { negative_slope: 0.3 }) },
  { says: "Merge joins in the way its mode says", versions: "1",
    sees: ({ class_name }) => class_name === "Merge", mends: mergeOf,
    sample: sample("Merge", { name: "m", mode: "concat", concat_axis: 1 }, { name: "m", axis: 1 }, 1, "Concatenate") },
  { says: "keys have other names: nb_filter, subsample, border_mode, dim_ordering, output_dim, p, …", versions: "1",
    sees: (item, { major }) => major < 3 && hasOldKeys(item), mends: (item) => ({ ...item, config: withNewKeys(item) }),
    sample: sample("Conv2D", { nb_filter: 4, nb_row: 3, nb_col: 2, subsample: [1, 1], border_mode: "same", dim_ordering: "th", bias: true },
      { filters: 4, strides: [1, 1], padding: "same", data_format: "channels_first", use_bias: true, kernel_size: [3, 2] }, 1) },
  { says: "a border is four numbers, or has named sides", versions: "1",
    sees: (item) => isA("ZeroPadding2D")(item) && bordersOf(item.config.padding) !== item.config.padding,
    mends: (item) => withConfig(item, { padding: bordersOf(item.config.padding) }),
    sample: sample("ZeroPadding2D", { padding: [1, 2, 3, 4] }, { padding: [[1, 2], [3, 4]] }, 1) },
  { says: "BatchNormalization of a mode other than 0 takes statistics of the sample, or of the batch at hand", versions: "1",
    sees: (item) => isA("BatchNormalization")(item) && has(item, "mode"),
    mends: (item) => item.config.mode === 0 ? { ...item, config: without(item.config, ["mode"]) }
      : unsupported(String(item.config.name ?? ""), `layerc does not have BatchNormalization in the mode ${JSON.stringify(item.config.mode)}`),
    sample: sample("BatchNormalization", { mode: 0, axis: 1 }, { axis: 1 }, 1) },
  { says: "CuDNNGRU resets after the product; neither CuDNN layer says its activations", versions: "2",
    sees: ({ class_name }) => class_name === "CuDNNGRU" || class_name === "CuDNNLSTM",
    mends: (item) => ({ ...item, class_name: classToday(item.class_name),
      config: { ...item.config, activation: "tanh", recurrent_activation: "sigmoid", ...(item.class_name === "CuDNNGRU" ? { reset_after: true } : {}) } }),
    sample: sample("CuDNNGRU", { units: 2 }, { units: 2, activation: "tanh", recurrent_activation: "sigmoid", reset_after: true }, 2, "GRU") },
  { says: "ThresholdedReLU is ReLU with a threshold", versions: "1 2",
    sees: ({ class_name }) => class_name === "ThresholdedReLU",
    mends: ({ config: { theta, ...config } }) => ({ class_name: "ReLU", config: { ...config, threshold: theta ?? 1 } }),
    sample: sample("ThresholdedReLU", { theta: 0.5 }, { threshold: 0.5 }, 2, "ReLU") },
  { says: "classes have other names", versions: "1 2",
    sees: ({ class_name }) => classToday(class_name) !== class_name, mends: (item) => ({ ...item, class_name: classToday(item.class_name) }),
    sample: sample("Convolution2D", { filters: 4 }, { filters: 4 }, 1, "Conv2D") },
  { says: "hard_sigmoid is clip(0.2 x + 0.5)", versions: "1 2",
    sees: ({ config }, { major }) => major < 3 && hardKeys.some((key) => isNamed(config[key], "hard_sigmoid")),
    mends: (item) => withConfig(item, Object.fromEntries(hardKeys.filter((key) => isNamed(item.config[key], "hard_sigmoid")).map((key) => [key, "hard_sigmoid_keras2"]))),
    sample: sample("LSTM", { activation: "tanh", recurrent_activation: "hard_sigmoid" }, { activation: "tanh", recurrent_activation: "hard_sigmoid_keras2" }) },
  { says: "GRU multiplies the reset state, where nothing else is said", versions: "1 2",
    sees: (item, { major }) => major < 3 && isA("GRU", "GRUCell")(item) && !has(item, "reset_after"),
    mends: (item) => withConfig(item, { reset_after: false }),
    sample: sample("GRU", { units: 3 }, { units: 3, reset_after: false }) },
  { says: "recurrent gates are hard sigmoids, where nothing else is said", versions: "1",
    sees: (item, { major }) => major < 2 && isA("LSTM", "GRU")(item) && !has(item, "recurrent_activation"),
    mends: (item) => withConfig(item, { recurrent_activation: "hard_sigmoid_keras2" }),
    sample: sample("LSTM", { units: 3 }, { units: 3, recurrent_activation: "hard_sigmoid_keras2" }, 1) },
  { says: "LeakyReLU calls its slope alpha", versions: "1 2",
    sees: (item) => isA("LeakyReLU")(item) && has(item, "alpha"),
    mends: ({ config: { alpha, ...config }, ...item }) => ({ ...item, config: { ...config, negative_slope: alpha } }),
    sample: sample("LeakyReLU", { alpha: 0.1 }, { negative_slope: 0.1 }) },
  { says: "an infinite maxValue is none", versions: "2",
    sees: (item) => isA("ReLU")(item) && item.config.max_value === Number.POSITIVE_INFINITY,
    mends: (item) => withConfig(item, { max_value: null }),
    sample: sample("ReLU", { max_value: Number.POSITIVE_INFINITY }, { max_value: null }) },
  { says: "softmax is called softmax_v2", versions: "2",
    sees: ({ config }) => isNamed(config.activation, "softmax_v2"), mends: (item) => withConfig(item, { activation: "softmax" }),
    sample: sample("Dense", { activation: "softmax_v2" }, { activation: "softmax" }) },
  { says: "an activation is a layer of its own within another", versions: "2 3",
    sees: ({ config: { activation } }) => isPlain(activation) && activationLayers.has(String(activation.class_name)) && isPlain(activation.config),
    mends: (item) => {
      const { class_name, config } = item.config.activation as unknown as Item;
      return { ...withConfig(item, { activation: "linear" }), behind: [{ class_name, config }] };
    },
    sample: { major: 2, item: { class_name: "Dense", config: { activation: { class_name: "ELU", config: { alpha: 1 } } } },
      becomes: { class_name: "Dense", config: { activation: "linear" }, behind: [{ class_name: "ELU", config: { alpha: 1 } }] } } },
  { says: "an activation is a function of the file's author", versions: "2 3",
    sees: ({ class_name, config }) => comesLast({ class_name }) && ownActivation(config) !== undefined,
    mends: (item) => ({ ...withConfig(item, { activation: "linear" }), behind: [{ class_name: `${ownActivation(item.config)}`, config: { trainable: true } }] }),
    sample: { major: 3, item: { class_name: "Dense", config: { activation: { class_name: "function", config: "my>act" } } },
      becomes: { class_name: "Dense", config: { activation: "linear" }, behind: [{ class_name: "my>act", config: { trainable: true } }] } } },
  { says: "the axis of BatchNormalization is a list of one", versions: "2",
    sees: (item) => isA("BatchNormalization")(item) && Array.isArray(item.config.axis) && item.config.axis.length === 1,
    mends: (item) => withConfig(item, { axis: (item.config.axis as readonly unknown[])[0] }),
    sample: sample("BatchNormalization", { axis: [3] }, { axis: 3 }) },
  { says: "BatchNormalization names the kernel that computes it, or no virtual batch", versions: "2",
    sees: (item) => isA("BatchNormalization")(item) && (has(item, "fused") || item.config.virtual_batch_size === null || item.config.adjustment === null),
    mends: (item) => ({ ...item, config: without(item.config, ["fused", "virtual_batch_size", "adjustment"].filter((key) => key === "fused" || item.config[key] === null)) }),
    sample: sample("BatchNormalization", { axis: 3, fused: true, virtual_batch_size: null }, { axis: 3 }) },
  { says: "DepthwiseConv and SeparableConv carry the keys of a kernel that they do not have, and groups", versions: "2",
    sees: (item) => isDepthwise(item) && (kernelKeys.some((key) => has(item, key)) || item.config.filters === null),
    mends: (item) => ({ ...item, config: without(item.config, [...kernelKeys, ...(item.config.filters === null ? ["filters"] : [])]) }),
    sample: sample("DepthwiseConv2D", { kernel_size: 3, groups: 1, filters: null, kernel_initializer: "ones" }, { kernel_size: 3 }) },
  { says: "MultiHeadAttention states the shapes that it was built for", versions: "2",
    sees: (item) => isA("MultiHeadAttention")(item) && ["query_shape", "key_shape", "value_shape"].some((key) => has(item, key)),
    mends: (item) => ({ ...item, config: without(item.config, ["query_shape", "key_shape", "value_shape"]) }),
    sample: sample("MultiHeadAttention", { num_heads: 2, query_shape: [null, 3, 4] }, { num_heads: 2 }) },
  { says: "causal attention is a key and no argument of the call", versions: "2",
    sees: (item) => isA("Attention", "AdditiveAttention")(item) && has(item, "causal"),
    mends: ({ config: { causal, ...config }, ...item }) => ({ ...item, config: { ...config, ...(causal === true ? { use_causal_mask: true } : {}) } }),
    sample: sample("Attention", { use_scale: false, causal: true }, { use_scale: false, use_causal_mask: true }) },
  { says: "CategoryEncoding and lookups call their number of tokens max_tokens, modes binary", versions: "2",
    sees: (item) => isA("CategoryEncoding")(item) && (has(item, "max_tokens") || item.config.output_mode === "binary"),
    mends: ({ config: { max_tokens, ...config }, ...item }) => ({ ...item, config: { ...config,
      ...(max_tokens === undefined ? {} : { num_tokens: max_tokens }), ...(config.output_mode === "binary" ? { output_mode: "multi_hot" } : {}) } }),
    sample: sample("CategoryEncoding", { max_tokens: 4, output_mode: "binary" }, { num_tokens: 4, output_mode: "multi_hot" }) },
  { says: "time comes second unless time_major says otherwise; how a recurrent layer is computed is no matter", versions: "2",
    sees: (item) => isRecurrent(item) && (item.config.time_major === false || (!isA("LSTM", "GRU")(item) && has(item, "implementation")) || item.config.reverse_state_order === false),
    mends: (item) => ({ ...item, config: without(item.config, [...(item.config.time_major === false ? ["time_major"] : []),
      ...(item.config.reverse_state_order === false ? ["reverse_state_order"] : []), ...(isA("LSTM", "GRU")(item) ? [] : ["implementation"])]) }),
    sample: sample("SimpleRNN", { units: 2, time_major: false, implementation: 1 }, { units: 2 }) },
  { says: "RNN carries the keys of its cell as well", versions: "TensorFlow.js",
    sees: (item) => isA("RNN")(item) && keysOfCell(item).length > 0, mends: (item) => ({ ...item, config: without(item.config, keysOfCell(item)) }),
    sample: sample("RNN", { name: "r", units: 2, cell: { class_name: "GRUCell", config: { name: "c", units: 2 } } },
      { name: "r", cell: { class_name: "GRUCell", config: { name: "c", units: 2 } } }) },
  { says: "the open size of Reshape is null and not -1", versions: "TensorFlow.js",
    sees: (item) => isA("Reshape")(item) && Array.isArray(item.config.target_shape) && item.config.target_shape.includes(null),
    mends: (item) => withConfig(item, { target_shape: (item.config.target_shape as readonly unknown[]).map((size) => size ?? -1) }),
    sample: sample("Reshape", { target_shape: [null, 2] }, { target_shape: [-1, 2] }) },
  { says: "what the first layer takes stands in its own config; the rest says nothing today", versions: "1 2",
    sees: (item) => !isInput(item) && silent.some((key) => has(item, key)), mends: (item) => ({ ...item, config: without(item.config, silent) }),
    sample: sample("Dense", { units: 2, batch_input_shape: [null, 3], input_dtype: "float32" }, { units: 2 }) },
];

const isOf1 =
  (...names: readonly string[]) =>
  (item: Item, { major }: Writer): boolean =>
    major < 2 && isA(...names)(item);
const isFirst = ({ config }: Item): boolean =>
  [config.dim_ordering, config.data_format].some((order) => order === "th" || order === "channels_first");
/** The first array by `mend`, or with `recurrent` the first two. */
const kernelBy =
  (mend: (array: Stored) => Stored, recurrent = false) =>
  (arrays: readonly Stored[]): readonly Stored[] =>
    arrays.map((array, i) => (i === 0 || (recurrent && i === 1) ? mend(array) : array));
const gated = (units: number, features: number, gates: number) =>
  Array.from({ length: gates }, () => [[features, units], [units, units], [units]]).flat();

// biome-ignore format: one table
export const arrayQuirks: readonly ArrayQuirk[] = [
  { says: "CuDNNLSTM: gates lie transposed, and there are two biases", versions: "2",
    sees: ({ class_name }) => class_name === "CuDNNLSTM", mends: (arrays) => cudnnArrays(arrays, 4, "added"),
    sample: { item: { class_name: "CuDNNLSTM", config: {} }, writer: { major: 2 }, wanted: [[2, 4], [1, 4], [4]], shapes: [[2, 4], [1, 4], [8]],
      becomes: [[0, 1, 2, 3, 4, 5, 6, 7], [8, 9, 10, 11], [28, 30, 32, 34]] } },
  { says: "CuDNNGRU: gates lie transposed, and both biases in one row", versions: "2",
    sees: ({ class_name }) => class_name === "CuDNNGRU", mends: (arrays) => cudnnArrays(arrays, 3, "rows"),
    sample: { item: { class_name: "CuDNNGRU", config: {} }, writer: { major: 2 }, wanted: [[1, 6], [2, 6], [2, 6]], shapes: [[1, 6], [2, 6], [12]],
      becomes: [[0, 1, 2, 3, 4, 5], [6, 12, 8, 14, 10, 16, 7, 13, 9, 15, 11, 17], [18, 19, 20, 21, 22, 23, 24, 25, 26, 27, 28, 29]] } },
  { says: "LSTM: three arrays for each of i, c, f, o", versions: "1", count: 12,
    sees: (item, writer) => isOf1("LSTM", "ConvLSTM2D")(item, writer) && item.config.consume_less !== "gpu",
    mends: (arrays) => gatesTogether(arrays, [0, 2, 1, 3]),
    sample: { item: { class_name: "LSTM", config: { consume_less: "cpu" } }, writer: { major: 1 }, wanted: [[2, 4], [1, 4], [4]], shapes: gated(1, 2, 4),
      becomes: [[0, 8, 4, 12, 1, 9, 5, 13], [2, 10, 6, 14], [3, 11, 7, 15]] } },
  { says: "GRU: three arrays for each of z, r, h", versions: "1", count: 9,
    sees: (item, writer) => isOf1("GRU")(item, writer) && item.config.consume_less !== "gpu", mends: (arrays) => gatesTogether(arrays, [0, 1, 2]),
    sample: { item: { class_name: "GRU", config: { consume_less: "mem" } }, writer: { major: 1 }, wanted: [[2, 3], [1, 3], [3]], shapes: gated(1, 2, 3),
      becomes: [[0, 4, 8, 1, 5, 9], [2, 6, 10], [3, 7, 11]] } },
  { says: "the kernel of Conv1D is that of a picture one point wide, or has its axes as Theano had them", versions: "1",
    sees: isOf1("Conv1D"),
    mends: (arrays, _item, [wanted]) => kernelBy((array) => {
      const { shape } = array;
      const isLegacy = shape.length === 4 && !(shape[0] === wanted?.[0] && shape[1] === 1 && shape[3] === wanted[2]);
      const last = isLegacy ? transposed(array, [2, 3, 1, 0]) : array;
      return last.shape.length === 4 && last.shape[1] === 1 ? { shape: last.shape.toSpliced(1, 1), values: last.values } : last;
    })(arrays),
    sample: { item: { class_name: "Convolution1D", config: {} }, writer: { major: 1 }, wanted: [[2, 3, 1]], shapes: [[1, 3, 2, 1]], becomes: [[0, 2, 4, 1, 3, 5]] } },
  { says: "kernels of pictures with channels first are [filters, channels, height, width]", versions: "1",
    sees: (item, writer) => isOf1("Conv2D", "ConvLSTM2D")(item, writer) && isFirst(item),
    mends: (arrays, item) => kernelBy((array) => transposed(array, [2, 3, 1, 0]), isA("ConvLSTM2D")(item))(arrays),
    sample: { item: { class_name: "Convolution2D", config: { dim_ordering: "th" } }, writer: { major: 1 }, wanted: [[1, 3, 2, 1], [1]], shapes: [[1, 2, 1, 3], [1]],
      becomes: [[0, 3, 1, 4, 2, 5], [6]] } },
  { says: "kernels of volumes with channels first are [filters, channels, depth, height, width]", versions: "1",
    sees: (item, writer) => isOf1("Conv3D")(item, writer) && isFirst(item), mends: kernelBy((array) => transposed(array, [2, 3, 4, 1, 0])),
    sample: { item: { class_name: "Convolution3D", config: { dim_ordering: "th" } }, writer: { major: 1 }, wanted: [[1, 1, 3, 2, 1]], shapes: [[1, 2, 1, 1, 3]],
      becomes: [[0, 3, 1, 4, 2, 5]] } },
  { says: "Deconvolution2D has its filters where its channels are today", versions: "1",
    sees: isOf1("Conv2DTranspose"),
    mends: (arrays, item) => kernelBy((array) => transposed(array, isFirst(item) ? [2, 3, 0, 1] : [0, 1, 3, 2]))(arrays),
    sample: { item: { class_name: "Deconvolution2D", config: { dim_ordering: "tf" } }, writer: { major: 1 }, wanted: [[1, 1, 3, 2]], shapes: [[1, 1, 2, 3]],
      becomes: [[0, 3, 1, 4, 2, 5]] } },
  { says: "Theano turns kernels round", versions: "1 2",
    sees: (item, { backend }) => backend === "theano" && isA("Conv1D", "Conv2D", "Conv3D", "Conv2DTranspose", "ConvLSTM2D")(item),
    mends: (arrays, item) => kernelBy(turned, isA("ConvLSTM2D")(item))(arrays),
    sample: { item: { class_name: "Conv2D", config: {} }, writer: { major: 2, backend: "theano" }, wanted: [[1, 3, 2, 1]], shapes: [[1, 3, 2, 1]],
      becomes: [[4, 5, 2, 3, 0, 1]] } },
];
