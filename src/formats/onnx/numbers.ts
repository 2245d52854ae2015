// Tensors of a file as numbers. In: a TensorProto, and the files beside the model. Out: a shape and its numbers as doubles or floats.
// Guarantee: a shape is judged before anything of its size exists, and the bytes cover it exactly. float16 and bfloat16 are exact,
// float64 keeps its precision until a Graph takes it, int64 beyond 2^53 is rounded.
import { ofHalf } from "../../../compiler/base/halves.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { sizeOf } from "../../../compiler/graph/graph.ts";
import { checkSize } from "../../../compiler/graph/limits.ts";
import { besideOf, type Given } from "../define.ts";
import type { TensorProto } from "./schema.ts";
import { damaged } from "./wire.ts";

/** The numbers of a tensor, row-major. */
export type Numbers = Float32Array | Float64Array;
interface Kind {
  readonly name: string;
  /** Bits of one number in raw data. */
  readonly bits: number;
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  /** The list of the message that holds it where no raw data does. */
  readonly list?: "floats" | "ints" | "longs" | "doubles" | "unsigned";
  readonly read?: (view: DataView, at: number) => number;
  /** From an entry of `ints`, for those that are written as bits there. */
  readonly bitsAsInt?: (bits: number) => number;
}

const infinite = Number.POSITIVE_INFINITY;
const real = { least: -infinite, most: infinite, isWhole: false } as const;
const signed = (bits: number) => ({ least: -(2 ** (bits - 1)), most: 2 ** (bits - 1) - 1, isWhole: true, bits }) as const;
const unsigned = (bits: number) => ({ least: 0, most: 2 ** bits - 1, isWhole: true, bits }) as const;

const wide = new DataView(new ArrayBuffer(4));
function brain(bits: number): number {
  wide.setUint32(0, bits << 16);
  return wide.getFloat32(0);
}

/** By the number that the file calls it. */
const kinds = {
  1: { name: "float32", bits: 32, ...real, list: "floats", read: (view, at) => view.getFloat32(at, true) },
  2: { name: "uint8", ...unsigned(8), list: "ints", read: (view, at) => view.getUint8(at) },
  3: { name: "int8", ...signed(8), list: "ints", read: (view, at) => view.getInt8(at) },
  4: { name: "uint16", ...unsigned(16), list: "ints", read: (view, at) => view.getUint16(at, true) },
  5: { name: "int16", ...signed(16), list: "ints", read: (view, at) => view.getInt16(at, true) },
  6: { name: "int32", ...signed(32), list: "ints", read: (view, at) => view.getInt32(at, true) },
  7: { name: "int64", ...signed(64), list: "longs", read: (view, at) => Number(view.getBigInt64(at, true)) },
  8: { name: "string", bits: 0, ...real },
  9: {
    name: "bool",
    least: 0,
    most: 1,
    isWhole: true,
    bits: 8,
    list: "ints",
    read: (view, at) => (view.getUint8(at) === 0 ? 0 : 1),
  },
  10: {
    name: "float16",
    bits: 16,
    ...real,
    list: "ints",
    read: (view, at) => ofHalf(view.getUint16(at, true)),
    bitsAsInt: ofHalf,
  },
  11: { name: "float64", bits: 64, ...real, list: "doubles", read: (view, at) => view.getFloat64(at, true) },
  12: { name: "uint32", ...unsigned(32), list: "unsigned", read: (view, at) => view.getUint32(at, true) },
  13: { name: "uint64", ...unsigned(64), list: "unsigned", read: (view, at) => Number(view.getBigUint64(at, true)) },
  16: {
    name: "bfloat16",
    bits: 16,
    ...real,
    list: "ints",
    read: (view, at) => brain(view.getUint16(at, true)),
    bitsAsInt: brain,
  },
  21: { name: "uint4", ...unsigned(4), list: "ints" },
  22: { name: "int4", ...signed(4), list: "ints" },
} as const satisfies Readonly<Record<number, Kind>>;
const others: Readonly<Record<number, string>> = {
  0: "no type",
  14: "complex64",
  15: "complex128",
  17: "float8e4m3fn",
  18: "float8e4m3fnuz",
  19: "float8e5m2",
  20: "float8e5m2fnuz",
  23: "float4e2m1",
  24: "float8e8m0",
};

/** Names of number formats, as NumPy has them. */
export type DType = (typeof kinds)[keyof typeof kinds]["name"];

const kindOf = (number: number): Kind | undefined => (kinds as Readonly<Record<number, Kind>>)[number];
const kindNamed = new Map<string, Kind>(Object.values(kinds).map((kind) => [kind.name, kind]));

/** The format a file names by number, or what it is called where layerc has none. */
export const dtypeOf = (number: number): DType | undefined => kindOf(number)?.name as DType | undefined;
/** What a number of the file means, for messages. */
export const dtypeName = (number: number): string => kindOf(number)?.name ?? others[number] ?? `the type ${number}`;
/** Whether its values are whole numbers; bool too. */
export const isWhole = (dtype: DType): boolean => kindNamed.get(dtype)?.isWhole === true;
/** The smallest and largest value. */
export const rangeOf = (dtype: DType): { readonly least: number; readonly most: number } => kindNamed.get(dtype) as Kind;

/** A tensor of a file. */
export interface FileNumbers {
  readonly dtype: DType;
  readonly shape: readonly number[];
  readonly data: Numbers;
}

/** The numbers of `tensor`. Throws CompileError format/onnx, format/dtype, format/beside or shape/too-large, with `path`. */
export function numbersOf(tensor: TensorProto, given: Given, path: string): FileNumbers {
  const kind = kindOf(tensor.dataType);
  if (kind?.name === "string") return placesOf(tensor, path);
  if (kind?.list === undefined) {
    const message = `the tensor holds ${dtypeName(tensor.dataType)}, which layerc does not read`;
    throw new CompileError({ code: "format/dtype", path, message });
  }
  const shape = tensor.dims;
  if (shape.some((size) => !Number.isSafeInteger(size) || size < 0))
    damaged(`a tensor has the shape [${shape.join(", ")}]`, path);
  checkSize("a tensor", shape, path);
  const size = sizeOf(shape);
  const data = kind.bits === 32 && !kind.isWhole ? new Float32Array(0) : new Float64Array(0);
  const make = (length: number): Numbers => (data instanceof Float32Array ? new Float32Array(length) : new Float64Array(length));
  const raw = tensor.location === 1 ? externalBytes(tensor, given, path) : tensor.raw;
  const dtype = kind.name as DType;
  const numbers = raw === undefined ? listed(tensor, kind, size, make, path) : fromRaw(raw, kind, size, make, path);
  return { dtype, shape, data: numbers };
}

/** Texts as places in their own list, the first of equal ones: what labels are. Nothing computes with them. */
function placesOf({ dims, strings }: TensorProto, path: string): FileNumbers {
  if (sizeOf(dims) !== strings.length) damaged(`a tensor of ${sizeOf(dims)} numbers holds ${strings.length}`, path);
  const first = new Map(strings.map((bytes, i) => [String(bytes), i] as const).reverse());
  return { dtype: "string", shape: dims, data: Float64Array.from(strings, (bytes) => first.get(String(bytes)) ?? 0) };
}

function fromRaw(raw: Uint8Array, kind: Kind, size: number, make: (length: number) => Numbers, path: string): Numbers {
  const needed = Math.ceil((size * kind.bits) / 8);
  if (raw.length !== needed) damaged(`${size} numbers of ${kind.name} take ${needed} bytes, the file holds ${raw.length}`, path);
  const numbers = make(size);
  const { read, bits } = kind;
  const view = new DataView(raw.buffer, raw.byteOffset, raw.byteLength);
  for (let i = 0; i < size; i++) numbers[i] = read === undefined ? nibble(raw, i, kind) : read(view, (i * bits) / 8);
  return numbers;
}

/** Two numbers a byte, the first in the lower half. */
function nibble(raw: Uint8Array, i: number, kind: Kind): number {
  const value = (raw[i >> 1] >> (i % 2 === 0 ? 0 : 4)) & 15;
  return value > kind.most ? value - 16 : value;
}

function listed(tensor: TensorProto, kind: Kind, size: number, make: (length: number) => Numbers, path: string): Numbers {
  const list = tensor[kind.list as "ints"];
  const isPacked = kind.bits === 4;
  const needed = isPacked ? Math.ceil(size / 2) : size;
  if (list.length !== needed) damaged(`a tensor of ${size} numbers holds ${list.length}`, path);
  const numbers = make(size);
  for (let i = 0; i < size; i++) {
    const value = isPacked ? nibble(Uint8Array.of(list[i >> 1]), i % 2, { ...kind, bits: 4 }) : list[i];
    numbers[i] = kind.bitsAsInt === undefined ? value : kind.bitsAsInt(value & 0xffff);
    if (kind.isWhole && (numbers[i] < kind.least || numbers[i] > kind.most)) damaged(`${value} is no ${kind.name}`, path);
  }
  return numbers;
}

/** The part of another file that holds a tensor. */
function externalBytes(tensor: TensorProto, given: Given, path: string): Uint8Array {
  const entries = new Map(tensor.external.map(({ key, value }) => [key, value]));
  const file = besideOf(given, entries.get("location") ?? "", path);
  const count = (key: string, otherwise: number): number => {
    const text = entries.get(key);
    const value = text === undefined ? otherwise : /^\d{1,15}$/.test(text) ? Number(text) : -1;
    return value < 0 ? damaged(`${key} of a tensor in another file is ${JSON.stringify(text)}`, path) : value;
  };
  const offset = count("offset", 0);
  const length = count("length", Math.max(file.length - offset, 0));
  if (offset + length > file.length)
    damaged(`bytes ${offset} to ${offset + length} of a file of ${file.length} bytes are asked for`, path);
  return file.subarray(offset, offset + length);
}
