// Quantised numbers: whole numbers with a scale and a zero point. They live as float32, which is exact for what 8 and 16 bits hold and for
// their sums to 2^24; what is rounded is rounded half to even and kept in the format's range.
import { axisOf, type Operator, operator, type Site } from "../define.ts";
import { type DType, dtypeOf, rangeOf } from "../numbers.ts";
import { axesOf, type Value } from "../values.ts";
import { convolved } from "./convolution.ts";
import { reshapeTo } from "./moves.ts";
import { matMul } from "./products.ts";
import { reduced } from "./reductions.ts";

/** A calibration over infinite numbers gives such. */
function checkScale(site: Site, scale: Value): Value {
  if (scale.data?.every(Number.isFinite) === false) site.refuse("by a scale that is not finite");
  return scale;
}

/** A number for each place of an axis, against x. */
function perAxis(site: Site, value: Value, x: Value): Value {
  if (value.shape.length > 1) site.refuse("in blocks");
  if (value.shape.length === 0 || value.shape[0] === 1) return reshapeTo(site, site.each(value), []);
  const axis = axisOf(site, site.int("axis", 1), x.shape.length);
  return reshapeTo(site, site.each(value), [...value.shape, ...axesOf(x.shape.length - axis - 1).map(() => 1)]);
}

/** The nearest whole number, plus a zero point, within the format. */
export function quantized(site: Site, scaled: Value, zero: Value | undefined, dtype: DType): Value {
  const { least, most } = rangeOf(dtype);
  if (most > 2 ** 24) site.refuse(`to ${dtype}`);
  const values = zero === undefined ? [scaled] : [scaled, zero];
  return site.elementwise(values, (g, x, point) => {
    const whole = point === undefined ? g.round(x) : g.add(g.round(x), point);
    return g.clip(whole, { low: least, high: most });
  }, dtype); // biome-ignore format: one call
}

/** Real numbers by a scale, and a zero point that says the format. */
export const quantize = (site: Site): Value => {
  const x = site.input(0);
  const zero = site.optional(2);
  const stated = dtypeOf(site.int("output_dtype", 0));
  const scaled = site.elementwise([x, perAxis(site, checkScale(site, site.input(1)), x)], (g, a, b) => g.div(a, b));
  return quantized(site, scaled, zero === undefined ? undefined : perAxis(site, zero, x), zero?.dtype ?? stated ?? "uint8");
};

/** (x − zero point) · scale. */
export const dequantize = (site: Site): Value => {
  const x = site.input(0);
  const scale = checkScale(site, site.input(1));
  return times(site, less(site, x, site.optional(2)), perAxis(site, scale, x), scale.dtype);
};

const less = (site: Site, x: Value, zero: Value | undefined): Value =>
  zero === undefined
    ? { ...x, dtype: "int32" }
    : site.elementwise([x, perAxis(site, zero, x)], (g, a, b) => g.sub(a, b), "int32");
const times = (site: Site, a: Value, b: Value, dtype: DType): Value => site.elementwise([a, b], (g, x, y) => g.mul(x, y), dtype);

/** Over all numbers; where there may be any number of rows, over those of a row, as if it came alone. */
function overAll(site: Site, x: Value, build: Parameters<typeof reduced>[4]): Value {
  const { merged } = x;
  if (site.isOpen && merged !== undefined) return overAll(site, merged.inner, build);
  const axes = axesOf(x.shape.length);
  if (!site.isOpen || typeof x.at !== "number") return reduced(site, x, axes, false, build);
  const rows = reduced(site, x, axes.filter((axis) => axis !== x.at), false, build); // biome-ignore format: one line
  return { ...rows, at: "each", shape: [] };
}

/** The scale and zero point of what comes in, from its range with 0 in it. */
export const dynamic = (site: Site, x: Value): readonly [Value, Value, Value] => {
  const most = overAll(site, x, (g, node, at) => g.reduceMax(node, { axes: at }));
  const least = overAll(site, x, (g, node, at) => g.neg(g.reduceMax(g.neg(node), { axes: at })));
  // Of zeros alone the scale is 1, as onnxruntime has it.
  const scale = site.elementwise([most, least], (g, a, b) => {
    const range = g.sub(g.max(a, g.like(a, 0)), g.min(b, g.like(b, 0)));
    return g.select(range, g.div(range, g.like(a, 255)), g.like(a, 1));
  });
  const zero = site.elementwise(
    [least, scale],
    (g, a, b) => g.clip(g.round(g.div(g.neg(g.min(a, g.like(a, 0))), b)), { low: 0, high: 255 }),
    "uint8",
  );
  const scaled = site.elementwise([x, scale], (g, a, b) => g.div(a, b));
  return [quantized(site, scaled, zero, "uint8"), scale, zero];
};

/** A kernel's numbers for each filter, against [filters, …] or a result [N, filters, …]. */
const perFilter = (site: Site, value: Value, behind: number): Value =>
  value.shape.length === 0 || value.shape[0] === 1
    ? reshapeTo(site, site.each(value), [])
    : reshapeTo(site, site.each(value), [...value.shape, ...axesOf(behind).map(() => 1)]);

/** A convolution of whole numbers, then scaled: inputs x, its scale and zero, w, its scale and zero, those of y, a bias. */
const quantizedConv = (site: Site): Value => {
  const [x, w, zero] = [site.input(0), site.input(3), site.input(7)];
  const rank = x.shape.length - 2;
  const kernel = site.elementwise([w, perFilter(site, site.input(5), rank + 1)], (g, a, b) => g.sub(a, b), "float32");
  const centered: Value = { ...less(site, x, site.input(2)), dtype: "float32" };
  const sums = convolved(site, centered, kernel, site.optional(8));
  return rescaled(site, sums, [site.input(1), perFilter(site, site.input(4), rank)], site.input(6), zero);
};

const quantizedMatMul = (site: Site): Value => {
  const [a, b, zero] = [site.input(0), site.input(3), site.input(7)];
  if ([1, 2, 4, 5].some((i) => site.input(i).shape.length > 0 && site.input(i).shape[0] !== 1)) site.refuse("by rows or columns");
  const sums: Value = { ...matMul(site, less(site, a, site.input(2)), less(site, b, site.input(5))), dtype: "float32" };
  return rescaled(site, sums, [site.input(1), site.input(4)], site.input(6), zero);
};

function rescaled(site: Site, sums: Value, scales: readonly Value[], to: Value, zero: Value): Value {
  const real = scales.reduce((a, b) => times(site, a, b, "float32"), sums);
  const scaled = site.elementwise([real, to], (g, a, b) => g.div(a, b));
  return quantized(site, scaled, zero, zero.dtype);
}

const convInteger = (site: Site): Value => {
  const w = site.input(1);
  const zero = site.optional(3);
  const kernel =
    zero === undefined ? w : site.elementwise([w, perFilter(site, zero, w.shape.length - 1)], (g, a, b) => g.sub(a, b), "int32");
  return { ...convolved(site, less(site, site.input(0), site.optional(2)), kernel, undefined), dtype: "int32" };
};

/** Rows of the group. */
export const quantization: readonly Operator[] = [
  operator("QuantizeLinear", 10, quantize),
  operator("DequantizeLinear", 10, dequantize),
  operator("DynamicQuantizeLinear", 11, (site) => dynamic(site, site.input(0))),
  operator("QLinearConv", 10, quantizedConv),
  operator("QLinearMatMul", 10, quantizedMatMul),
  operator("ConvInteger", 10, convInteger),
];
