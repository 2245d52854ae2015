// Types of values. In: a datatype message. Out: how numbers or strings of that type are read; what is neither keeps its name.
//   class 4 bits, low · version 4 bits, high · flags 3 bytes · size 4 · what the class adds:
//   0 integer: offset 2 · bits 2              1 float: offset 2 · bits 2 · exponent at, bits · mantissa at, bits 1 each · bias 4
//   8 enumeration: its integer type · names · values              9 variable length: its element type
import { broken, type Cursor, type H5File, textOf, unsigned } from "./file.ts";
import { heapObject } from "./global-heap.ts";
import { floatFormats, integerFormats } from "./numbers.ts";

/** Numbers in `size` bytes each. */
export interface NumberType {
  readonly kind: "number";
  readonly name: string;
  readonly size: number;
  /** As near as a double comes. */
  read(view: DataView, at: number): number;
  /** As near as a float32 comes: rounded once. */
  readSingle(view: DataView, at: number): number;
  /** The bytes are those of a Float32Array as they are. */
  readonly isFloat32: boolean;
}
/** Text in `size` bytes each: in the bytes themselves, or in a heap of the file that they lead to. */
export interface StringType {
  readonly kind: "string";
  readonly name: "string";
  readonly size: number;
  read(value: Uint8Array, file: H5File): string;
}
/** Values that are not read: asking for them says so by name. */
export interface OtherType {
  readonly kind: "other";
  readonly name: string;
  readonly size: number;
}
/** A type of values. */
export type Datatype = NumberType | StringType | OtherType;

/** Reads the message. */
export function readDatatype(cursor: Cursor): Datatype {
  const first = cursor.u8();
  const flags = cursor.uint(3);
  const size = cursor.u32();
  if (size === 0) broken("a datatype says that its values have no bytes");
  const row = classes.get(first & 15) ?? broken(`there is no datatype of class ${first & 15}`);
  return typeof row === "string" ? other(row, size) : row(cursor, flags, size);
}

const other = (name: string, size: number): OtherType => ({ kind: "other", name, size });

type ReadClass = (cursor: Cursor, flags: number, size: number) => Datatype;

const readInteger: ReadClass = (cursor, flags, size) => {
  const bits = [cursor.u16(), cursor.u16()];
  const format = integerFormats.find((row) => row.size === size && row.isSigned === ((flags & 8) !== 0));
  if (format === undefined || bits[0] !== 0 || bits[1] !== 8 * size)
    return other(`integers of ${bits[1]} bits in ${size} bytes`, size);
  return numeric(format, (flags & 1) === 0);
};

const readFloat: ReadClass = (cursor, flags, size) => {
  const bits = [cursor.u16(), cursor.u16()];
  const parts = [cursor.u8(), cursor.u8(), cursor.u8(), cursor.u8()];
  const bias = cursor.u32();
  // The fields decide, never the size: bfloat16 and float16 have two bytes each.
  const fields = [size, ...bits, (flags >> 8) & 0xff, ...parts, bias].join();
  const format = floatFormats.find((row) => row.fields.join() === fields);
  const isImplied = ((flags >> 4) & 3) === 2;
  const isVax = (flags & 0x40) !== 0;
  if (format === undefined || !isImplied || isVax)
    return other(`floating point numbers of ${bits[1]} bits, ${parts[1]} of them exponent and ${parts[3]} mantissa`, size);
  return numeric(format, (flags & 1) === 0);
};

/** Which byte of a number comes first on this machine. */
const isLittle = new Uint8Array(Uint16Array.of(1).buffer)[0] === 1;

function numeric(format: (typeof floatFormats | typeof integerFormats)[number], little: boolean): NumberType {
  const { name, size, read, readSingle = read } = format;
  return {
    kind: "number",
    name,
    size,
    read: (view, at) => read(view, at, little),
    readSingle: (view, at) => readSingle(view, at, little),
    isFloat32: name === "float32" && little && isLittle,
  };
}

/** An enumeration is the integers behind its names: h5py keeps a bool as one of FALSE and TRUE. */
const readEnumeration: ReadClass = (cursor, flags, size) => {
  const members = flags & 0xffff;
  const base = readDatatype(cursor);
  if (base.kind !== "number" || base.size !== size) return other("enumerations of what is no integer", size);
  const names = String.fromCharCode(...cursor.fork().bytes(Math.min(cursor.left, 16)));
  const isBool = members === 2 && /^FALSE\0+TRUE\0/.test(names);
  return isBool ? { ...base, name: "bool" } : base;
};

/** The bytes before the first NUL: what lies behind it may be anything. */
const terminated = (bytes: Uint8Array): Uint8Array => {
  const end = bytes.indexOf(0);
  return end < 0 ? bytes : bytes.subarray(0, end);
};
/** The bytes before those at the end that only fill up. */
const before =
  (padding: number) =>
  (bytes: Uint8Array): Uint8Array => {
    let end = bytes.length;
    while (end > 0 && bytes[end - 1] === padding) end--;
    return bytes.subarray(0, end);
  };
/** How a text ends in its bytes, by the number in the file: at a NUL, before NULs, before spaces. */
const paddings = [terminated, before(0), before(0x20)];

const readString: ReadClass = (_, flags, size) => {
  const trim = paddings[flags & 15] ?? broken(`there is no padding ${flags & 15} of strings`);
  return { kind: "string", name: "string", size, read: (value) => textOf(trim(value), "a string") };
};

const readVariable: ReadClass = (cursor, flags, size) => {
  const isString = (flags & 15) === 1;
  if (!isString) return other("lists of variable length", size);
  const { address } = cursor.file.widths;
  if (size !== 8 + address) broken(`a string of variable length takes ${8 + address} bytes, not ${size}`);
  return { kind: "string", name: "string", size, read: readVariableString };
};

/** Length 4 · address of a heap · number in the heap 4. */
function readVariableString(value: Uint8Array, file: H5File): string {
  const what = "a string of variable length";
  const { address: width } = file.widths;
  const length = unsigned(value, 0, 4, what) ?? broken(`${what} has no length`);
  const heap = unsigned(value, 4, width, what);
  if (length === 0 || heap === 0 || heap === undefined) return "";
  const bytes = heapObject(file, heap, unsigned(value, 4 + width, 4, what) ?? 0);
  if (length > bytes.length) broken(`${what} has ${length} bytes, its place in the heap ${bytes.length}`);
  file.claim(length);
  // C's strings end at a NUL, whatever their length.
  return textOf(terminated(bytes.subarray(0, length)), what);
}

/** Classes by number; those that are not read by name. */
const classes: ReadonlyMap<number, ReadClass | string> = new Map<number, ReadClass | string>([
  [0, readInteger],
  [1, readFloat],
  [2, "times"],
  [3, readString],
  [4, "bit fields"],
  [5, "opaque values"],
  [6, "compound values"],
  [7, "references"],
  [8, readEnumeration],
  [9, readVariable],
  [10, "arrays as values"],
  [11, "complex numbers"],
]);
