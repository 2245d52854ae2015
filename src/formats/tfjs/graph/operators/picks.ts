// Operators that sort, count, mirror or mark places: the largest of a line, running sums, one-hot, margins that mirror. In: a value; counts
// and axes that are known. Out: values of other sizes. The rows are never the axis.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import { checkSize } from "../../../../../compiler/graph/limits.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { alongMatrix, ranked } from "../../../functions.ts";
import type { Call, Operators } from "../define.ts";
import { refuse, type Value } from "../values.ts";
import { fullShape } from "./shape.ts";

/** Lines whose numbers are compared each with each. */
const longest = 4096;

/** How long an axis is, which are no rows. */
function lengthAlong(x: Value, axis: number): number {
  const size = x.shape[axis];
  if (typeof size !== "number") return refuse("it goes along the rows");
  return size <= longest ? size : refuse(`it goes along ${size} numbers`);
}

/** The k largest of the last axis, and their places. */
function topK(call: Call): readonly Value[] {
  const x = call.floats(0);
  const k = call.integer(1);
  if (x.shape.length === 0) refuse("it needs an axis");
  const size = lengthAlong(x, x.shape.length - 1);
  if (k < 1 || k > size) refuse(`it takes ${k} of ${size}`);
  const [values, places] = ranked(call.g, call.values.node(x), k, true);
  return [call.live(values, "float32", [x]), call.live(places, "int32", [x])];
}

/** A sum over what comes before: a product with ones on one side of a diagonal. */
function runningSum(call: Call): Value {
  const x = call.floats(0);
  const { g } = call;
  const axis = call.axis(call.integer(1), x);
  const size = lengthAlong(x, axis);
  const [isExclusive, isReverse] = [call.attrs.boolean("exclusive", false), call.attrs.boolean("reverse", false)];
  const [from, to] = [0, 1].map((along) => g.iota({ shape: [size, size], axis: along }));
  const before = isReverse ? g.less(to, from) : g.less(from, to);
  const ones = isExclusive ? before : g.add(before, g.equal(from, to));
  return call.live(alongMatrix(g, call.values.node(x), axis + call.values.lead(x), ones), "float32", [x]);
}

/** A new axis with one number at the index and another elsewhere, everywhere where the index is no place of it. */
function oneHot(call: Call): Value {
  const ids = call.input(0);
  const depth = call.integer(1);
  const [on, off] = [2, 3].map((place) => call.sizes(place)[0]);
  if (typeof on !== "number" || typeof off !== "number") return refuse("its numbers are those of the rows");
  if (depth < 1 || depth > longest) refuse(`it has ${depth} places`);
  const given = call.attrs.number("axis", -1);
  const axis = call.axis(given, ids, ids.shape.length + 1);
  if (axis === 0 && ids.shape[0] === "n") refuse("it puts an axis before the rows");
  const { g, values } = call;
  const shape = fullShape(call, ids, ids.shape.toSpliced(axis, 0, depth));
  const at = axis + values.lead(ids);
  const others = shape.map((_, i) => i).filter((i) => i !== at);
  const here = g.broadcast(values.node(ids), { shape: [...shape], axes: others });
  const places = g.broadcast(g.iota({ shape: [depth], axis: 0 }), { shape: [...shape], axes: [at] });
  const y = g.select(g.equal(here, places), g.like(here, on), g.like(here, off));
  return call.live(y, call.input(2).dtype, [ids]);
}

/** Margins that mirror what is inside, with the border itself (SYMMETRIC) or without it (REFLECT). */
function mirrored(call: Call): Value {
  const x = call.input(0);
  const margins = call.integers(1);
  if (margins.length !== 2 * x.shape.length) refuse(`its paddings are ${JSON.stringify(margins)}`);
  const skip = call.attrs.text("mode", "REFLECT") === "SYMMETRIC" ? 0 : 1;
  const lead = call.values.lead(x);
  const { g } = call;
  checkSize("what it pads", x.shape.map((size, axis) => (size === "n" ? 1 : size + margins[2 * axis] + margins[2 * axis + 1])), ""); // biome-ignore format: one line
  const y = x.shape.reduce((node: Node, size, axis) => {
    const [low, high] = [margins[2 * axis], margins[2 * axis + 1]];
    if (low === 0 && high === 0) return node;
    if (size === "n" || low < 0 || high < 0 || low > size - skip || high > size - skip)
      return refuse(`it mirrors ${low} and ${high} of ${size}`);
    const at = axis + lead;
    return g.concat(...sides(g, node, at, { size, low, high, skip }), { axis: at });
  }, call.values.node(x));
  return call.live(y, x.dtype, [x]);
}

interface Sides {
  readonly size: number;
  readonly low: number;
  readonly high: number;
  readonly skip: number;
}

function sides(g: G, x: Node, axis: number, { size, low, high, skip }: Sides): readonly Node[] {
  const part = (start: number, count: number): readonly Node[] => {
    if (count === 0) return [];
    const starts = x.type.shape.map((_, i) => (i === axis ? start : 0));
    return [g.reverse(g.slice(x, { starts, sizes: x.type.shape.with(axis, count) }), { axes: [axis] })];
  };
  return [...part(skip, low), x, ...part(size - skip - high, high)];
}

/** Blocks of the picture as channels: [n, H, W, C] is [n, H/b, W/b, b·b·C]. */
function spaceToDepth(call: Call): Value {
  const x = call.input(0);
  const b = call.attrs.number("block_size");
  const [n, height, width, channels] = x.shape;
  if (call.attrs.text("data_format", "NHWC") !== "NHWC") refuse("its pictures are not NHWC");
  if (x.shape.length !== 4 || typeof height !== "number" || typeof width !== "number" || typeof channels !== "number")
    return refuse(`it makes blocks of ${JSON.stringify(x.shape)}`);
  const [rows, columns] = [height / b, width / b];
  if (!(b >= 1 && Number.isInteger(rows) && Number.isInteger(columns))) refuse(`it makes blocks of ${b} of ${height} x ${width}`);
  const { g } = call;
  const lead = call.values.lead(x);
  const apart = g.reshape(call.values.node(x), { shape: [...fullShape(call, x, [n, rows, b, columns, b, channels])] });
  const perm = [...(lead === 0 ? [] : [0]), ...[0, 1, 3, 2, 4, 5].map((axis) => axis + lead)];
  const y = g.reshape(g.transpose(apart, { perm }), { shape: [...fullShape(call, x, [n, rows, columns, b * b * channels])] });
  return call.live(y, x.dtype, [x]);
}

/** x / (bias + α · Σ of the squares of channels up to `depth_radius` away)^β. */
function localResponse(call: Call): Value {
  const x = call.floats(0);
  const { g, attrs } = call;
  const node = call.values.node(x);
  const last = node.type.shape.length - 1;
  const radius = attrs.number("depth_radius", 5);
  if (!(Number.isInteger(radius) && radius >= 0 && radius <= longest)) refuse(`its radius is ${radius}`);
  const margins = node.type.shape.map((_, axis) => (axis === last ? radius : 0));
  const wide = g.pad(g.square(node), { low: margins, high: margins, value: 0 });
  const windows = g.window(wide, { axes: [last], sizes: [2 * radius + 1], strides: [1], dilations: [1] });
  const sum = g.reduceSum(windows, { axes: [last + 1] });
  const base = g.add(g.like(sum, attrs.number("bias", 1)), g.mul(g.like(sum, attrs.number("alpha", 1)), sum));
  return call.live(g.div(node, g.pow(base, g.like(base, attrs.number("beta", 0.5)))), "float32", [x]);
}

/** Operators of this file, by name. */
export const picks: Operators = {
  TopKV2: topK,
  Cumsum: runningSum,
  OneHot: oneHot,
  MirrorPad: mirrored,
  SpaceToDepth: spaceToDepth,
  LRN: localResponse,
};
