// Keras' .h5 files, of Keras 1 to 3, and the architecture alone as JSON. In: bytes nobody vouches for. Out: a Model, or a CompileError that
// names what is wrong or missing. Guarantee: every array of every layer is read, by a weight of its shape; nothing of a file is ever run.
//
//   a whole model      @model_config, @keras_version, @backend, @training_config; the arrays below /model_weights
//   weights alone      the arrays below the root, or in the folders of Keras 3 (.weights.h5); the architecture is a JSON file beside it:
//                      weights.json for weights.h5 and weights.weights.h5, else model.json, else config.json
//   architecture       {class_name, config}, as `to_json` gives it: a model that is not trained
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Model } from "../../../compiler/model.ts";
import { decode, type Facts, type Format, type Given } from "../define.ts";
import { type H5Group, openHdf5 } from "../hdf5/index.ts";
import { compiledIn, leftSentence, withTraining } from "../keras/compiled.ts";
import { arrayFactsIn, layerFacts, said } from "../keras/facts.ts";
import type { Lines } from "../keras/model.ts";
import { linesOf } from "../keras/model.ts";
import type { Optimized, Variable } from "../keras/optimizer-state.ts";
import { emptyStore, type Store, storeOfWeights } from "../keras/store.ts";
import { inFileOrder } from "../keras/weight-order.ts";
import { weightsOf } from "../keras/weights.ts";
import { withSizes } from "../sizes.ts";
import { AttributeStore } from "./archive.ts";
import { Arrays, hasLayers, namesOf } from "./arrays.ts";
import { type Modern, modernise } from "./configs.ts";
import type { Writer } from "./item.ts";
import { parsePython } from "./json.ts";
import { majorOf } from "./major.ts";
import { weightsIn } from "./weights.ts";

/** Models and weights that Keras saved as HDF5, whatever the file is called. */
export const kerasH5: Format = {
  open: (bytes, given) => openH5(openHdf5(bytes), given),
  facts: (bytes, given) => {
    const root = openHdf5(bytes);
    const stated = root.attribute("model_config");
    const config = typeof stated === "string" ? parsePython(stated, "model_config") : architectureBeside(given);
    const { says, parts } = architectureFacts(config, root);
    const weights = root.get("model_weights");
    const arrays = arrayFactsIn([weights?.kind === "group" ? weights : root], given);
    return { says, ...(parts === undefined ? {} : { parts }), ...(arrays === undefined ? {} : { weights: arrays }) };
  },
};

/** An architecture that Keras gave as JSON. */
export const kerasJson: Format = {
  facts: (bytes) => architectureFacts(parsePython(decode(bytes), "the text")),
  open: (bytes, given) => withSizes(fromArchitecture(parsePython(decode(bytes), "the text"), given), given),
};

/** What an architecture says of itself; `root`: the file that has it. */
function architectureFacts(value: unknown, root?: H5Group): Facts {
  const outer = isPlain(value) ? value : {};
  const config = isPlain(outer.model_config) ? outer.model_config : outer;
  const stated = (key: string): unknown => root?.attribute(key) ?? config[key] ?? outer[key];
  const parts = layerFacts(config);
  return { says: said([["Keras version", stated("keras_version")], ["backend", stated("backend")]]), ...(parts === undefined ? {} : { parts }) }; // biome-ignore format: one line
}

/** The Model of a config of any Keras, `{class_name, config}` or what holds one: without weights. Throws CompileError `format/…`. */
export function fromArchitecture(value: unknown, given: Given = {}): Model {
  const { config, writer } = architectureOf(value, {});
  return linesOf(modernise(config, writer, given).config, emptyStore, given).model;
}

/** What stands at the root of a `.weights.h5` file. */
const folders: ReadonlySet<string> = new Set([
  "vars",
  "layers",
  "optimizer",
  "_layer_checkpoint_dependencies",
  "top_level_model_weights",
]);

function openH5(root: H5Group, given: Given): Model {
  const stated = root.attribute("model_config");
  if (typeof stated === "string") {
    const model = root.get("model_weights");
    if (model?.kind !== "group") return broken("/model_weights", "the file states a model and holds no weights of it");
    return opened(parsePython(stated, "model_config"), root, model, given);
  }
  // A model without weights leaves a file of weights that holds nothing.
  const strange = hasLayers(root) ? [] : root.names().filter((name) => !folders.has(name));
  if (strange.length > 0)
    throw new CompileError({
      code: "format/unsupported",
      path: "",
      message: `the HDF5 file is no model of Keras: it holds ${strange
        .slice(0, 5)
        .map((name) => JSON.stringify(name))
        .join(", ")}`,
    });
  return opened(architectureBeside(given), root, root, given);
}

/** The model of an architecture with the arrays below `weights`. */
function opened(architecture: unknown, root: H5Group, weights: H5Group, given: Given): Model {
  const said = { keras_version: root.attribute("keras_version"), backend: root.attribute("backend") };
  const { config, writer, stored } = architectureOf(architecture, said);
  if (!hasLayers(weights))
    return inFolders(config, writer, writer.major < 3 ? new AttributeStore(weights) : storeOfWeights(weights), given);
  const { config: made, owners, left, isRefused } = modernise(config, writer, given, stored);
  const arrays = new Arrays(weights);
  const lines = linesOf(made, arrays, given);
  const sized = withSizes(lines.model, given);
  if (isRefused || lines.isRefused) return sized;
  const model = { ...sized, weights: weightsIn(sized, arrays, owners, lines.customs, given) };
  const training = root.attribute("training_config");
  if (typeof training !== "string") return model;
  const optimizer = (): Optimized | undefined => optimizerIn(root, { owners, listed: lines.listed, major: stored.major });
  // A model that would be trained otherwise than it was is not trained by what its file says.
  return withTraining(model, parsePython(training, "training_config"), { left: left.map(leftSentence), optimizer });
}

/** What the optimizer stood at: its arrays by @weight_names. Throws CompileError format/… */
function optimizerIn(
  root: H5Group,
  { owners, listed, major }: { readonly owners: Modern["owners"]; readonly listed: Lines["listed"]; readonly major: number },
): Optimized | undefined {
  const group = root.get("optimizer_weights");
  if (group?.kind !== "group") return undefined;
  const turned = [...owners].find(([, { quirks }]) => quirks.length > 0);
  if (turned !== undefined)
    broken("optimizer_weights", `the arrays of ${JSON.stringify(turned[0])} are stored otherwise than those of today`);
  const variables = namesOf(group, "weight_names")?.map((name): Variable => {
    const data = group.get(name);
    if (data?.kind === "dataset") return { name, shape: data.shape, numbers: () => data.numbers() };
    return broken(group.path, `the file names the array ${JSON.stringify(name)}, which is not there`);
  });
  const orders: Optimized["orders"] = major < 3 ? ["by slot", "by weight"] : ["by weight"];
  return { variables: variables ?? [], orders, inOrder: (weights) => inFileOrder(weights, { listed }) };
}

/** Weights in folders, as Keras 3 has them. */
function inFolders(config: unknown, writer: Writer, store: Store, given: Given): Model {
  const made = writer.major < 3 ? modernise(config, writer, given) : { config, left: [], isRefused: false };
  const lines = linesOf(made.config, store, given);
  const model = withSizes(lines.model, given);
  if (made.isRefused || lines.isRefused) return model;
  const whole = { ...model, weights: weightsOf({ ...lines, model }, store, given) };
  return compiledIn(config, whole, lines, store, { left: made.left.map(leftSentence) });
}

/** The architecture in a value, and who wrote it; `said`: what the file of the arrays says. */
function architectureOf(value: unknown, said: { readonly keras_version?: unknown; readonly backend?: unknown }) {
  const outer = isPlain(value) && isPlain(value.model_config) ? value.model_config : value;
  const keys = isPlain(outer) ? outer : {};
  const isToday = typeof keys.module === "string" && keys.module.startsWith("keras");
  const version = keys.keras_version ?? (isPlain(value) ? value.keras_version : undefined) ?? said.keras_version;
  const writer = writerOf(version ?? (isToday ? "3" : undefined), keys.backend ?? said.backend);
  const stored =
    said.keras_version === undefined && said.backend === undefined ? writer : writerOf(said.keras_version, said.backend);
  return { config: outer, writer, stored };
}

const writerOf = (version: unknown, backend: unknown): Writer => ({
  major: majorOf(version),
  ...(typeof backend === "string" ? { backend } : {}),
});

/** The architecture beside a file of weights. Throws CompileError format/beside where there is none. */
function architectureBeside({ beside, fileName = "" }: Given): unknown {
  const own = fileName.slice(Math.max(fileName.lastIndexOf("/"), fileName.lastIndexOf("\\")) + 1);
  const stem = own.replace(/\.(h5|hdf5|keras)$/i, "");
  const names = [stem.replace(/\.weights$/i, ""), stem, "model", "config"].filter((name) => name !== "" && !name.includes("\0"));
  const wanted = [...new Set(names)].map((name) => `${name}.json`);
  for (const name of wanted) {
    const bytes = beside?.(name);
    if (bytes !== undefined) return parsePython(decode(bytes), name);
  }
  throw new CompileError({
    code: "format/beside",
    path: "",
    message: `the file holds weights alone, and no architecture is beside it: ${wanted.join(", ")}`,
    hint: "write model.to_json() into such a file, or save the whole model",
  });
}

function broken(path: string, message: string): never {
  throw new CompileError({ code: "format/spec", path, message });
}
