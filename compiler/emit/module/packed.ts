// Numbers and bytes as text. In: contents. Out: short literals where they are few, else base64 in pieces, and the function that decodes them. Guarantee:
// what is decoded is what was packed, to the bit, also on engines that store the high byte first.
import { braces, Code, commas, js, lines, type Name, quote, shortLiteral } from "../code.ts";
import type { Marks } from "../marks.ts";

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

/** Whose bytes are packed, one stretch behind the other, for whoever wants to know it of the text. */
export interface Told {
  readonly marks: Marks;
  readonly stretches: readonly { readonly buffer: string; readonly bytes: number }[];
}

/** `["…", "…"]`: bytes as base64 in pieces, for `unpack`. */
export const packedBytes = (bytes: Uint8Array, told?: Told): Code =>
  packed(
    Array.from({ length: Math.ceil(bytes.length / pieceBytes) }, (_, i) =>
      toBase64(bytes.subarray(i * pieceBytes, (i + 1) * pieceBytes)),
    ),
    told,
  );

function packed(pieces: readonly string[], told: Told | undefined): Code {
  const texts = pieces.map(quote);
  return new Code(`[${(told === undefined ? texts : marked(texts, told)).join(", ")}]`);
}

/** The literals with a mark around what is of one buffer. A character that has bits of two is of the first. */
function marked(literals: readonly string[], { marks, stretches }: Told): readonly string[] {
  let [own, left] = [0, stretches[0]?.bytes ?? 0];
  return literals.map((literal) => {
    // A character may be spelled: an escape is one as well.
    const signs = literal.slice(1, -1).match(/\\x..|\\u....|\\.|[^\\]/g) ?? [];
    let [text, at] = ["", 0];
    for (let bytes = Math.min(pieceBytes, Math.floor((signs.length * 3) / 4)); bytes > 0 && own < stretches.length; ) {
      const taken = Math.min(bytes, left);
      bytes -= taken;
      left -= taken;
      const end = bytes === 0 ? signs.length : Math.ceil(((Math.floor((signs.length * 3) / 4) - bytes) * 4) / 3);
      text += marks.part(new Code(signs.slice(at, end).join("")), stretches[own].buffer).text;
      at = end;
      while (left === 0 && own < stretches.length) left = stretches[++own]?.bytes ?? 0;
    }
    return `"${text}${signs.slice(at).join("")}"`;
  });
}

/** The same of float32 numbers, little-endian. No more than a piece is copied at a time. */
export function packedFloats(contents: readonly Float32Array[], told?: Told): Code {
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
  return packed(pieces, told);
}

/**
 * `unpack(texts, array)`: fills the bytes of a typed array from base64, by the engine's own decoder where it has one (Chrome 140,
 * Firefox 133, Safari 18.2, Node 25): 583 KB in 0.2 ms instead of 4 in a process that just started. What the padding gives
 * is not stored. Floats are stored as the engine has them: some put the high byte first.
 */
export const unpackFunction: Code = lines(
  // One function for all that a module unpacks, and no store beyond an array: either would make engines throw their machine code away.
  braces(
    js`function decode(text, values, bytes, k)`,
    js`for (let i = 0; i < text.length; i += 4, k += 3) {
  const word = values[text.charCodeAt(i)] << 18 | values[text.charCodeAt(i + 1)] << 12 | values[text.charCodeAt(i + 2)] << 6 | values[text.charCodeAt(i + 3)];
  bytes[k] = word >> 16;
  if (k + 1 < bytes.length) bytes[k + 1] = word >> 8;
  if (k + 2 < bytes.length) bytes[k + 2] = word;
}`,
  ),
  braces(
    js`function unpack(texts, array)`,
    js`const bytes = new Uint8Array(array.buffer, array.byteOffset, array.byteLength);
if (bytes.setFromBase64) {
  for (let t = 0; t < texts.length; t++) bytes.subarray(${pieceBytes} * t).setFromBase64(texts[t]);
} else {
  const digits = ${digits};
  const values = new Uint8Array(128);
  for (let i = 0; i < 64; i++) values[digits.charCodeAt(i)] = i;
  for (let t = 0; t < texts.length; t++) decode(texts[t], values, bytes, ${pieceBytes} * t);
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
  ),
);

// As literals a weight takes about 11 characters and no decoder; in base64 about 5.4.
const fewest = 64;
/** Whether so many numbers stand as literals. */
export const isFew = (count: number): boolean => count <= fewest;

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

/** Numbers as the shortest literals of theirs. */
export const shortList = (content: Float32Array): Code => commas([...content].map(shortLiteral));
