// A `.wasm` file as layerc writes it, read again. In: bytes nobody vouches for. Out: its sections, what it says of itself, and whether its digest is
// that of its bytes. Guarantee: every length is checked before it is used; nothing is compiled or run.
import { hasher } from "../../base/hash.ts";

/** The custom section that says in JSON what the module computes and where its arrays lie (forms/manifest.ts). */
export const manifestSection = "layerc";
/** The custom section that ends a file: the digest of all bytes before it, as text. */
export const digestSection = "layerc.digest";

/** A section of a module; its name where it is a custom one. */
export interface Section {
  readonly id: number;
  readonly name?: string;
  /** Where it begins: at its number. */
  readonly at: number;
  readonly content: Uint8Array;
}

const magic = [0x00, 0x61, 0x73, 0x6d, 0x01, 0x00, 0x00, 0x00];

/** Whether the bytes begin as a WebAssembly module of version 1. */
export const isWasm = (bytes: Uint8Array): boolean => magic.every((byte, i) => bytes[i] === byte);

/** The sections in order; undefined where the bytes are no module, or end early. */
export function sectionsOf(bytes: Uint8Array): readonly Section[] | undefined {
  if (!isWasm(bytes)) return undefined;
  const sections: Section[] = [];
  for (let at = magic.length; at < bytes.length; ) {
    const start = at;
    const id = bytes[at++];
    const size = lengthAt(bytes, at);
    if (size === undefined || size.value > bytes.length - size.end) return undefined;
    const content = bytes.subarray(size.end, size.end + size.value);
    at = size.end + size.value;
    const named = id === 0 ? lengthAt(content, 0) : undefined;
    if (id !== 0) sections.push({ id, at: start, content });
    else if (named === undefined || named.value > content.length - named.end) return undefined;
    else {
      const end = named.end + named.value;
      const name = new TextDecoder().decode(content.subarray(named.end, end));
      sections.push({ id, name, at: start, content: content.subarray(end) });
    }
  }
  return sections;
}

/** LEB128 of at most 32 bits, and where it ends. */
function lengthAt(bytes: Uint8Array, from: number): { readonly value: number; readonly end: number } | undefined {
  let value = 0;
  for (let i = 0; i < 5 && from + i < bytes.length; i++) {
    const byte = bytes[from + i];
    value += (byte & 0x7f) * 2 ** (7 * i);
    if (byte < 0x80) return value < 2 ** 32 ? { value, end: from + i + 1 } : undefined;
  }
  return undefined;
}

const textOf = (sections: readonly Section[], name: string): string | undefined => {
  const found = sections.filter((section) => section.name === name);
  return found.length === 1 ? new TextDecoder().decode(found[0].content) : undefined;
};

/** What the module says of itself, as JSON; undefined where nothing says that layerc wrote it. */
export function manifestText(bytes: Uint8Array): string | undefined {
  const sections = sectionsOf(bytes);
  return sections === undefined ? undefined : textOf(sections, manifestSection);
}

/** The digest of bytes that stand before the last section. */
export const digestOf = (bytes: Uint8Array): string => {
  const hash = hasher();
  hash.bytes(bytes);
  return hash.digest();
};

/** The digest that the file says, and that of its bytes; undefined where it does not end in one. */
export function digestsIn(bytes: Uint8Array): { readonly said: string; readonly found: string } | undefined {
  const last = sectionsOf(bytes)?.at(-1);
  if (last?.name !== digestSection) return undefined;
  return { said: new TextDecoder().decode(last.content), found: digestOf(bytes.subarray(0, last.at)) };
}

/** What no file of layerc has, in words: imports, or bytes that this engine refuses; undefined where all is well. */
export function faultInWasm(bytes: Uint8Array): string | undefined {
  const sections = sectionsOf(bytes);
  if (sections === undefined) return "is no WebAssembly module";
  if (sections.some(({ id }) => id === 2)) return "imports something";
  // Where a policy forbids WebAssembly, or an engine has none, nobody can judge.
  if (typeof WebAssembly === "object" && !WebAssembly.validate(bytes as Uint8Array<ArrayBuffer>)) return "does not validate";
  return undefined;
}
