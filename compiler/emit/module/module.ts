// The module: kernels, buffers and the public functions as one text. In: a Program with the contents of its constants, and
// facts for the header. Out: code in the chosen form, declarations where it is imported, and with `weights: "external"` the bytes for `create`.
// Guarantee: acorn has parsed the text and found no name but those `code.ts` lists; equal input gives equal bytes. No syntax
// that small engines lack: no shorthand or destructuring, no `catch` without a name.
import { type Code, commas, js, lines, type Name, name } from "../code.ts";
import { declarations } from "./declarations.ts";
import { constants } from "./doors/constants.ts";
import { doors } from "./doors/list.ts";
import { type Simd, simdMemory, startSimd } from "./embed.ts";
import { byName } from "./forms/exports.ts";
import type { TextForm } from "./forms/form.ts";
import { forms } from "./forms/list.ts";
import { header } from "./header.ts";
import { createParams, type EmittedModule, importsWasm, type ModuleParts } from "./parts.ts";
import { setScene } from "./scene.ts";
import { bytesOfRuns, type Memory, sizeOfRuns, startMemory } from "./weights.ts";

/** The module of a Program. Throws an internal error where the text does not pass `judge`. */
export function emitModule(parts: ModuleParts): EmittedModule {
  const form = forms[parts.options.format];
  if (!form.isText) return { code: "", declarations: "", ...form.assemble(parts) };
  return textModule(parts, form);
}

function textModule(parts: ModuleParts, form: TextForm): EmittedModule {
  const { options } = parts;
  const { body, exported, memory, simd, texts } = instance(parts);
  const given = createParams(parts);
  const shown = constants.filter(({ when }) => when(parts));
  // What can be there once only, and needs nothing, stands at top level.
  // An instance for each set of weights, and for each stream.
  const creates = given.length > 0 || options.train || parts.stream !== undefined;
  const create = js`function create(${commas(given)}) {
  ${body}
  return ${byName(exported)};
}`;
  const started = js`const instance = create();
const ${commas(exported.map((door) => js`${door} = instance.${door}`))};`;
  const module = lines(
    js`const ${commas(shown.map((constant) => js`${name(constant.name)} = ${constant.value(parts)}`))};`,
    ...texts,
    creates ? create : body,
    creates && given.length === 0 ? started : undefined,
  );
  const names = [
    ...shown.map((constant) => name(constant.name)),
    ...(given.length > 0 ? [] : exported),
    ...(creates ? [name("create")] : []),
  ];
  const bytes = {
    weights: sizeOfRuns(memory.runs),
    memory: 4 * memory.length,
    wasm: [simd?.plain, simd?.relaxed].flatMap((form) => (form === undefined ? [] : [form.length])),
  };
  const takes = simd === undefined ? [] : ["WebAssembly"];
  const written = form.write({ head: header(parts, bytes), module, names, parts, takes });
  const { lines: told } = written;
  const imported = importsWasm(parts);
  return {
    ...written,
    ...(parts.narrow === undefined || parts.narrow.size === 0 ? {} : { shipped: bytes.weights }),
    ...(told === undefined || simd?.lines === undefined ? {} : { wasmLines: simd.lines, relaxedLines: simd.relaxedLines ?? [] }),
    declarations: form.isImported ? declarations(parts) : "",
    ...(options.weights === "external" ? { weights: bytesOfRuns(memory.runs) } : {}),
    ...(imported && simd !== undefined ? { wasm: simd.plain } : {}),
    ...(imported && simd?.relaxed !== undefined ? { wasmRelaxed: simd.relaxed } : {}),
  };
}

/** What stands in `create` or at top level, and what of it is for callers. */
function instance(parts: ModuleParts): {
  body: Code;
  exported: readonly Name[];
  memory: Memory;
  simd?: Simd;
  /** What stands beside `create`. */
  texts: readonly Code[];
} {
  const { options } = parts;
  const scene = setScene(parts);
  const open = doors.filter(({ when }) => when(parts));
  const texts = [...scene.looped.map(scene.kernelText), ...open.map(({ text }) => text({ parts, scene }))];
  const { simd, memory, helpers } = scene;
  const wasm = simd === undefined ? undefined : startSimd(simd, options, parts.model.hash, helpers);
  const array = simd === undefined ? js`new Float32Array(${memory.length})` : simdMemory(memory);
  const beside: Code[] = [];
  // A long text as a const beside `create` (`Aside` in weights.ts says why).
  const aside = (hint: string, text: Code): Name => {
    const id = helpers.names.unique(hint);
    beside.push(js`const ${id} = ${text};`);
    return id;
  };
  const start = startMemory(memory, scene, options.weights === "external", array, aside);
  const exported = open.map((door) => name(door.name));
  // Last, when everything has asked for its helpers.
  const body = lines(helpers.declarations(), wasm, start, ...texts);
  return { body, exported, memory, texts: beside, ...(simd === undefined ? {} : { simd }) };
}
