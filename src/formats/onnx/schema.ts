// The messages of an ONNX file, as far as a network is in them: tables of fields for `wire.ts`. What stands in a file beside them
// (documentation, training, metadata) is skipped. Out: plain objects whose shapes and counts nobody has judged yet.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { type Decoded, decodeMessage, type Field, many, message, messages, one } from "./wire.ts";

type Fields = Readonly<Record<string, Field<unknown>>>;
const table =
  <F extends Fields>(fields: F) =>
  (bytes: Uint8Array, depth: number): Decoded<F> =>
    decodeMessage(fields, bytes, depth);

const entry = table({ key: one.string(1), value: one.string(2) });
const opset = table({ domain: one.string(1), version: one.int(2) });

const dimension = table({ value: one.maybeInt(1), param: one.string(2) });
const shape = table({ dims: messages(1, dimension) });
const tensorType = table({ elementType: one.int(1), shape: message(2, shape) });
const type = table({
  tensor: message(1, tensorType),
  sequence: one.maybeBytes(4),
  map: one.maybeBytes(5),
  optional: one.maybeBytes(9),
});
const valueInfo = table({ name: one.string(1), type: message(2, type) });

const tensor = table({
  dims: many.int(1),
  dataType: one.int(2),
  floats: many.float(4),
  ints: many.int(5),
  strings: many.bytes(6),
  longs: many.int(7),
  name: one.string(8),
  raw: one.maybeBytes(9),
  doubles: many.double(10),
  unsigned: many.uint(11),
  external: messages(13, entry),
  location: one.int(14),
});
const sparse = table({ values: message(1, tensor) });

/** An attribute of a node: a value of one kind, and which. */
export interface AttributeProto {
  readonly name: string;
  readonly type: number;
  /** In a function: the attribute of its call whose value it takes. */
  readonly reference: string;
  readonly float: number;
  readonly int: number;
  readonly string: Uint8Array;
  readonly tensor: TensorProto | undefined;
  readonly graph: GraphProto | undefined;
  readonly floats: readonly number[];
  readonly ints: readonly number[];
  readonly strings: readonly Uint8Array[];
}
/** One call of an operator: names of values in and out. */
export interface NodeProto {
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly name: string;
  readonly operator: string;
  readonly domain: string;
  readonly attributes: readonly AttributeProto[];
}
/** Nodes in an order in which they can run, and what goes in and out. */
export interface GraphProto {
  readonly nodes: readonly NodeProto[];
  readonly name: string;
  readonly initializers: readonly TensorProto[];
  readonly sparse: readonly unknown[];
  readonly inputs: readonly ValueInfo[];
  readonly outputs: readonly ValueInfo[];
}

const attribute = (bytes: Uint8Array, depth: number): AttributeProto => decodeMessage(attributeFields, bytes, depth);
const graph = (bytes: Uint8Array, depth: number): GraphProto => decodeMessage(graphFields, bytes, depth);

const node = table({
  inputs: many.string(1),
  outputs: many.string(2),
  name: one.string(3),
  operator: one.string(4),
  attributes: messages(5, attribute),
  domain: one.string(7),
});
const graphFields = {
  nodes: messages(1, node),
  name: one.string(2),
  initializers: messages(5, tensor),
  sparse: messages(15, sparse),
  inputs: messages(11, valueInfo),
  outputs: messages(12, valueInfo),
};
const attributeFields = {
  name: one.string(1),
  float: one.float(2),
  int: one.int(3),
  string: one.bytes(4),
  tensor: message(5, tensor),
  graph: message(6, graph),
  floats: many.float(7),
  ints: many.int(8),
  strings: many.bytes(9),
  type: one.int(20),
  reference: one.string(21),
};
const functionProto = table({
  name: one.string(1),
  inputs: many.string(4),
  outputs: many.string(5),
  nodes: messages(7, node),
  opsets: messages(9, opset),
  domain: one.string(10),
  overload: one.string(13),
  defaults: messages(11, attribute),
});
const modelFields = {
  irVersion: one.int(1),
  producer: one.string(2),
  producerVersion: one.string(3),
  graph: message(7, graph),
  opsets: messages(8, opset),
  functions: messages(25, functionProto),
};

/** Numbers with a shape, in one of several places of the message. */
export type TensorProto = ReturnType<typeof tensor>;
/** The name and type of an input or output. */
export type ValueInfo = ReturnType<typeof valueInfo>;
/** Nodes under a name, which other nodes call like an operator. */
export type FunctionProto = ReturnType<typeof functionProto>;
/** A file. */
export type ModelProto = Decoded<typeof modelFields>;

/** The file's message. Throws CompileError format/onnx. */
export const decodeModel = (bytes: Uint8Array): ModelProto => decodeMessage(modelFields, bytes);
/** A file that is one tensor, as test data are written. */
export const decodeTensor = (bytes: Uint8Array): TensorProto => tensor(bytes, 0);
