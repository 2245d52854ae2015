// Datasets in chunks. In: a layout message from the address on. Out: all values, those of missing chunks being the fill value.
import { type Cursor, unsupported } from "./file.ts";
import type { Wanted } from "./wanted.ts";

/** Reads a chunked dataset. */
export function readChunked(_cursor: Cursor, _version: number, _wanted: Wanted, _rank?: number): Uint8Array {
  return unsupported("datasets in chunks");
}
