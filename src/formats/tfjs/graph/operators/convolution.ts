// Windows that slide over pictures: convolutions and pooling, channels last. In: [n, ...space, channels]. Out: likewise. TensorFlow's SAME is
// Keras' `same`; EXPLICIT says the points before and behind each axis.
import type { Node, Size } from "../../../../../compiler/graph/graph.ts";
import { checkSize } from "../../../../../compiler/graph/limits.ts";
import { type Along, convolveTransposed } from "../../../../../compiler/layers/convolution/conv-transpose.ts";
import { convolve, convolveDepthwise } from "../../../../../compiler/layers/convolution/products.ts";
import type { Geometry } from "../../../../../compiler/layers/convolution/windows.ts";
import { pooled } from "../../../../../compiler/layers/pooling/pool.ts";
import { type Call, eachSample, type Operator, type Operators } from "../define.ts";
import { refuse, type Value } from "../values.ts";
import { channelsLast } from "./elementwise.ts";
import { fused } from "./matrix.ts";

/** What the attributes say of windows of these sizes, and the picture with the points that EXPLICIT asks for around it. */
interface Windows {
  readonly geometry: Geometry;
  readonly x: Node;
}

/** One number for each axis of space, out of a list that has one for batch and channels too. */
function inSpace(call: Call, attr: string, rank: number): readonly number[] {
  const list = call.attrs.numbers(
    attr,
    Array.from({ length: rank + 2 }, () => 1),
  );
  const [first, ...rest] = list;
  const isPlain =
    list.length === rank + 2 && first === 1 && list[rank + 1] === 1 && rest.every((size) => Number.isInteger(size) && size > 0);
  return isPlain
    ? rest.slice(0, rank)
    : refuse(`its ${attr} are ${JSON.stringify(list)}, wanted are numbers along the space of the picture alone`);
}

function windowsOf(call: Call, x: Node, sizes: readonly number[], outside: number): Windows {
  const rank = sizes.length;
  const [strides, dilations] = [inSpace(call, "strides", rank), inSpace(call, "dilations", rank)];
  const padding = call.attrs.text("padding");
  const plain = { sizes, strides, dilations };
  if (padding === "SAME") return { x, geometry: { ...plain, padding: "same" } };
  if (padding === "VALID") return { x, geometry: { ...plain, padding: "valid" } };
  if (padding !== "EXPLICIT") return refuse(`its padding is ${JSON.stringify(padding)}`);
  const points = call.attrs.numbers("explicit_paddings");
  if (points.length !== 2 * (rank + 2))
    return refuse(`its explicit_paddings are ${points.length} numbers, wanted are two for each axis`);
  const [low, high] = [0, 1].map((side) => points.filter((_, i) => i % 2 === side));
  return { x: call.g.pad(x, { low, high, value: outside }), geometry: { ...plain, padding: "valid" } };
}

type Products = (call: Call, windows: Windows, kernel: Node) => Node;

/** A convolution over so many axes, with what is fused behind it. */
function convolution(products: Products, isFused: boolean): Operator {
  return (call) => {
    const kernel = call.floats(1);
    const rank = kernel.shape.length - 2;
    const taps = kernel.shape.slice(0, rank) as number[];
    const weights = call.values.node(kernel);
    const y = eachSample(call, spatial(call, rank), (x) => products(call, windowsOf(call, x, taps, 0), weights));
    return call.live(isFused ? fused(call, y) : y);
  };
}

/** The picture, which has so many axes of space. */
function spatial(call: Call, rank: number, place = 0): Value {
  channelsLast(call);
  const x = call.floats(place);
  return rank > 0 && x.shape.length === rank + 2 ? x : refuse(`its picture has ${x.shape.length} axes, wanted are ${rank + 2}`);
}

const plainProducts: Products = ({ g }, { x, geometry }, kernel) => {
  const channels = x.type.shape.at(-1) as number;
  const [own, filters] = kernel.type.shape.slice(-2) as number[];
  const groups = channels / own;
  if (!Number.isInteger(groups) || filters % groups !== 0)
    refuse(`its kernel has ${own} channels and ${filters} filters, its picture has ${channels} channels`);
  return convolve(g, x, kernel, geometry, groups);
};
const depthwiseProducts: Products = ({ g }, { x, geometry }, kernel) => convolveDepthwise(g, x, kernel, geometry);

const pooling =
  (how: "max" | "average"): Operator =>
  (call) => {
    const rank = call.attrs.numbers("ksize").length - 2;
    const outside = how === "max" ? Number.NEGATIVE_INFINITY : 0;
    const y = eachSample(call, spatial(call, rank), (picture) => {
      const { x, geometry } = windowsOf(call, picture, inSpace(call, "ksize", rank), outside);
      return pooled(call.g, x, geometry, how);
    });
    return call.live(y);
  };

/** The gradient of a convolution for its picture, which is a transposed convolution. */
const backprop: Operator = (call) => {
  const kernel = call.floats(1);
  const rank = kernel.shape.length - 2;
  const given = spatial(call, rank, 2);
  const size = call.sizes(0);
  // Some files say the sizes of space alone.
  const outputs = size.length === rank ? size : size.slice(1, rank + 1);
  const taps = kernel.shape.slice(0, rank) as number[];
  const weights = call.values.node(kernel);
  const y = eachSample(call, given, (x) => {
    const { geometry } = windowsOf(call, x, taps, 0);
    if (call.attrs.text("padding") === "EXPLICIT" || geometry.dilations.some((dilation) => dilation > 1))
      refuse("it has a padding of its own, or dilations");
    const axes = geometry.sizes.map((_, i) => transposedAlong(geometry, i, given.shape[i + 1], outputs[i]));
    return convolveTransposed(call.g, x, weights, axes);
  });
  return call.live(y, "float32", [kernel, given]);
};

function transposedAlong({ sizes, strides, padding }: Geometry, i: number, length: Size, output: Size): Along {
  const [taps, stride] = [sizes[i], strides[i]];
  if (typeof output !== "number" || typeof length !== "number") return refuse("its sizes depend on the number of rows");
  checkSize("a picture", [output], "");
  const windows = padding === "same" ? Math.ceil(output / stride) : Math.floor((output - taps) / stride) + 1;
  if (windows !== length)
    return refuse(`its picture has ${length} points along axis ${i + 1}; for ${output} it needs ${windows}`);
  const missing = Math.max((length - 1) * stride + taps - output, 0);
  return { taps, stride, dilation: 1, length, output, cut: padding === "same" ? Math.floor(missing / 2) : 0 };
}

/** Operators of this file, by name. */
export const windows: Operators = {
  Conv2D: convolution(plainProducts, false),
  _FusedConv2D: convolution(plainProducts, true),
  Conv3D: convolution(plainProducts, false),
  DepthwiseConv2dNative: convolution(depthwiseProducts, false),
  DepthwiseConv2d: convolution(depthwiseProducts, false),
  FusedDepthwiseConv2dNative: convolution(depthwiseProducts, true),
  Conv2DBackpropInput: backprop,
  MaxPool: pooling("max"),
  AvgPool: pooling("average"),
  MaxPool3D: pooling("max"),
  AvgPool3D: pooling("average"),
};
