// The numbers and texts of a Keras 3 file, by folder. In: an archive, or HDF5. Out: the variables `vars/0, 1, …` of a folder, in order.
// Guarantee: what was never asked for is known, so that a file cannot hold a layer's weights that nobody reads.
//
//   model.weights.h5              one file of groups: layers/dense/vars/0, layers/lstm/cell/vars/0, optimizer/vars/0, …
//   model.weights.json            the same in shards: {"weight_map": {"/layers/dense/vars": "model_00001.weights.h5" or several}}
//   assets/layers/…/name          texts, such as vocabularies
//
// https://github.com/keras-team/keras/blob/master/keras/src/saving/saving_lib.py
import * as z from "zod";
import { check } from "../../../compiler/diagnostics/check.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Custom, Variable } from "../custom/define.ts";
import { decode } from "../define.ts";
import { type H5Dataset, type H5Group, openHdf5 } from "../hdf5/index.ts";
import { parseJson } from "../json.ts";
import type { Archive } from "../zip.ts";
import type { Serialized } from "./values.ts";

/** What is saved beside the configs. */
export interface Store {
  /** The variables of a folder such as `layers/dense`, in their order; none where it has none. */
  readonly variables: (folder: string) => readonly H5Dataset[];
  readonly asset: (path: string) => string | undefined;
  /** Where the layers of a container lie, if not by Keras 3's rule. */
  readonly folders?: (list: readonly Pick<Serialized, "class_name" | "config">[], under: string) => readonly string[];
  /** Every variable of a custom layer: the layer's own, then those of its sublayers. They have been asked for then. */
  readonly below: (custom: Pick<Custom, "folder" | "name">) => readonly Variable[];
  /** Folders of layers with variables that nobody asked for. */
  readonly unread: () => readonly string[];
}

/** Variables that say nothing about predictions: where the noise of training stands. */
const silent: readonly RegExp[] = [/(^|\/)seed_generators?(\/|$)/, /(^|\/)_?random_generators?(\/|$)/];
/** Groups within groups: deeper than any model. */
const deepest = 64;

const shardsSchema = z.looseObject({ weight_map: z.record(z.string(), z.union([z.string(), z.array(z.string())])) });

/** The files of weights in an archive. Throws CompileError `format/…`. */
export const weightFiles = (archive: Archive): readonly H5Group[] =>
  archive.has("model.weights.json") ? shards(archive) : [openHdf5(archive.read(wholeFile(archive)))];

/** The store of an archive. Throws CompileError `format/…`. */
export function storeOf(archive: Archive): Store {
  const files = weightFiles(archive);
  const asset = (path: string): string | undefined =>
    archive.has(`assets/${path}`) ? decode(archive.read(`assets/${path}`)) : undefined;
  return new Files(files, asset);
}

/** The store of a file of weights alone (`.weights.h5`). */
export const storeOfWeights = (file: H5Group): Store => new Files([file], () => undefined);

/** A store of nothing: a config alone. */
export const emptyStore: Store = { variables: () => [], below: () => [], asset: () => undefined, unread: () => [] };

function wholeFile(archive: Archive): string {
  const name = "model.weights.h5";
  if (archive.has(name)) return name;
  if (!archive.has("model.weights.npz")) return name;
  throw new CompileError({
    code: "format/unsupported",
    path: "model.weights.npz",
    message: "the weights are Python objects in an .npz file, which cannot be read without running Python",
    hint: "install h5py and save the model again",
  });
}

function shards(archive: Archive): readonly H5Group[] {
  const text = decode(archive.read("model.weights.json"));
  const place = { code: "format/spec", path: "model.weights.json", subject: "the list of shards" } as const;
  const { weight_map: map } = check(shardsSchema, parseJson(text, "format/json", "model.weights.json"), place);
  return [...new Set(Object.values(map).flat())].map((name) => openHdf5(archive.read(name)));
}

class Files implements Store {
  readonly #files: readonly H5Group[];
  readonly asset: Store["asset"];
  readonly #read = new Set<string>();

  constructor(files: readonly H5Group[], asset: Store["asset"]) {
    this.#files = files;
    this.asset = asset;
  }

  variables(folder: string): readonly H5Dataset[] {
    this.#read.add(folder);
    const found = this.#files.flatMap((file): readonly (readonly [name: string, data: H5Dataset])[] => {
      const vars = file.get(`${folder}/vars`);
      if (vars?.kind !== "group") return [];
      return vars.names().flatMap((name) => {
        const data = vars.get(name);
        return data?.kind === "dataset" ? [[name, data] as const] : [];
      });
    });
    const sorted = found.sort(([a], [b]) => Number(a) - Number(b));
    sorted.forEach(([name], i) => {
      // One that has a name of its own stands alone: `idf_weights`.
      if (name === `${i}` || (sorted.length === 1 && !/^\d+$/.test(name))) return;
      const message = `${folder}/vars has no variable ${i}, but ${JSON.stringify(name)}`;
      throw new CompileError({ code: "format/tensor", path: `${folder}/vars`, message });
    });
    return sorted.map(([, data]) => data);
  }

  below({ folder }: Pick<Custom, "folder">): readonly Variable[] {
    return this.#foldersIn(folder).flatMap((one) => {
      const short = one === folder ? "" : `${one.slice(folder === "" ? 0 : folder.length + 1)}/`;
      return this.variables(one).map((data, i) => variableOf(`${short}${i}`, data));
    });
  }

  unread(): readonly string[] {
    return this.#foldersIn("layers").filter((folder) => !this.#read.has(folder));
  }

  /** Folders that hold variables, from `root` on: first itself, then those within in the file's order. */
  #foldersIn(root: string): readonly string[] {
    const found = new Set<string>();
    const walk = (group: H5Group, folder: string, depth: number): void => {
      if (depth > deepest) return;
      const vars = group.get("vars");
      if (vars?.kind === "group" && vars.names().length > 0) found.add(folder);
      for (const name of group.names()) {
        const item = name === "vars" ? undefined : group.get(name);
        // What training stands at is no part of a model.
        if (item?.kind === "group" && !(folder === "" && name === "optimizer"))
          walk(item, folder === "" ? name : `${folder}/${name}`, depth + 1);
      }
    };
    for (const file of this.#files) {
      const group = root === "" ? file : file.get(root);
      if (group?.kind === "group") walk(group, root, 0);
    }
    return [...found].filter((folder) => !silent.some((pattern) => pattern.test(folder)));
  }
}

/** A variable of the file as a definition is given it. Throws CompileError format/tensor where it has no value. */
export function variableOf(name: string, data: H5Dataset): Variable {
  if (data.shape !== null) return { name, shape: data.shape, values: data.numbers() };
  throw new CompileError({ code: "format/tensor", path: data.path, message: "the variable has no value" });
}
