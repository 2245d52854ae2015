// The arrays of .h5 files of Keras, by layer. In: the file's groups, which nobody vouches for. Out: arrays in the order in which Keras lists
// the weights of a layer, each by its path. Guarantee: what the file names is there, or it is refused; what is taken out is taken once.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import type { Custom, Variable } from "../custom/define.ts";
import type { H5Dataset, H5Group, H5Value } from "../hdf5/index.ts";
import { type Store, variableOf } from "../keras/store.ts";
import { quote } from "../keras/values.ts";

/** An array of the file, by its path below its layer's group. */
export interface Named {
  readonly name: string;
  readonly data: H5Dataset;
}
/** The names of an attribute, which may stand in parts. */
export function namesOf(group: H5Group, attribute: string): readonly string[] | undefined {
  const list = (value: H5Value): readonly string[] =>
    (Array.isArray(value) ? value : [value]).filter((name): name is string => typeof name === "string");
  const whole = group.attribute(attribute);
  if (whole !== undefined) return list(whole);
  const parts: string[] = [];
  for (let k = 0; ; k++) {
    const part = group.attribute(`${attribute}${k}`);
    if (part === undefined) return k === 0 ? undefined : parts;
    parts.push(...list(part));
  }
}

/** Variables that say nothing about predictions: where the noise of training stands. */
const silent = /(^|\/)(StateVar|seed_generator_state)(_\d+)?(:\d+)?$/;

/** Whether a group holds weights by layer, in the form of Keras' .h5 files. */
export const hasLayers = (group: H5Group): boolean =>
  group.attribute("layer_names") !== undefined || group.attribute("layer_names0") !== undefined;

/** The arrays of a file by layer, in its order; what layers take over into their configs is taken out. */
export class Arrays implements Store {
  readonly #byLayer = new Map<string, Named[]>();

  constructor(group: H5Group) {
    for (const layer of namesOf(group, "layer_names") ?? []) {
      const own = group.get(layer);
      if (own?.kind !== "group") {
        fail(layer, `the file names the layer ${quote(layer)}, and has no group of that name`);
        continue;
      }
      const names = (namesOf(own, "weight_names") ?? []).filter((name) => !silent.test(name));
      const arrays = names.map((name): Named => {
        const data = own.get(name);
        return data?.kind === "dataset"
          ? { name, data }
          : fail(own.path, `the file names the array ${quote(name)}, which is not there`);
      });
      this.#byLayer.set(layer, arrays);
    }
    const top = group.get("top_level_model_weights");
    const more = top?.kind === "group" ? (namesOf(top, "weight_names") ?? []) : [];
    if (more.length > 0) fail("top_level_model_weights", `the model itself has weights: ${more.map(quote).join(", ")}`);
  }

  /** Layers that have arrays, with these. */
  get layers(): readonly (readonly [name: string, arrays: readonly Named[]])[] {
    return [...this.#byLayer].filter(([, arrays]) => arrays.length > 0);
  }

  folders = (list: readonly { readonly config: Readonly<Record<string, unknown>> }[], under: string): readonly string[] =>
    list.map(({ config }) => `${under === "" ? "" : `${under}/`}${String(config.name)}`);

  /** What a layer takes into its config: all arrays of its group, or within a model those that are named after it. */
  variables = (folder: string): readonly H5Dataset[] => {
    const layer = [...this.#byLayer.keys()].find((name) => folder === name || folder.startsWith(`${name}/`));
    const arrays = layer === undefined ? undefined : this.#byLayer.get(layer);
    if (layer === undefined || arrays === undefined) return [];
    const own = folder.slice(folder.lastIndexOf("/") + 1);
    const isOwn = ({ name }: Named): boolean => folder === layer || name.split("/").at(-2) === own;
    const taken = arrays.filter(isOwn);
    this.#byLayer.set(
      layer,
      arrays.filter((array) => !isOwn(array)),
    );
    this.#taken.set(folder, [...(this.#taken.get(folder) ?? []), ...taken]);
    return (this.#taken.get(folder) ?? []).map(({ data }) => data);
  };
  readonly #taken = new Map<string, readonly Named[]>();

  /** Those of a custom layer: of its group, or those that are named after it; in a wrapper, whose names may not tell, all. */
  below = ({ folder, name: own }: Pick<Custom, "folder" | "name">): readonly Variable[] => {
    const layer = [...this.#byLayer.keys()].find((name) => folder === name || folder.startsWith(`${name}/`)) ?? "";
    const arrays = this.#byLayer.get(layer) ?? [];
    const named = folder === layer ? arrays : arrays.filter(({ name }) => name.split("/").slice(0, -1).includes(own));
    const isWrapped = folder.slice(folder.lastIndexOf("/") + 1) !== own;
    const taken = named.length === 0 && isWrapped ? arrays : named;
    this.#byLayer.set(
      layer,
      arrays.filter((array) => !taken.includes(array)),
    );
    return taken.map(({ name, data }) => variableOf(belowName(name, own), data));
  };

  asset = (): undefined => undefined;
  unread = (): readonly string[] => [];
}

/** The name of an array below its layer, without the `:0` of TensorFlow. */
export function belowName(name: string, layer: string): string {
  const parts = name.replace(/:\d+$/, "").split("/");
  return parts.slice(parts.slice(0, -1).lastIndexOf(layer) + 1).join("/");
}

function fail(path: string, message: string): never {
  throw new CompileError({ code: "format/tensor", path, message });
}
