// Footers of Parquet files, so far as to put several files of one schema behind each other without unpacking a page. In: footers, and by how far the bytes
// they speak of have moved. Out: the footer of the whole. Guarantee: what is not an offset, a number of rows or a list of groups goes over as it is.
// A footer is a record of Thrift's compact protocol: https://parquet.apache.org/docs/file-format/metadata/.

/** A value with its type, as the protocol numbers them. */
type Value = boolean | bigint | Uint8Array | List | Struct;
interface List {
  readonly of: number;
  readonly items: Value[];
}
type Struct = Map<number, { readonly type: number; value: Value }>;

const [yes, no, byte, i16, i32, i64, double, binary, list, set, map, struct] = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12];

/** A footer as it lies before the last eight bytes of a file, and where its groups of rows lie. */
export interface Footer {
  readonly bytes: Uint8Array;
  /** Added to every offset. */
  readonly moved: number;
}

/** The footer of files whose groups lie behind each other. Throws Error where one is none, or has other columns than the first. */
export function joined(footers: readonly Footer[]): Uint8Array {
  const trees = footers.map(({ bytes }) => new Reader(bytes).struct());
  const [first] = trees;
  const schema = encoded(first.get(2)?.value);
  const groups: Value[] = [];
  let rows = 0n;
  for (const [i, tree] of trees.entries()) {
    if (encoded(tree.get(2)?.value) !== schema) throw new Error("the parts of a Parquet file have not the same columns");
    for (const group of listIn(tree, 4)) {
      if (number(group as Struct, 3) === 0n) continue;
      rows += number(group as Struct, 3);
      groups.push(placed(group as Struct, BigInt(footers[i].moved), groups.length));
    }
  }
  put(first, 3, rows);
  put(first, 4, { of: struct, items: groups });
  return new Writer().struct(first).done();
}

/** A group of rows at its place: offsets are counted from the file's first byte, groups from 0 while 16 bits last. */
function placed(group: Struct, moved: bigint, ordinal: number): Struct {
  move(group, [5], moved);
  for (const column of listIn(group, 1)) {
    move(column as Struct, [2, 4, 6], moved);
    const about = (column as Struct).get(3)?.value;
    if (about instanceof Map) move(about, [9, 10, 11, 14], moved);
  }
  if (ordinal > 0x7fff) group.delete(7);
  else put(group, 7, BigInt(ordinal));
  return group;
}

function move(of: Struct, fields: readonly number[], by: bigint): void {
  // 0 stands for no place: no page lies before the first four bytes.
  for (const field of fields) if (number(of, field) > 0n) put(of, field, number(of, field) + by);
}
function put(of: Struct, field: number, value: Value): void {
  const found = of.get(field);
  if (found !== undefined) found.value = value;
}
const number = (of: Struct, field: number): bigint => {
  const value = of.get(field)?.value;
  return typeof value === "bigint" ? value : 0n;
};
const listIn = (of: Struct, field: number): readonly Value[] => (of.get(field)?.value as List | undefined)?.items ?? [];
const encoded = (value: Value | undefined): string =>
  value === undefined ? "" : Buffer.from(new Writer().value(list, value).done()).toString("latin1");

class Reader {
  readonly #bytes: Uint8Array;
  #at = 0;

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new Error("the footer of a Parquet file is cut off");
    return this.#bytes[this.#at++];
  }
  #take(count: number): Uint8Array {
    if (count > this.#bytes.length - this.#at) throw new Error("the footer of a Parquet file is cut off");
    this.#at += count;
    return this.#bytes.subarray(this.#at - count, this.#at);
  }
  #varint(): bigint {
    let value = 0n;
    for (let shift = 0n; ; shift += 7n) {
      const next = this.#byte();
      value |= BigInt(next & 127) << shift;
      if (next < 128) return value;
    }
  }
  #signed(): bigint {
    const value = this.#varint();
    return (value >> 1n) ^ -(value & 1n);
  }

  struct(): Struct {
    const fields: Struct = new Map();
    for (let id = 0; ; ) {
      const head = this.#byte();
      if (head === 0) return fields;
      const type = head & 15;
      id = head >> 4 === 0 ? Number(this.#signed()) : id + (head >> 4);
      fields.set(id, { type, value: type === yes || type === no ? type === yes : this.#value(type) });
    }
  }
  #value(type: number): Value {
    switch (type) {
      case yes:
      case no:
        return this.#byte() === yes;
      case byte:
        return BigInt(this.#byte());
      case i16:
      case i32:
      case i64:
        return this.#signed();
      case double:
        return this.#take(8);
      case binary:
        return this.#take(Number(this.#varint()));
      case list:
      case set: {
        const head = this.#byte();
        const count = head >> 4 === 15 ? Number(this.#varint()) : head >> 4;
        return { of: head & 15, items: Array.from({ length: count }, () => this.#value(head & 15)) };
      }
      case struct:
        return this.struct();
      default:
        throw new Error(`the footer of a Parquet file has a value of type ${type === map ? "map" : type}`);
    }
  }
}

class Writer {
  readonly #bytes: number[] = [];

  done(): Uint8Array {
    return Uint8Array.from(this.#bytes);
  }
  #varint(value: bigint): void {
    let left = value;
    for (; left > 127n; left >>= 7n) this.#bytes.push(Number(left & 127n) | 128);
    this.#bytes.push(Number(left));
  }
  #signed(value: bigint): void {
    this.#varint(value < 0n ? -value * 2n - 1n : value * 2n);
  }

  struct(fields: Struct): this {
    let last = 0;
    for (const [id, { type, value }] of fields) {
      const own = typeof value === "boolean" ? (value ? yes : no) : type;
      const step = id - last;
      last = id;
      if (step > 0 && step < 16) this.#bytes.push((step << 4) | own);
      else {
        this.#bytes.push(own);
        this.#signed(BigInt(id));
      }
      if (typeof value !== "boolean") this.value(own, value);
    }
    this.#bytes.push(0);
    return this;
  }
  value(type: number, value: Value): this {
    if (typeof value === "boolean") this.#bytes.push(value ? yes : no);
    else if (typeof value === "bigint") {
      if (type === byte) this.#bytes.push(Number(value));
      else this.#signed(value);
    } else if (value instanceof Uint8Array) {
      if (type === binary) this.#varint(BigInt(value.length));
      for (const one of value) this.#bytes.push(one);
    } else if (value instanceof Map) this.struct(value);
    else {
      const { of, items } = value;
      if (items.length < 15) this.#bytes.push((items.length << 4) | of);
      else {
        this.#bytes.push(0xf0 | of);
        this.#varint(BigInt(items.length));
      }
      for (const item of items) this.value(of, item);
    }
    return this;
  }
}
