// `.keras` archives of Keras 2.12 to 2.15: the zip of Keras 3 with configs of Keras 2, and weights under attributes of its own. In: bytes
// nobody vouches for. Out: a Model, or a CompileError that names what is wrong or missing.
//
//   _layer_checkpoint_dependencies/dense/vars/0     the layers of a model: the k-th group of a class is its k-th layer, whatever number it
//   layers/dense/vars/0                             has (a layer with weights is counted twice there); or as Keras 3 has it
//   …/lstm/cell, …/_query_dense                     what stands within a layer, by the attribute's name
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Model } from "../../../compiler/model.ts";
import type { Custom, Variable } from "../custom/define.ts";
import { decode, type Format, type Given } from "../define.ts";
import { type H5Dataset, type H5Group, openHdf5 } from "../hdf5/index.ts";
import { compiledIn, leftSentence } from "../keras/compiled.ts";
import { kerasFacts } from "../keras/index.ts";
import { linesOf } from "../keras/model.ts";
import { type Store, variableOf } from "../keras/store.ts";
import { weightsOf } from "../keras/weights.ts";
import { withSizes } from "../sizes.ts";
import { type Archive, openZip } from "../zip.ts";
import { modernise } from "./configs.ts";
import type { Writer } from "./item.ts";
import { parsePython } from "./json.ts";

/** Archives that Keras 2 saved. */
export const kerasArchive: Format = {
  open: (bytes, given) => openArchive(openZip(bytes), given),
  facts: (bytes, given) => {
    const archive = openZip(bytes);
    const jsonIn = (name: string) => parsePython(decode(archive.read(name)), name);
    return kerasFacts(archive, jsonIn("metadata.json"), jsonIn("config.json"), given);
  },
};

function openArchive(archive: Archive, given: Given): Model {
  const writer: Writer = { major: 2, backend: "tensorflow" };
  const stated = parsePython(decode(archive.read("config.json")), "config.json");
  const { config, left, isRefused } = modernise(stated, writer, given);
  const store = new AttributeStore(openHdf5(archive.read("model.weights.h5")), archive);
  const lines = linesOf(config, store, given);
  const model = withSizes(lines.model, given);
  if (isRefused || lines.isRefused) return model;
  const whole = { ...model, weights: weightsOf({ ...lines, model }, store, given) };
  return compiledIn(stated, whole, lines, store, { left: left.map(leftSentence), orders: ["by weight", "by slot"] });
}

/** What a model calls the list of its layers. */
const containers = ["_layer_checkpoint_dependencies", "layers"] as const;
const silent = /(^|\/)(_?random_generators?|seed_generators?|_input_layers|_output_layers)(\/|$)/;
const deepest = 64;

/** Variables in groups that are named after attributes; asked for by Keras 3's folders. */
export class AttributeStore implements Store {
  readonly #root: H5Group;
  readonly #archive: Archive | undefined;
  readonly #read = new Set<string>();

  constructor(root: H5Group, archive?: Archive) {
    this.#root = root;
    this.#archive = archive;
  }

  variables = (folder: string): readonly H5Dataset[] => {
    const group = this.#groupOf(folder);
    const vars = group?.get("vars");
    if (vars?.kind !== "group") return [];
    this.#read.add(vars.path);
    return numbered(vars);
  };

  below = ({ folder }: Pick<Custom, "folder">): readonly Variable[] => {
    const root = this.#groupOf(folder);
    return root === undefined
      ? []
      : variablesIn(root).flatMap(({ vars, path }) => {
          this.#read.add(vars.path);
          return numbered(vars).map((data, i) => variableOf(`${path}${i}`, data));
        });
  };

  asset = (path: string): string | undefined => {
    const [folder, name] = [path.slice(0, path.lastIndexOf("/")), path.slice(path.lastIndexOf("/"))];
    const group = this.#groupOf(folder);
    const found = group === undefined ? undefined : `assets${group.path}${name}`;
    return found !== undefined && this.#archive?.has(found) === true ? decode(this.#archive.read(found)) : undefined;
  };

  unread = (): readonly string[] => {
    const groups = containers.map((name) => this.#root.get(name)).filter((group) => group?.kind === "group");
    return groups.flatMap((group) => variablesIn(group).map(({ vars }) => vars.path)).filter((path) => !this.#read.has(path));
  };

  /** The group that Keras 2 has for a folder of Keras 3. */
  #groupOf(folder: string): H5Group | undefined {
    const steps = folder.split("/");
    let group: H5Group | undefined = this.#root;
    for (let i = 0; i < steps.length && group !== undefined; i++)
      group =
        steps[i] === "layers" && i + 1 < steps.length
          ? layerIn(group, steps[++i])
          : (child(group, steps[i]) ?? child(group, `_${steps[i]}`));
    return group;
  }
}

/** The groups of variables from a group on, with their paths below it; not those where the noise of training stands. */
function variablesIn(root: H5Group): readonly { readonly vars: H5Group; readonly path: string }[] {
  const found: { readonly vars: H5Group; readonly path: string }[] = [];
  const walk = (group: H5Group, path: string, depth: number): void => {
    if (depth > deepest) return;
    const vars = group.get("vars");
    if (vars?.kind === "group" && vars.names().length > 0 && !silent.test(vars.path)) found.push({ vars, path });
    for (const name of group.names()) {
      const item = name === "vars" ? undefined : group.get(name);
      if (item?.kind === "group") walk(item, `${path}${name}/`, depth + 1);
    }
  };
  walk(root, "", 0);
  return found;
}

/** The variables of a group in their order. Throws CompileError format/tensor where one is missing. */
const numbered = (vars: H5Group): readonly H5Dataset[] =>
  vars
    .names()
    .toSorted((a, b) => Number(a) - Number(b))
    .map((name, i) => {
      const data = vars.get(name);
      if (data?.kind === "dataset" && (name === `${i}` || !/^\d+$/.test(name))) return data;
      const message = `there is no variable ${i}, but ${JSON.stringify(name)}`;
      throw new CompileError({ code: "format/tensor", path: vars.path, message });
    });

function child(group: H5Group, name: string): H5Group | undefined {
  const found = group.get(name);
  return found?.kind === "group" ? found : undefined;
}

/** The k-th group of a class: `dense_2` asks for the third. */
function layerIn(group: H5Group, name: string): H5Group | undefined {
  const [, base, k = "0"] = /^(.*?)(?:_(\d+))?$/.exec(name) ?? [];
  for (const container of containers) {
    const list = child(group, container);
    const numberOf = (one: string): number =>
      one === base ? 0 : one.startsWith(`${base}_`) ? Number(one.slice(base.length + 1) || "x") : Number.NaN;
    const sorted = (list?.names() ?? [])
      .filter((one) => Number.isSafeInteger(numberOf(one)))
      .sort((a, b) => numberOf(a) - numberOf(b));
    const found = sorted[Number(k)];
    if (list !== undefined && found !== undefined) return child(list, found);
  }
  return undefined;
}
