// Protobuf messages by tables of their fields. In: bytes nobody vouches for, and a table. Out: plain objects with every field of the
// table, or a CompileError `format/onnx`. Guarantee: nothing is allocated from a declared length that the bytes do not cover; packed and
// unpacked lists are read alike, of a field written twice the last counts, and messages written in parts are joined.
// https://protobuf.dev/programming-guides/encoding/
import { BinaryReader, WireType } from "@bufbuild/protobuf/wire";
import { joined } from "../../../compiler/base/join.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";

/** Graphs within graphs; each is a message within three others. */
const deepest = 100;

/** How one field is read. `list`: it may occur any number of times. */
export interface Field<T> {
  readonly number: number;
  readonly scalar?: (reader: BinaryReader) => unknown;
  /** What the wire says of a scalar that is not packed. */
  readonly wire: WireType;
  readonly list: boolean;
  /** What becomes of all that was found. */
  readonly finish: (found: readonly unknown[], depth: number) => T;
}
type Fields = Readonly<Record<string, Field<unknown>>>;
/** A message of these fields. */
export type Decoded<F> = { readonly [K in keyof F]: F[K] extends Field<infer T> ? T : never };

/** Throws what damaged bytes are refused with. */
export function damaged(message: string, path = ""): never {
  throw new CompileError({ code: "format/onnx", path, message, hint: "the file is damaged, or no ONNX model" });
}

/** The message in `bytes`. */
export function decodeMessage<F extends Fields>(fields: F, bytes: Uint8Array, depth = 0): Decoded<F> {
  if (depth > deepest) damaged(`messages are nested more than ${deepest} deep`);
  const byNumber = new Map(
    Object.entries(fields).map(([name, field]) => [field.number, { name, field, found: [] as unknown[] }]),
  );
  const reader = new BinaryReader(bytes);
  try {
    while (reader.pos < reader.len) {
      const [number, wire] = reader.tag();
      const known = byNumber.get(number);
      if (known === undefined) reader.skip(wire, number);
      else readField(reader, known.field, wire, known.found);
      if (reader.pos > reader.len) throw new RangeError("a field ends beyond the message");
    }
  } catch (error) {
    if (error instanceof CompileError) throw error;
    damaged(`the bytes are no protobuf message: ${(error as Error).message}`);
  }
  const entries = [...byNumber.values()].map(({ name, field, found }) => [name, field.finish(found, depth + 1)]);
  return Object.fromEntries(entries) as Decoded<F>;
}

function readField(reader: BinaryReader, field: Field<unknown>, wire: WireType, found: unknown[]): void {
  const { scalar } = field;
  if (scalar === undefined) {
    if (wire !== WireType.LengthDelimited) throw new Error(`field ${field.number} has wire type ${wire}`);
    found.push(reader.bytes());
  } else if (field.list && wire === WireType.LengthDelimited && field.wire !== wire) {
    const end = reader.uint32() + reader.pos;
    if (end > reader.len) throw new RangeError("a list ends beyond the message");
    while (reader.pos < end) found.push(scalar(reader));
    if (reader.pos !== end) throw new Error("a list ends within a number");
  } else {
    if (wire !== field.wire) throw new Error(`field ${field.number} has wire type ${wire}`);
    found.push(scalar(reader));
  }
}

const text = (bytes: unknown): string => {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes as Uint8Array);
  } catch {
    return damaged("a name is not UTF-8");
  }
};

const scalarField =
  <T>(wire: WireType, read: (reader: BinaryReader) => T, zero: T) =>
  (number: number): Field<T> => ({
    number,
    wire,
    list: false,
    scalar: read,
    finish: (found) => (found.length === 0 ? zero : (found[found.length - 1] as T)),
  });
const listField =
  <T>(wire: WireType, read: (reader: BinaryReader) => T) =>
  (number: number): Field<readonly T[]> => ({
    number,
    wire,
    list: true,
    scalar: read,
    finish: (found) => found as readonly T[],
  });

// As a double: what is beyond 2^53 is rounded, which every use of such a number allows for.
const int64 = (reader: BinaryReader): number => Number(reader.int64());
const uint64 = (reader: BinaryReader): number => Number(reader.uint64());
const float = (reader: BinaryReader): number => reader.float();
const double = (reader: BinaryReader): number => reader.double();
const bytes = (reader: BinaryReader): Uint8Array => reader.bytes();
const string = (reader: BinaryReader): string => text(reader.bytes());

/** One number or text; absent, it is 0 or empty. */
export const one = {
  int: scalarField(WireType.Varint, int64, 0),
  float: scalarField(WireType.Bit32, float, 0),
  string: scalarField(WireType.LengthDelimited, string, ""),
  bytes: scalarField(WireType.LengthDelimited, bytes, new Uint8Array()),
  /** Undefined where it is absent, for what tells 0 from nothing. */
  maybeInt: scalarField<number | undefined>(WireType.Varint, int64, undefined),
  maybeBytes: scalarField<Uint8Array | undefined>(WireType.LengthDelimited, bytes, undefined),
} as const;

/** Any number of them. */
export const many = {
  int: listField(WireType.Varint, int64),
  uint: listField(WireType.Varint, uint64),
  float: listField(WireType.Bit32, float),
  double: listField(WireType.Bit64, double),
  string: listField(WireType.LengthDelimited, string),
  bytes: listField(WireType.LengthDelimited, bytes),
} as const;

const nested = { wire: WireType.LengthDelimited, list: false } as const;

/** A message, or undefined. Parts of it add up to one, as they would in any reader. The table comes as a function, since graphs hold graphs. */
export const message = <T>(number: number, decode: (bytes: Uint8Array, depth: number) => T): Field<T | undefined> => ({
  ...nested,
  number,
  finish: (found, depth) => (found.length === 0 ? undefined : decode(whole(found as readonly Uint8Array[]), depth)),
});

/** Any number of messages. */
export const messages = <T>(number: number, decode: (bytes: Uint8Array, depth: number) => T): Field<readonly T[]> => ({
  ...nested,
  number,
  finish: (found, depth) => found.map((part) => decode(part as Uint8Array, depth)),
});

// A message in one part, as nearly all are, is not copied: it may be the whole file.
const whole = (parts: readonly Uint8Array[]): Uint8Array => (parts.length === 1 ? parts[0] : joined(Uint8Array, parts));
