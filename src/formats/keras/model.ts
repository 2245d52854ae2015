// A Keras 3 config as lines of a model. In: config.json of a file nobody vouches for, and what the file holds beside it. Out: lines and
// ports in our terms, and for every line where its weights lie in the file.
//
//   Sequential   a chain: `input`, then its layers; one within a model is a line `model`, and so is a Pipeline
//   Functional   named ports and lines that name what they take; a layer that is called again is a line `reuse`
//   weights      layers/dense, layers/dense_1, …: folders count the layers of a class within their container, names are not used
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Saved } from "../../../compiler/layers/define.ts";
import type { InputSpec, LayerSpec, Model, OutputSpec } from "../../../compiler/model.ts";
import type { Custom, LayerDefinition } from "../custom/define.ts";
import { defined, definitionOf } from "../custom/lines.ts";
import { type Given, steppedOver } from "../define.ts";
import { ownActivation, withoutActivation } from "./activation.ts";
import { type Call, functional } from "./functional.ts";
import { operationLine } from "./operations/index.ts";
import { foldersOf, free, inputLine, nameOf, sampleShape, statesShape, wrong } from "./places.ts";
import { isOperation, type Reference, tensorsIn } from "./references.ts";
import type { Store } from "./store.ts";
import {
  configOf,
  definitionHint,
  type Inner,
  type Keys,
  knownLayer,
  layerOf,
  ours,
  quote,
  type Serialized,
  serialized,
  unsupported,
} from "./values.ts";

/** A model's lines, and the folder of each by the name that its weights begin with. */
export interface Lines {
  readonly model: Pick<Model, "name" | "seed" | "layers" | "inputs" | "outputs">;
  readonly folders: ReadonlyMap<string, string>;
  /** Names of the layers of each model and of those within in the file's order, by what the names of their weights begin with. */
  readonly listed: ReadonlyMap<string, readonly string[]>;
  /** Layers of the file's author, whose lines a definition gave. */
  readonly customs: readonly Custom[];
  /** Whether lines are missing, which whoever asked for all problems was told of: this is no model then. */
  readonly isRefused: boolean;
}

type Net = Pick<Model, "layers" | "inputs" | "outputs">;
/** Where a container stands: its folder in the file, what the names of its weights begin with, and its place in the config. */
interface Site {
  readonly folder: string;
  readonly prefix: string;
  readonly path: string;
  readonly depth: number;
}

const deepest = 32;

/** The lines of a config. Throws CompileError `format/…`. */
export function linesOf(config: unknown, store: Store, given: Given = {}): Lines {
  const reader = new Reader(store, given);
  const root = serialized(config, "");
  const name = typeof root.config.name === "string" && root.config.name !== "" ? root.config.name : "model";
  const net = reader.root(root, name, buildShape(config));
  return {
    model: { name, seed: 0, ...net },
    folders: reader.folders,
    listed: reader.listed,
    customs: reader.customs,
    isRefused: reader.isRefused,
  };
}

/** The shape that a Sequential without an input layer was built for, batch included. */
function buildShape(config: unknown): unknown {
  const build = isPlain(config) ? config.build_config : undefined;
  return isPlain(build) ? build.input_shape : undefined;
}

/** A class that holds layers: the line that it is within a model, and what reads it. */
interface Container {
  readonly line: "model" | "pipeline";
  readonly read: (config: Keys, site: Site, built: unknown) => Net;
}

class Reader {
  readonly folders = new Map<string, string>();
  readonly listed = new Map<string, readonly string[]>();
  readonly customs: Custom[] = [];
  readonly #store: Store;
  readonly #given: Given;
  isRefused = false;
  /** Containers by Keras' class. */
  readonly #containers: Readonly<Record<string, Container>> = {
    Sequential: { line: "model", read: (config, site, built) => this.#chain(config, site, built) },
    Functional: { line: "model", read: (config, site) => this.#graph(config, site) },
    // A layer to Keras, which holds its layers and their folders as a Sequential does.
    Pipeline: { line: "pipeline", read: (config, site) => this.#chain(config, site, undefined) },
  };

  constructor(store: Store, given: Given) {
    this.#store = store;
    this.#given = given;
  }

  /** A line; where it cannot be one, and all problems are asked for, one in its place. */
  #attempt(name: string, make: () => LayerSpec): LayerSpec {
    return steppedOver(this.#given.refuse, make, () => {
      this.isRefused = true;
      return { name, layer: "identity", config: {} };
    });
  }

  /** The whole model, which may be of a class of the author's too. */
  root(root: Serialized, name: string, built: unknown): Net {
    const site: Site = { folder: "", prefix: "", path: "config", depth: 0 };
    const definition = this.#definitionOf(root);
    if (definition === undefined) return this.net(root, site, built);
    const about = { owner: "", folder: "", path: "config", name, className: root.class_name, call: {} };
    const { line, custom } = defined(root, about, definition);
    const isModel = line.layer === "model";
    this.customs.push(isModel ? custom : { ...custom, owner: name });
    const { trainable: _, ...inner } = (isModel ? line.config : { layers: [line] }) as unknown as Net & { trainable?: boolean };
    const isStated = inner.inputs !== undefined || built === undefined || built === null || statesShape(inner.layers[0]);
    return isStated ? inner : { ...inner, layers: [inputLine(built, undefined, "build_config"), ...inner.layers] };
  }

  /** What a container holds. */
  net(root: Serialized, site: Site, built?: unknown): Net {
    if (!this.#isContainer(root))
      unsupported(
        site.path,
        `the model is of the class ${quote(root.class_name)}: layerc reads Sequential and Functional models`,
        definitionHint(root.class_name),
      );
    if (site.depth > deepest) unsupported(site.path, `models are nested deeper than ${deepest}`);
    return this.#containers[root.class_name].read(root.config, site, built);
  }

  #isContainer({ class_name }: Serialized): boolean {
    return Object.hasOwn(this.#containers, class_name);
  }

  #foldersOf(list: readonly Serialized[], under: string): readonly string[] {
    return this.#store.folders?.(list, under) ?? foldersOf(list, under);
  }

  #chain(config: Keys, site: Site, built: unknown): Net {
    const path = `${site.path}.layers`;
    if (!Array.isArray(config.layers)) return wrong(path, `the layers are a list, found ${quote(config.layers)}`);
    const list = config.layers.map((item: unknown, i) => serialized(item, `${path}[${i}]`));
    const folders = this.#foldersOf(list, site.folder);
    const stated = list.find(({ class_name }) => class_name === "InputLayer");
    const shape = stated?.config.batch_shape ?? stated?.config.batch_input_shape ?? built ?? config.build_input_shape;
    const begins: readonly LayerSpec[] =
      site.depth > 0 || shape === undefined || shape === null ? [] : [inputLine(shape, stated?.config.dtype, path)];
    this.listed.set(site.prefix, list.map(({ config }) => String(config.name))); // biome-ignore format: one line
    const lines = list.flatMap((item, i): readonly LayerSpec[] => {
      if (item.class_name === "InputLayer") return [];
      const name = nameOf(item, `${path}[${i}]`);
      const place = { ...site, path: `${path}[${i}]`, folder: folders[i] };
      return [this.#attempt(name, () => this.#line(item, name, place))];
    });
    return { layers: [...begins, ...lines] };
  }

  #graph(config: Keys, site: Site): Net {
    const { layers, calls, inputs, outputs } = functional(config, site.path, this.#given);
    this.listed.set(site.prefix, layers.map(({ name }) => name)); // biome-ignore format: one line
    // Operations have no folders, and count for none.
    const held = layers.filter((layer) => !isOperation(layer));
    const folders = new Map(this.#foldersOf(held, site.folder).map((folder, i) => [held[i].name, folder]));
    const taken = new Set(layers.map(({ name }) => name));
    const made = new Map<string, string>();
    const nameFor = ([layer, call, result]: Reference): string =>
      `${made.get(`${call} ${layer}`) ?? layer}${result === 0 ? "" : `:${result}`}`;
    const first = new Set<string>();
    const lines = calls.map((call): LayerSpec => {
      const { layer } = call;
      const isAgain = first.has(layer.name);
      first.add(layer.name);
      const name = isAgain ? free(taken, layer.name) : layer.name;
      made.set(`${call.call} ${layer.name}`, name);
      if (isOperation(layer)) return this.#operation(call, name, nameFor);
      const inputs = call.arguments.flatMap(({ value }) => tensorsIn(value)).map(nameFor);
      const place = { ...site, path: layer.path, folder: folders.get(layer.name) ?? "" };
      return { ...this.#attempt(name, () => this.#called(call, name, isAgain, place)), inputs };
    });
    const byName = new Map(layers.map((layer) => [layer.name, layer.config]));
    const names = new Set<string>();
    return {
      layers: lines,
      inputs: inputs.map(({ name, from: [layer] }): InputSpec => {
        const { batch_shape: shape, batch_input_shape: old, dtype } = byName.get(layer) ?? {};
        return {
          name,
          shape: sampleShape(shape ?? old, site.path) as number[],
          ...(dtype === "string" ? { type: "string" } : {}),
        };
      }),
      outputs: outputs.map(({ name, from }): OutputSpec => ({ name: free(names, name), from: nameFor(from) })),
    };
  }

  /** A call of an operation: a line of its own each time, for it has no weights. */
  #operation(call: Call, name: string, nameFor: (from: Reference) => string): LayerSpec {
    const taken = (value: unknown): readonly string[] => tensorsIn(value).map(nameFor);
    let inputs = taken(call.arguments.map(({ value }) => value));
    const line = this.#attempt(name, () => {
      const { layer, config, tensors } = operationLine(call);
      inputs = taken(tensors);
      return { name, layer, config };
    });
    return { ...line, inputs };
  }

  /** A call of a layer: its line, or one that calls it again. */
  #called(call: Call, name: string, isAgain: boolean, site: Site): LayerSpec {
    const { layer } = call;
    const { roles, perCall = {} } = knownLayer(layer) ?? {};
    const told = { ...toldBy(call), ...(roles === undefined ? {} : takenBy(call, roles)) };
    if (!isAgain) {
      const custom = this.#custom(layer, name, site, told);
      if (custom !== undefined) return custom;
      const line = this.#line(layer, name, site);
      return { ...line, config: { ...line.config, ...told } };
    }
    const strange = Object.keys(told).find((key) => !Object.hasOwn(perCall, key));
    if (strange !== undefined) unsupported(layer.path, `the layer ${quote(layer.name)} is called again with another ${strange}`);
    // What this call leaves out the first may have said.
    return { name, layer: "reuse", config: { of: layer.name, ...perCall, ...told } };
  }

  #definitionOf(item: Serialized): LayerDefinition | undefined {
    return this.#isContainer(item) || knownLayer(item) !== undefined ? undefined : definitionOf(item, this.#given.layers);
  }

  /** A layer of the file's author by its definition; undefined where none was given. */
  #custom(item: Serialized, name: string, { folder, prefix, path }: Site, call: Keys): LayerSpec | undefined {
    const definition = this.#definitionOf(item);
    if (definition === undefined) return undefined;
    const own = typeof item.config.name === "string" ? item.config.name : name;
    const about = { owner: `${prefix}${name}`, folder, path, name: own, className: item.class_name, call };
    const { line, custom } = defined(item, about, definition);
    this.customs.push(custom);
    return { ...line, name };
  }

  /** A layer, and behind it its activation, which a definition says. */
  #activated(item: Serialized, activation: string, name: string, site: Site): LayerSpec {
    const path = `${site.path}.config.activation`;
    const bare = withoutActivation(item, activation, path);
    const within = { ...site, prefix: `${site.prefix}${name}/` };
    const own: Serialized = { class_name: activation, module: "builtins", config: { name: "activation" } };
    const line = this.#line(bare, "layer", within);
    return { name, layer: "pipeline", config: { layers: [line, this.#line(own, "activation", { ...within, path, folder: `${site.folder}/activation` })] } }; // biome-ignore format: one line
  }

  #line(item: Serialized, name: string, site: Site): LayerSpec {
    const { folder, prefix, path, depth } = site;
    const custom = this.#custom(item, name, site, {});
    if (custom !== undefined) return custom;
    if (this.#isContainer(item)) {
      const inner = this.net(item, { folder, prefix: `${prefix}${name}/`, path: `${path}.config`, depth: depth + 1 });
      const layer = this.#containers[item.class_name].line;
      return { name, layer, config: { ...inner, ...(item.config.trainable === false ? { trainable: false } : {}) } };
    }
    const activation = ownActivation(item.config);
    if (activation !== undefined) return this.#activated(item, activation, name, site);
    const layer = layerOf(item, path);
    this.folders.set(`${prefix}${name}`, folder);
    // Keras' name of a layer within is the key that it stands under, and its folder too.
    const within: Inner = (nested, at) => {
      const isOurs = !this.#isContainer(nested) && this.#definitionOf(nested) === undefined && !ownActivation(nested.config);
      if (isOurs && layerOf(nested, at).fromKeras === undefined) return undefined;
      const role = at.slice(at.lastIndexOf(".") + 1);
      const place = { folder: `${folder}/${role}`, prefix: `${prefix}${name}/`, path: at, depth: depth + 1 };
      const { name: _, ...line } = this.#line(nested, role, place);
      return line;
    };
    const config = configOf(layer, item.config, `${path}.config`, 0, within);
    const saved: Saved = {
      variables: (within) =>
        this.#store.variables(within === undefined ? folder : `${folder}/${within}`).map((data) => data.numbers()),
      asset: (text) => this.#store.asset(`${folder}/${text}`),
    };
    return { name, layer: layer.name, config: layer.fromKeras?.(config, saved) ?? config };
  }
}

/** What a call says beside its tensors, as keys of a config. */
const toldBy = (call: Call): Readonly<Record<string, unknown>> =>
  Object.fromEntries(
    call.arguments
      .filter(({ value }) => tensorsIn(value).length === 0)
      .map(({ name, value }) => {
        if (typeof name === "string") return [camelCase(name), ours(value, `${call.layer.path}.${name}`)];
        return unsupported(call.layer.path, `the layer ${quote(call.layer.name)} is called with ${quote(value)}`);
      }),
  );

/** What the tensors of a call are, where their number alone does not say it. */
function takenBy(call: Call, roles: readonly string[]): { readonly takes?: readonly string[] } {
  const takes = call.arguments.flatMap(({ name, value }) =>
    tensorsIn(value).map((_, i) => (typeof name === "string" ? camelCase(name) : roles[name + i])),
  );
  return takes.length <= 3 && takes.every((role, i) => role === roles[i]) ? {} : { takes };
}
