// The lines of a model as a config of Keras' family: the way back of `../model.ts`. In: a model that compiles. Out: a Sequential or a functional
// config, models within it alike, and for each line the name that its layer has. What differs between tools is a dialect.
// Guarantee: every line, call and output of the model is in the config; a line that is called again is one layer with another call.
//
//   chain       Sequential: an input layer, then the lines
//   named       functional: an input layer for each input, then the lines in their order, each with its calls
import { freeName } from "../../../../compiler/base/names.ts";
import { CompileError, internal } from "../../../../compiler/diagnostics/error.ts";
import { checkLine, isStructure, type Line, namesOf, nested } from "../../../../compiler/front/lines.ts";
import type { Resolved } from "../../../../compiler/front/steps.ts";
import type { InputSpec, LayerSpec, OutputSpec } from "../../../../compiler/model.ts";
import type { Keys } from "../values.ts";

/** A tensor: a layer's name, which of its calls, which of that call's results. */
export interface From {
  readonly layer: string;
  readonly call: number;
  readonly result: number;
  /** A model of its own, which begins with a call that no file lists. */
  readonly isModel: boolean;
}

/** A call of a layer. */
export interface Call {
  readonly from: readonly From[];
  /** What the line says at this call, as Keras' arguments. */
  readonly told: Keys;
  readonly line?: Line;
}

/** A line within its container. */
export interface Place {
  readonly line: Line;
  /** The layer's in the file. */
  readonly name: string;
  /** What the names of its weights begin with, with us. */
  readonly owner: string;
  /** Shapes of what its first call takes. */
  readonly inputs: readonly (readonly number[])[];
}

/** How a tool writes what every config holds. */
export interface Dialect {
  readonly layer: (place: Place) => Keys;
  readonly input: (name: string, shape: readonly number[], isText: boolean) => Keys;
  readonly container: (kind: "Sequential" | "Functional", name: string, config: Keys) => Keys;
  /** A call among `inbound_nodes`. */
  readonly call: (call: Call) => unknown;
  /** What a model takes or gives. */
  readonly ports: (list: readonly { readonly name: string; readonly from: From }[], kind: "inputs" | "outputs") => unknown;
  /** A name for the layer of a line. `taken`: those of its container. */
  readonly name: (wanted: string, taken: ReadonlySet<string>) => string;
  /** Whether a line can stand in a Sequential; by default each does. */
  readonly chains?: (line: Pick<LayerSpec, "config">) => boolean;
  /** A layer that changes nothing and has the name of an output. Undefined where outputs have names of their own. */
  readonly renames?: (name: string) => Keys;
}

interface Net {
  readonly layers: readonly LayerSpec[];
  readonly inputs?: readonly InputSpec[];
  readonly outputs?: readonly (string | OutputSpec)[];
}
interface Site {
  readonly path: string;
  /** What full names of its lines, and of their weights, begin with. */
  readonly prefix: string;
  readonly owner: string;
  /** Shapes of what it takes. */
  readonly inputs: readonly (readonly number[])[];
}

/** The config of a whole model. Throws CompileError format/unwritten for a model that has no lines. */
export function configOf(resolved: Resolved, dialect: Dialect): Keys {
  const { model, predict } = resolved;
  if (model.graph !== undefined) {
    const message = "the model is the text of a Graph: it has no layers that could be written";
    throw new CompileError({ code: "format/unwritten", path: "graph", message, hint: "write it as .onnx" });
  }
  const site: Site = { path: "", prefix: "", owner: "", inputs: predict.inputs.map(({ shape }) => shape) };
  return new NetWriter(resolved, dialect).net(model, model.name, site);
}

class NetWriter {
  readonly #dialect: Dialect;
  readonly #inputsOf: ReadonlyMap<string, readonly (readonly number[])[]>;
  readonly #isText: readonly boolean[];

  constructor({ steps, predict }: Resolved, dialect: Dialect) {
    this.#dialect = dialect;
    this.#inputsOf = new Map(steps.map(({ entry, inputs }) => [entry.name, inputs]));
    this.#isText = predict.inputs.map(({ type }) => type === "string");
  }

  net(net: Net, name: string, site: Site): Keys {
    return net.inputs === undefined ? this.#chain(net, name, site) : this.#graph(net as Net & { readonly inputs: readonly InputSpec[] }, name, site); // biome-ignore format: one line
  }

  #isTextAt(site: Site, i: number): boolean {
    return site.path === "" && this.#isText[i];
  }

  /** A chain has no calls of a line again and no results but the last, unless it says what its lines take. */
  #chain(net: Net, name: string, site: Site): Keys {
    const isPlain =
      net.outputs === undefined &&
      net.layers.every(({ layer, inputs }) => layer !== "reuse" && inputs === undefined) &&
      net.layers.every((line) => this.#dialect.chains?.(line) !== false);
    const names = namesOf(net.layers, pathOf(site));
    if (!isPlain) return this.#graph({ ...net, outputs: net.outputs ?? [{ name: "y", from: names[names.length - 1] }], inputs: [{ name: freeName("x", (one) => names.includes(one)), shape: site.inputs[0] }] }, name, site); // biome-ignore format: one line
    const taken = new Set<string>();
    const lines = net.layers.flatMap((spec, i) => (isNoInput(spec) ? [this.#line(spec, names[i], i, site, taken)] : []));
    const input = this.#dialect.input(this.#named("input", taken), site.inputs[0], this.#isTextAt(site, 0));
    return this.#dialect.container("Sequential", name, { layers: [input, ...lines.map(({ keys }) => keys)] });
  }

  #named(wanted: string, taken: Set<string>): string {
    const name = this.#dialect.name(wanted, taken);
    taken.add(name);
    return name;
  }

  #graph(net: Net & { readonly inputs: readonly InputSpec[] }, name: string, site: Site): Keys {
    const path = pathOf(site);
    const names = namesOf(net.layers, path);
    const taken = new Set<string>();
    const known = new Map<string, From>();
    const ports = net.inputs.map(({ name: port }) => ({ port, layer: this.#named(port, taken) }));
    for (const { port, layer } of ports) known.set(port, { layer, call: 0, result: 0, isModel: false });
    const find = (reference: string): From => {
      const whole = known.get(reference);
      if (whole !== undefined) return whole;
      const [, line, k] = /^(.*):(\d+)$/s.exec(reference) ?? [];
      const from = known.get(line ?? "");
      return from === undefined ? internal(`there is no result ${reference}`) : { ...from, result: Number(k) };
    };
    const made = new Map<string, { readonly keys: Keys; readonly calls: Call[]; readonly line?: Line; readonly from: From }>();
    net.layers.forEach((spec, i) => {
      const from = (spec.inputs ?? [i === 0 ? net.inputs[0].name : names[i - 1]]).map(find);
      // The line that states what a chain takes is that.
      if (!isNoInput(spec)) {
        known.set(names[i], from[0]);
        return;
      }
      if (spec.layer === "reuse") {
        const { of, ...said } = spec.config as { readonly of: string };
        // A line that is called again may itself be one.
        const first = made.get(of) ?? internal(`there is no line ${of}`);
        first.calls.push({ from, told: said, ...(first.line === undefined ? {} : { line: first.line }) });
        const again = { ...first, from: { ...first.from, call: first.calls.length - 1 } };
        made.set(names[i], again);
        known.set(names[i], again.from);
        return;
      }
      const { keys, layer, line } = this.#line(spec, names[i], i, site, taken);
      const own: From = { layer, call: 0, result: 0, isModel: Object.hasOwn(nested, spec.layer) };
      const call: Call = { from, told: line === undefined ? {} : toldBy(line), ...(line === undefined ? {} : { line }) };
      made.set(names[i], { keys, calls: [call], from: own, ...(line === undefined ? {} : { line }) });
      known.set(names[i], own);
    });
    const inputs = ports.map(({ layer }, i) => ({
      ...this.#dialect.input(layer, site.inputs[i], this.#isTextAt(site, i)),
      name: layer,
      inbound_nodes: [],
    }));
    const layers = [...new Map([...made.values()].map((one) => [one.calls, one])).values()].map(({ keys, calls, from }) => ({
      ...keys,
      name: from.layer,
      inbound_nodes: calls.map((call) => this.#dialect.call(call)),
    }));
    const outputs = (net.outputs ?? [names[names.length - 1]]).map((output) => {
      const { name: port, from } = typeof output === "string" ? { name: output, from: output } : output;
      return { name: port, from: find(from) };
    });
    const { given, more } = this.#renamed(outputs, taken);
    return this.#dialect.container("Functional", name, {
      layers: [...inputs, ...layers, ...more],
      input_layers: this.#dialect.ports(ports.map(({ port, layer }) => ({ name: port, from: { layer, call: 0, result: 0, isModel: false } })), "inputs"), // biome-ignore format: one line
      output_layers: this.#dialect.ports(given, "outputs"),
    });
  }

  /** Outputs that have the names of the layers that give them, each once; a layer that changes nothing stands behind the others. */
  #renamed(outputs: readonly { readonly name: string; readonly from: From }[], taken: Set<string>) {
    const { renames } = this.#dialect;
    if (renames === undefined) return { given: outputs, more: [] };
    const more: Keys[] = [];
    const given = outputs.map(({ name, from }) => {
      const isSame = name === from.layer && from.call === 0 && from.result === 0;
      if (isSame) return { name, from };
      const layer = this.#named(name, taken);
      more.push({ ...renames(layer), name: layer, inbound_nodes: [this.#dialect.call({ from: [from], told: {} })] });
      return { name, from: { layer, call: 0, result: 0, isModel: false } };
    });
    return { given, more };
  }

  /** A line as a layer of its container. */
  #line(
    spec: LayerSpec,
    name: string,
    i: number,
    site: Site,
    taken: Set<string>,
  ): { readonly keys: Keys; readonly layer: string; readonly line?: Line } {
    const path = `${pathOf(site)}[${i}]`;
    const layer = this.#named(name, taken);
    if (isStructure(spec.layer)) {
      const inner = spec.config as unknown as Net;
      const [prefix, owner] = [`${site.prefix}${name}/`, `${site.owner}${name}/`];
      return { layer, keys: this.net(inner, layer, { path, prefix, owner, inputs: this.#takenBy(inner, prefix) }) };
    }
    const line = checkLine(spec, path, name);
    const inputs = this.#inputsOf.get(site.prefix + name) ?? internal(`there is no call of ${name}`);
    return { layer, line, keys: this.#dialect.layer({ line, name: layer, owner: site.owner + name, inputs }) };
  }

  /** Shapes of what a model within takes: it states them, or its first line takes the same. */
  #takenBy(net: Net, prefix: string): readonly (readonly number[])[] {
    if (net.inputs !== undefined) return net.inputs.map(({ shape }) => shape);
    const [first] = namesOf(net.layers, "layers");
    const [spec] = net.layers;
    if (Object.hasOwn(nested, spec.layer)) return this.#takenBy(spec.config as unknown as Net, `${prefix}${first}/`);
    return (this.#inputsOf.get(prefix + first) ?? internal(`there is no call of ${prefix}${first}`)).slice(0, 1);
  }
}

const pathOf = ({ path }: Site): string => (path === "" ? "layers" : `${path}.layers`);
const isNoInput = ({ layer }: LayerSpec): boolean => layer !== "input";

/** What Keras says at a call and a line among its keys: where it says something. */
function toldBy({ layer, config }: Line): Keys {
  const defaults = layer.perCall ?? {};
  return Object.fromEntries(
    Object.keys(defaults).flatMap((key) => {
      const value = (config as Keys)[key];
      return value === undefined || value === defaults[key] ? [] : [[key, value] as const];
    }),
  );
}
