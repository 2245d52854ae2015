// The module: kernels, buffers and the public functions as one text. In: a Program with the contents of its constants, and
// facts for the header. Out: code in the chosen format, declarations, and with `weights: "external"` the bytes for `create`.
// Guarantee: acorn has parsed the text and found no name but those of DESIGN's list; equal input gives equal bytes.
import type { Port, WeightInfo } from "../artifact.ts";
import { internal, invariant } from "../diagnostics/error.ts";
import { sizeOf } from "../ir/graph.ts";
import type { Options } from "../options.ts";
import type { Buffer, Entry, Kernel, Program } from "../program/ir.ts";
import { braces, Code, commas, comment, js, lines, literal, type Name, Names, name, none, record } from "./code.ts";
import { declarations } from "./declarations.ts";
import { readFirst } from "./direct.ts";
import { header } from "./header.ts";
import { Helpers, helperNames, type Place } from "./helpers.ts";
import { emitKernel } from "./js.ts";
import { judge } from "./judge.ts";
import { scratch, split } from "./split.ts";
import * as surface from "./surface.ts";
import { buffersOf, scalarsOf } from "./usage.ts";
import { alignment, mergedBuffers, type Simd, type SimdPrograms, simdMemory, simdOf, startSimd } from "./wasm/embed.ts";
import { layMemory, type Memory, startMemory, toBytes } from "./weights.ts";

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
  readonly simd?: SimdPrograms;
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
  readonly wasm?: Uint8Array;
  readonly wasmRelaxed?: Uint8Array;
}

export function emitModule(parts: ModuleParts): EmittedModule {
  const external = parts.options.weights === "external";
  const { body, exported, memory, simd, texts } = instance(parts);
  const imported = importsWasm(parts);
  // What has to be given first, a default instance cannot have.
  const given = creation(parts);
  const shapes = js`const inputShape = [${commas(parts.input.shape.map(literal))}], outputShape = [${commas(parts.output.shape.map(literal))}];
const inputs = ${record([[parts.input.name, new Code("inputShape")]])}, outputs = ${record([[parts.output.name, new Code("outputShape")]])};`;
  const create = js`function create(${commas(given)}) {
  ${body}
  return { ${commas(exported)} };
}`;
  const module = lines(shapes, ...texts, create, given.length > 0 ? undefined : js`const { ${commas(exported)} } = create();`);
  const names = [
    "inputShape",
    "outputShape",
    "inputs",
    "outputs",
    ...(given.length > 0 ? [] : exported.map(({ text }) => text)),
    ...(given.length > 0 || parts.options.train ? ["create"] : []),
  ];
  const bytes = {
    weights: 4 * memory.runs.reduce((sum, { content }) => sum + content.length, 0),
    memory: 4 * memory.length,
    wasm: [simd?.plain, simd?.relaxed].flatMap((form) => (form === undefined ? [] : [form.length])),
  };
  const code = `${lines(header(parts, bytes), inFormat(module, names.map(name), parts.options)).text}\n`;
  const also = [...(parts.options.format === "cjs" ? ["module"] : []), ...(simd === undefined ? [] : ["WebAssembly"])];
  judge(code, parts.options.format === "esm" ? "module" : "script", also);
  return {
    code,
    declarations: declarations(parts),
    ...(external ? { weights: toBytes(memory.runs.map(({ content }) => content)) } : {}),
    ...(imported && simd !== undefined ? { wasm: simd.plain } : {}),
    ...(imported && simd?.relaxed !== undefined ? { wasmRelaxed: simd.relaxed } : {}),
  };
}

const importsWasm = ({ simd, options }: ModuleParts): boolean => simd !== undefined && options.wasm === "import";
/** The parameters of `create`. */
const creation = (parts: ModuleParts): readonly Name[] => [
  ...(parts.options.weights === "external" ? [name("bytes")] : []),
  ...(importsWasm(parts) ? [name("wasmModule")] : []),
];

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
function instance(parts: ModuleParts): {
  body: Code;
  exported: readonly Name[];
  memory: Memory;
  simd?: Simd;
  /** What stands beside `create`. */
  texts: readonly Code[];
} {
  const { program, options } = parts;
  const external = options.weights === "external";
  const [inputSize, outputSize] = [sizeOf(parts.input.shape), sizeOf(parts.output.shape)];
  const entries = new Map(program.entries.map((entry) => [entry.name, entry]));
  const predict = entries.get("predict") ?? internal("the program has no entry predict");
  const tile = entries.get("predictTile");
  const prepare = entries.get("prepare");
  const scene = setScene(parts, predict);

  const texts = scene.looped.map((kernel) => scene.emit(kernel, scene.kernelId(kernel.name), scalarsOf(kernel).map(name)));
  texts.push(
    scene.direct === undefined
      ? surface.computeFunction(one, scene.route(predict), inputSize, outputSize, scene.helpers.copy)
      : directText(scene, predict),
  );
  if (tile !== undefined) texts.push(surface.computeFunction(many, scene.route(tile), inputSize, outputSize, scene.helpers.copy));
  const tiles = tile === undefined ? undefined : { id: many, rows: scene.route(tile).rows };
  texts.push(surface.predictFunction(one, tiles, inputSize, outputSize, prepare === undefined ? none : js`prepare();`));
  if (options.train) texts.push(surface.trainingFunctions(training(parts, entries, scene)));
  if (parts.selfTest !== undefined) {
    const fresh = options.train ? js`create(${commas(creation(parts))}).` : none;
    const { unpack, math } = scene.helpers;
    texts.push(surface.selfTestFunction(parts.selfTest, unpack, math("abs"), math("max"), fresh));
  }
  const { simd, memory } = scene;
  const wasm = simd === undefined ? undefined : startSimd(simd, options, parts.model.hash, scene.helpers.unpack);
  const array = simd === undefined ? js`new Float32Array(${memory.length})` : simdMemory(memory);
  const beside: Code[] = [];
  const aside = (hint: string, text: string): Name => {
    const id = scene.helpers.names.unique(hint);
    beside.push(js`const ${id} = ${text};`);
    return id;
  };
  const start = startMemory(memory, scene.buffers, scene.bufferId, scene.helpers.unpack, external, array, aside);
  const exported = [
    "predict",
    ...(options.train ? trained : []),
    ...(parts.selfTest === undefined ? [] : ["selfTest"]),
    ...(simd === undefined ? [] : ["backend"]),
  ].map(name);
  // Last, when everything has asked for its helpers.
  const body = lines(surface.checks, scene.helpers.declarations(), wasm, start, ...texts);
  return { body, exported, memory, texts: beside, ...(simd === undefined ? {} : { simd }) };
}

const one = name("compute");
const many = name("computeTile");
const trained = ["trainStep", "evaluate", "getWeights", "setWeights"];

/** Which kernels and buffers the text mentions, and what they are called. */
interface Scene {
  readonly helpers: Helpers;
  readonly memory: Memory;
  readonly simd?: Simd;
  readonly buffers: readonly Buffer[];
  readonly looped: readonly Kernel[];
  /** The kernel of `predict` that works on the caller's arrays. */
  readonly direct: Kernel | undefined;
  bufferId(buffer: string): Name;
  kernelId(kernel: string): Name;
  calls(entry: Entry): Code;
  route(entry: Entry): surface.Route;
  emit(kernel: Kernel, id: Name, params: readonly Name[], place?: (buffer: string) => Place | undefined): Code;
}

function setScene({ program, simd: lanes, constants, weights, options, model }: ModuleParts, predict: Entry): Scene {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const kernelOf = (id: string): Kernel => kernels.get(id) ?? internal(`there is no kernel ${id}`);
  const direct = lanes === undefined ? directKernel(predict, kernelOf) : undefined;
  const looping = program.entries.filter((entry) => entry !== predict || direct === undefined);
  const looped = [...new Set(looping.flatMap(({ calls }) => calls))].map(kernelOf);
  const ports = (entry: Entry) => [...entry.inputs, ...entry.outputs].map(([, buffer]) => buffer);
  // The caller's arrays take the place of the direct kernel's ports.
  const used = new Set(direct === undefined ? [] : buffersOf(direct));
  if (direct !== undefined) for (const buffer of ports(predict)) used.delete(buffer);
  for (const buffer of [...looped.flatMap((kernel) => [...buffersOf(kernel)]), ...looping.flatMap(ports)]) used.add(buffer);
  for (const { buffer } of weights) used.add(buffer);
  for (const { kernels: wide } of [lanes?.program, lanes?.relaxed].filter((one) => one !== undefined))
    for (const kernel of wide) for (const buffer of buffersOf(kernel)) used.add(buffer);
  const all = lanes === undefined ? program.buffers : mergedBuffers(program, lanes);
  const buffers = all.filter((buffer) => used.has(buffer.name));

  const names = new Names([...surface.moduleWords, ...surface.localWords, ...helperNames]);
  const kernelIds = new Map(looped.map((kernel) => [kernel.name, names.unique(kernel.name)]));
  const bufferIds = new Map(buffers.map((buffer) => [buffer.name, names.unique(buffer.name)]));
  const bufferId = (buffer: string): Name => bufferIds.get(buffer) ?? internal(`there is no buffer ${buffer}`);
  const kernelId = (kernel: string): Name => kernelIds.get(kernel) ?? internal(`kernel ${kernel} is not emitted`);
  const helpers = new Helpers(names);
  const scalar = (id: string): Name => (id === "n" ? name("n") : internal(`there is no scalar ${id}`));
  const memory = layMemory(buffers, constants, lanes === undefined ? 1 : alignment);
  const simd = lanes === undefined ? undefined : simdOf(lanes, memory, options, model.hash);
  const calls = (entry: Entry): Code => {
    const kernelCalls = lines(...entry.calls.map((id) => js`${kernelId(id)}(${commas(scalarsOf(kernelOf(id)).map(scalar))});`));
    return simd === undefined ? kernelCalls : simd.call(entry, kernelCalls);
  };
  return {
    helpers,
    memory,
    ...(simd === undefined ? {} : { simd }),
    buffers,
    looped,
    direct,
    bufferId,
    kernelId,
    calls,
    route: (entry) => {
      invariant(entry.rows !== "n", `${entry.name} wants a fixed number of rows`);
      return {
        rows: entry.rows,
        input: bufferId(entry.inputs[0][1]),
        output: bufferId(entry.outputs[0][1]),
        calls: calls(entry),
      };
    },
    emit: (kernel, id, params, place) => {
      const text = emitKernel(kernel, id, {
        helpers,
        params,
        scalar,
        place: (buffer) => place?.(buffer) ?? { array: bufferId(buffer) },
      });
      return lines(...kernel.origin.split("\n").map(comment), text);
    },
  };
}

/** The one kernel of `predict`, when it is a straight line and may work on the caller's arrays. */
function directKernel(predict: Entry, kernelOf: (id: string) => Kernel): Kernel | undefined {
  const [[, input]] = predict.inputs;
  if (predict.calls.length !== 1 || predict.rows !== 1 || input === predict.outputs[0][1]) return undefined;
  return readFirst(kernelOf(predict.calls[0]), input);
}

// Value nodes of one function: about 20 KB of bytecode, a third of what V8 still optimises.
const longestPiece = 6000;

/** `compute(x, from, out, to)`: the direct kernel, in pieces where it is long. */
function directText(scene: Scene, predict: Entry): Code {
  invariant(scene.direct !== undefined, "predict is no straight line");
  const { kernels, crossing } = split(scene.direct, longestPiece);
  const params = ["x", "from", "out", "to"].map(name);
  const [[, input]] = predict.inputs;
  const [[, output]] = predict.outputs;
  const place = (buffer: string): Place | undefined => {
    if (buffer === input) return { array: name("x"), base: name("from"), foreign: true };
    if (buffer === output) return { array: name("out"), base: name("to") };
    return buffer === scratch ? { array: scene.helpers.scratch(crossing), doubles: true } : undefined;
  };
  if (kernels.length === 1) return scene.emit(kernels[0], one, params, place);
  const ids = kernels.map(() => scene.helpers.names.unique("piece"));
  return lines(
    ...kernels.map((kernel, i) => scene.emit(i === 0 ? kernel : { ...kernel, origin: "continued" }, ids[i], params, place)),
    braces(js`function ${one}(${commas(params)})`, lines(...ids.map((id) => js`${id}(${commas(params)});`))),
  );
}

function training(
  parts: ModuleParts,
  entries: ReadonlyMap<string, Entry>,
  { bufferId: buffer, calls, helpers }: Scene,
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
    copy: helpers.copy(),
    trainStep: batch("trainStep"),
    evaluate: batch("evaluate"),
    weights: parts.weights.map((weight) => ({ name: weight.name, buffer: buffer(weight.buffer) })),
    ...(prepare === undefined ? {} : { prepare: calls(prepare) }),
  };
}
