// The module: kernels, buffers and the public functions as one text. In: a Program with the contents of its constants, and
// facts for the header. Out: code in the chosen format, declarations, and with `weights: "external"` the bytes for `create`.
// Guarantee: acorn has parsed the text and found no name but those of DESIGN's list; equal input gives equal bytes.
import type { Port, WeightInfo } from "../artifact.ts";
import { internal, invariant } from "../diagnostics/error.ts";
import { sizeOf } from "../ir/graph.ts";
import { type Options, optionsSchema } from "../options.ts";
import type { Buffer, Entry, Kernel, Program } from "../program/ir.ts";
import { Code, commas, comment, js, lines, literal, mathMembers, type Name, Names, name, record } from "./code.ts";
import { declarations } from "./declarations.ts";
import { readFirst } from "./direct.ts";
import { emitKernel, type Helpers, type Place } from "./js.ts";
import { judge } from "./judge.ts";
import * as surface from "./surface.ts";
import { buffersOf, floatsOf, scalarsOf } from "./usage.ts";
import { fillMemory, layMemory, type Memory, readMemory, toBytes, unpackFunction } from "./weights.ts";

export interface ModuleParts {
  readonly model: { readonly name: string; readonly hash: string };
  readonly options: Options;
  readonly version: string;
  readonly input: Port;
  readonly output: Port;
  /** With training. */
  readonly target?: Port;
  /** With training: the default of trainStep. */
  readonly learningRate?: number;
  readonly program: Program;
  /** Contents of const and param buffers; what has none is computed by the entry `prepare`. */
  readonly constants: ReadonlyMap<string, Float32Array>;
  /** With training: Keras' order. */
  readonly weights: readonly (WeightInfo & { readonly buffer: string })[];
  readonly selfTest?: { readonly rows: number; readonly x: Float32Array; readonly y: Float32Array };
  readonly counts: { readonly ops: number; readonly multiplyAdds: number };
}
export interface EmittedModule {
  readonly code: string;
  readonly declarations: string;
  readonly weights?: Uint8Array;
}

export function emitModule(parts: ModuleParts): EmittedModule {
  const external = parts.options.weights === "external";
  const { body, exported, memory } = instance(parts);
  const shapes = js`const inputShape = [${commas(parts.input.shape.map(literal))}], outputShape = [${commas(parts.output.shape.map(literal))}];
const inputs = ${record([[parts.input.name, new Code("inputShape")]])}, outputs = ${record([[parts.output.name, new Code("outputShape")]])};`;
  const create = js`function create(${external ? name("bytes") : new Code("")}) {
  ${body}
  return { ${commas(exported)} };
}`;
  const module = lines(shapes, create, external ? undefined : js`const { ${commas(exported)} } = create();`);
  const names = [
    "inputShape",
    "outputShape",
    "inputs",
    "outputs",
    ...(external ? [] : exported.map(({ text }) => text)),
    ...(external || parts.options.train ? ["create"] : []),
  ];
  const code = `${lines(header(parts, memory), inFormat(module, names.map(name), parts.options)).text}\n`;
  judge(code, parts.options.format === "esm" ? "module" : "script", parts.options.format === "cjs" ? ["module"] : []);
  return {
    code,
    declarations: declarations(parts),
    ...(external ? { weights: toBytes(memory.runs.map(({ content }) => content)) } : {}),
  };
}

function inFormat(module: Code, names: readonly Name[], { format, globalName }: Options): Code {
  const list = commas([...names].sort((a, b) => (a.text < b.text ? -1 : 1)));
  if (format === "esm") return lines(module, js`export { ${list} };`);
  if (format === "cjs")
    return js`"use strict";
${module}
module.exports = { ${list} };`;
  return js`var ${name(globalName)} = (() => {
  "use strict";
  ${module}
  return { ${list} };
})();`;
}

/** What stands in `create`, and what it returns. */
function instance(parts: ModuleParts): { body: Code; exported: readonly Name[]; memory: Memory } {
  const { program, options, constants } = parts;
  const entries = new Map(program.entries.map((entry) => [entry.name, entry]));
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const [inputSize, outputSize] = [sizeOf(parts.input.shape), sizeOf(parts.output.shape)];
  const predict = entries.get("predict") ?? internal("the program has no entry predict");
  const tile = entries.get("predictTile");
  const names = new Names(surface.taken);
  const called = (list: readonly Entry[]) =>
    [...new Set(list.flatMap(({ calls }) => calls))].map((id) => kernels.get(id) ?? internal(`no kernel ${id}`));

  const direct = directKernel(predict, kernels);
  const looped = called([...entries.values()].filter((entry) => entry !== predict || direct === undefined));
  // Only what the text mentions gets a place.
  const used = new Set([...(direct === undefined ? looped : [...looped, direct])].flatMap((kernel) => [...buffersOf(kernel)]));
  for (const entry of entries.values()) for (const [, buffer] of [...entry.inputs, ...entry.outputs]) used.add(buffer);
  if (direct !== undefined && !looped.length)
    for (const [, buffer] of [...predict.inputs, ...predict.outputs]) used.delete(buffer);
  for (const { buffer } of parts.weights) used.add(buffer);
  const buffers = program.buffers.filter((buffer) => used.has(buffer.name));
  const memory = layMemory(buffers, constants);

  const kernelNames = new Map(looped.map((kernel) => [kernel.name, names.unique(kernel.name)]));
  const bufferNames = new Map(buffers.map((buffer) => [buffer.name, names.unique(buffer.name)]));
  const bufferName = (buffer: string): Name => bufferNames.get(buffer) ?? internal(`no buffer ${buffer}`);
  const helpers = new HelperSet(names);
  const emit = (kernel: Kernel, id: Name, params: readonly Name[], place: (buffer: string) => Place): Code =>
    lines(
      ...kernel.origin.split("\n").map(comment),
      emitKernel(kernel, id, {
        helpers,
        params,
        place,
        scalar: (scalar) => (scalar === "n" ? name("n") : internal(`no scalar ${scalar}`)),
      }),
    );
  const texts = looped.map((kernel) =>
    emit(kernel, kernelNames.get(kernel.name) as Name, scalarsOf(kernel).map(name), (buffer) => ({ array: bufferName(buffer) })),
  );
  const calls = (entry: Entry): Code =>
    lines(
      ...entry.calls.map((id) => js`${kernelNames.get(id) as Name}(${commas(scalarsOf(kernels.get(id) as Kernel).map(name))});`),
    );
  const route = (entry: Entry): surface.Route & { kind: "buffers" } => {
    invariant(entry.rows !== "n", `${entry.name} wants a fixed number of rows`);
    return {
      kind: "buffers",
      rows: entry.rows,
      input: bufferName(entry.inputs[0][1]),
      output: bufferName(entry.outputs[0][1]),
      calls: calls(entry),
    };
  };

  const one = name("compute");
  if (direct !== undefined) {
    const [[, input]] = predict.inputs;
    const [[, output]] = predict.outputs;
    texts.push(
      emit(direct, one, ["x", "from", "out", "to"].map(name), (buffer) =>
        buffer === input
          ? { array: name("x"), base: name("from"), rounds: true }
          : buffer === output
            ? { array: name("out"), base: name("to") }
            : { array: bufferName(buffer) },
      ),
    );
  } else texts.push(surface.computeFunction(one, route(predict), inputSize, outputSize));
  const tiled = tile === undefined ? undefined : { id: name("computeTile"), rows: tile.rows as number };
  if (tile !== undefined && tiled !== undefined)
    texts.push(surface.computeFunction(tiled.id, route(tile), inputSize, outputSize));

  const prepare = entries.get("prepare");
  const functions = [
    surface.predictFunction(one, tiled, inputSize, outputSize, prepare === undefined ? new Code("") : js`prepare();`),
  ];
  if (options.train) functions.push(surface.trainingFunctions(training(parts, entries, bufferName, calls)));
  const exported = [name("predict"), ...(options.train ? ["trainStep", "evaluate", "getWeights", "setWeights"].map(name) : [])];
  if (parts.selfTest !== undefined) {
    const fresh = options.train ? (options.weights === "external" ? js`create(bytes).` : js`create().`) : new Code("");
    functions.push(surface.selfTestFunction(parts.selfTest, helpers.unpack, helpers.math("abs"), helpers.math("max"), fresh));
    exported.push(name("selfTest"));
  }
  const start = startMemory(parts, memory, buffers, bufferNames, helpers);
  return { body: lines(surface.checks, helpers.declarations(), start, ...texts, ...functions), exported, memory };
}

/** The one kernel of `predict`, when it is a straight line and may work on the caller's arrays. */
function directKernel(predict: Entry, kernels: ReadonlyMap<string, Kernel>): Kernel | undefined {
  const only = predict.calls.length === 1 ? kernels.get(predict.calls[0]) : undefined;
  const [[, input]] = predict.inputs;
  return only === undefined || input === predict.outputs[0][1] ? undefined : readFirst(only, input);
}

function startMemory(
  parts: ModuleParts,
  memory: Memory,
  buffers: readonly Buffer[],
  names: ReadonlyMap<string, Name>,
  helpers: HelperSet,
): Code {
  const id = name("memory");
  const external = parts.options.weights === "external";
  const views = buffers.map((buffer) => {
    const at = memory.at.get(buffer.name) as number;
    const view = js`const ${names.get(buffer.name) as Name} = ${id}.subarray(${at}, ${at + buffer.length});`;
    return buffer.initial === undefined || Object.is(buffer.initial, 0)
      ? view
      : js`${view}
${names.get(buffer.name) as Name}.fill(${buffer.initial});`;
  });
  return lines(
    memory.length > 0 || external ? js`const ${id} = new Float32Array(${memory.length});` : undefined,
    external ? readMemory(id, memory) : fillMemory(id, memory, helpers.unpack),
    ...views,
  );
}

function training(
  parts: ModuleParts,
  entries: ReadonlyMap<string, Entry>,
  buffer: (name: string) => Name,
  calls: (entry: Entry) => Code,
): surface.Training {
  const batch = (entryName: string): surface.Batch => {
    const entry = entries.get(entryName) ?? internal(`the program has no entry ${entryName}`);
    const find = (list: Entry["inputs"], port: string) => list.find(([id]) => id === port)?.[1];
    const need = (list: Entry["inputs"], port: string) => buffer(find(list, port) ?? internal(`${entryName} has no ${port}`));
    const [sampleWeight, learningRate] = [find(entry.inputs, "sampleWeight"), find(entry.inputs, "learningRate")];
    return {
      x: need(entry.inputs, "x"),
      y: need(entry.inputs, "y"),
      loss: need(entry.outputs, "loss"),
      calls: calls(entry),
      ...(sampleWeight === undefined ? {} : { sampleWeight: buffer(sampleWeight) }),
      ...(learningRate === undefined ? {} : { learningRate: buffer(learningRate) }),
    };
  };
  const { target, learningRate } = parts;
  invariant(target !== undefined && learningRate !== undefined, "training needs a target and a learning rate");
  const prepare = entries.get("prepare");
  return {
    batch: parts.options.batch,
    inputSize: sizeOf(parts.input.shape),
    targetSize: sizeOf(target.shape),
    learningRate,
    trainStep: batch("trainStep"),
    evaluate: batch("evaluate"),
    weights: parts.weights.map((weight) => ({ name: weight.name, buffer: buffer(weight.buffer) })),
    ...(prepare === undefined ? {} : { prepare: calls(prepare) }),
  };
}

/** Aliases, tables and the decoder: declared when something asked for them. */
class HelperSet implements Helpers {
  readonly names: Names;
  readonly #asked = new Map<string, Name>();
  constructor(names: Names) {
    this.names = names;
  }
  #ask(key: string): Name {
    const known = this.#asked.get(key);
    if (known !== undefined) return known;
    const made = this.names.unique(key);
    this.#asked.set(key, made);
    return made;
  }
  math = (member: (typeof mathMembers)[number]): Name => this.#ask(member);
  pow2 = (): Name => this.#ask("pow2");
  bits = (): readonly [Name, Name] => [this.#ask("float"), this.#ask("int")];
  unpack = (): Name => {
    this.#asked.set("unpack", name("unpack"));
    return name("unpack");
  };

  declarations(): Code {
    const aliases = mathMembers.flatMap((member) =>
      this.#asked.has(member) ? [js`${this.#ask(member)} = Math.${name(member)}`] : [],
    );
    const [pow2, float, int] = ["pow2", "float", "int"].map((key) => this.#asked.get(key));
    return lines(
      aliases.length > 0 ? js`const ${commas(aliases)};` : undefined,
      pow2 === undefined
        ? undefined
        : js`// 2^i at i + 126
const ${pow2} = new Float64Array(254);
${pow2}[126] = 1;
for (let i = 126; i > 0; i--) ${pow2}[i - 1] = ${pow2}[i] / 2;
for (let i = 126; i < 253; i++) ${pow2}[i + 1] = ${pow2}[i] * 2;`,
      float === undefined || int === undefined
        ? undefined
        : js`const ${float} = new Float32Array(1), ${int} = new Int32Array(${float}.buffer);`,
      this.#asked.has("unpack") ? unpackFunction(name("unpack")) : undefined,
    );
  }
}

function header(parts: ModuleParts, memory: Memory): Code {
  const { model, options, version, counts, program } = parts;
  const defaults = optionsSchema.parse({});
  const knobs = Object.entries(options).filter(([key, value]) => value !== defaults[key as keyof Options]);
  const bytes = 4 * memory.runs.reduce((sum, { content }) => sum + content.length, 0);
  const doubles = program.kernels.some((kernel) => floatsOf(kernel).has("f64"));
  const bits = [
    "no contraction",
    options.exact ? "no approximate rewriting" : "approximate rewriting allowed",
    doubles ? "arithmetic in doubles, stores rounded to float32" : "float32 at every step",
  ];
  return lines(
    comment(`Model ${JSON.stringify(model.name)}, compiled by layerc ${version}. No dependencies.`),
    comment(
      `hash ${model.hash}; options: ${knobs.length === 0 ? "defaults" : knobs.map(([key, value]) => `${key}=${value}`).join(" ")}`,
    ),
    comment(
      `${counts.ops} ops, ${counts.multiplyAdds} multiply-adds a row; ${bytes} bytes of weights${bytes === 0 ? " beside the literals" : ""}, ${4 * memory.length} bytes of memory`,
    ),
    comment(`bits: ${bits.join(", ")}`),
  );
}
