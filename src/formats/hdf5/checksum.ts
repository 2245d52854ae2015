// The two checksums of HDF5. In: bytes. Out: 32 bits. Metadata of the newer kind carry Bob Jenkins' lookup3 (hashlittle), chunks
// may carry Fletcher's. https://www.burtleburtle.net/bob/c/lookup3.c
import { broken, type Cursor } from "./file.ts";

const rotate = (value: number, by: number): number => (value << by) | (value >>> (32 - by));

/** Bob Jenkins' lookup3, with 0 as its initial value. */
export function lookup3(bytes: Uint8Array): number {
  let a = (0xdeadbeef + bytes.length) | 0;
  let b = a;
  let c = a;
  const word = (at: number): number =>
    (bytes[at] ?? 0) | ((bytes[at + 1] ?? 0) << 8) | ((bytes[at + 2] ?? 0) << 16) | ((bytes[at + 3] ?? 0) << 24);
  let at = 0;
  for (; bytes.length - at > 12; at += 12) {
    a = (a + word(at)) | 0;
    b = (b + word(at + 4)) | 0;
    c = (c + word(at + 8)) | 0;
    a = ((a - c) ^ rotate(c, 4)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 6)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 8)) | 0;
    b = (b + a) | 0;
    a = ((a - c) ^ rotate(c, 16)) | 0;
    c = (c + b) | 0;
    b = ((b - a) ^ rotate(a, 19)) | 0;
    a = (a + c) | 0;
    c = ((c - b) ^ rotate(b, 4)) | 0;
    b = (b + a) | 0;
  }
  if (bytes.length === at) return c >>> 0;
  a = (a + word(at)) | 0;
  b = (b + word(at + 4)) | 0;
  c = (c + word(at + 8)) | 0;
  c = ((c ^ b) - rotate(b, 14)) | 0;
  a = ((a ^ c) - rotate(c, 11)) | 0;
  b = ((b ^ a) - rotate(a, 25)) | 0;
  c = ((c ^ b) - rotate(b, 16)) | 0;
  a = ((a ^ c) - rotate(c, 4)) | 0;
  b = ((b ^ a) - rotate(a, 14)) | 0;
  c = ((c ^ b) - rotate(b, 24)) | 0;
  return c >>> 0;
}

/** Fletcher's checksum over words of 16 bits, high byte first. */
export function fletcher32(bytes: Uint8Array): number {
  let low = 0;
  let high = 0;
  // Sums are folded before they leave 32 bits: 360 words are as many as fit.
  const fold = (): void => {
    low = (low & 0xffff) + (low >>> 16);
    high = (high & 0xffff) + (high >>> 16);
  };
  for (let at = 0; at < bytes.length; at += 2) {
    low += (bytes[at] << 8) | (bytes[at + 1] ?? 0);
    high += low;
    if (at % 720 === 718) fold();
  }
  fold();
  fold();
  return ((high << 16) | low) >>> 0;
}

/** Reads `length` bytes at a cursor and the checksum behind them; gives a cursor over the bytes alone. */
export function checked(cursor: Cursor, length: number): Cursor {
  const again = cursor.fork();
  const found = lookup3(again.bytes(length));
  if (again.u32() !== found) broken(`${cursor.what} at byte ${cursor.position} has another checksum than its bytes`);
  return cursor.part(length, cursor.what);
}
