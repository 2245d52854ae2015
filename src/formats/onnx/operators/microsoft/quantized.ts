// Quantised operators that onnxruntime's quantizer writes beside those of ONNX. In: whole numbers with scales and zero points. Each is its
// real counterpart between a dequantisation and a quantisation, rounded half to even as there; sums of products stay whole until then.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { axisOf, type Operator, operator, type Site } from "../../define.ts";
import { axesOf, type Value } from "../../values.ts";
import { lines } from "../along.ts";
import { joined, reshapeTo, transposeTo } from "../moves.ts";
import { averagePooled } from "../pooling.ts";
import { matMul } from "../products.ts";
import { dequantize, dynamic, quantize, quantized as rounded } from "../quantization.ts";
import { reduced } from "../reductions.ts";

/** A scale or a zero point of all numbers, or one for each column. */
const scalar = (site: Site, value: Value): Value =>
  value.shape.length === 1 && value.shape[0] === 1 ? reshapeTo(site, site.each(value), []) : value;

/** (x − zero) as whole numbers. */
const centered = (site: Site, x: Value, zero: Value | undefined): Value =>
  zero === undefined
    ? { ...x, dtype: "float32" }
    : site.elementwise([x, scalar(site, zero)], (g, a, b) => g.sub(a, b), "float32");
const times = (site: Site, a: Value, b: Value): Value =>
  site.elementwise([a, scalar(site, b)], (g, x, y) => g.mul(x, y), "float32");

/** The input at `place`, whose scale and zero point follow it, as real numbers. */
const real = (site: Site, place: number): Value =>
  times(site, centered(site, site.input(place), site.optional(place + 2)), site.input(place + 1));

/** Real numbers by the scale and zero point at `place`. */
function back(site: Site, x: Value, place: number, dtype: Value["dtype"]): Value {
  const zero = site.optional(place + 1);
  const scaled = site.elementwise([x, scalar(site, site.input(place))], (g, a, b) => g.div(a, b), "float32");
  return rounded(site, scaled, zero === undefined ? undefined : scalar(site, zero), zero?.dtype ?? dtype);
}

const binary = (name: string, build: (g: G, a: Node, b: Node) => Node): Operator =>
  operator(name, 1, (site) =>
    back(
      site,
      site.elementwise([real(site, 0), real(site, 3)], (g, a, b) => build(g, a, b)),
      6,
      site.input(0).dtype,
    ),
  );

/** Of one input: x, its scale and zero point, those of the result. */
const unary = (name: string, build: (site: Site, x: Value) => Value): Operator =>
  operator(name, 1, (site) => back(site, build(site, real(site, 0)), 3, site.input(0).dtype));

const each = (site: Site, x: Value, build: (g: G, x: Node) => Node): Value => site.elementwise([x], build);

/** Pictures with channels last as ONNX has them, and back. */
function pictures(site: Site, x: Value, build: (x: Value) => Value): Value {
  if (site.int("channels_last", 0) === 0) return build(x);
  const last = x.shape.length - 1;
  const y = build(transposeTo(site, x, [0, last, ...axesOf(last - 1, 1)]));
  return transposeTo(site, y, [0, ...axesOf(last - 1, 2), 1]);
}

const globalMean = (site: Site, x: Value): Value =>
  pictures(site, x, (picture) =>
    reduced(site, picture, axesOf(picture.shape.length - 2, 2), true, (g, node, axes) => g.mean(node, { axes })),
  );

/** Softmax along an axis; before version 13 over all axes from it on. */
const softmax = (site: Site, x: Value): Value => {
  const axis = axisOf(site, site.int("axis", -1), x.shape.length);
  if (site.int("opset", 13) < 13 && axis !== x.shape.length - 1) site.refuse("over several axes");
  return lines(site, x, axis, (g, node, at) => g.softmax(node, { axis: at }));
};

/** The scale and zero point of the result, then those of each part behind it. */
const concat = (site: Site): Value => {
  const count = Math.floor((site.inputCount - 2) / 3);
  const parts = Array.from({ length: count }, (_, i) => real(site, 2 + 3 * i));
  const axis = axisOf(site, site.int("axis", 1), parts[0]?.shape.length ?? 0);
  return back(site, joined(site, parts, axis), 0, site.input(2).dtype);
};

/** Sums of products of whole numbers by both scales, plus a bias. */
function scaled(site: Site, sums: Value, scales: readonly [Value, Value], bias: Value | undefined): Value {
  // The product of the scales first, as there.
  const y = times(site, sums, times(site, scalar(site, scales[0]), scales[1]));
  return bias === undefined ? y : site.elementwise([y, bias], (g, a, b) => g.add(a, b));
}

const toFloat = (site: Site): Value => {
  const [a, b] = [centered(site, site.input(0), site.optional(4)), centered(site, site.input(1), site.optional(5))];
  return scaled(site, matMul(site, a, b), [site.input(2), site.input(3)], site.optional(6));
};

/** The left matrix is quantised by its own range as it comes. */
const dynamicMatMul = (site: Site): Value => {
  const [x, scale, zero] = dynamic(site, site.input(0));
  const sums = matMul(site, centered(site, x, zero), centered(site, site.input(1), site.optional(3)));
  return scaled(site, sums, [scale, site.input(2)], site.optional(4));
};

/** α · A · B + C of whole numbers; real where no scale of the result is given. */
const qGemm = (site: Site): Value => {
  const turned = (place: number, name: string): Value => {
    const x = centered(site, site.input(place), site.optional(place + 2));
    return site.int(name, 0) === 0 ? x : transposeTo(site, x, [1, 0]);
  };
  const products = matMul(site, turned(0, "transA"), turned(3, "transB"));
  const c = site.optional(6);
  const sums = c === undefined ? products : site.elementwise([products, c], (g, a, b) => g.add(a, b));
  const y = scaled(site, sums, [site.input(1), site.input(4)], undefined);
  const alpha = site.float("alpha", 1);
  const all = alpha === 1 ? y : each(site, y, (g, a) => g.mul(g.like(a, alpha), a));
  return site.optional(7) === undefined ? all : back(site, all, 7, site.input(0).dtype);
};

/** Rows of the group. */
export const quantized: readonly Operator[] = [
  operator("QuantizeLinear", 1, quantize),
  operator("DequantizeLinear", 1, dequantize),
  binary("QLinearAdd", (g, a, b) => g.add(a, b)),
  binary("QLinearMul", (g, a, b) => g.mul(a, b)),
  unary("QLinearSigmoid", (site, x) => each(site, x, (g, a) => g.sigmoid(a))),
  unary("QLinearLeakyRelu", (site, x) => each(site, x, (g, a) => g.leakyRelu(a, { slope: site.float("alpha", 0.01) }))),
  unary("QLinearAveragePool", (site, x) => pictures(site, x, (picture) => averagePooled(site, picture))),
  unary("QLinearGlobalAveragePool", globalMean),
  unary("QLinearSoftmax", softmax),
  operator("QLinearConcat", 1, concat),
  operator("MatMulIntegerToFloat", 1, toFloat),
  operator("DynamicQuantizeMatMul", 1, dynamicMatMul),
  operator("QGemm", 1, qGemm),
];
