// zlib data of one chunk. In: the stored bytes. Out: at most as many as the chunk has. Guarantee: what is unpacked beyond that is no
// more than a piece can become, and is counted; the checksum of zlib is checked, which the library leaves to us.
//   compression method and window 1 · flags 1 · deflate · Adler-32 4, high byte first
import { Inflate, inflateSync } from "fflate";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { allocate, broken } from "./file.ts";

/** Bytes unpacked in one go. */
const piece = 16384;
/** What one byte can become: the library finds out only behind a piece that it became too much. */
const worst = 1032;

/** Throws CompileError where the data are damaged, or more than `limit` bytes; that work was in vain is told to `claim`. */
export function inflate(bytes: Uint8Array, limit: number, claim: (bytes: number) => void): Uint8Array {
  const [method, flags] = bytes;
  if (bytes.length < 6 || (method & 15) !== 8 || (256 * method + flags) % 31 !== 0 || (flags & 32) !== 0)
    broken("the data of a chunk are not compressed by zlib, as their filter says");
  const data = bytes.subarray(2, -4);
  const tooMuch = (): never => {
    claim(worst * Math.min(piece, data.length));
    return broken(`the data of a chunk unpack to more than its ${limit} bytes`);
  };
  const found = data.length <= piece ? atOnce(data, limit, tooMuch) : inPieces(data, limit, tooMuch);
  const wanted = bytes.subarray(-4).reduce((sum, byte) => 256 * sum + byte, 0);
  return adler32(found) === wanted
    ? found
    : broken("the data of a chunk have another checksum (Adler-32) than stands behind them");
}

/** Writing behind the end of an array does nothing: one byte more than wanted shows that there was more. */
function atOnce(data: Uint8Array, limit: number, tooMuch: () => never): Uint8Array {
  const room = allocate(() => new Uint8Array(limit + 1));
  const found = named(() => inflateSync(data, { out: room }));
  return found.length > limit ? tooMuch() : found;
}

function inPieces(data: Uint8Array, limit: number, tooMuch: () => never): Uint8Array {
  const out = allocate(() => new Uint8Array(limit));
  let at = 0;
  const stream = new Inflate((part) => {
    if (at + part.length > limit) tooMuch();
    out.set(part, at);
    at += part.length;
  });
  for (let from = 0; from < data.length; from += piece)
    named(() => stream.push(data.subarray(from, from + piece), from + piece >= data.length));
  return out.subarray(0, at);
}

/** What the library throws has no type of its own; what it throws through, ours, goes on. */
function named<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    if (error instanceof CompileError) throw error;
    return broken(`the data of a chunk cannot be unpacked: ${error instanceof Error ? error.message : error}`);
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
