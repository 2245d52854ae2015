// A config of Keras 1 or 2 (or of Keras 3's .h5 files) as Keras 3 writes it in a .keras file. In: JSON nobody vouches for, and who wrote
// it. Out: the config, with every quirk of the table mended; which layers there are, in the file's order, and how their arrays are stored.
//
//   Sequential   config: [layers], or {name, layers}        the first layer says what the model takes: batch_input_shape
//   functional   config: {layers: [{class_name, config, name, inbound_nodes}], input_layers, output_layers}
//
// A layer that holds another as its activation becomes a Sequential of both, under its own name.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { snakeCase } from "../../../compiler/front/lines.ts";
import { constraintSchema } from "../../../compiler/training/constraints/index.ts";
import { initializerSchema } from "../../../compiler/training/initializers/index.ts";
import { regularizerSchema } from "../../../compiler/training/regularizers/index.ts";
import { type Given, steppedOver } from "../define.ts";
import { reasons } from "../keras/operations/reasons.ts";
import { table } from "../keras/operations/table.ts";
import { type Keys, knownLayer, ours, quote, unsupported } from "../keras/values.ts";
import { classToday, type Item, unwrapped, type Writer, without } from "./item.ts";
import { Namer, nameIn } from "./names.ts";
import { callsOf } from "./nodes.ts";
import { operationOf } from "./operations.ts";
import { type ArrayQuirk, arrayQuirks, layerQuirks } from "./quirks.ts";

/** A layer that may have weights, by the name that these begin with. */
export interface Owner {
  readonly item: Item;
  readonly quirks: readonly ArrayQuirk[];
}
/** A config of today. */
export interface Modern {
  readonly config: Keys;
  /** In the file's order, in which Keras counts weights. */
  readonly owners: ReadonlyMap<string, Owner>;
  /** What of training is not taken over: regularizers, initializers and constraints that layerc does not have. */
  readonly left: readonly string[];
  /** Whether layers are missing, which whoever asked for all problems was told of. */
  readonly isRefused: boolean;
}

const deepest = 32;

/** The config as Keras 3 writes it; `stored`: who wrote the arrays. Throws CompileError `format/…`. */
export function modernise(config: unknown, writer: Writer, given: Given = {}, stored: Writer = writer): Modern {
  const reader = new Reader(writer, stored, given);
  const root = itemOf(config, "config");
  if (!isContainer(root.class_name))
    unsupported("config", `the model is of the class ${quote(root.class_name)}: layerc reads Sequential and Functional models`);
  const made = reader.container(root, { path: "config", owner: "", depth: 0 });
  return { config: made, owners: reader.owners, left: reader.left, isRefused: reader.isRefused };
}

const isContainer = (name: string): boolean => name === "Sequential" || classToday(name) === "Functional";

interface Site {
  readonly path: string;
  /** What the names of weights below begin with: "" or `outer/`. */
  readonly owner: string;
  readonly depth: number;
}

/** The object as a layer. Throws CompileError format/spec where it is none. */
function itemOf(value: unknown, path: string): Item & Keys {
  if (isPlain(value) && typeof value.class_name === "string") {
    const { config = {} } = value;
    if (Array.isArray(config)) return { ...value, class_name: value.class_name, config: { layers: config } };
    if (isPlain(config)) return { ...value, class_name: value.class_name, config };
  }
  throw new CompileError({ code: "format/spec", path, message: `a layer is {class_name, config}, found ${quote(value)}` });
}

/** The layer as today's Keras would write it, with all that it is followed by. */
export function mended(item: Item, writer: Writer): Item {
  return layerQuirks.reduce((now, quirk) => (quirk.sees(now, writer) ? quirk.mends(now, writer) : now), item);
}

/** Of a wrapper: what the names of the weights within begin with, by the key that the layer stands under. */
const roles: Readonly<Record<string, readonly string[]>> = {
  layer: ["layer"],
  backward_layer: ["backward_layer"],
  cell: ["cell"],
  cells: ["cells"],
};

/** What of training stands in a config as an object of its own, by the end of its key. */
const spoken = [
  { ending: "_initializer", module: "keras.initializers", schema: initializerSchema },
  { ending: "_regularizer", module: "keras.regularizers", schema: regularizerSchema },
  { ending: "_constraint", module: "keras.constraints", schema: constraintSchema },
] as const;

class Reader {
  readonly owners = new Map<string, Owner>();
  readonly left: string[] = [];
  isRefused = false;
  readonly #writer: Writer;
  readonly #stored: Writer;
  readonly #given: Given;

  constructor(writer: Writer, stored: Writer, given: Given) {
    this.#given = given;
    this.#writer = writer;
    this.#stored = stored;
  }

  container(item: Item & Keys, site: Site): Keys {
    if (site.depth > deepest) unsupported(site.path, `models are nested deeper than ${deepest}`);
    const made = item.class_name === "Sequential" ? this.#chain(item.config, site) : this.#graph(item.config, site);
    return {
      ...without(item, ["config"]),
      module: "keras.models",
      class_name: item.class_name === "Sequential" ? "Sequential" : "Functional",
      config: made,
    };
  }

  #chain(config: Keys, { path, owner, depth }: Site): Keys {
    const list = listOf(config.layers, `${path}.layers`);
    const names = new Namer(list);
    const layers = list.map((item, i) =>
      this.#layer(item, names.of(item), { path: `${path}.layers[${i}]`, owner, depth: depth + 1 }),
    );
    const shape = list.length === 0 || list[0].class_name === "InputLayer" ? undefined : batchShape(list[0]);
    const input = { module: "keras.layers", class_name: "InputLayer", config: { batch_shape: shape, name: names.free("input") } };
    return { ...config, layers: shape === undefined ? layers : [input, ...layers] };
  }

  #graph(config: Keys, { path, owner, depth }: Site): Keys {
    const list = listOf(config.layers, `${path}.layers`);
    const names = new Set(list.flatMap((item) => nameIn(item) ?? []));
    const layers = list.map((item, i) => {
      const at = `${path}.layers[${i}]`;
      const name = nameIn(item);
      if (name === undefined) return wrong(at, "a layer of a functional model has a name");
      const nodes = callsOf((item as Keys).inbound_nodes, names, at);
      return (
        operationOf(item, nodes, name, at) ?? {
          ...this.#layer(item, name, { path: at, owner, depth: depth + 1 }),
          name,
          inbound_nodes: nodes,
        }
      );
    });
    return { ...config, layers };
  }

  /** A layer in a list under its lines' name; where it cannot be one, and all problems are asked for, one in its place. */
  #layer(item: Item & Keys, name: string, site: Site): Keys {
    const instead = () => {
      this.isRefused = true;
      return { module: "keras.layers", class_name: "Identity", config: { name } };
    };
    return steppedOver(this.#given.refuse, () => this.#line(item, name, site), instead);
  }

  #line(item: Item & Keys, name: string, site: Site): Keys {
    if (isContainer(item.class_name))
      return this.container({ ...item, config: { ...item.config, name } }, { ...site, owner: `${site.owner}${name}/` });
    if (item.class_name === "InputLayer")
      return { module: "keras.layers", class_name: "InputLayer", config: { ...(unwrapped(item.config) as Keys), name } };
    const { behind = [], ...made } = mended(item, this.#writer);
    const named = { ...made.config, name };
    if (behind.length === 0) return this.#single({ ...made, config: named }, item, name, site);
    const parts = [{ ...made, config: without(named, ["name"]) }, ...behind];
    const within = { ...site, owner: `${site.owner}${name}/` };
    const layers = parts.map((part, i) => {
      const own = `${snakeCase(part.class_name)}_${i}`;
      return i === 0
        ? this.#single({ ...part, config: { ...part.config, name: own } }, item, own, within)
        : this.#layer(part as Item & Keys, own, within);
    });
    return { module: "keras.models", class_name: "Sequential", config: { name, layers } };
  }

  /** One layer, with what it holds. `item`: as the file has it, which quirks of arrays look at. */
  #single(made: Item, item: Item, name: string, site: Site): Keys {
    const owner = `${site.owner}${name}`;
    this.#own(owner, item);
    // The forward direction counts first, in whatever order the config has its keys.
    if (made.class_name === "Bidirectional") this.#directions(owner, made);
    const config: Record<string, unknown> = {};
    for (const [key, value] of Object.entries(made.config)) {
      const at = `${site.path}.config.${key}`;
      const said = Object.hasOwn(roles, key)
        ? this.#within(value, key, { path: at, owner: `${owner}/`, depth: site.depth + 1 })
        : value;
      const kept = this.#spoken(key, said, at);
      if (kept !== undefined) Object.defineProperty(config, key, { value: kept, enumerable: true });
    }
    const { class_name, registered_name } = made;
    return { class_name, module: moduleOf(made, this.#writer), registered_name, config, stated: item.config };
  }

  /** A layer within another, or a list of them; what is none stays. */
  #within(value: unknown, key: string, site: Site): unknown {
    if (site.depth > deepest) return unsupported(site.path, `layers are nested deeper than ${deepest}`);
    if (Array.isArray(value)) return value.map((item, i) => this.#within(item, key, { ...site, path: `${site.path}[${i}]` }));
    if (!isPlain(value) || typeof value.class_name !== "string") return value;
    const item = itemOf(value, site.path);
    const made = this.#layer(item, key, site);
    const name = nameIn(item);
    return name === undefined ? made : { ...made, config: { ...(made.config as Keys), name } };
  }

  /** Both directions have weights of the layer's form; the names of ours say which. */
  #directions(owner: string, { config }: Item): void {
    for (const [key, role] of [
      ["layer", "forward_layer"],
      ["backward_layer", "backward_layer"],
    ] as const) {
      const value = config[key] ?? config.layer;
      if (isPlain(value)) this.#own(`${owner}/${role}`, itemOf(value, owner));
    }
  }

  #own(owner: string, item: Item): void {
    const quirks = arrayQuirks.filter((quirk) => quirk.sees(item, this.#stored));
    this.owners.set(owner, { item, quirks });
  }

  /** An initializer, a regularizer or a constraint in today's form; undefined where layerc has none such. */
  #spoken(key: string, value: unknown, path: string): unknown {
    const kind = spoken.find(({ ending }) => key.endsWith(ending));
    if (kind === undefined || value === null) return value;
    const whole =
      isPlain(value) && typeof value.class_name === "string"
        ? { ...value, module: kind.module, config: value.config ?? {} }
        : ofKeras1(value);
    const known =
      isPlain(whole) && isPlain(whole.config)
        ? { ...whole, config: without(whole.config, ["dtype"]), module: kind.module }
        : whole;
    if (isKnown(known, path, kind.schema)) return known;
    if (kind.ending !== "_initializer") this.left.push(path);
    return undefined;
  }
}

/** The module that today's Keras would name: an .h5 file names none, of its operations either, which have no keys of a layer. */
function moduleOf(made: Item, { major }: Writer): string {
  const { class_name, module, config } = made;
  if (typeof module === "string" && !/^(keras|tf_keras|tensorflow)\b/.test(module)) return module;
  const isOne = Object.hasOwn(table, class_name) || reasons.has(class_name);
  const isLayer = "trainable" in config || (!isOne && ("dtype" in config || knownLayer({ class_name, module: "", config }) !== undefined)); // biome-ignore format: one line
  return major >= 3 && !isLayer ? "keras.ops" : "keras.layers";
}

/** Whether layerc has what a value names. */
const isKnown = (value: unknown, path: string, schema: (typeof spoken)[number]["schema"]): boolean => {
  try {
    const made = typeof value === "string" ? value : ours(value, path);
    return made !== undefined && schema.safeParse(made).success;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
};

/** Keras 1 named the class beside its keys. */
function ofKeras1(value: unknown): unknown {
  if (!isPlain(value) || typeof value.name !== "string") return value;
  const { name, m, ...keys } = value;
  const isPenalty = name.endsWith("Regularizer");
  return { class_name: isPenalty ? "L1L2" : name, config: m === undefined ? keys : { ...keys, max_value: m } };
}

function listOf(layers: unknown, path: string): readonly (Item & Keys)[] {
  if (!Array.isArray(layers)) return wrong(path, `the layers are a list, found ${quote(layers)}`);
  return layers.map((item: unknown, i) => itemOf(item, `${path}[${i}]`));
}

/** What the first layer of a chain takes, batch included; a model within says it of its own first layer. */
function batchShape(item: Item & Keys, depth = 0): unknown {
  if (depth > deepest) return undefined;
  const config = unwrapped(without(item.config, ["layers"])) as Keys;
  const stated = config.batch_input_shape ?? config.batch_shape;
  if (stated !== undefined && stated !== null) return stated;
  if (Array.isArray(config.input_shape)) return [null, ...config.input_shape];
  if (item.class_name === "Embedding") return [null, ...[config.input_length ?? null].flat()];
  const { layers } = item.config;
  const [first] = Array.isArray(layers) ? layers : [];
  return first === undefined || !isContainer(item.class_name) ? undefined : batchShape(itemOf(first, ""), depth + 1);
}

function wrong(path: string, message: string): never {
  throw new CompileError({ code: "format/spec", path, message });
}
