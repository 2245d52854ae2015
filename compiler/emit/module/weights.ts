// Where buffers lie in the module's one Float32Array, and the contents it starts with. In: the buffers that the emitted code
// uses, and the contents of some. Out: offsets without the gaps of unused buffers, and runs of content in address order.
// Contents travel as short literals (few), base64 (default), or bytes (little-endian float32 in run order).
import { invariant } from "../../diagnostics/error.ts";
import type { Buffer } from "../../program/program.ts";
import { braces, Code, commas, js, lines, type Name, name, none, quote, shortLiteral } from "../code.ts";
import type { Marks } from "../marks.ts";

/** Neighbouring buffers that start with content. */
export interface Run {
  readonly at: number;
  readonly length: number;
  /** In order; they are not copied together, for they may be most of the memory there is. */
  readonly contents: readonly Float32Array[];
}
/** The layout: where each buffer starts, and what stands there first; lengths and offsets in float32 elements. */
export interface Memory {
  readonly length: number;
  readonly at: ReadonlyMap<string, number>;
  readonly runs: readonly Run[];
  /** The buffers that have content. */
  readonly filled: ReadonlySet<string>;
}

/** `alignOf`: of how many elements the start of a buffer is a multiple, where it overlaps none that starts before it. */
export function layMemory(
  buffers: readonly Buffer[],
  contents: ReadonlyMap<string, Float32Array>,
  alignOf: (buffer: string) => number = () => 1,
): Memory {
  const sorted = [...buffers].sort((a, b) => a.at - b.at);
  const at = new Map<string, number>();
  const parts: Run[] = [];
  const filled = new Set<string>();
  let end = 0;
  let length = 0;
  let shift = 0;
  for (const buffer of sorted) {
    // Gaps are closed; what overlaps keeps its distance.
    const align = alignOf(buffer.name);
    if (buffer.at >= end) shift = buffer.at - Math.ceil(length / align) * align;
    end = Math.max(end, buffer.at + buffer.length);
    length = Math.max(length, buffer.at + buffer.length - shift);
    at.set(buffer.name, buffer.at - shift);
    const content = contents.get(buffer.name);
    if (content === undefined || content.length === 0) continue;
    invariant(
      content.length === buffer.length,
      `buffer ${JSON.stringify(buffer.name)} holds ${buffer.length} numbers, its content has ${content.length}`,
    );
    filled.add(buffer.name);
    parts.push({ at: buffer.at - shift, length: content.length, contents: [content] });
  }
  return { length, at, runs: join(parts), filled };
}

/** Runs that touch as one: each costs a call when the module starts. */
function join(parts: readonly Run[]): Run[] {
  const groups: Run[][] = [];
  let end = -1;
  for (const part of parts) {
    if (part.at === end) groups[groups.length - 1].push(part);
    else groups.push([part]);
    end = part.at + part.length;
  }
  return groups.map((group) => ({
    at: group[0].at,
    length: group.reduce((sum, { length }) => sum + length, 0),
    contents: group.flatMap(({ contents }) => contents),
  }));
}

/** Little-endian float32. */
export function toBytes(list: readonly Float32Array[]): Uint8Array {
  const bytes = new Uint8Array(list.reduce((sum, { byteLength }) => sum + byteLength, 0));
  const view = new DataView(bytes.buffer);
  let at = 0;
  for (const one of list) for (let i = 0; i < one.length; i++, at += 4) view.setFloat32(at, one[i], true);
  return bytes;
}

const digits = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/** Base64 (RFC 4648), padded. */
function toBase64(bytes: Uint8Array): string {
  let text = "";
  for (let i = 0; i < bytes.length; i += 3) {
    const word = (bytes[i] << 16) | ((bytes[i + 1] ?? 0) << 8) | (bytes[i + 2] ?? 0);
    text += digits[word >> 18] + digits[(word >> 12) & 63] + digits[(word >> 6) & 63] + digits[word & 63];
  }
  const missing = (3 - (bytes.length % 3)) % 3;
  return missing === 0 ? text : text.slice(0, text.length - missing) + "=".repeat(missing);
}

/** Bytes of a literal: whole floats, whole groups of base64, and 16,368 characters, since some engines read a literal in time that
 * grows with the square of its length. */
const pieceBytes = 12276;

/** `["…", "…"]`: bytes as base64 in pieces, for `unpack`. */
export const packedBytes = (bytes: Uint8Array): Code =>
  packed(
    Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
      toBase64(bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes)),
    ),
  );

const packed = (pieces: readonly string[]): Code => new Code(`[${pieces.map(quote).join(", ")}]`);

/** The same of float32 numbers. No more than a piece is copied at a time. */
function packedFloats(contents: readonly Float32Array[]): Code {
  const pieces: string[] = [];
  const piece = new Float32Array(pieceBytes / 4);
  let filled = 0;
  const flush = (): void => {
    if (filled > 0) pieces.push(toBase64(toBytes([piece.subarray(0, filled)])));
    filled = 0;
  };
  for (const content of contents) {
    for (let from = 0; from < content.length; ) {
      const part = content.subarray(from, from + piece.length - filled);
      piece.set(part, filled);
      filled += part.length;
      from += part.length;
      if (filled === piece.length) flush();
    }
  }
  flush();
  return packed(pieces);
}

/**
 * `unpack(texts, array)`: fills the bytes of a typed array from base64, by the engine's own decoder where it has one (Chrome 140,
 * Firefox 133, Safari 18.2, Node 25): 583 KB in 0.2 ms instead of 4 in a process that just started. What the padding gives
 * falls off the array's end. Floats are stored as the engine has them: some put the high byte first.
 */
export const unpackFunction: Code = braces(
  js`function unpack(texts, array)`,
  js`const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
if (bytes.setFromBase64) {
  for (let t = 0; t < texts.length; t++) bytes.subarray(${pieceBytes} * t).setFromBase64(texts[t]);
} else {
  const digits = ${digits};
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  // A function, so that engines compile it after a few pieces.
  const decode = (text, k) => {
    for (let i = 0; i < text.length; i += 4, k += 3) {
      const word = values[text.charCodeAt(i)] << 18 | values[text.charCodeAt(i + 1)] << 12 | values[text.charCodeAt(i + 2)] << 6 | values[text.charCodeAt(i + 3)];
      bytes[k] = word >> 16;
      bytes[k + 1] = word >> 8;
      bytes[k + 2] = word;
    }
  };
  for (let t = 0; t < texts.length; t++) decode(texts[t], ${pieceBytes} * t);
}
// In a float 1 only the high byte of the first two is not 0: such an engine wants the bytes of a float the other way round.
if (array.BYTES_PER_ELEMENT === 4 && new Uint8Array(new Float32Array([1]).buffer)[0]) {
  for (let i = 0; i < bytes.length; i += 4) {
    const first = bytes[i], second = bytes[i + 1];
    bytes[i] = bytes[i + 3];
    bytes[i + 1] = bytes[i + 2];
    bytes[i + 2] = second;
    bytes[i + 3] = first;
  }
}
return array;`,
);

// As literals a weight takes about 11 characters and no decoder; in base64 about 5.4.
const fewest = 64;
const isFew = (count: number): boolean => count <= fewest;

/** `new Float32Array([…])`, or unpacked where the numbers are many. */
export const floats = (content: Float32Array, unpack: () => Name): Code =>
  isFew(content.length)
    ? js`new Float32Array([${shortList(content)}])`
    : js`${unpack()}(${packedFloats([content])}, new Float32Array(${content.length}))`;

/** The same for who rounds anyway: few numbers stand in a plain array. */
export const numbers = (content: Float32Array, unpack: () => Name): Code =>
  isFew(content.length) ? js`[${shortList(content)}]` : floats(content, unpack);

/** Puts a long text beside `create`, where the engine reads it once: a function is read twice, before and when it is called. */
export type Aside = (hint: string, text: Code) => Name;

/** Statements that fill `memory` at the start. */
function fillMemory(memory: Name, { runs }: Memory, unpack: () => Name, aside: Aside): Code {
  const few = isFew(lengthOf(runs));
  // Memory starts as zeros.
  const fills = runs.filter(({ contents }) => contents.some((content) => content.some((value) => !Object.is(value, 0))));
  return lines(
    ...fills.map(({ at, length, contents }) =>
      few
        ? js`${memory}.set([${commas(contents.map(shortList))}], ${at});`
        : js`${unpack()}(${aside("weights", packedFloats(contents))}, ${memory}.subarray(${at}, ${at + length}));`,
    ),
  );
}

/** Numbers of all runs. */
export const lengthOf = (runs: readonly Run[]): number => runs.reduce((sum, { length }) => sum + length, 0);

/** The same from the argument of `create`: any view of bytes, or an ArrayBuffer. */
function readMemory(memory: Name, { runs }: Memory, kind: () => Name): Code {
  const size = 4 * lengthOf(runs);
  let from = 0;
  const copies = runs.map(({ at, length }) => {
    const start = from;
    from += 4 * length;
    return js`new Uint8Array(${memory}.buffer, ${4 * at}).set(source.subarray(${start}, ${from}));`;
  });
  return lines(
    js`if (!bytes || typeof bytes !== "object" || !(bytes.byteLength >= 0)) throw new TypeError("bytes: wanted a Uint8Array of " + ${size} + " bytes, got " + ${kind()}(bytes));
if (bytes.byteLength !== ${size}) throw new RangeError("bytes: wanted " + ${size} + " bytes of weights, got " + bytes.byteLength);`,
    runs.length > 0 ? js`const source = new Uint8Array(bytes.buffer || bytes, bytes.byteOffset || 0, ${size});` : undefined,
    ...copies,
  );
}

const shortList = (content: Float32Array): Code => commas([...content].map(shortLiteral));

/** What is to be declared: buffers, and the names of those that have one. */
export interface Declared {
  readonly buffers: readonly Buffer[];
  isNamed(buffer: string): boolean;
  bufferId(buffer: string): Name;
  readonly helpers: { kind(): Name; unpack(): Name };
  readonly marks?: Marks | undefined;
}

/** The array, its first contents, and a view for each buffer with a name. `bytes`: contents come from the argument of `create`;
 * `array`: an expression for a zeroed array of at least the memory's length. */
export function startMemory(
  memory: Memory,
  { buffers, isNamed, bufferId, helpers: { kind, unpack }, marks }: Declared,
  bytes: boolean,
  array: Code,
  aside: Aside,
): Code {
  const whole = name("memory");
  const views = buffers.map((buffer) => {
    const at = memory.at.get(buffer.name) ?? 0;
    // What has contents of its own does not begin as always.
    const starts = buffer.initial !== undefined && !Object.is(buffer.initial, 0) && !memory.filled.has(buffer.name);
    if (!isNamed(buffer.name)) return starts ? js`${whole}.fill(${buffer.initial}, ${at}, ${at + buffer.length});` : none;
    const view = js`const ${bufferId(buffer.name)} = ${whole}.subarray(${at}, ${at + buffer.length});`;
    const text = starts ? lines(view, js`${bufferId(buffer.name)}.fill(${buffer.initial});`) : view;
    return marks === undefined ? text : marks.around(text, [{ kind: "buffer", name: buffer.name }]);
  });
  return lines(
    memory.length > 0 || bytes ? js`const ${whole} = ${array};` : undefined,
    bytes ? readMemory(whole, memory, kind) : fillMemory(whole, memory, unpack, aside),
    ...views,
  );
}
