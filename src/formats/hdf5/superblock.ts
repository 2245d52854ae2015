// Where an HDF5 file begins. In: the bytes. Out: the file and the address of its root group, or CompileError.
// The superblock stands at byte 0, 512, 1024, 2048, …, whatever a user put before it:
//   0, 1:  signature 8 · version · free space, root, reserved, shared header versions 1 each · widths of addresses and lengths · 0 ·
//          leaf K 2 · internal K 2 · flags 4 [· indexed K 2 · 0 2, in 1] · base · free space · end · driver · root: name, header, …
//   2, 3:  signature 8 · version · widths of addresses and lengths · flags · base · extension · end · root header · checksum 4
import { checked } from "./checksum.ts";
import { broken, type Cursor, fail, H5File, unsupported } from "./file.ts";

const signature = [0x89, 0x48, 0x44, 0x46, 0x0d, 0x0a, 0x1a, 0x0a];

/** Where the superblock stands; undefined where the bytes are no HDF5 file. */
export function superblockAt(bytes: Uint8Array): number | undefined {
  for (let at = 0; at + 8 <= bytes.length; at = at === 0 ? 512 : 2 * at)
    if (signature.every((byte, i) => bytes[at + i] === byte)) return at;
  return undefined;
}

/** A file and the address of its root group's header. */
export interface Opened {
  readonly file: H5File;
  readonly root: number;
}

/** Throws CompileError where the bytes are no HDF5 file, or one that was cut off. */
export function openFile(bytes: Uint8Array): Opened {
  const base = superblockAt(bytes) ?? broken(`no HDF5 signature stands at byte 0, 512, 1024, … of the ${bytes.length} bytes`);
  const version = bytes[base + 8] ?? fail("format/truncated", "the file ends within its superblock");
  const read = superblocks.get(version) ?? unsupported(`version ${version} of the superblock`);
  const [address, length] = bytes.subarray(base + read.widths, base + read.widths + 2);
  if (length === undefined) fail("format/truncated", "the file ends within its superblock");
  for (const width of [address, length]) if (![2, 4, 8].includes(width)) unsupported(`addresses and lengths of ${width} bytes`);
  // Addresses count from the superblock, as the HDF5 library has it, even where the field for the base says otherwise.
  const file = new H5File(bytes, { base, address, length });
  const { end, root } = read.read(file.at(0, "the superblock"), version);
  if (end > bytes.length)
    fail("format/truncated", `the superblock says that the file ends at byte ${end}; it has ${bytes.length} bytes`);
  return { file, root };
}

interface Superblock {
  /** Where the two widths stand. */
  readonly widths: number;
  read(cursor: Cursor, version: number): { readonly end: number; readonly root: number };
}

const old: Superblock = {
  widths: 13,
  read(cursor, version) {
    cursor.skip(24 + 4 * version);
    cursor.address();
    cursor.address();
    const end = cursor.target();
    if (cursor.address() !== undefined) unsupported("files of several parts (a driver information block)");
    cursor.address();
    return { end, root: cursor.target() };
  },
};

const recent: Superblock = {
  widths: 9,
  read(start) {
    const { address } = start.file.widths;
    const cursor = checked(start, 12 + 4 * address);
    cursor.skip(12 + 2 * address);
    return { end: cursor.target(), root: cursor.target() };
  },
};

const superblocks: ReadonlyMap<number, Superblock> = new Map([
  [0, old],
  [1, old],
  [2, recent],
  [3, recent],
]);
