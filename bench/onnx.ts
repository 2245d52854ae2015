// ONNX model files, written by hand: Gemm, Relu and Softmax over named initializers. In: a net and its weights. Out: the bytes
// of a ModelProto (IR version 8, opset 13) with a fixed batch. https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3
import { activationOf, type DenseNet } from "./nets.ts";
import type { Weights } from "./workloads.ts";

const encoder = new TextEncoder();

function varint(value: number): number[] {
  const out: number[] = [];
  let rest = value;
  for (; rest > 0x7f; rest = Math.floor(rest / 128)) out.push((rest % 128) | 0x80);
  return [...out, rest];
}

const joined = (parts: readonly Uint8Array[]): Uint8Array => {
  const out = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    out.set(part, at);
    at += part.length;
  }
  return out;
};

/** A field of wire type 0. */
const int = (field: number, value: number): Uint8Array => Uint8Array.from([...varint(field << 3), ...varint(value)]);
/** A field of wire type 2: bytes, text, or a message of fields. */
function field(number: number, content: Uint8Array | string | readonly Uint8Array[]): Uint8Array {
  const bytes = typeof content === "string" ? encoder.encode(content) : content instanceof Uint8Array ? content : joined(content);
  return joined([Uint8Array.from([...varint((number << 3) | 2), ...varint(bytes.length)]), bytes]);
}

const float32 = 1; // TensorProto.DataType.FLOAT

/** TensorProto: dims 1, data_type 2, name 8, raw_data 9 (little-endian). */
function tensor(name: string, shape: readonly number[], values: Float32Array): readonly Uint8Array[] {
  const raw = new Uint8Array(4 * values.length);
  const view = new DataView(raw.buffer);
  values.forEach((value, i) => void view.setFloat32(4 * i, value, true));
  return [...shape.map((size) => int(1, size)), int(2, float32), field(8, name), field(9, raw)];
}

/** NodeProto: input 1, output 2, name 3, op_type 4. Every attribute has its default. */
const node = (op: string, inputs: readonly string[], output: string): readonly Uint8Array[] => [
  ...inputs.map((name) => field(1, name)),
  field(2, output),
  field(3, output),
  field(4, op),
];

/** ValueInfoProto: name 1, type 2; TypeProto.tensor_type 1: elem_type 1, shape 2; dim 1: dim_value 1. */
const value = (name: string, shape: readonly number[]): readonly Uint8Array[] => [
  field(1, name),
  field(2, [
    field(1, [
      int(1, float32),
      field(
        2,
        shape.map((size) => field(1, [int(1, size)])),
      ),
    ]),
  ]),
];

/** Input `x` [batch, inputs], output `y` [batch, outputs]. */
export function onnxModel(net: DenseNet, weights: Weights, batch: number): Uint8Array {
  const layers = net.sizes.length - 1;
  const nodes: Uint8Array[] = [];
  const initializers: Uint8Array[] = [];
  let x = "x";
  for (let layer = 0; layer < layers; layer++) {
    const [kernel, bias] = [`kernel${layer}`, `bias${layer}`];
    const [inputs, units] = [net.sizes[layer], net.sizes[layer + 1]];
    initializers.push(field(5, tensor(kernel, [inputs, units], weights[2 * layer])));
    initializers.push(field(5, tensor(bias, [units], weights[2 * layer + 1])));
    const activation = activationOf(net, layer);
    const out = layer === layers - 1 ? "y" : `h${layer}`;
    const sum = activation === "linear" ? out : `z${layer}`;
    nodes.push(field(1, node("Gemm", [x, kernel, bias], sum)));
    if (activation === "relu") nodes.push(field(1, node("Relu", [sum], out)));
    if (activation === "softmax") nodes.push(field(1, node("Softmax", [sum], out)));
    x = out;
  }
  // GraphProto: node 1, name 2, initializer 5, input 11, output 12. ModelProto: ir_version 1, producer 2, graph 7, opset 8.
  const graph = [
    ...nodes,
    field(2, net.name),
    ...initializers,
    field(11, value("x", [batch, net.sizes[0]])),
    field(12, value("y", [batch, net.sizes[layers]])),
  ];
  return joined([int(1, 8), field(2, "layerc bench"), field(7, graph), field(8, [int(2, 13)])]);
}
