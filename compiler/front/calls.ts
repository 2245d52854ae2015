// From the lines of a model to calls of layers in one flat list. In: lines, which may name the results they take, call an earlier line
// again (`reuse`), or hold a model of their own (`model`). Out: each call's layer, whose weights it uses, and where its inputs come from.
// Guarantee: a call stands after all it reads; names are unique; every line is of use. A nested model's lines are called
// `encoder/dense`, and their paths lie below its line: `layers[1].layers[0].units`.
import { showValue } from "../diagnostics/check.ts";
import { CompileError, joinPath } from "../diagnostics/error.ts";
import { isPlain, knownKeys } from "../diagnostics/plain.ts";
import { showShape } from "../graph/graph.ts";
import type { InputSpec, LayerSpec } from "../model.ts";
import {
  checkCount,
  checkKeys,
  checkLine,
  checkStands,
  inputsHint,
  isStructure,
  type Line,
  namesOf,
  type Structure,
} from "./lines.ts";
import { chainInput, checkInputs, checkOutputs, checkStated, type Net, netOf, statedInput } from "./ports.ts";
import { type Called, type Said, Scope, type Source } from "./scope.ts";

export type { Source } from "./scope.ts";

/** A call of a layer. */
export interface Entry extends Line {
  /** Whose weights it uses: its own name, or that of the call it repeats. */
  readonly owner: string;
  readonly sources: readonly Source[];
}

/** The model, opened. */
export interface Calls {
  readonly inputs: readonly InputSpec[];
  readonly entries: readonly Entry[];
  readonly outputs: readonly { readonly name: string; readonly path: string; readonly source: Source }[];
  /** Patterns of weights that are not trained. */
  readonly frozen?: readonly string[];
}

/** What an input of a call was, for a note. */
export function told({ inputs, entries }: Calls, source: Source, shape: readonly number[]): string {
  if ("call" in source) return `${entries[source.call].path} ${entries[source.call].layer.name} gave ${showShape(shape)}`;
  return `${inputs.length === 1 ? "a sample" : inputs[source.input].name} is ${showShape(shape)}`;
}

/** The error of a result that a call does not give. */
export function noResult({ layer, name }: Entry, count: number, asked: number, path: string): CompileError {
  const gives = `${count} result${count === 1 ? "" : "s"}`;
  const message = `${layer.name} ${JSON.stringify(name)} gives ${gives}, counted from 0, found ${asked}`;
  return new CompileError({ code: "model/inputs", path, message });
}

/** Where a call is made: what its name, and that of its weights, begin with; frozen with what it lies in. */
interface Site {
  readonly path: string;
  readonly prefix: string;
  readonly owner: string;
  readonly trainable: boolean;
  readonly depth: number;
}
/** More calls than any model has: a few lines that repeat each other would be billions. */
const mostCalls = 2 ** 16;
/** Models within models. */
const deepest = 32;

/** Opens a model. Throws CompileError with the path of the line that does not fit. */
export function callsOf(net: Net): Calls {
  const opener = new Opener();
  const chain = net.inputs === undefined;
  const inputs = chain ? undefined : checkInputs(net.inputs, "inputs");
  const site: Site = { path: "", prefix: "", owner: "", trainable: true, depth: 0 };
  const outputs = opener.open(
    net,
    inputs?.map(({ name }) => name) ?? ["x"],
    (inputs ?? [0]).map((_, input) => ({ input })),
    site,
  );
  const { entries } = opener;
  return { inputs: inputs ?? [chainInput(net.layers, "layers", entries[0].name)], entries, outputs };
}

/** Opens a model that a layer holds, whose inputs are given: numbers of these shapes. */
export function callsWithin(
  spec: LayerSpec,
  name: string,
  site: Omit<Site, "depth">,
  shapes: readonly (readonly number[])[],
): Calls {
  const opener = new Opener();
  const outputs = opener.within(spec, name, shapes.map((_, input) => ({ input })), { ...site, depth: 0 }); // biome-ignore format: one line
  return { inputs: shapes.map((shape, i) => ({ name: `x${i}`, shape })), entries: opener.entries, outputs };
}

type Opening = (spec: LayerSpec, name: string, sources: readonly Source[], scope: Scope, site: Site) => Called;

class Opener {
  readonly entries: Entry[] = [];
  readonly #names = new Set<string>();
  /** How the lines that stand for others are called. */
  readonly #structures: Readonly<Record<Structure, Opening>> = {
    model: (spec, name, sources, _scope, site) => this.#nest(spec, name, sources, site),
    pipeline: (spec, name, sources, _scope, site) => this.#nest(spec, name, sources, site),
    reuse: (spec, name, sources, scope, site) => this.#reuse(spec, name, sources, scope, site),
  };

  /** Calls every line of a net; `given` are the sources of its inputs. Gives its outputs. */
  open(net: Net, ports: readonly string[], given: readonly Source[], site: Site): Calls["outputs"] {
    const path = joinPath(site.path, "layers");
    const chain = net.inputs === undefined;
    for (const [i, spec] of net.layers.entries()) checkKeys(spec, `${path}[${i}]`);
    const lines = namesOf(net.layers, path);
    checkStated(net.layers, path, chain);
    const scope = new Scope(chain ? [] : ports, given, lines, path);
    for (const [i, spec] of net.layers.entries()) {
      const at = `${path}[${i}]`;
      const sources = spec.inputs === undefined ? scope.before(i) : scope.named(spec.inputs, at);
      scope.add(this.#call(spec, lines[i], sources, scope, { ...site, path: at }));
    }
    const outputs = checkOutputs(net.outputs, joinPath(site.path, "outputs"), lines[lines.length - 1], chain);
    const found = outputs.map(({ name, from, path: where }) => ({ name, path: where, source: scope.find(from, where) }));
    scope.checkUse();
    return found;
  }

  #call(spec: LayerSpec, name: string, sources: readonly Source[], scope: Scope, site: Site): Called {
    if (isStructure(spec.layer)) return this.#structures[spec.layer](spec, name, sources, scope, site);
    const line = checkLine(spec, site.path, site.prefix + name);
    checkStands(line);
    const owner = site.owner + name;
    const call = (own: Line, given: readonly Source[]): Called => {
      checkCount(own, given.length);
      const index = this.#push({ ...own, owner, trainable: own.trainable && site.trainable, sources: given });
      return {
        results: (result) => ({ call: index, result }),
        again: (other, path, next, said) => {
          knownKeys(said, Object.keys(line.layer.perCall ?? {}), { code: "layer/config", path, subject: "reuse" });
          return call(
            { ...checkLine({ ...spec, config: { ...spec.config, ...said } }, path, other), trainable: line.trainable },
            next,
          );
        },
      };
    };
    return call(line, sources);
  }

  #push(entry: Entry): number {
    if (this.#names.has(entry.name)) {
      const message = `two layers are called ${JSON.stringify(entry.name)}, one of them inside a model`;
      throw new CompileError({ code: "layer/name", path: entry.path, message, hint: "give one another name" });
    }
    if (this.entries.length >= mostCalls) {
      const message = `a model has at most ${mostCalls} layers, those of models within it and of repeated calls included`;
      throw new CompileError({ code: "model/schema", path: entry.path, message });
    }
    this.#names.add(entry.name);
    return this.entries.push(entry) - 1;
  }

  #reuse(spec: LayerSpec, name: string, sources: readonly Source[], scope: Scope, { path, prefix }: Site): Called {
    const config: unknown = spec.config;
    const place = { code: "layer/config", path, subject: "reuse" } as const;
    if (!isPlain(config) || typeof config.of !== "string") {
      const message = `reuse needs the name of the line that is called again, found ${showValue(isPlain(config) ? config.of : config)}`;
      throw new CompileError({
        ...place,
        path: joinPath(path, "of"),
        message,
        hint: 'write reuse("encoder", { inputs: ["b"] })',
      });
    }
    const { of, ...said } = config;
    return scope.line(of, joinPath(path, "of")).again(prefix + name, path, sources, said);
  }

  #nest(spec: LayerSpec, name: string, sources: readonly Source[], site: Site): Called {
    const { net, inner } = this.#innerSite(spec, name, site);
    const call = (full: string, at: string, given: readonly Source[], said: Said): Called => {
      knownKeys(said, [], { code: "layer/config", path: at, subject: "reuse" });
      const outputs = this.#within(net, given, { ...inner, path: at, prefix: `${full}/` });
      return { results: (k) => outputs[k]?.source, again: call };
    };
    return call(site.prefix + name, site.path, sources, {});
  }

  /** A model whose inputs are given; gives its outputs. */
  within(spec: LayerSpec, name: string, sources: readonly Source[], site: Site): Calls["outputs"] {
    const { net, inner } = this.#innerSite(spec, name, site);
    return this.#within(net, sources, { ...inner, prefix: `${site.prefix}${name}/` });
  }

  #innerSite(spec: LayerSpec, name: string, site: Site): { readonly net: Net; readonly inner: Site } {
    const { path, depth } = site;
    const net = netOf(spec, path);
    if (depth >= deepest) {
      const message = `models lie in models at most ${deepest} deep`;
      throw new CompileError({ code: "model/schema", path, message, hint: "write it flatter" });
    }
    const { trainable = true } = spec.config as { trainable?: boolean };
    const inner = { ...site, owner: `${site.owner}${name}/`, trainable: site.trainable && trainable, depth: depth + 1 };
    return { net, inner };
  }

  /** A nested model: a line `input` before each port that states a shape holds that shape against what is given. */
  #within(net: Net, given: readonly Source[], site: Site): Calls["outputs"] {
    const chain = net.inputs === undefined;
    const stated = chain ? undefined : checkInputs(net.inputs, joinPath(site.path, "inputs"), "within");
    if (given.length !== (stated?.length ?? 1)) {
      const message = `the model takes ${stated?.length ?? 1} inputs, found ${given.length}`;
      throw new CompileError({ code: "model/inputs", path: joinPath(site.path, "inputs"), message, hint: inputsHint });
    }
    const ports = stated ?? firstInput(net, joinPath(site.path, "layers"));
    const held = given.map((source, i): Source => {
      const port = ports[i];
      if (port === undefined) return source;
      const path =
        stated === undefined ? `${joinPath(site.path, "layers")}[0].inputShape` : `${joinPath(site.path, "inputs")}[${i}]`;
      const config = { shape: port.shape, ...(port.type === "string" ? { dtype: "string" } : {}) };
      const line = checkLine({ layer: "input", config }, path, site.prefix + port.name);
      return { call: this.#push({ ...line, owner: line.name, sources: [source] }), result: 0 };
    });
    return this.open(net, ports.map(({ name }) => name), held, site); // biome-ignore format: one line
  }
}

/** What a chain within a model says of its input. */
function firstInput({ layers }: Net, path: string): readonly InputSpec[] {
  if (isStructure(layers[0].layer)) return [];
  const stated = statedInput(layers, path);
  // A line `input` is a call of its own.
  return stated?.key === "inputShape"
    ? [{ name: "(input)", shape: stated.shape as number[], ...(stated.isText ? { type: "string" as const } : {}) }]
    : [];
}
