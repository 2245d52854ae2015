// The module: kernels, buffers and the public functions as one text. In: a Program with the contents of its constants, and
// facts for the header. Out: code in the chosen format, declarations, and with `weights: "external"` the bytes for `create`.
// Guarantee: acorn has parsed the text and found no name but those `code.ts` lists; equal input gives equal bytes.
import { internal, invariant } from "../../diagnostics/error.ts";
import { sizeOf } from "../../graph/graph.ts";
import type { Options } from "../../options.ts";
import type { Entry } from "../../program/program.ts";
import { Code, commas, js, lines, literal, type Name, name, none, record } from "../code.ts";
import { judge } from "../judge.ts";
import { declarations } from "./declarations.ts";
import { type Simd, simdMemory, startSimd } from "./embed.ts";
import { header } from "./header.ts";
import type { EmittedModule, ModuleParts } from "./parts.ts";
import { directText, type Scene, setScene } from "./scene.ts";
import * as surface from "./surface.ts";
import { lengthOf, type Memory, startMemory, toBytes } from "./weights.ts";

/** The module of a Program. Throws an internal error where the text does not pass `judge`. */
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
    weights: 4 * lengthOf(memory.runs),
    memory: 4 * memory.length,
    wasm: [simd?.plain, simd?.relaxed].flatMap((form) => (form === undefined ? [] : [form.length])),
  };
  const code = `${lines(header(parts, bytes), inFormat(module, names.map(name), parts.options)).text}\n`;
  const also = [...(parts.options.format === "cjs" ? ["module"] : []), ...(simd === undefined ? [] : ["WebAssembly"])];
  judge(code, parts.options.format === "esm" ? "module" : "script", also);
  return {
    code,
    declarations: declarations(parts),
    ...(external ? { weights: toBytes(memory.runs.flatMap(({ contents }) => contents)) } : {}),
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

/** The same statements as an ES module, a CommonJS module, or a script with one global. */
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

  const texts = scene.looped.map(scene.kernelText);
  texts.push(
    scene.direct === undefined
      ? surface.computeFunction(one, scene.route(predict), inputSize, outputSize, scene.helpers.copy)
      : directText(scene, predict, one),
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
  // A long text as a const beside `create` (`Aside` in weights.ts says why).
  const aside = (hint: string, text: Code): Name => {
    const id = scene.helpers.names.unique(hint);
    beside.push(js`const ${id} = ${text};`);
    return id;
  };
  const start = startMemory(memory, scene, external, array, aside);
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

// What calls a route: `compute` for one row, `computeTile` for a tile of them.
const one = name("compute");
const many = name("computeTile");
const trained = ["trainStep", "evaluate", "getWeights", "setWeights"];

/** The buffers that the training functions work on, from the ports of the entries trainStep and evaluate. */
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
