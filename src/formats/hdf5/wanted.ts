// What is read of a dataset, however it is stored. Out: its bytes where nothing was ever written to them.
import type { Dataspace } from "./dataspace.ts";
import { allocate, type H5File } from "./file.ts";
import type { Header } from "./header.ts";

/** What is to be read: `bytes` are those of all values, each `size` long, and `fill` is one that was never written. */
export interface Wanted {
  readonly file: H5File;
  readonly header: Header;
  readonly space: Dataspace;
  readonly size: number;
  readonly bytes: number;
  readonly fill: Uint8Array | undefined;
}

/** As many fill values as there are values. */
export function filled({ file, bytes, fill }: Wanted): Uint8Array {
  file.claim(bytes);
  const values = allocate(() => new Uint8Array(bytes));
  if (fill !== undefined) for (let at = 0; at < bytes; at += fill.length) values.set(fill, at);
  return values;
}
