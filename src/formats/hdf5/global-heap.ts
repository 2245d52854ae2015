// Where values of variable length lie. In: an address and a number. Out: the bytes of that object.
//   GCOL · version · 0 3 · size · objects, each: number 2 · references 2 · 0 4 · size · bytes, padded to 8; number 0 is free space
import { broken, type H5File } from "./file.ts";

type Heap = ReadonlyMap<number, Uint8Array>;
/** Collections that have been read: a file of strings asks for the same one again and again. */
const heaps = new WeakMap<H5File, Map<number, Heap>>();

/** The bytes of an object of a collection. */
export function heapObject(file: H5File, address: number, index: number): Uint8Array {
  const known = heaps.get(file) ?? new Map<number, Heap>();
  heaps.set(file, known);
  const heap = known.get(address) ?? readHeap(file, address);
  known.set(address, heap);
  return heap.get(index) ?? broken(`a value of variable length lies in object ${index} of a heap that has no such object`);
}

function readHeap(file: H5File, address: number): Heap {
  const head = file.at(address, "a global heap");
  head.signature("GCOL");
  head.version(1);
  head.skip(3);
  const size = head.length();
  const used = 8 + file.widths.length;
  const cursor = file.at(address + used, "a global heap", size - used);
  const objects = new Map<number, Uint8Array>();
  while (cursor.left >= used + 8) {
    const index = cursor.u16();
    if (index === 0) break;
    cursor.skip(6);
    const length = cursor.length();
    objects.set(index, cursor.bytes(length));
    cursor.skip(Math.min(cursor.left, -length & 7));
  }
  return objects;
}
