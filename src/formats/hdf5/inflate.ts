// zlib data of one chunk. In: the stored bytes. Out: at most as many as the chunk has. Guarantee: no more is unpacked than that and a
// piece, and the checksum of zlib is checked, which the library leaves to us.
//   compression method and window 1 · flags 1 · deflate · Adler-32 4, high byte first
import { Inflate } from "fflate";
import { allocate, broken } from "./file.ts";

/** Bytes unpacked in one go: they may become 1032 times as many before their number is looked at. */
const piece = 16384;

/** Throws CompileError where the data are damaged, or more than `limit` bytes. */
export function inflate(bytes: Uint8Array, limit: number): Uint8Array {
  const [method, flags] = bytes;
  if (bytes.length < 6 || (method & 15) !== 8 || (256 * method + flags) % 31 !== 0 || (flags & 32) !== 0)
    broken("the data of a chunk are not compressed by zlib, as their filter says");
  const out = allocate(() => new Uint8Array(limit));
  let at = 0;
  const stream = new Inflate((part) => {
    if (at + part.length > limit) broken(`the data of a chunk unpack to more than its ${limit} bytes`);
    out.set(part, at);
    at += part.length;
  });
  const data = bytes.subarray(2, -4);
  for (let from = 0; from < data.length || from === 0; from += piece)
    pushed(() => stream.push(data.subarray(from, from + piece), from + piece >= data.length));
  const found = out.subarray(0, at);
  const wanted = bytes.subarray(-4).reduce((sum, byte) => 256 * sum + byte, 0);
  return adler32(found) === wanted
    ? found
    : broken("the data of a chunk have another checksum (Adler-32) than stands behind them");
}

/** What the library throws has no type of its own; what it throws through, ours, goes on. */
function pushed(run: () => void): void {
  try {
    run();
  } catch (error) {
    if (error instanceof Error && error.name === "CompileError") throw error;
    broken(`the data of a chunk cannot be unpacked: ${error instanceof Error ? error.message : error}`);
  }
}

function adler32(bytes: Uint8Array): number {
  let low = 1;
  let high = 0;
  for (let from = 0; from < bytes.length; from += 4096) {
    const to = Math.min(from + 4096, bytes.length);
    for (let at = from; at < to; at++) {
      low += bytes[at];
      high += low;
    }
    low %= 65521;
    high %= 65521;
  }
  return 65536 * high + low;
}
