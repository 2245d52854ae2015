// Arrays of chunk addresses. In: the address of an array. Out: a function from a chunk's number to its element.
//   an element:   address · [stored, as wide as is left · mask 4]
//   fixed:        FAHD · version · filtered · element size · page bits · elements · data block · checksum 4
//                 FADB · version · filtered · header · [bits of pages in use] · elements · checksum 4, or that checksum and pages
//   extensible:   EAHD · version · filtered · element size · index bits · elements in the index block · least in a data block ·
//                 least data blocks in a super block · page bits · six counts · index block · checksum 4
//                 EAIB · version · filtered · header · elements · data blocks · super blocks · checksum 4
//                 EASB · version · filtered · header · offset · [bits of pages in use] · data blocks · checksum 4
//                 EADB · version · filtered · header · offset · elements · checksum 4, or that checksum and pages
//   a page:       elements · checksum 4
import { checked } from "./checksum.ts";
import { broken, type Cursor, type H5File, unsupported } from "./file.ts";

/** Where a chunk lies; what an array of plain chunks does not say is left out. */
export interface Element {
  readonly address: number;
  readonly stored?: number;
  readonly mask?: number;
}
type Lookup = (index: number) => Element | undefined;

interface Reading {
  readonly file: H5File;
  readonly isPlain: boolean;
  readonly elementSize: number;
  /** Elements of a page: a longer data block is cut into pages. */
  readonly pageLength: number;
  /** Blocks whose checksum has been looked at. */
  readonly verified: Set<number>;
}

/** The bytes of a block behind its four letters, version, kind and header's address. Its checksum is looked at once. */
function block({ file, verified }: Reading, address: number, letters: string, length: number): Cursor {
  const what = `an array's block ${letters}`;
  const head = 6 + file.widths.address;
  if (!verified.has(address)) checked(file.at(address, what), head + length).signature(letters);
  verified.add(address);
  return file.at(address + head, what, length);
}

function elementAt({ file, isPlain, elementSize }: Reading, cursor: Cursor, index: number): Element | undefined {
  cursor.skip(index * elementSize);
  const address = cursor.address();
  if (address === undefined) return undefined;
  return isPlain ? { address } : { address, stored: cursor.uint(elementSize - file.widths.address - 4), mask: cursor.u32() };
}

/** The element of a page behind a data block, whose bytes end at `end`. */
function inPage(reading: Reading, end: number, index: number, length: number): Element | undefined {
  const { file, verified, elementSize, pageLength } = reading;
  const page = Math.floor(index / pageLength);
  const address = end + page * (pageLength * elementSize + 4);
  const size = Math.min(pageLength, length - page * pageLength) * elementSize;
  if (!verified.has(address)) checked(file.at(address, "a page of an array"), size);
  verified.add(address);
  return elementAt(reading, file.at(address, "a page of an array", size), index % pageLength);
}

/** Whether a bit is set; the highest bit of a byte comes first. */
const hasBit = (bits: Cursor, index: number): boolean => {
  bits.skip(index >> 3);
  return (bits.u8() & (0x80 >> (index & 7))) !== 0;
};

/** Starts a header: what both arrays have first. */
function header(file: H5File, cursor: Cursor, isPlain: boolean): number {
  cursor.version(0);
  const isFiltered = cursor.u8();
  if (isFiltered !== (isPlain ? 0 : 1)) broken("an array of chunks is of another kind than its dataset");
  const elementSize = cursor.u8();
  const least = file.widths.address + (isPlain ? 0 : 5);
  return elementSize >= least ? elementSize : broken(`an element of an array of chunks has ${elementSize} bytes`);
}

/** An array of as many elements as there can be chunks. */
export function openFixed(file: H5File, address: number, isPlain: boolean): Lookup {
  const { address: wide, length } = file.widths;
  const cursor = checked(file.at(address, "a fixed array"), 8 + length + wide);
  cursor.signature("FAHD");
  const elementSize = header(file, cursor, isPlain);
  const pageLength = 2 ** cursor.u8();
  const reading = { file, isPlain, elementSize, pageLength, verified: new Set<number>() };
  const count = cursor.length();
  const data = cursor.address();
  const isPaged = count > pageLength;
  const bits = isPaged ? Math.ceil(Math.ceil(count / pageLength) / 8) : 0;
  return (index) => {
    if (data === undefined) return undefined;
    if (index >= count) return broken(`an array of ${count} chunks has no chunk ${index}`);
    if (!isPaged) return elementAt(reading, block(reading, data, "FADB", count * elementSize), index);
    if (!hasBit(block(reading, data, "FADB", bits), Math.floor(index / pageLength))) return undefined;
    return inPage(reading, data + 6 + wide + bits + 4, index, count);
  };
}

/** An array that grows: the first elements in the index block, the others in data blocks that double, far ones below super blocks. */
export function openExtensible(file: H5File, address: number, isPlain: boolean): Lookup {
  const { address: wide, length } = file.widths;
  const cursor = checked(file.at(address, "an extensible array"), 12 + 6 * length + wide);
  cursor.signature("EAHD");
  const elementSize = header(file, cursor, isPlain);
  const [indexBits, inIndex, leastElements, leastBlocks, pageBits] = Array.from({ length: 5 }, () => cursor.u8());
  cursor.skip(6 * length);
  const index = cursor.address();
  const isPower = (value: number): boolean => value > 0 && Number.isInteger(Math.log2(value));
  if (!isPower(leastElements) || !isPower(leastBlocks) || indexBits > 64)
    return unsupported("extensible arrays of other sizes than powers of 2");
  const reading: Reading = { file, isPlain, elementSize, pageLength: 2 ** pageBits, verified: new Set() };
  const sizes = { indexBits, inIndex, leastElements, leastBlocks };
  return (at) => (index === undefined ? undefined : extensibleAt(reading, sizes, index, at));
}

interface Sizes {
  readonly indexBits: number;
  readonly inIndex: number;
  readonly leastElements: number;
  readonly leastBlocks: number;
}

function extensibleAt(reading: Reading, sizes: Sizes, index: number, at: number): Element | undefined {
  const { file, elementSize } = reading;
  const { address: wide } = file.widths;
  const { indexBits, inIndex, leastElements, leastBlocks } = sizes;
  // Super blocks 0, 1, 2, … have 1, 1, 2, 2, 4, 4, … data blocks; those of the first ones stand in the index block itself.
  const direct = 2 * Math.log2(leastBlocks);
  const dataBlocks = 2 * (leastBlocks - 1);
  const superBlocks = Math.max(0, 1 + indexBits - Math.log2(leastElements) - direct);
  const first = (): Cursor => block(reading, index, "EAIB", inIndex * elementSize + (dataBlocks + superBlocks) * wide);
  if (at < inIndex) return elementAt(reading, first(), at);
  const behind = at - inIndex;
  const level = Math.floor(Math.log2(behind / leastElements + 1));
  const blockLength = leastElements * 2 ** Math.ceil(level / 2);
  const inLevel = behind - leastElements * (2 ** level - 1);
  const [number, inBlock] = [Math.floor(inLevel / blockLength), inLevel % blockLength];
  const pages = blockLength > reading.pageLength ? blockLength / reading.pageLength : 0;
  const addresses = first();
  addresses.skip(inIndex * elementSize);
  const offsetSize = Math.ceil(indexBits / 8);

  let data: number | undefined;
  if (level < direct) {
    // Data blocks before level 2k: 2·(2^k − 1); before level 2k + 1 those, and 2^k.
    const before = 2 * (2 ** Math.floor(level / 2) - 1) + (level % 2) * 2 ** Math.floor(level / 2);
    addresses.skip((before + number) * wide);
    data = addresses.address();
  } else {
    if (level - direct >= superBlocks) return broken(`an extensible array has no place for chunk ${at}`);
    addresses.skip((dataBlocks + level - direct) * wide);
    const superBlock = addresses.address();
    if (superBlock === undefined) return undefined;
    const blocks = 2 ** Math.floor(level / 2);
    const bits = pages === 0 ? 0 : blocks * Math.ceil(pages / 8);
    const inSuper = block(reading, superBlock, "EASB", offsetSize + bits + blocks * wide);
    inSuper.skip(offsetSize);
    const inUse = inSuper.part(bits, "the pages of an array");
    inSuper.skip(number * wide);
    data = inSuper.address();
    if (pages > 0 && !hasBit(inUse, number * pages + Math.floor(inBlock / reading.pageLength))) return undefined;
  }
  if (data === undefined) return undefined;
  if (pages === 0) {
    const elements = block(reading, data, "EADB", offsetSize + blockLength * elementSize);
    elements.skip(offsetSize);
    return elementAt(reading, elements, inBlock);
  }
  block(reading, data, "EADB", offsetSize);
  return inPage(reading, data + 6 + wide + offsetSize + 4, inBlock, blockLength);
}
