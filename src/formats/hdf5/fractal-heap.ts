// Fractal heaps hold what does not fit into an object header: many links, many or long attributes. In: the address of a heap.
// Out: a function from a place in it to the bytes there.
//   FRHP · version · place size 2 · filters' size 2 · flags · most managed 4 · next huge · tree of huge · free · free manager · managed ·
//   allocated · iterator · objects · huge size · huge objects · tiny size · tiny objects · width 2 · first block · largest block ·
//   bits 2 · first rows 2 · root · rows 2 · checksum 4
//   FHDB (direct) · version · heap · offset · [checksum 4] · objects        FHIB (indirect) · version · heap · offset · addresses
// A place: kind in bits 4 and 5 of the first byte · managed: offset, length | huge: number in its tree, or address, length | tiny: bytes
import { recordsOf } from "./btree2.ts";
import { checked, lookup3 } from "./checksum.ts";
import { broken, type Cursor, type H5File, unsupported } from "./file.ts";

interface Heap {
  readonly file: H5File;
  readonly placeSize: number;
  readonly hugeTree: number | undefined;
  /** Blocks in a row of the table; rows 0 and 1 have blocks of `first` bytes, every row after them twice the one before. */
  readonly width: number;
  readonly first: number;
  readonly largest: number;
  readonly offsetSize: number;
  readonly lengthSize: number;
  readonly root: number | undefined;
  readonly rows: number;
  readonly hasChecksum: boolean;
  /** Blocks whose signature and checksum have been looked at. */
  readonly verified: Set<number>;
}

/** Opens a heap: a place in it, as records of trees hold it, gives the bytes that lie there. */
export function openHeap(file: H5File, address: number): (place: Cursor) => Cursor {
  const heap = readHeap(file, address);
  return (place) => {
    const first = place.u8();
    const read = places[(first >> 4) & 3] ?? broken("a fractal heap has no places of kind 3");
    return read(heap, place, first);
  };
}

function readHeap(file: H5File, address: number): Heap {
  const { address: wide, length } = file.widths;
  const cursor = checked(file.at(address, "a fractal heap"), 22 + 12 * length + 3 * wide);
  cursor.signature("FRHP");
  cursor.version(0);
  const placeSize = cursor.u16();
  if (cursor.u16() !== 0) unsupported("heaps with filters");
  const flags = cursor.u8();
  const mostManaged = cursor.u32();
  cursor.length();
  const hugeTree = cursor.address();
  cursor.skip(length + wide + 8 * length);
  const width = cursor.u16();
  const [first, largest] = [cursor.length(), cursor.length()];
  const bits = cursor.u16();
  cursor.skip(2);
  const [root, rows] = [cursor.address(), cursor.u16()];
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (![width, first, largest].every(isPower) || bits > 64) broken("a fractal heap has blocks of impossible sizes");
  const lengthSize = Math.min(Math.ceil(Math.log2(largest) / 8), Math.floor(Math.log2(Math.max(1, mostManaged)) / 8) + 1);
  return {
    ...{ file, placeSize, hugeTree, width, first, largest, root, rows, lengthSize },
    offsetSize: Math.ceil(bits / 8),
    hasChecksum: (flags & 2) !== 0,
    verified: new Set(),
  };
}

type ReadPlace = (heap: Heap, place: Cursor, first: number) => Cursor;
const what = "an object of a fractal heap";

const managed: ReadPlace = (heap, place) => {
  const [offset, length] = [place.uint(heap.offsetSize), place.uint(heap.lengthSize)];
  const { address, start, size } = blockOf(heap, offset);
  if (offset + length > start + size) broken(`${what} ends behind its block`);
  verifyDirect(heap, address, size);
  return heap.file.at(address + offset - start, what, length);
};

/** A place with room for them holds address and length; another the number by which a tree has both. */
const huge: ReadPlace = ({ file, placeSize, hugeTree }, place) => {
  const { address, length } = file.widths;
  if (placeSize > address + length) return file.at(place.target(), what, place.length());
  const wanted = place.uint(Math.min(8, placeSize - 1));
  // A record: address · length · number.
  for (const record of recordsOf(file, hugeTree ?? broken("a fractal heap has no tree of huge objects"), 1)) {
    const [at, size] = [record.target(), record.length()];
    if (record.length() === wanted) return file.at(at, what, size);
  }
  return broken(`a fractal heap has no huge object ${wanted}`);
};

/** The place holds the object itself; its length takes a second byte where the place is long. */
const tiny: ReadPlace = ({ placeSize }, place, first) => {
  const high = first & 15;
  return place.part(1 + (placeSize > 17 ? 256 * high + place.u8() : high), what);
};

const places: readonly ReadPlace[] = [managed, huge, tiny];

interface Block {
  readonly address: number;
  /** Where in the heap its bytes begin. */
  readonly start: number;
  readonly size: number;
}

/** The direct block of an offset: down a table of blocks that double from row to row, where too large ones are tables themselves. */
function blockOf(heap: Heap, offset: number): Block {
  const { file, width, first, largest } = heap;
  let address = heap.root ?? broken("a fractal heap has no blocks");
  let rows = heap.rows;
  let start = 0;
  let size = first;
  while (rows > 0) {
    const beyond = (offset - start) / (width * first);
    const row = beyond < 1 ? 0 : Math.floor(Math.log2(beyond)) + 1;
    const rowStart = row === 0 ? 0 : width * first * 2 ** (row - 1);
    size = row < 2 ? first : first * 2 ** (row - 1);
    const column = Math.floor((offset - start - rowStart) / size);
    if (row >= rows) broken(`${what} lies behind its blocks`);
    const entries = verifyIndirect(heap, address, rows * width * file.widths.address);
    entries.skip((row * width + column) * file.widths.address);
    address = entries.target();
    start += rowStart + column * size;
    rows = size <= largest ? 0 : Math.log2(size / (first * width)) + 1;
  }
  return { address, start, size };
}

/** A cursor over the addresses in an indirect block. */
function verifyIndirect({ file, offsetSize, verified }: Heap, address: number, length: number): Cursor {
  const head = 5 + file.widths.address + offsetSize;
  if (!verified.has(address)) checked(file.at(address, "a block of a fractal heap"), head + length).signature("FHIB");
  verified.add(address);
  return file.at(address + head, "a block of a fractal heap", length);
}

function verifyDirect({ file, offsetSize, verified, hasChecksum }: Heap, address: number, size: number): void {
  if (verified.has(address)) return;
  verified.add(address);
  const block = file.at(address, "a block of a fractal heap", size);
  const bytes = hasChecksum ? block.fork().bytes(size).slice() : undefined;
  block.signature("FHDB");
  block.skip(1 + file.widths.address + offsetSize);
  if (bytes === undefined) return;
  // The checksum stands among the bytes that it is of, and counts as 0 there.
  const at = block.position - file.widths.base - address;
  const found = block.u32();
  if (lookup3(bytes.fill(0, at, at + 4)) !== found) broken("a block of a fractal heap has another checksum than its bytes");
}
