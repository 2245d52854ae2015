// What Keras 1 called the keys of layers. In: a config. Out: the same with the keys of Keras 2. The tables are data; what a key's value
// becomes stands beside its name.
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { type Keys, unsupported } from "../keras/values.ts";
import { classToday, type Item } from "./item.ts";

type Renames = Readonly<Record<string, string | null>>;

/** Of every layer; null: the key says nothing that a trained model needs. */
const keys: Renames = {
  init: "kernel_initializer",
  inner_init: "recurrent_initializer",
  depthwise_init: "depthwise_initializer",
  pointwise_init: "pointwise_initializer",
  beta_init: "beta_initializer",
  gamma_init: "gamma_initializer",
  W_regularizer: "kernel_regularizer",
  U_regularizer: "recurrent_regularizer",
  b_regularizer: "bias_regularizer",
  depthwise_regularizer: "depthwise_regularizer",
  W_constraint: "kernel_constraint",
  U_constraint: "recurrent_constraint",
  b_constraint: "bias_constraint",
  bias: "use_bias",
  inner_activation: "recurrent_activation",
  dropout_W: "dropout",
  dropout_U: "recurrent_dropout",
  output_dim: "units",
  nb_filter: "filters",
  filter_length: "kernel_size",
  subsample: "strides",
  subsample_length: "strides",
  border_mode: "padding",
  dim_ordering: "data_format",
  atrous_rate: "dilation_rate",
  pool_length: "pool_size",
  stride: "strides",
  length: "size",
  p: "rate",
  sigma: "stddev",
  weights: null,
  consume_less: null,
  forget_bias_init: null,
  input_dim: null,
  input_length: null,
};

/** Where a class means something else by a key. */
const ofClass: Readonly<Record<string, Renames>> = {
  Embedding: {
    init: "embeddings_initializer",
    W_regularizer: "embeddings_regularizer",
    W_constraint: "embeddings_constraint",
    dropout: null,
    output_dim: "output_dim",
    input_dim: "input_dim",
    weights: null,
    input_length: "input_length",
  },
  PReLU: { init: "alpha_initializer" },
  Conv2DTranspose: { output_shape: null },
  Merge: {},
};

/** Sizes that Keras 1 gave one by one. */
const together: readonly (readonly [parts: readonly string[], whole: string])[] = [
  [["nb_row", "nb_col"], "kernel_size"],
  [["kernel_dim1", "kernel_dim2", "kernel_dim3"], "kernel_size"],
];

/** Where the channels stand, by the names of the backends that had them there. */
const orderings: Readonly<Record<string, string | null>> = {
  th: "channels_first",
  tf: "channels_last",
  default: "channels_last",
};

const namesFor = (name: string): Renames => ({ ...keys, ...(Object.hasOwn(ofClass, name) ? ofClass[name] : {}) });

/** Whether a config has a key that is called otherwise since Keras 2. */
export function hasOldKeys({ class_name, config }: Item): boolean {
  const names = namesFor(classToday(class_name));
  const isOld = (key: string): boolean => Object.hasOwn(names, key) && names[key] !== key;
  return Object.keys(config).some(isOld) || together.some(([parts]) => parts.every((part) => Object.hasOwn(config, part)));
}

/** The config with the keys of Keras 2. */
export function withNewKeys({ class_name, config }: Item): Keys {
  const names = namesFor(classToday(class_name));
  const result: Record<string, unknown> = {};
  const parts = new Set(together.flatMap(([list]) => list));
  for (const [key, value] of Object.entries(config)) {
    if (parts.has(key)) continue;
    const name = Object.hasOwn(names, key) ? names[key] : key;
    // What the file says by its new name counts.
    if (name === null || (name !== key && Object.hasOwn(config, name))) continue;
    const said =
      key === "dim_ordering" && typeof value === "string" && Object.hasOwn(orderings, value) ? orderings[value] : value;
    Object.defineProperty(result, name, { value: said, enumerable: true, configurable: true, writable: true });
  }
  for (const [list, whole] of together)
    if (list.every((part) => Object.hasOwn(config, part))) result[whole] = list.map((part) => config[part]);
  return result;
}

/** A border that Keras 1 gave as four numbers, or by the names of its sides. */
export function bordersOf(padding: unknown): unknown {
  if (Array.isArray(padding) && padding.length === 4) {
    const [top, bottom, left, right]: readonly unknown[] = padding;
    return [
      [top, bottom],
      [left, right],
    ];
  }
  if (!isPlain(padding)) return padding;
  const { top_pad = 0, bottom_pad = 0, left_pad = 0, right_pad = 0 } = padding;
  return "left_pad" in padding || "top_pad" in padding
    ? [
        [top_pad, bottom_pad],
        [left_pad, right_pad],
      ]
    : padding;
}

const merges: Readonly<Record<string, string>> = {
  sum: "Add",
  mul: "Multiply",
  ave: "Average",
  max: "Maximum",
  concat: "Concatenate",
  dot: "Dot",
};

/** The layer that does what Keras 1's Merge does in its mode. Throws CompileError format/unsupported for others. */
export function mergeOf({ config }: Item): Item {
  const { name, mode, concat_axis, dot_axes } = config;
  const path = typeof name === "string" ? name : "";
  if (Array.isArray(config.layers) && config.layers.length > 0)
    unsupported(path, "the layer Merge holds the branches of its model", "say it as a functional model");
  if (typeof mode !== "string" || !Object.hasOwn(merges, mode))
    return unsupported(path, `layerc does not have the layer Merge in the mode ${JSON.stringify(mode) ?? "of a function"}`);
  const own = mode === "concat" ? { axis: concat_axis ?? -1 } : mode === "dot" ? { axes: dot_axes ?? -1 } : {};
  return { class_name: merges[mode], config: { name, ...own } };
}
