// A TensorFlow.js layers-model: a config of Keras and tensors by name. In: `modelTopology` of a file nobody vouches for, and its tensors. Out: a
// Model. Configs are read by the reader of old Keras files, and so have the meaning that Keras gave them; what TensorFlow.js computes
// otherwise, in a file that it saved itself, is refused.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { snakeCase } from "../../../compiler/front/lines.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { sameShape, showShape } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Custom } from "../custom/define.ts";
import { customValues, partedBy, resolvedWeights } from "../custom/weights.ts";
import type { Given } from "../define.ts";
import type { H5Dataset } from "../hdf5/index.ts";
import { leftSentence, withTraining } from "../keras/compiled.ts";
import { linesOf } from "../keras/model.ts";
import { type Store, variableOf } from "../keras/store.ts";
import { type Keys, quote, unsupported } from "../keras/values.ts";
import { belowName } from "../keras2/arrays.ts";
import { modernise, type Owner } from "../keras2/configs.ts";
import type { Item, Stored as StoredArray, Writer } from "../keras2/item.ts";
import { parsePython } from "../keras2/json.ts";
import { withSizes } from "../sizes.ts";
import type { Stored } from "./manifest.ts";
import { paired } from "./pairing.ts";

/** The Model of a layers-model. Throws CompileError `format/…`. */
export function readLayers(topology: Keys, tensors: ReadonlyMap<string, Stored>, given: Given, training?: unknown): Model {
  const { config, writer } = configOf(topology);
  const { config: made, owners, left, isRefused } = modernise(config, writer, given);
  if (writer.backend === ownBackend) checkOwn(owners);
  const lines = linesOf(made, storeOf(tensors), given);
  const model = withSizes(lines.model, given);
  if (isRefused || lines.isRefused) return model;
  // An architecture alone is a model that is not trained.
  const whole = tensors.size === 0 ? model : { ...model, weights: weightsOf(model, owners, tensors, lines.customs) };
  return withTraining(whole, training === undefined ? topology.training_config : inKerasTerms(training), {
    left: left.map(leftSentence),
  });
}

/** A training that TensorFlow.js saved itself: its RMSProp calls decay what Keras calls rho. */
function inKerasTerms(training: unknown): unknown {
  const { optimizer_config: optimizer, ...rest } = isPlain(training) ? training : {};
  if (!isPlain(optimizer) || !isPlain(optimizer.config) || optimizer.class_name !== "RMSProp") return training;
  const { decay, ...config } = optimizer.config;
  return { ...rest, optimizer_config: { ...optimizer, config: { ...config, ...(decay === undefined ? {} : { rho: decay }) } } };
}

/** What TensorFlow.js writes where Keras names what it computes with. */
const ownBackend = "tensor_flow.js";

/** The config of a layers-model, and who wrote it. */
export function configOf(topology: Keys): { readonly config: unknown; readonly writer: Writer } {
  const keys = inSnakeCase(topology) as Keys;
  const stated = typeof keys.model_config === "string" ? parsePython(keys.model_config, "model_config") : keys.model_config;
  const config = isPlain(stated) ? stated : keys;
  const version = String(config.keras_version ?? keys.keras_version ?? "");
  const isToday = version === "" && typeof config.module === "string" && config.module.startsWith("keras");
  const backend = config.backend ?? keys.backend;
  // TensorFlow.js has the meaning of Keras 2, and there are no files of Keras 1.
  const major = isToday || /^[3-9]\./.test(version) ? 3 : 2;
  return { config, writer: { major, ...(typeof backend === "string" ? { backend } : {}) } };
}

const deepest = 500;

/** A config whose keys are in camelCase, as Python writes it: first versions saved their own. */
function inSnakeCase(topology: Keys): unknown {
  const isCamel = "className" in topology || (isPlain(topology.modelConfig) && "className" in topology.modelConfig);
  const walk = (value: unknown, depth: number): unknown => {
    if (depth > deepest) return unsupported("modelTopology", "the config is nested too deep");
    if (Array.isArray(value)) return value.map((item) => walk(item, depth + 1));
    if (!isPlain(value)) return value;
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [snakeCase(key), walk(item, depth + 1)]));
  };
  return isCamel ? walk(topology, 0) : topology;
}

/** What TensorFlow.js computes otherwise than Keras. */
const differing: readonly { readonly sees: (item: Item) => boolean; readonly says: string }[] = [
  {
    sees: ({ class_name, config }) => class_name === "UpSampling2D" && config.interpolation === "bilinear",
    says: "TensorFlow.js enlarges by other weights than Keras does",
  },
  { sees: ({ class_name }) => class_name === "Resizing", says: "TensorFlow.js resizes by other weights than Keras does" },
];

function checkOwn(owners: ReadonlyMap<string, Owner>): void {
  for (const [name, { item }] of owners) {
    const row = differing.find(({ sees }) => sees(item));
    if (row !== undefined)
      unsupported(
        name,
        `${item.class_name}: ${row.says}`,
        "layerc computes as Keras does: take nearest, or save the model from Keras",
      );
  }
}

/** What layers take into their configs: the tensors that are named after them. */
function storeOf(tensors: ReadonlyMap<string, Stored>): Store {
  return {
    folders: (list, under) => list.map(({ config }) => `${under === "" ? "" : `${under}/`}${String(config.name)}`),
    variables: (folder) => {
      const layer = folder.slice(folder.lastIndexOf("/") + 1);
      return [...tensors.values()].filter(({ name }) => `/${name}`.includes(`/${layer}/`)).map(datasetOf);
    },
    below: (custom) =>
      [...tensors.values()]
        .filter(belongsTo(custom))
        .map((tensor) => variableOf(belowName(tensor.name, custom.name), datasetOf(tensor))),
    asset: () => undefined,
    unread: () => [],
  };
}

/** Whether a tensor is one of a custom layer: its path names the layer. */
const belongsTo =
  ({ name: layer }: Pick<Custom, "name">) =>
  ({ name }: Stored): boolean =>
    name.split("/").slice(0, -1).includes(layer);

const datasetOf = ({ name, shape, numbers }: Stored): H5Dataset => ({
  kind: "dataset",
  path: name,
  shape,
  type: "float32",
  attributes: () => new Map(),
  attribute: () => undefined,
  numbers: () => Float32Array.from(numbers()),
  strings: () => [],
});

/** Every weight, each from its tensor. */
function weightsOf(
  model: Model,
  owners: ReadonlyMap<string, Owner>,
  tensors: ReadonlyMap<string, Stored>,
  customs: readonly Custom[],
): Readonly<Record<string, Float32Array>> {
  const parted = partedBy(resolvedWeights(model, customs), customs);
  const weights = parted.rest;
  const left = [...tensors].filter(([, tensor]) => !customs.some((custom) => belongsTo(custom)(tensor)));
  const found = paired(weights, owners, new Map(left));
  const leaves = new Map<string, Weight[]>();
  for (const weight of weights) {
    const owner = weight.name.slice(0, weight.name.lastIndexOf("/"));
    leaves.set(owner, [...(leaves.get(owner) ?? []), weight]);
  }
  const values: Record<string, Float32Array> = {};
  for (const [name, value] of customValues(parted, customs, storeOf(tensors).below, "list"))
    Object.defineProperty(values, name, { value, enumerable: true });
  for (const [owner, list] of leaves) {
    const arrays = list.map(({ name }) => arrayOf(found.get(name) as Stored));
    const { quirks = [], item } = owners.get(owner) ?? {};
    const wanted = list.map(({ shape }) => shape);
    const made = quirks.reduce<readonly StoredArray[]>((now, quirk) => quirk.mends(now, item as Item, wanted), arrays);
    // defineProperty: a layer may be called __proto__.
    for (const [i, { name, shape }] of list.entries())
      Object.defineProperty(values, name, { value: fitted(made[i], shape, name, found.get(name)), enumerable: true });
  }
  return values;
}

const arrayOf = ({ shape, numbers }: Stored): StoredArray => ({ shape, values: Float32Array.from(numbers()) });

function fitted(
  array: StoredArray | undefined,
  shape: readonly number[],
  name: string,
  tensor: Stored | undefined,
): Float32Array {
  if (array !== undefined && sameShape(array.shape, shape)) return array.values;
  const message = `${quote(name)} needs shape ${showShape(shape)}, ${quote(tensor?.name)} has ${showShape(tensor?.shape ?? [])}`;
  throw new CompileError({ code: "format/tensor", path: "weightsManifest", message });
}
