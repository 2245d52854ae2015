// A model as TensorFlow.js reads it: model.json, and its weights beside it. In: a Model that compiles. Out: both files. Guarantee: equal models
// give equal bytes; TensorFlow.js computes what predict does, but for rounding; a layer that it has not, or has otherwise, is refused by name.
//
//   model.json             {format, generatedBy, modelTopology: {model_config, …}, weightsManifest: [{paths, weights: [{name, shape, dtype}]}]}
//   group1-shard1of1.bin   the tensors, float32 in the order of the manifest
//
// https://github.com/tensorflow/tfjs/blob/master/tfjs-core/src/io/types.ts
import { freeName } from "../../../../compiler/base/names.ts";
import { version } from "../../../../compiler/base/version.ts";
import { checkLine } from "../../../../compiler/front/lines.ts";
import { type Resolved, resolve } from "../../../../compiler/front/steps.ts";
import { layers } from "../../../../compiler/layers/index.ts";
import type { Model } from "../../../../compiler/model.ts";
import type { Keys } from "../../keras/values.ts";
import { type Call, configOf, type Dialect, type From, type Place } from "../../keras/write/net.ts";
import { type Inner, type Kind, keysOf, type Values } from "../../keras/write/values.ts";
import { refuse, rowOf, said } from "./layers.ts";
import { tensorNames } from "./weights.ts";

/** The files of a model, by name; model.json is the one that is opened. */
export interface TfjsFiles {
  readonly "model.json": Uint8Array;
  readonly [shard: string]: Uint8Array;
}

const shard = "group1-shard1of1.bin";

/** The files of a layers-model. Throws CompileError format/unwritten by the name of what TensorFlow.js has not. */
export function saveTfjs(model: Model): TfjsFiles {
  const resolved = resolve(model);
  const owners = new Map<string, Place>();
  checkMasks(resolved);
  const topology = configOf(resolved, dialectOf(owners));
  const { values } = resolved.modelWeights();
  // As TensorFlow.js itself: what is trained first.
  const sorted = [...resolved.weights].sort((a, b) => Number(b.trainable) - Number(a.trainable));
  const names = tensorNames(resolved.weights, owners);
  const weights = sorted.map((weight) => ({ name: names.get(weight) as string, shape: weight.shape, dtype: "float32" }));
  const json = {
    format: "layers-model",
    generatedBy: `layerc ${version}`,
    convertedBy: null,
    // The meaning of the config is that of TensorFlow.js, whose hard_sigmoid is that of Keras 2.
    modelTopology: { keras_version: "tfjs-layers", backend: "tensor_flow.js", model_config: topology },
    weightsManifest: weights.length === 0 ? [] : [{ paths: [shard], weights }],
  };
  const bytes = new TextEncoder().encode(JSON.stringify(json));
  if (weights.length === 0) return { "model.json": bytes };
  return { "model.json": bytes, [shard]: joined(sorted.map(({ name }) => values[name])) };
}

function joined(arrays: readonly Float32Array[]): Uint8Array {
  const view = new DataView(new ArrayBuffer(4 * arrays.reduce((sum, { length }) => sum + length, 0)));
  let at = 0;
  for (const array of arrays) for (const value of array) view.setFloat32(at++ * 4, value, true);
  return new Uint8Array(view.buffer);
}

/** Where a line makes a mask, all must mind it as in Keras: which of them it reaches is not asked. */
function checkMasks({ entries }: Resolved): void {
  const rows = entries.map(({ layer, config, path }) => ({
    row: rowOf(layer.keras, path),
    layer,
    path,
    keys: keysOf(layer, config, values(path), () => ({})),
  }));
  const maker = rows.find(({ row, keys }) => row.masks?.(keys) === true);
  if (maker === undefined) return;
  for (const { row, layer, path, keys } of rows)
    if (!(typeof row.masked === "function" ? row.masked(keys) : row.masked === true))
      refuse(path, `does not mind the mask of ${maker.layer.keras} in ${layer.keras} as Keras does`);
}

/** Our activations that TensorFlow.js has, by its names. */
const activations: ReadonlyMap<string, string> = new Map([
  ...["linear", "relu", "relu6", "elu", "selu", "sigmoid", "softplus", "softsign", "tanh", "softmax", "log_softmax", "mish", "gelu", "swish"].map((name) => [name, name] as const),
  ["silu", "swish"],
  ["hard_sigmoid_keras2", "hard_sigmoid"],
]); // biome-ignore format: a list

const classes: Readonly<Record<Kind, ReadonlySet<string>>> = {
  initializers: new Set(["Constant", "GlorotNormal", "GlorotUniform", "HeNormal", "HeUniform", "Identity", "LecunNormal", "LecunUniform", "Ones", "Orthogonal", "RandomNormal", "RandomUniform", "TruncatedNormal", "VarianceScaling", "Zeros"]), // biome-ignore format: a list
  regularizers: new Set(["L1L2"]),
  // It moves weights to where a constraint wants them as it reads them, trained that way or not.
  constraints: new Set(),
};
/** Classes that TensorFlow.js writes otherwise. */
const spelt: ReadonlyMap<string, string> = new Map([
  ["LecunNormal", "LeCunNormal"],
  ["LecunUniform", "LeCunUniform"],
]);

/** What is for training alone is left out where TensorFlow.js has none such: the weights are in the file. */
const values = (path: string): Values => ({
  named: (kind, name, config) => {
    const { class_name, config: keys } =
      name === "L1" || name === "L2" ? { class_name: "L1L2", config: { l1: 0, l2: 0, ...config } } : { class_name: name, config };
    return classes[kind].has(class_name) ? { class_name: spelt.get(class_name) ?? class_name, config: keys } : undefined;
  },
  activation: (name, key) => activations.get(name) ?? refuse(`${path}.${key}`, `has no activation ${name}`),
});

function dialectOf(owners: Map<string, Place>): Dialect {
  // Layers of models within models share the names of tensors.
  const everywhere = new Set<string>();
  return {
    layer: (place) => {
      owners.set(place.owner, place);
      return layerOf(place);
    },
    input: (name, shape, isText) => {
      if (isText) refuse("inputs", "takes no text");
      return { class_name: "InputLayer", config: { batch_input_shape: [null, ...shape], dtype: "float32", sparse: false, name } };
    },
    container: (kind, name, config) => ({ class_name: kind, config: { name, ...config } }),
    call: callOf,
    ports: (list) => list.map(({ from }) => tensor(from)),
    name: (wanted) => {
      // A name is the first part of the names of tensors, which are of these characters.
      const plain = wanted.replaceAll(/[^A-Za-z0-9_.-]/g, "_").replace(/^(?![A-Za-z0-9])/, "layer");
      // It keeps layers in plain objects, which have a constructor already.
      const name = freeName(plain, (one) => everywhere.has(one) || one in {});
      everywhere.add(name);
      return name;
    },
    // A state beside its output is more than one result.
    chains: ({ config }) => (config as Keys).returnState !== true,
    renames: (name) => ({ class_name: "Activation", config: { name, trainable: false, activation: "linear" } }),
  };
}

/** A model within begins with a call of its own. */
const tensor = ({ layer, call, result, isModel }: From): readonly [string, number, number] => [
  layer,
  isModel ? call + 1 : call,
  result,
];

/** Only merges take several tensors. */
function callOf({ from, told, line }: Call): unknown {
  const path = line?.path ?? "layers";
  const [key] = Object.keys(told);
  if (key !== undefined) refuse(path, `reads no ${key} of a call from a file`);
  if (from.length > 1 && line !== undefined && rowOf(line.layer.keras, path).merges !== true)
    refuse(path, `reads no call of ${line.layer.keras} with ${from.length} inputs from a file`);
  // What a call has had it gives back to memory, once for each time.
  if (new Set(from.map((one) => tensor(one).join())).size < from.length) refuse(path, "takes no tensor twice in one call");
  return from.map((one) => [...tensor(one), {}]);
}

function layerOf({ line, name, inputs }: Place): Keys {
  const { layer, path, trainable } = line;
  const { class_name, config } = written(layer.keras, layer, line.config, inputs, path);
  // Without its activityRegularizer: TensorFlow.js calls no layer that has one.
  return { class_name, config: { name, trainable, dtype: "float32", ...config } };
}

/** A layer, or one within another, whose inputs are not known where they are not its own. */
function written(
  keras: string,
  layer: Place["line"]["layer"],
  config: object,
  inputs: readonly (readonly number[])[],
  path: string,
) {
  const inner: Inner = (spec, role, index) => {
    const at = `${path}.${role}`;
    if (!layers.has(spec.layer)) refuse(at, `reads no ${spec.layer} within ${keras} from a file`);
    const line = checkLine(spec, at, role);
    // Of what a layer at each step takes, the steps are no part.
    const own = written(
      line.layer.keras,
      line.layer,
      line.config,
      rowOf(keras, path).eachStep === true ? inputs.map((shape) => shape.slice(1)) : inputs,
      at,
    );
    return {
      class_name: own.class_name,
      config: { name: spec.name ?? `${role}_${index}`, trainable: line.trainable, dtype: "float32", ...own.config },
    };
  };
  return said(keras, keysOf(layer, config, values(path), inner), inputs, path);
}
