// ONNX files written by hand: a protobuf message as fields in order. Out: bytes that a reader has to take, or cases that it must not.
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

/** One field: its number and how it is written. */
export type Write = (writer: BinaryWriter) => void;
export const message = (...writes: readonly Write[]): Uint8Array => {
  const writer = new BinaryWriter();
  for (const write of writes) write(writer);
  return writer.finish();
};
export const bytesField =
  (number: number, bytes: Uint8Array): Write =>
  (writer) =>
    void writer.tag(number, WireType.LengthDelimited).bytes(bytes);
export const text = (number: number, value: string): Write => bytesField(number, new TextEncoder().encode(value));
export const int =
  (number: number, value: number | bigint): Write =>
  (writer) =>
    void writer.tag(number, WireType.Varint).int64(typeof value === "bigint" ? value : BigInt(value));
export const float =
  (number: number, value: number): Write =>
  (writer) =>
    void writer.tag(number, WireType.Bit32).float(value);
export const double =
  (number: number, value: number): Write =>
  (writer) =>
    void writer.tag(number, WireType.Bit64).double(value);
/** A list in one field. */
export const packed = (number: number, write: (writer: BinaryWriter) => void): Write => {
  const inner = new BinaryWriter();
  write(inner);
  return bytesField(number, inner.finish());
};

export interface TensorSpec {
  readonly name: string;
  readonly dims: readonly number[];
  readonly dataType: number;
  readonly floats?: readonly number[];
  readonly ints?: readonly number[];
  readonly longs?: readonly number[];
  readonly texts?: readonly string[];
  readonly raw?: Uint8Array;
  readonly external?: readonly (readonly [string, string])[];
}
const list = (number: number, values: readonly number[] | undefined): Write[] =>
  (values ?? []).map((value) => int(number, value));
export const tensorBytes = ({ name, dims, dataType, floats, ints, longs, texts, raw, external }: TensorSpec): Uint8Array =>
  message(
    ...list(1, dims),
    int(2, dataType),
    ...(floats ?? []).map((value) => float(4, value)),
    ...list(5, ints),
    ...(texts ?? []).map((value) => text(6, value)),
    ...list(7, longs),
    text(8, name),
    ...(raw === undefined ? [] : [bytesField(9, raw)]),
    ...(external === undefined
      ? []
      : [...external.map(([key, value]) => bytesField(13, message(text(1, key), text(2, value)))), int(14, 1)]),
  );
/** A tensor of a model; `dataType` 7 is int64. */
export const tensor = (
  name: string,
  dims: readonly number[],
  data: Partial<TensorSpec>,
  dataType = data.floats ? 1 : 7,
): TensorSpec => ({
  name,
  dims,
  dataType,
  ...data,
});

/** The name, type and shape of an input; a text is an open size. */
export const valueInfo = (name: string, shape: readonly (number | string)[], type = 1): Uint8Array => {
  const dims = shape.map((size) => bytesField(1, message(typeof size === "number" ? int(1, size) : text(2, size))));
  return message(text(1, name), bytesField(2, message(bytesField(1, message(int(1, type), bytesField(2, message(...dims)))))));
};
/** An attribute that is a whole number, some of them, or a message of its own. */
export const attribute = (name: string, value: number | readonly number[]): Uint8Array =>
  typeof value === "number" ? message(text(1, name), int(3, value), int(20, 2)) : message(text(1, name), ...list(8, value as number[]), int(20, 7)); // biome-ignore format: one line

export const node = (
  operator: string,
  inputs: readonly string[],
  outputs: readonly string[],
  attributes: readonly Uint8Array[] = [],
  domain = "",
): Uint8Array =>
  message(
    ...inputs.map((name) => text(1, name)),
    ...outputs.map((name) => text(2, name)),
    text(4, operator),
    ...attributes.map((bytes) => bytesField(5, bytes)),
    text(7, domain),
  );

export interface ModelParts {
  readonly nodes?: readonly Uint8Array[];
  readonly inputs?: readonly Uint8Array[];
  readonly outputs?: readonly Uint8Array[];
  readonly weights?: readonly TensorSpec[];
  readonly version?: number;
  readonly domains?: readonly (readonly [string, number])[];
}
export const graphBytes = ({ nodes = [], inputs, outputs, weights = [] }: ModelParts): Uint8Array =>
  message(
    ...nodes.map((bytes) => bytesField(1, bytes)),
    text(2, "made"),
    ...weights.map((spec) => bytesField(5, tensorBytes(spec))),
    ...(inputs ?? [valueInfo("x", ["batch", 2])]).map((bytes) => bytesField(11, bytes)),
    ...(outputs ?? [message(text(1, "y"))]).map((bytes) => bytesField(12, bytes)),
  );
/** A file. Its nodes read `x`, whose rows have two numbers, and make `y`, unless said otherwise. */
export const modelBytes = (parts: ModelParts): Uint8Array =>
  message(
    int(1, 8),
    text(2, "by hand"),
    bytesField(7, graphBytes(parts)),
    ...[["", parts.version ?? 13] as const, ...(parts.domains ?? [])].map(([domain, version]) =>
      bytesField(8, message(text(1, domain), int(2, version))),
    ),
  );
