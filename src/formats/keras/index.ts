// `.keras` files of Keras 3: a zip archive of metadata.json, config.json and the weights. In: bytes nobody vouches for. Out: a Model, or a
// CompileError that names what is wrong or missing. Every layer is a row of the list of layers; nothing of a file is ever run.
// Guarantee: every variable of every layer in the file is read, by a weight of its shape, or the file is refused.
// https://keras.io/api/models/model_saving_apis/model_saving_and_loading/
import { append } from "../../../compiler/base/groups.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Weight } from "../../../compiler/front/params.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { sameShape, showShape } from "../../../compiler/graph/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import { decode, type Format } from "../define.ts";
import type { H5Dataset } from "../hdf5/index.ts";
import { parseJson } from "../json.ts";
import { type Archive, isZip, openZip } from "../zip.ts";
import { type Lines, linesOf } from "./model.ts";
import { emptyStore, type Store, storeOf } from "./store.ts";
import { quote, unsupported } from "./values.ts";

/** Models that Keras 3 saved. */
export const keras: Format = {
  name: ".keras files of Keras 3",
  sniff: (head) => isZip(head),
  open: (bytes) => openKeras(bytes),
};

function openKeras(bytes: Uint8Array): Model {
  const archive = openZip(bytes);
  if (!archive.has("config.json"))
    unsupported("", `the archive is no model of Keras: it holds ${archive.names.slice(0, 5).map(quote).join(", ")}`);
  checkVersion(archive);
  const store = storeOf(archive);
  const lines = linesOf(jsonOf(archive, "config.json"), store);
  return { ...lines.model, weights: weightsOf(lines, store) };
}

/** The Model of a config alone, as `model.get_config` and `to_json` give it: without weights. Throws CompileError `format/…`. */
export const fromConfig = (config: unknown): Model => linesOf(config, emptyStore).model;

const jsonOf = (archive: Archive, name: string): unknown => parseJson(decode(archive.read(name)), "format/json", name);

/** Keras 2.13 to 2.15 wrote another config into the same archive. */
function checkVersion(archive: Archive): void {
  const metadata = archive.has("metadata.json") ? jsonOf(archive, "metadata.json") : undefined;
  const version: unknown = isPlain(metadata) ? metadata.keras_version : undefined;
  if (typeof version !== "string" || Number.parseInt(version, 10) >= 3) return;
  unsupported(
    "metadata.json",
    `the file was saved by Keras ${quote(version)}; layerc reads those of Keras 3`,
    "load and save it with Keras 3",
  );
}

/** The model's weights, each from its place in the file. Throws CompileError format/tensor where one is missing, or another shape's. */
export function weightsOf({ model, folders }: Lines, store: Store): Readonly<Record<string, Float32Array>> {
  const values: Record<string, Float32Array> = {};
  const perFolder = new Map<string, Weight[]>();
  for (const weight of resolve(model).weights) append(perFolder, folderOf(weight, folders), weight);
  for (const [folder, weights] of perFolder) {
    const found = store.variables(folder);
    const places = weights.map(({ spec }, i) => spec.at ?? i);
    const needed = Math.max(...places) + 1;
    if (found.length !== needed) {
      const message = `${weights.map(({ name }) => quote(name)).join(" and ")} need ${needed} variables, the file holds ${found.length} in ${folder}/vars`;
      throw new CompileError({ code: "format/tensor", path: `${folder}/vars`, message });
    }
    weights.forEach((weight, i) => {
      // defineProperty: a layer may be called __proto__.
      Object.defineProperty(values, weight.name, {
        value: numbersOf(weight, found[places[i]], `${folder}/vars/${places[i]}`),
        enumerable: true,
      });
    });
  }
  const [unread] = store.unread();
  if (unread === undefined) return values;
  return unsupported(unread, `the file holds variables in ${quote(unread)} that no layer of layerc reads`);
}

/** The folder of the line that a weight belongs to, then that of a layer within, then Keras' own within that. */
function folderOf({ name, spec }: Weight, folders: ReadonlyMap<string, string>): string {
  const parts = name.split("/");
  for (let length = parts.length - 1; length > 0; length--) {
    const folder = folders.get(parts.slice(0, length).join("/"));
    if (folder === undefined) continue;
    return [folder, ...parts.slice(length, -1), ...(spec.within === undefined ? [] : [spec.within])].join("/");
  }
  throw new CompileError({ code: "internal/bug", path: "", message: `the weight ${quote(name)} belongs to no line` });
}

function numbersOf({ name, shape }: Weight, data: H5Dataset, path: string): Float32Array {
  if (data.shape !== null && sameShape(data.shape, shape)) return data.numbers();
  const found = data.shape === null ? "none" : showShape(data.shape);
  throw new CompileError({
    code: "format/tensor",
    path,
    message: `${quote(name)} needs shape ${showShape(shape)}, the file gives ${found}`,
  });
}
