// What was done to the bytes of a chunk before they were stored. In: an object header. Out: a function that undoes it.
//   filter message 1:  version · filters · 0 6 · filters, each: number 2 · name's length 2 · flags 2 · values 2 · name, padded to 8 ·
//                      values 4 each, padded to 8
//   filter message 2:  version · filters · filters, each: number 2 · [name's length 2, from number 256 on] · flags 2 · values 2 ·
//                      [name] · values 4 each
import { fletcher32 } from "./checksum.ts";
import { allocate, broken, unsupported } from "./file.ts";
import { bodyOf, type Header, kinds, messageOf } from "./header.ts";
import { inflate } from "./inflate.ts";

/** A filter that is read here. */
interface Filter {
  undo(bytes: Uint8Array, values: readonly number[], limits: Limits): Uint8Array;
  /** Bytes that it adds to what it was given. */
  readonly adds: number;
}

interface Limits {
  /** The most that a filter's output can be. */
  readonly most: number;
  claim(bytes: number): void;
}

const deflate: Filter = { adds: 0, undo: (bytes, _, { most, claim }) => inflate(bytes, most, claim) };

/** The first bytes of all values, then the second ones, and so on; what is left over stays where it was. */
const shuffle: Filter = {
  adds: 0,
  undo(bytes, [size = 0]) {
    if (size < 1) broken("the shuffle filter of a dataset has no size of values");
    const count = Math.floor(bytes.length / size);
    const out = allocate(() => bytes.slice());
    for (let i = 0; i < size * count; i++) out[(i % count) * size + Math.floor(i / count)] = bytes[i];
    return out;
  },
};

const fletcher: Filter = {
  adds: 4,
  undo(bytes) {
    const body = bytes.subarray(0, -4);
    const found = bytes.subarray(-4).reduceRight((sum, byte) => 256 * sum + byte, 0);
    return bytes.length >= 4 && fletcher32(body) === found
      ? body
      : broken("a chunk has another checksum (Fletcher-32) than its bytes");
  },
};

/** Filters by number; the names of those that are not read. */
const filters: ReadonlyMap<number, Filter | string> = new Map<number, Filter | string>([
  [1, deflate],
  [2, shuffle],
  [3, fletcher],
  [4, "szip"],
  [5, "n-bit"],
  [6, "scale-offset"],
  [307, "bzip2"],
  [32000, "lzf"],
  [32001, "blosc"],
  [32004, "lz4"],
  [32008, "bitshuffle"],
  [32013, "zfp"],
  [32015, "zstd"],
  [32026, "blosc2"],
]);

/** The filters of a dataset. */
export interface Pipeline {
  readonly isEmpty: boolean;
  /** Gives the `size` bytes of a chunk; filters whose bit is set in `mask` were not applied. `claim` hears of work in vain. */
  undo(stored: Uint8Array, mask: number, size: number, claim: (bytes: number) => void): Uint8Array;
}

/** Reads the message, if there is one. Throws CompileError for a filter that is not read, used or not. */
export function readPipeline(header: Header): Pipeline {
  const steps = stepsOf(header);
  const added = steps.reduce((sum, { filter }) => sum + filter.adds, 0);
  return {
    isEmpty: steps.length === 0,
    undo(stored, mask, size, claim) {
      let bytes = stored;
      // From the last filter that was applied to the first.
      for (const [i, { filter, values }] of [...steps.entries()].reverse())
        if (((mask >>> i) & 1) === 0) bytes = filter.undo(bytes, values, { most: size + added, claim });
      return bytes.length === size ? bytes : broken(`a chunk gives ${bytes.length} bytes, its shape asks for ${size}`);
    },
  };
}

interface Step {
  readonly filter: Filter;
  readonly values: readonly number[];
}

function stepsOf(header: Header): readonly Step[] {
  const message = messageOf(header, kinds.filters);
  if (message === undefined) return [];
  const cursor = bodyOf(message);
  const version = cursor.version(1, 2);
  const count = cursor.u8();
  if (count > 32) broken(`a dataset has ${count} filters, HDF5 has at most 32`);
  if (version === 1) cursor.skip(6);
  return Array.from({ length: count }, () => {
    const id = cursor.u16();
    const nameLength = version === 1 || id >= 256 ? cursor.u16() : 0;
    cursor.skip(2);
    const valueCount = cursor.u16();
    cursor.skip(version === 1 ? nameLength + (-nameLength & 7) : nameLength);
    const values = Array.from({ length: valueCount }, () => cursor.u32());
    if (version === 1 && valueCount % 2 === 1) cursor.skip(4);
    const filter = filters.get(id) ?? `number ${id}`;
    return typeof filter === "string" ? unsupported(`datasets filtered by ${filter}`) : { filter, values };
  });
}
