// The header of a `.safetensors` file: JSON of one fixed form, read in one walk over its characters. In: text nobody vouches for. Out:
// metadata and tensors in the order of the text, or a CompileError `format/header` with the place.
// JSON.parse would keep the last of two equal keys, move names such as "1" to the front, and build whatever a hostile text nests; here
// nothing is nested deeper than the form goes, and every key stands once.
import { CompileError } from "../../compiler/diagnostics/error.ts";

/** A tensor as the header describes it. */
export interface Entry {
  readonly dtype: string;
  readonly shape: readonly number[];
  /** Bytes from the end of the header: of the first, and behind the last. */
  readonly offsets: readonly [from: number, to: number];
}
/** A header, read; both maps in the order of the text. */
export interface Header {
  readonly metadata: ReadonlyMap<string, string>;
  readonly entries: ReadonlyMap<string, Entry>;
}

/** Where the walk is: a character, and the member of the header that it belongs to. */
interface Cursor {
  readonly text: string;
  at: number;
  name?: string;
}
const own = "__metadata__";
const form = "a tensor must be {dtype, shape, data_offsets}";

/** The tensors and metadata that `text` spells. Throws CompileError `format/header`. */
export function parseHeader(text: string): Header {
  const cursor: Cursor = { text, at: 0 };
  if (/["[\dtfn-]/.test(peek(cursor))) fail(cursor, "the header is not a JSON object");
  let metadata: ReadonlyMap<string, string> | undefined;
  const entries = new Map<string, Entry>();
  members(cursor, (name) => {
    cursor.name = name;
    if (name === own ? metadata !== undefined : entries.has(name)) fail(cursor, `the header has the key ${quote(name)} twice`);
    if (name === own) metadata = metadataOf(cursor);
    else entries.set(name, entryOf(cursor));
  });
  if (peek(cursor) !== "") unexpected(cursor);
  return { metadata: metadata ?? new Map(), entries };
}

/** The path of a tensor. */
export const place = (name: string): string => `weights[${JSON.stringify(name)}]`;
/** As much of a foreign text as a message can hold. */
export const shorten = (text: string): string => (text.length > 60 ? `${text.slice(0, 57)}…` : text);
const quote = (text: string): string => shorten(JSON.stringify(text));

function metadataOf(cursor: Cursor): ReadonlyMap<string, string> {
  const metadata = new Map<string, string>();
  if (peek(cursor) !== "{") fail(cursor, `${own} must map names to strings, found ${found(cursor)}`);
  members(cursor, (name) => {
    if (metadata.has(name)) fail(cursor, `${own} has the key ${quote(name)} twice`);
    if (peek(cursor) !== '"') fail(cursor, `${own} must map names to strings, found ${found(cursor)}`);
    metadata.set(name, string(cursor));
  });
  return metadata;
}

function entryOf(cursor: Cursor): Entry {
  if (peek(cursor) !== "{") fail(cursor, `${form}, found ${found(cursor)}`);
  let dtype: string | undefined;
  let shape: readonly number[] | undefined;
  let offsets: readonly number[] | undefined;
  members(cursor, (key) => {
    if (key === "dtype" && dtype === undefined) {
      if (peek(cursor) !== '"') fail(cursor, `${form}: dtype is a string, found ${found(cursor)}`);
      dtype = string(cursor);
    } else if (key === "shape" && shape === undefined) shape = counts(cursor, key);
    else if (key === "data_offsets" && offsets === undefined) offsets = counts(cursor, key);
    else fail(cursor, `${form}, each once: found another key ${quote(key)}`);
  });
  if (dtype === undefined || shape === undefined || offsets === undefined) {
    const missing = dtype === undefined ? "dtype" : shape === undefined ? "shape" : "data_offsets";
    return fail(cursor, `${form}: ${missing} is missing`);
  }
  if (offsets.length !== 2) fail(cursor, `${form}: data_offsets are two numbers, found ${offsets.length}`);
  return { dtype, shape, offsets: offsets as Entry["offsets"] };
}

/** An object: `read` is called behind each key's colon and takes the value. */
function members(cursor: Cursor, read: (key: string) => void): void {
  expect(cursor, "{");
  if (take(cursor, "}")) return;
  do {
    if (peek(cursor) !== '"') unexpected(cursor);
    const key = string(cursor);
    expect(cursor, ":");
    read(key);
  } while (take(cursor, ","));
  expect(cursor, "}");
}

/** A list of whole numbers from 0. A fraction, an exponent or a sign is refused, as the format's own reader does. */
function counts(cursor: Cursor, key: string): readonly number[] {
  const numbers: number[] = [];
  if (peek(cursor) !== "[") fail(cursor, `${form}: ${key} is a list, found ${found(cursor)}`);
  cursor.at++;
  if (take(cursor, "]")) return numbers;
  do {
    peek(cursor);
    const start = cursor.at;
    let value = 0;
    for (let digit = digitAt(cursor); digit >= 0; digit = digitAt(cursor)) {
      value = 10 * value + digit;
      cursor.at++;
    }
    const { text, at } = cursor;
    const led = at > start + 1 && text.charCodeAt(start) === 0x30;
    if (at === start || led || !Number.isSafeInteger(value) || ".eE".includes(text.charAt(at) || " ")) {
      cursor.at = start;
      fail(cursor, `${key} needs whole numbers from 0 to 2^53 − 1, found ${found(cursor)}`);
    }
    numbers.push(value);
  } while (take(cursor, ","));
  expect(cursor, "]");
  return numbers;
}

/** The digit at the cursor, or −1. */
function digitAt({ text, at }: Cursor): number {
  const digit = text.charCodeAt(at) - 0x30;
  return digit >= 0 && digit <= 9 ? digit : -1;
}

/** A string, decoded: two spellings of a name are one name. The cursor is on its first quote. */
function string(cursor: Cursor): string {
  const { text } = cursor;
  const start = cursor.at++;
  let escaped = false;
  for (let code = text.charCodeAt(cursor.at); code !== 0x22; code = text.charCodeAt(++cursor.at)) {
    // Behind the end the code is NaN, which is not at least 0x20 either.
    if (!(code >= 0x20)) unexpected(cursor);
    if (code !== 0x5c) continue;
    escaped = true;
    cursor.at++;
  }
  cursor.at++;
  if (!escaped) return text.slice(start + 1, cursor.at - 1);
  try {
    return JSON.parse(text.slice(start, cursor.at)) as string;
  } catch {
    cursor.at = start;
    return unexpected(cursor);
  }
}

/** The next character that is no white space; empty at the end. */
function peek(cursor: Cursor): string {
  const { text } = cursor;
  for (;;) {
    const code = text.charCodeAt(cursor.at);
    if (code !== 0x20 && code !== 0x0a && code !== 0x0d && code !== 0x09) return text.charAt(cursor.at);
    cursor.at++;
  }
}
function take(cursor: Cursor, character: string): boolean {
  const found = peek(cursor) === character;
  if (found) cursor.at++;
  return found;
}
function expect(cursor: Cursor, character: string): void {
  if (!take(cursor, character)) unexpected(cursor);
}

/** What stands at the cursor, for a message. */
function found({ text, at }: Cursor): string {
  const [word] = /^("[^"]*"?|[^,\]}\s]*)/.exec(text.slice(at, at + 60)) ?? [""];
  return shorten(word === "" ? text.charAt(at) : word);
}
function unexpected(cursor: Cursor): never {
  const { text, at } = cursor;
  const what = at < text.length ? `${JSON.stringify(text.charAt(at))} at character ${at}` : "the end";
  return fail(cursor, `the header is not JSON of the form that the format asks for: unexpected ${what}`);
}
function fail({ name }: Cursor, message: string): never {
  const path = name === undefined ? "" : name === own ? own : place(name);
  throw new CompileError({ code: "format/header", path, message });
}
