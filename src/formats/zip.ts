// The members of a zip archive, by its central directory. In: bytes nobody vouches for. Out: each member's bytes when it is asked for.
// Guarantee: nothing is unpacked that is not asked for; a member is as long as the directory says and has its checksum, or it is refused;
// nothing is allocated that the archive's own length does not cover, a hundredfold at most.
//
//   end of central directory   50 4b 05 06, … entries u16 at 10, offset of the directory u32 at 16, comment length u16 at 20
//   directory entry            50 4b 01 02, flags u16 at 8, method at 10, crc u32 at 16, packed at 20, size at 24, lengths of name, extra
//                              and comment u16 at 28, 30, 32, offset of the member u32 at 42, then the name
//   member                     50 4b 03 04, lengths of name and extra u16 at 26, 28, then those, then the data
//
// https://pkware.cachefly.net/webdocs/casestudies/APPNOTE.TXT
import { inflateSync } from "fflate";
import type { Code } from "../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { shorten } from "./header.ts";

/** An archive: what is in it, by name, and the bytes of each. */
export interface Archive {
  readonly names: readonly string[];
  readonly has: (name: string) => boolean;
  /** Unpacked and checked. Throws CompileError format/archive or format/truncated. */
  readonly read: (name: string) => Uint8Array;
}

interface Member {
  readonly isEncrypted: boolean;
  readonly method: number;
  readonly crc: number;
  readonly packed: number;
  readonly size: number;
  readonly offset: number;
}

const signatures = { end: 0x06054b50, entry: 0x02014b50, member: 0x04034b50 };
/** What the parts are at least long. */
const lengths = { end: 22, entry: 46, member: 30 };
const longestComment = 0xffff;
/** A member unpacks to so many times its packed size at most; Keras' own reader has the same limit. */
const mostExpansion = 100;
/** Below this a member may be of any ratio: a list of zeros is packed very well. */
const harmless = 2 ** 20;

/** Whether bytes begin like a zip archive. */
export const isZip = (head: Uint8Array): boolean =>
  head[0] === 0x50 && head[1] === 0x4b && ((head[2] === 3 && head[3] === 4) || (head[2] === 5 && head[3] === 6));

/** Opens an archive. Throws CompileError format/archive or format/truncated. */
export function openZip(bytes: Uint8Array): Archive {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const members = directoryOf(view, bytes);
  return {
    names: [...members.keys()],
    has: (name) => members.has(name),
    read: (name) => {
      const member = members.get(name);
      if (member === undefined) return fail(name, `the archive has no ${shorten(JSON.stringify(name))}`);
      return unpack(view, bytes, name, member);
    },
  };
}

function directoryOf(view: DataView, bytes: Uint8Array): ReadonlyMap<string, Member> {
  const end = endOf(view);
  const count = view.getUint16(end + 10, true);
  const members = new Map<string, Member>();
  let at = view.getUint32(end + 16, true);
  for (let left = count; left > 0; left--) {
    if (at + lengths.entry > end || view.getUint32(at, true) !== signatures.entry)
      fail("", `the archive's directory says ${count} members and holds ${count - left}`);
    const [name, extra, comment] = [28, 30, 32].map((field) => view.getUint16(at + field, true));
    const next = at + lengths.entry + name + extra + comment;
    if (next > end) fail("", "the archive's directory runs over its end");
    const text = nameOf(bytes.subarray(at + lengths.entry, at + lengths.entry + name));
    if (members.has(text)) fail(text, `the archive has ${shorten(JSON.stringify(text))} twice`);
    const [crc, packed, size] = [16, 20, 24].map((field) => view.getUint32(at + field, true));
    const flags = view.getUint16(at + 8, true);
    const [method, offset] = [view.getUint16(at + 10, true), view.getUint32(at + 42, true)];
    members.set(text, { isEncrypted: (flags & 1) === 1, method, crc, packed, size, offset });
    at = next;
  }
  return members;
}

/** Where the end of the directory is written: the last place that looks like it, since a comment may stand behind it. */
function endOf(view: DataView): number {
  const last = view.byteLength - lengths.end;
  for (let at = last; at >= 0 && at >= last - longestComment; at--)
    if (view.getUint32(at, true) === signatures.end && at + lengths.end + view.getUint16(at + 20, true) === view.byteLength)
      return at;
  throw new CompileError({
    code: "format/truncated",
    path: "",
    message: "the archive has no directory at its end",
    hint: "the file was cut off: copy or save it again",
  });
}

function nameOf(bytes: Uint8Array): string {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return fail("", "a name in the archive is not UTF-8");
  }
}

/** How members are packed: by the number of the method. */
/** How members are packed: by the number of the method. */
type Method = (packed: Uint8Array, size: number) => Uint8Array;
const methods: ReadonlyMap<number, Method> = new Map<number, Method>([
  [0, (packed) => packed],
  [8, (packed, size) => inflateSync(packed, { out: new Uint8Array(size) })],
]);

function unpack(view: DataView, bytes: Uint8Array, name: string, member: Member): Uint8Array {
  const { offset, packed, size } = member;
  const short = (): never => fail(name, `the member ${shorten(name)} ends behind the archive`, "format/truncated");
  if (offset + lengths.member > bytes.length) return short();
  if (view.getUint32(offset, true) !== signatures.member)
    fail(name, `there is no member ${shorten(name)} where the directory says`);
  if (member.isEncrypted) fail(name, `the member ${shorten(name)} is encrypted`);
  const from = offset + lengths.member + view.getUint16(offset + 26, true) + view.getUint16(offset + 28, true);
  if (from + packed > bytes.length) return short();
  const method = methods.get(member.method);
  if (method === undefined)
    return fail(name, `the member ${shorten(name)} is packed by method ${member.method}; layerc reads 0 and 8 (deflate)`);
  if (size > harmless && size > mostExpansion * packed)
    fail(
      name,
      `the member ${shorten(name)} says it unpacks from ${packed} to ${size} bytes, more than ${mostExpansion} times as many`,
    );
  const data = unpackedBy(method, bytes.subarray(from, from + packed), name, size);
  if (data.length !== size) fail(name, `the member ${shorten(name)} has ${data.length} bytes, its entry says ${size}`);
  if (crcOf(data) !== member.crc) fail(name, `the member ${shorten(name)} does not have the checksum of its entry`);
  return data;
}

function unpackedBy(method: Method, packed: Uint8Array, name: string, size: number): Uint8Array {
  try {
    return method(packed, size);
  } catch {
    return fail(name, `the member ${shorten(name)} is not deflated data of ${size} bytes`);
  }
}

const table: Uint32Array = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value;
});

/** CRC-32 as zip has it. */
function crcOf(data: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of data) crc = table[(crc ^ byte) & 0xff] ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function fail(name: string, message: string, code: Code = "format/archive"): never {
  const hint = "save the model again, or copy the file again";
  throw new CompileError({ code, path: shorten(name), message, hint });
}
