// WebAssembly as text. In: a module as it is assembled. Out: lines in the text format, folded nowhere, each with what it is of. Guarantee: it is read
// off the bytes of each function by the assembler's own table of instructions, so that it says what the module does; assembled, it is that
// module again. An instruction that is not in the table is an internal error.
// https://webassembly.github.io/spec/core/text/
import type { Line, Of } from "../../base/lines.ts";
import { internal } from "../../diagnostics/error.ts";
import { type FunctionBody, plainOps, type ValType } from "./assembler.ts";
import type { ModuleSpec } from "./sections.ts";

/** Bytes in order. */
class Reader {
  readonly #bytes: readonly number[];
  at = 0;
  constructor(bytes: readonly number[]) {
    this.#bytes = bytes;
  }
  get isEnd(): boolean {
    return this.at >= this.#bytes.length;
  }
  byte(): number {
    return this.#bytes[this.at++] ?? internal("the function ends within an instruction");
  }
  take(count: number): Uint8Array {
    return Uint8Array.from({ length: count }, () => this.byte());
  }
  /** LEB128, unsigned. */
  u32(): number {
    for (let value = 0, shift = 0; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << shift;
      if (byte < 0x80) return value >>> 0;
    }
  }
  /** LEB128, signed. */
  s32(): number {
    for (let value = 0, shift = 7; ; shift += 7) {
      const byte = this.byte();
      value |= (byte & 0x7f) << (shift - 7);
      if (byte < 0x80) return shift < 32 && (byte & 0x40) !== 0 ? value | (-1 << shift) : value;
    }
  }
}

/** What stands behind an instruction's name: locals and functions by their names. */
interface Words {
  readonly local: (index: number) => string;
  readonly call: (index: number) => string;
}

type Immediate = (reader: Reader, words: Words) => string;
const offset = (reader: Reader, natural: number): string => {
  const align = 2 ** reader.u32();
  const from = reader.u32();
  return `${from === 0 ? "" : ` offset=${from}`}${align === natural ? "" : ` align=${align}`}`;
};
const memory =
  (natural: number): Immediate =>
  (reader) =>
    offset(reader, natural);
const lane: Immediate = (reader) => ` ${reader.byte()}`;
const lanes =
  (natural: number): Immediate =>
  (reader) =>
    offset(reader, natural) + lane(reader, noWords);
const local: Immediate = (reader, words) => ` ${words.local(reader.u32())}`;
const noWords: Words = { local: String, call: String };

/** Instructions with immediates, by their bytes in hexadecimal. */
const withImmediates: Readonly<Record<string, readonly [name: string, Immediate]>> = {
  // Of memory 0, which is the only one.
  fca: ["memory.copy", (reader) => (reader.take(2).some(Boolean) ? internal("another memory") : "")],
  fcb: ["memory.fill", (reader) => (reader.byte() !== 0 ? internal("another memory") : "")],
  "20": ["local.get", local],
  "21": ["local.set", local],
  "22": ["local.tee", local],
  "41": ["i32.const", (reader) => ` ${reader.s32()}`],
  "43": ["f32.const", (reader) => ` ${floatText(reader.take(4), 0)}`],
  "2a": ["f32.load", memory(4)],
  "38": ["f32.store", memory(4)],
  "fd0": ["v128.load", memory(16)],
  "fdb": ["v128.store", memory(16)],
  "fd9": ["v128.load32_splat", memory(4)],
  "fd56": ["v128.load32_lane", lanes(4)],
  "fd5a": ["v128.store32_lane", lanes(4)],
  "fd5b": ["v128.store64_lane", lanes(8)],
  "fdc": ["v128.const", (reader) => ` ${vectorText(reader.take(16))}`],
  "fdd": ["i8x16.shuffle", (reader) => ` ${[...reader.take(16)].join(" ")}`],
  "fd1b": ["i32x4.extract_lane", lane],
  "fd1c": ["i32x4.replace_lane", lane],
  "fd1f": ["f32x4.extract_lane", lane],
  "fd20": ["f32x4.replace_lane", lane],
  // Both are of the empty type, 0x40.
  "3": ["loop", (reader) => (reader.byte() === 0x40 ? "" : internal("a loop gives nothing"))],
  "2": ["block", (reader) => (reader.byte() === 0x40 ? "" : internal("a block gives nothing"))],
  "d": ["br_if", (reader) => ` ${reader.u32()}`],
  "10": ["call", (reader, words) => ` ${words.call(reader.u32())}`],
}; // biome-ignore format: one table

const keyOf = (prefix: number, code?: number): string => prefix.toString(16) + (code === undefined ? "" : code.toString(16));
/** The others, by the same. */
const plainNames = new Map(
  plainOps.map(([name, bytes]) => {
    const reader = new Reader(bytes);
    const first = reader.byte();
    return [keyOf(first, reader.isEnd ? undefined : reader.u32()), name];
  }),
);

/** The module as text. */
export function moduleLines({ pages, functions, names = [], memories, exports }: ModuleSpec): readonly Line[] {
  const plain = (text: string): Line => ({ text, of: [] });
  const ids = unique(functions.map((_, i) => names[i]?.name ?? `f${i}`));
  return [
    plain("(module"),
    plain(`  (memory ${pages} ${pages})`),
    ...memories.map((name) => plain(`  (export ${JSON.stringify(name)} (memory 0))`)),
    ...exports.map(([name, index]) => plain(`  (export ${JSON.stringify(name)} (func ${ids[index]}))`)),
    ...functions.flatMap((body, i) => functionLines(body, ids[i], names[i]?.params ?? [], (index) => ids[index])),
    plain(")"),
  ];
}

function functionLines(body: FunctionBody, id: string, params: readonly string[], call: Words["call"]): readonly Line[] {
  const { bytes, marks } = body.laid();
  const reader = new Reader(bytes);
  const types: ValType[] = [];
  for (let runs = reader.u32(); runs > 0; runs--) {
    const count = reader.u32();
    const type = valTypes.get(reader.byte()) ?? internal("a local of another type");
    for (let i = 0; i < count; i++) types.push(type);
  }
  const locals = unique([...body.params.map((_, i) => params[i] ?? `p${i}`), ...types.map((type, i) => `${type[0]}${i}`)]);
  const declared = (word: string, list: readonly ValType[], from: number): string =>
    list.map((type, i) => ` (${word} ${locals[from + i]} ${type})`).join("");
  const head = `  (func ${id}${declared("param", body.params, 0)}${declared("local", types, body.params.length)}`;
  const lines: Line[] = [];
  let [depth, mark] = [0, -1];
  while (!reader.isEnd) {
    while (mark + 1 < marks.length && marks[mark + 1].at <= reader.at) mark++;
    const of = marks[mark]?.of ?? [];
    const text = instruction(reader, { local: (index) => locals[index], call });
    if (text === "end") depth--;
    // The last one ends the function.
    if (depth < 0) break;
    lines.push({ text: `    ${"  ".repeat(depth)}${text}`, of });
    if (text === "loop" || text === "block") depth++;
  }
  const all = sharedBy(marks.map(({ of }) => of));
  return [{ text: head, of: all }, ...lines, { text: "  )", of: all }];
}

/** What every mark of a function has. */
function sharedBy(all: readonly (readonly Of[])[]): readonly Of[] {
  const [first = [], ...others] = all;
  return first.filter(({ kind, name }) => others.every((of) => of.some((one) => one.kind === kind && one.name === name)));
}

function instruction(reader: Reader, words: Words): string {
  const first = reader.byte();
  const key = first === 0xfd || first === 0xfc ? keyOf(first, reader.u32()) : keyOf(first);
  const plain = plainNames.get(key);
  if (plain !== undefined) return plain;
  const [name, immediate] = withImmediates[key] ?? internal(`no instruction 0x${key}`);
  return name + immediate(reader, words);
}

const valTypes: ReadonlyMap<number, ValType> = new Map([
  [0x7f, "i32"],
  [0x7d, "f32"],
  [0x7b, "v128"],
]);

/** `$name`, each once; what an identifier cannot have becomes `_`. */
function unique(names: readonly string[]): readonly string[] {
  const taken = new Set<string>();
  return names.map((name) => {
    const stem = `$${name.replace(/[^\w!#%&'*+\-./:<=>?@\\^`|~$]/g, "_")}`;
    let id = stem;
    for (let i = 1; taken.has(id); i++) id = `${stem}_${i}`;
    taken.add(id);
    return id;
  });
}

/** The shortest decimal that is the float32. */
function floatText(bytes: Uint8Array, at: number): string {
  const view = new DataView(bytes.buffer);
  const value = view.getFloat32(at, true);
  if (Number.isNaN(value)) return `nan:0x${(view.getInt32(at, true) & 0x7fffff).toString(16)}`;
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0";
  for (let digits = 1; digits <= 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === value) return String(short);
  }
  return String(value);
}

/** Four floats where they look like some, else four words. */
function vectorText(bytes: Uint8Array): string {
  const view = new DataView(bytes.buffer);
  const starts = [0, 4, 8, 12];
  const isFloat = (at: number): boolean => {
    const value = Math.abs(view.getFloat32(at, true));
    return value === 0 || (value > 1e-20 && value < 1e20);
  };
  if (starts.every(isFloat)) return `f32x4 ${starts.map((at) => floatText(bytes, at)).join(" ")}`;
  return `i32x4 ${starts.map((at) => `0x${view.getUint32(at, true).toString(16)}`).join(" ")}`;
}
