// What a file says about an object besides its data. In: the object's header. Out: its attributes by name, each read when it is
// asked for, so that one that cannot be read does not hide the others.
//   1:  version · 0 · sizes of name, type, space 2 each · name, type and space, each padded to 8 · value
//   2:  version · flags · sizes · name, type, space · value             3:  version · flags · sizes · charset · name, type, space · value
// Attributes stand as messages in the header, or, where they are many or long, in a heap that an attribute info message names:
//   version · flags · [order 2] · heap · tree by name · [tree by order]
import { recordsOf } from "./btree2.ts";
import { countOf, type Dataspace, readDataspace } from "./dataspace.ts";
import { type Datatype, readDatatype } from "./datatype.ts";
import { broken, type Cursor, textOf, unsupported } from "./file.ts";
import { openHeap } from "./fractal-heap.ts";
import { type Header, kinds, messageOf, sharedBody } from "./header.ts";

/** The value of an attribute: nested lists where it has axes, null where it has no value; integers are doubles. */
export type H5Value = number | string | null | readonly H5Value[];

/** Attributes by name, each a function that reads it. */
export type Attributes = ReadonlyMap<string, () => H5Value>;

/** Reads the names of all attributes. */
export function readAttributes(header: Header): Attributes {
  const found = new Map<string, () => H5Value>();
  for (const cursor of bodies(header)) {
    const { name, value } = readAttribute(cursor);
    if (found.has(name)) broken(`there are two attributes of the name ${JSON.stringify(name)}`);
    found.set(name, value);
  }
  return found;
}

function* bodies(header: Header): Iterable<Cursor> {
  for (const message of header) {
    if (message.kind !== kinds.attribute) continue;
    yield message.isShared ? unsupported("attributes shared through a heap of the file (SOHM)") : message.body();
  }
  const info = messageOf(header, kinds.attributeInfo)?.body();
  if (info === undefined) return;
  info.version(0);
  const flags = info.u8();
  if ((flags & 1) !== 0) info.skip(2);
  const [heapAt, tree] = [info.address(), info.address()];
  if (heapAt === undefined || tree === undefined) return;
  const heap = openHeap(info.file, heapAt);
  // A record: place in the heap 8 · flags of the message 1 · order 4 · hash 4.
  for (const record of recordsOf(info.file, tree, 8)) {
    const place = record.part(8, "a place in a heap");
    if ((record.u8() & 2) !== 0) unsupported("attributes shared through a heap of the file (SOHM)");
    yield heap(place);
  }
}

function readAttribute(cursor: Cursor): { readonly name: string; readonly value: () => H5Value } {
  const version = cursor.version(1, 2, 3);
  const flags = cursor.u8();
  const sizes = [cursor.u16(), cursor.u16(), cursor.u16()];
  if (version === 3) cursor.skip(1);
  const [name, type, space] = sizes.map((size) => {
    const part = cursor.part(size, "an attribute");
    if (version === 1) cursor.skip(-size & 7);
    return part;
  });
  const shared = version === 1 ? 0 : flags;
  return {
    name: textOf(name.bytes(name.left), "the name of an attribute").split("\0", 1)[0],
    value: () => {
      const datatype = readDatatype((shared & 1) === 0 ? type.fork() : sharedBody(type.fork(), kinds.datatype));
      const dataspace = readDataspace((shared & 2) === 0 ? space.fork() : sharedBody(space.fork(), kinds.dataspace));
      return dataspace.isNull ? null : readValue(datatype, dataspace, cursor.fork());
    },
  };
}

function readValue(type: Datatype, space: Dataspace, cursor: Cursor): H5Value {
  const count = countOf(space);
  if (type.kind === "other") return unsupported(`${type.name}, as an attribute holds them`);
  const bytes = cursor.bytes(count * type.size);
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const at = (i: number): number | string =>
    type.kind === "number"
      ? type.read(view, i * type.size)
      : type.read(bytes.subarray(i * type.size, (i + 1) * type.size), cursor.file);
  // From the last axis outwards, lists of `size` become the members of the next.
  let values: readonly H5Value[] = Array.from({ length: count }, (_, i) => at(i));
  for (const size of space.shape.slice(1).reverse()) {
    const members = values;
    values = Array.from({ length: size === 0 ? 0 : members.length / size }, (_, i) => members.slice(i * size, (i + 1) * size));
  }
  return space.shape.length === 0 ? values[0] : values;
}
