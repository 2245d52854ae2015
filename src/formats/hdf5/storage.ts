// The bytes of a dataset. In: its object header, shape and type. Out: all its values in row-major order, as the file spells them.
//   layout message 3 to 5: version · class · compact: size 2 · bytes | contiguous: address · size | chunked: see chunks.ts
//   layout message 1, 2: version · rank · class · 0 5 · [address] · sizes 4 each · [compact: size 4 · bytes]
//   fill value message:  version · 1, 2: allocated, written, is defined · [size 4 · value] | 3: flags · [size 4 · value]
import { readChunked } from "./chunks.ts";
import { countOf, type Dataspace } from "./dataspace.ts";
import { broken, type Cursor, type H5File, unsupported } from "./file.ts";
import { bodyOf, type Header, kinds, messageOf } from "./header.ts";
import { filled, type Wanted } from "./wanted.ts";

/** The values of a dataset; not copied where they lie in the file as they are. */
export function readStored(file: H5File, header: Header, space: Dataspace, size: number): Uint8Array {
  if (messageOf(header, kinds.externalFiles) !== undefined)
    unsupported("datasets whose values lie in other files (external storage)");
  const bytes = countOf(space) * size;
  if (bytes === 0) return new Uint8Array();
  const layout = messageOf(header, kinds.layout);
  if (layout === undefined) return broken("a dataset does not say where its values lie");
  const cursor = bodyOf(layout);
  const version = cursor.version(1, 2, 3, 4, 5);
  const wanted = { file, header, space, size, bytes, fill: readFill(header, size) };
  return version < 3 ? readOld(cursor, wanted) : readLayout(cursor, version, wanted);
}

type ReadLayout = (cursor: Cursor, version: number, wanted: Wanted) => Uint8Array;

const compact: ReadLayout = (cursor, version, { bytes }) => {
  const size = version < 3 ? cursor.u32() : cursor.u16();
  return size < bytes
    ? broken(`the ${bytes} bytes of a dataset are said to be ${size}`)
    : cursor.part(size, "a dataset").bytes(bytes);
};

const contiguous: ReadLayout = (cursor, version, wanted) => {
  const address = cursor.address();
  if (address === undefined) return filled(wanted);
  const size = version < 3 ? wanted.bytes : cursor.length();
  if (size < wanted.bytes) broken(`the ${wanted.bytes} bytes of a dataset are said to be ${size}`);
  return wanted.file.data(address, wanted.bytes, "a dataset");
};

/** Layouts by class. */
const classes: ReadonlyMap<number, ReadLayout> = new Map<number, ReadLayout>([
  [0, compact],
  [1, contiguous],
  [2, readChunked],
  [3, () => unsupported("virtual datasets")],
]);

function readLayout(cursor: Cursor, version: number, wanted: Wanted): Uint8Array {
  const layoutClass = cursor.u8();
  const read = classes.get(layoutClass) ?? broken(`there is no layout of class ${layoutClass}`);
  return read(cursor, version, wanted);
}

/** The old message has its fields in another order: the sizes stand between the address and what the others put behind it. */
function readOld(cursor: Cursor, wanted: Wanted): Uint8Array {
  const rank = cursor.u8();
  const layoutClass = cursor.u8();
  cursor.skip(5);
  if (layoutClass === 0) {
    cursor.skip(4 * rank);
    return compact(cursor, 2, wanted);
  }
  if (layoutClass === 1) return contiguous(cursor, 2, wanted);
  return layoutClass === 2 ? readChunked(cursor, 2, wanted, rank) : broken(`there is no layout of class ${layoutClass}`);
}

/** The value of what was never written; undefined where that is 0. */
function readFill(header: Header, size: number): Uint8Array | undefined {
  const [message, old] = [messageOf(header, kinds.fill), messageOf(header, kinds.oldFill)];
  const fill = message === undefined ? oldFill(old && bodyOf(old)) : newFill(bodyOf(message));
  if (fill === undefined || fill.length === 0) return undefined;
  return fill.length === size ? fill : broken(`the fill value of a dataset has ${fill.length} bytes, its values have ${size}`);
}

const oldFill = (cursor: Cursor | undefined): Uint8Array | undefined => cursor?.bytes(cursor.u32());

function newFill(cursor: Cursor): Uint8Array | undefined {
  const version = cursor.version(1, 2, 3);
  const flags = cursor.u8();
  if (version === 3) return (flags & 0x20) === 0 ? undefined : cursor.bytes(cursor.u32());
  cursor.skip(1);
  const isDefined = cursor.u8() !== 0;
  return isDefined || version === 1 ? oldFill(cursor) : undefined;
}
