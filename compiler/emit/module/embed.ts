// WebAssembly kernels in a module: the bytes, and the text that starts them. In: the simd Program and where the module's
// memory has its buffers. Out: a plain and a relaxed form, and statements that leave exports in `wasm` or nothing, and say so
// in `backend`. Guarantee: whatever an engine forbids (WebAssembly, SIMD, compiling at all), the JavaScript kernels remain.
import type { Line } from "../../base/lines.ts";
import { invariant } from "../../diagnostics/error.ts";
import type { Options } from "../../options.ts";
import type { Entry, Program } from "../../program/program.ts";
import { braces, type Code, commas, js, lines, type Name, name } from "../code.ts";
import { emitWasm, paramsOf, wasmLines } from "../wasm/emit.ts";
import type { Helpers } from "./helpers.ts";
import { packedBytes } from "./packed.ts";
import type { Memory } from "./weights.ts";

/** Floats of a cache line. */
export const alignment = 16;
/** Floats of a vector: no vector of a buffer that starts at a multiple lies in two cache lines. Buffers that are numbers in calls are
 * many and small, and start so: side by side their contents are one text. */
export const vectorLength = 4;

/** The forms of the kernels in WebAssembly, and how a module calls them. */
export interface Simd {
  readonly plain: Uint8Array;
  /** Contracts multiply-adds; absent where bits must be equal everywhere. */
  readonly relaxed?: Uint8Array;
  /** The plain form as text, where somebody asks what its lines are of. */
  readonly lines?: readonly Line[];
  /** And the relaxed one. */
  readonly relaxedLines?: readonly Line[];
  readonly entries: readonly Entry[];
  /** An entry's call where WebAssembly computes, else `otherwise`. */
  call(entry: Entry, otherwise: Code): Code;
}

/** The variable that holds an entry's function: looked up once, since engines do not see that an instance's exports never change. */
export const functionName = ({ name: id }: Entry): Name => name(`wasm${id[0].toUpperCase()}${id.slice(1)}`);

/** What a module gets in lanes: the same entries over the same buffers as its js Program. */
export interface SimdPrograms {
  readonly program: Program;
  /** The same sums in the same order with other register tiles: a contracted madd needs no register for its product. */
  readonly relaxed?: Program;
}

/** `hash`: exported beside the memory, so that a module of another model is found out. */
export function simdOf(
  { program, relaxed = program }: SimdPrograms,
  memory: Memory,
  { exact, wasm }: Options,
  hash: string,
  isShown: boolean,
): Simd {
  const placed = (from: Program): Program => placedIn(from, memory);
  const entries = program.entries.map((entry) => entry.name);
  // The memory is exported under the hash too: a file on its own must be told from that of another model.
  const memories = ["m", ...(wasm === "import" ? [hash] : [])];
  const form = { relaxed: false, entries, memories };
  return {
    plain: emitWasm(placed(program), form),
    ...(isShown ? { lines: wasmLines(placed(program), form) } : {}),
    ...(isShown && !exact ? { relaxedLines: wasmLines(placed(relaxed), { ...form, relaxed: true }) } : {}),
    ...(exact
      ? {}
      : {
          relaxed: emitWasm(placed(relaxed), {
            relaxed: true,
            entries,
            memories: wasm === "import" ? [...memories, "relaxed"] : memories,
          }),
        }),
    entries: program.entries,
    call: (entry, otherwise) => {
      const found = functionName(entry);
      return lines(js`if (${found}) ${found}(${commas(paramsOf(entry, program).map(name))});`, braces(js`else`, otherwise));
    },
  };
}

/** The Program with its buffers where a memory without gaps has them; buffers that nothing uses are gone. */
export const placedIn = (program: Program, memory: Memory): Program => ({
  ...program,
  buffers: program.buffers.flatMap((buffer) => {
    const at = memory.at.get(buffer.name);
    return at === undefined ? [] : [{ ...buffer, at }];
  }),
});

/** The buffers of all Programs of a module: they share one memory. */
export function mergedBuffers(program: Program, { program: simd, relaxed = simd }: SimdPrograms): Program["buffers"] {
  const known = new Map(program.buffers.map((buffer) => [buffer.name, buffer]));
  for (const buffer of [...simd.buffers, ...relaxed.buffers]) {
    const { name: id, at, length } = buffer;
    const other = known.get(id) ?? buffer;
    invariant(
      other.at === at && other.length === length,
      `buffer ${JSON.stringify(id)} is [${length}] at ${at} for simd, but [${other.length}] at ${other.at} elsewhere`,
    );
    known.set(id, other);
  }
  return [...known.values()];
}

/** Statements that declare `wasm`, `backend` and the entries' functions. */
export function startSimd(simd: Simd, options: Options, hash: string, helpers: Pick<Helpers, "kind" | "unpack">): Code {
  const found = simd.entries.map((entry) => js`${functionName(entry)} = wasm && wasm.${name(entry.name)}`);
  return lines(startInstance(simd, options, hash, helpers), js`const ${commas(found)};`);
}

function startInstance(
  { plain, relaxed }: Simd,
  options: Options,
  hash: string,
  { kind, unpack }: Pick<Helpers, "kind" | "unpack">,
): Code {
  if (options.wasm === "import") {
    return js`// The kernels in WebAssembly, where a compiled module is given and may run; else the functions below.
let wasm, backend = "js";
if (wasmModule !== undefined) {
  if (typeof WebAssembly !== "object" || !(wasmModule instanceof WebAssembly.Module)) throw new TypeError("wasmModule: wanted a WebAssembly.Module, got " + ${kind()}(wasmModule));
  let found;
  try {
    found = new WebAssembly.Instance(wasmModule).exports;
  } catch (error) {}
  if (found) {
    if (!found[${hash}]) throw new Error("wasmModule: wanted the module of this model, hash " + ${hash});
    wasm = found;
    backend = found.relaxed ? "relaxed" : "simd";
  }
}`;
  }
  const bytes = (of: Uint8Array): Code => js`${unpack()}(${packedBytes(of)}, new Uint8Array(${of.length}))`;
  const choice =
    relaxed === undefined
      ? js`const code = ${bytes(plain)}, found = "simd";`
      : js`let code = ${bytes(relaxed)}, found = "relaxed";
    if (!WebAssembly.validate(code)) code = ${bytes(plain)}, found = "simd";`;
  return js`// The kernels in WebAssembly, where the engine has SIMD and lets it be compiled; else the functions below.
let wasm, backend = "js";
if (typeof WebAssembly === "object") {
  try {
    ${choice}
    wasm = new WebAssembly.Instance(new WebAssembly.Module(code)).exports;
    backend = found;
  } catch (error) {}
}`;
}

/** The module's memory: the instance's, or one of its own. */
export const simdMemory = (memory: Memory): Code =>
  js`wasm ? new Float32Array(wasm.m.buffer) : new Float32Array(${memory.length})`;
