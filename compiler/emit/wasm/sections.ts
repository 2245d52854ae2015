// A WebAssembly module of its parts. In: functions, the memory, what is exported and what stands in memory at the start. Out: bytes. Guarantee: no
// import; the memory has a fixed size. Contents of the memory are copied once, for they may be most of the memory there is.
// https://webassembly.github.io/spec/core/binary/modules.html
//
//   module = magic, version, [type 1] [function 3] [memory 5] [global 6] [export 7] [start 8] [code 10] [data 11] [custom 0 …]
//   a section is id, u32 bytes, content
import { joined } from "../../base/join.ts";
import { type FunctionBody, type ValType, valType } from "./assembler.ts";
import { s32, section, text, u32, vector } from "./bytes.ts";

/** What a module is made of; a function's index is its place in the list. */
export interface ModuleSpec {
  /** Pages of 64 KiB: minimum and maximum at once, so the memory never grows. */
  readonly pages: number;
  readonly functions: readonly FunctionBody[];
  /** What functions and their parameters are called, for whoever shows them. */
  readonly names?: readonly { readonly name: string; readonly params: readonly string[] }[];
  /** Names of the memory. */
  readonly memories: readonly string[];
  /** Export name → function index. */
  readonly exports: readonly (readonly [name: string, index: number])[];
  /** Export name → an i32 that never changes. */
  readonly globals?: readonly (readonly [name: string, value: number])[];
  /** The function that runs before anybody calls one. */
  readonly start?: number | undefined;
  /** What stands in memory first: from a byte on. */
  readonly data?: readonly { readonly at: number; readonly bytes: Uint8Array }[];
  /** What no engine reads, last. */
  readonly customs?: readonly (readonly [name: string, content: Uint8Array])[];
}

/** The module's bytes. */
export function assembleModule(spec: ModuleSpec): Uint8Array {
  const { pages, functions, memories, exports, globals = [], start, data = [], customs = [] } = spec;
  const signatures = [...new Set(functions.map(({ params }) => params.join()))];
  const indices = new Map(signatures.map((key, i) => [key, i]));
  const signature = (key: string): number[] => [
    0x60,
    ...vector(key === "" ? [] : key.split(",").map((type) => [valType[type as ValType]])),
    0x00,
  ];
  const i32 = (value: number): number[] => [0x41, ...s32(value), 0x0b];
  const head = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00].concat(
    section(1, vector(signatures.map(signature))),
    section(3, vector(functions.map(({ params }) => u32(indices.get(params.join()) ?? 0)))),
    section(5, vector([[0x01, ...u32(pages), ...u32(pages)]])),
    globals.length === 0 ? [] : section(6, vector(globals.map(([, value]) => [valType.i32, 0x00, ...i32(value)]))),
    section(
      7,
      vector([
        ...memories.map((name) => [...text(name), 0x02, 0x00]),
        ...exports.map(([name, index]) => [...text(name), 0x00, ...u32(index)]),
        ...globals.map(([name], index) => [...text(name), 0x03, ...u32(index)]),
      ]),
    ),
    start === undefined ? [] : section(8, u32(start)),
    section(10, vector(functions.map((made) => made.bytes()))),
  );
  // An active segment of memory 0.
  const segments = data.flatMap(({ at, bytes }) => [[0x00, ...i32(at), ...u32(bytes.length)], bytes]);
  const chunks: (readonly number[] | Uint8Array)[] = [head];
  if (data.length > 0) chunks.push(...around(11, [u32(data.length), ...segments]));
  for (const [name, content] of customs) chunks.push(...around(0, [text(name), content]));
  return joined(Uint8Array, chunks);
}

/** A section of content that stands in pieces. */
function around(id: number, content: readonly (readonly number[] | Uint8Array)[]): readonly (readonly number[] | Uint8Array)[] {
  return [[id, ...u32(content.reduce((sum, { length }) => sum + length, 0))], ...content];
}

/** The content of the custom section `name` that tells tools what functions are called. */
export function functionNames(names: readonly string[]): Uint8Array {
  const map = vector(names.map((name, index) => [...u32(index), ...text(name)]));
  return Uint8Array.from([1, ...u32(map.length), ...map]);
}
