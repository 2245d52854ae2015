// The messages of an ONNX file, written: what `../schema.ts` reads. In: names, shapes and numbers. Out: the bytes of a file, the same for the
// same model. Numbers go as raw data, little-endian, which every reader takes.
// https://github.com/onnx/onnx/blob/main/onnx/onnx.proto
import { BinaryWriter, WireType } from "@bufbuild/protobuf/wire";

type Write = (writer: BinaryWriter) => void;

const int =
  (number: number, value: number): Write =>
  (writer) => {
    writer.tag(number, WireType.Varint).int64(value);
  };
const text =
  (number: number, value: string): Write =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).string(value);
  };
const bytes =
  (number: number, value: Uint8Array): Write =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).bytes(value);
  };
const message =
  (number: number, parts: readonly Write[]): Write =>
  (writer) => {
    writer.tag(number, WireType.LengthDelimited).fork();
    for (const part of parts) part(writer);
    writer.join();
  };

/** A part of a file, still to be written. */
export interface Message {
  readonly parts: readonly Write[];
}
const inside = (number: number, { parts }: Message): Write => message(number, parts);

/** Which field holds the value of an attribute, and the number of its kind. */
const kinds = { float: 1, int: 2, graph: 5, ints: 7 } as const;

/** Attributes of a node, by name. */
export type Attributes = Readonly<Record<string, Message>>;
const attribute = (kind: keyof typeof kinds, ...parts: readonly Write[]): Message => ({
  parts: [...parts, int(20, kinds[kind])],
});

/** A float32. */
export const float = (value: number): Message =>
  attribute("float", (writer) => {
    writer.tag(2, WireType.Bit32).float(value);
  });
/** A whole number. */
export const whole = (value: number): Message => attribute("int", int(3, value));
/** Whole numbers. */
export const wholes = (values: readonly number[]): Message => attribute("ints", ...values.map((value) => int(8, value)));
/** A graph, as `graphMessage` makes it. */
export const body = (graph: Message): Message => attribute("graph", inside(6, graph));

/** One call of an operator: names of values in and out. */
export interface NodeSpec {
  readonly name: string;
  readonly operator: string;
  readonly inputs: readonly string[];
  readonly outputs: readonly string[];
  readonly attributes: Attributes;
  /** What a graph within it reads from outside. */
  readonly uses?: readonly string[];
}
const nodeMessage = ({ name, operator, inputs, outputs, attributes }: NodeSpec): Message => ({
  parts: [
    ...inputs.map((input) => text(1, input)),
    ...outputs.map((output) => text(2, output)),
    text(3, name),
    text(4, operator),
    ...Object.entries(attributes).map(([key, { parts }]) => message(5, [text(1, key), ...parts])),
  ],
});

/** Numbers under a name: float32, or whole numbers as int64. */
export interface TensorSpec {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array | BigInt64Array;
}
const [float32, int64] = [1, 7];
const tensorMessage = ({ name, shape, data }: TensorSpec): Message => ({
  parts: [
    ...shape.map((size) => int(1, size)),
    int(2, data instanceof Float32Array ? float32 : int64),
    text(8, name),
    bytes(9, rawOf(data)),
  ],
});

function rawOf(data: Float32Array | BigInt64Array): Uint8Array {
  const view = new DataView(new ArrayBuffer(data.byteLength));
  if (data instanceof Float32Array) for (const [i, value] of data.entries()) view.setFloat32(4 * i, value, true);
  else for (const [i, value] of data.entries()) view.setBigInt64(8 * i, value, true);
  return new Uint8Array(view.buffer);
}

/** What goes in or out: float32 of a shape, whose open sizes have names. */
export interface ValueSpec {
  readonly name: string;
  readonly shape: readonly (number | string)[];
}
const valueMessage = ({ name, shape }: ValueSpec): Message => {
  const sizes = shape.map((size) => message(1, [typeof size === "number" ? int(1, size) : text(2, size)]));
  return { parts: [text(1, name), message(2, [message(1, [int(1, float32), message(2, sizes)])])] };
};

/** Nodes in an order in which they can run, and what goes in and out. */
export interface GraphSpec {
  readonly name: string;
  readonly nodes: readonly NodeSpec[];
  readonly tensors?: readonly TensorSpec[];
  readonly inputs: readonly ValueSpec[];
  readonly outputs: readonly ValueSpec[];
}
/** The message of a graph. */
export const graphMessage = ({ name, nodes, tensors = [], inputs, outputs }: GraphSpec): Message => ({
  parts: [
    ...nodes.map((node) => inside(1, nodeMessage(node))),
    text(2, name),
    ...tensors.map((tensor) => inside(5, tensorMessage(tensor))),
    ...inputs.map((value) => inside(11, valueMessage(value))),
    ...outputs.map((value) => inside(12, valueMessage(value))),
  ],
});

/** The bytes of a file. `ir`: the version of the format; `opset`: that of the operators. */
export function fileBytes(
  graph: GraphSpec,
  versions: { readonly ir: number; readonly opset: number; readonly producer: string },
): Uint8Array {
  const writer = new BinaryWriter();
  int(1, versions.ir)(writer);
  text(2, "layerc")(writer);
  text(3, versions.producer)(writer);
  inside(7, graphMessage(graph))(writer);
  message(8, [text(1, ""), int(2, versions.opset)])(writer);
  return writer.finish();
}
