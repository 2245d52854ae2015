// Operators that give numbers another form, or tell what form they have. In: values, and sizes that are known. Out: the same numbers under
// another shape or in another order, joined, or repeated. Shapes are known while the file is read, the rows as "n" among their sizes.
import type { Node, Shape, Size } from "../../../../../compiler/graph/graph.ts";
import { checkSize } from "../../../../../compiler/graph/limits.ts";
import { allKnown, type Call, type Operators } from "../define.ts";
import { type Known, known, mostKnown, refuse, sizeOf, type Value } from "../values.ts";
import { joined } from "./parts.ts";

/** The node's shape of a value that TensorFlow gives `shape`. */
export function fullShape(call: Call, like: Value, shape: Shape): Shape {
  return call.values.lead(like) === 0 ? [...shape] : ["n", ...shape];
}

/** The same numbers under another shape; a weight of the file stays one. */
export function reshaped(call: Call, x: Value, shape: Shape): Value {
  const [constant] = allKnown([x]) ?? [];
  if (constant !== undefined) {
    const sizes = shape as readonly number[];
    if (sizeOf(sizes) !== constant.values.length)
      refuse(`it has ${constant.values.length} numbers, and another shape of ${sizeOf(sizes)}`);
    return known(constant.dtype, sizes, constant.values);
  }
  const node = call.values.node(x);
  return call.live(call.g.reshape(node, { shape: [...fullShape(call, x, shape)] }), x.dtype, [x]);
}

/** What a list of sizes with one −1 means for a value. The rows stay what they are, or there is no such shape. */
function target(call: Call, x: Value, given: readonly Size[]): Shape {
  if (given.some((size) => typeof size === "number" && (!Number.isSafeInteger(size) || size < -1)))
    refuse(`its shape is ${JSON.stringify(given)}`);
  if (given.filter((size) => size === -1).length > 1) refuse("its shape leaves more than one size open");
  const [rows, ...rest] = x.shape;
  if (rows !== "n") return filled(given, sizeOf(x.shape as number[]));
  const [first, ...others] = given;
  const inner = sizeOf(rest as number[]);
  const isRows = first === "n" || first === -1 || (first !== undefined && first === call.values.batch);
  const sizes = isRows ? filled(others, inner) : undefined;
  // −1 is as many rows as before only where the others take all that a row has.
  if (sizes === undefined || sizeOf(sizes as number[]) !== inner) return refuse("it moves numbers from one row to another");
  return ["n", ...sizes];
}

function filled(given: readonly Size[], total: number): Shape {
  if (given.includes("n")) return refuse("the number of rows is another size than the first");
  const rest = sizeOf((given as readonly number[]).filter((size) => size !== -1));
  const open = rest === 0 ? 0 : total / rest;
  if (given.includes(-1) && !Number.isInteger(open))
    return refuse(`${total} numbers do not fit its shape ${JSON.stringify(given)}`);
  return given.map((size) => (size === -1 ? open : size));
}

function squeezed(call: Call): Value {
  const x = call.input(0);
  const named = call.attrs.numbers("squeeze_dims", call.attrs.numbers("axis", []));
  const axes =
    named.length > 0 ? named.map((axis) => call.axis(axis, x)) : x.shape.flatMap((size, axis) => (size === 1 ? [axis] : []));
  // Whether there is one row is not known before the model runs.
  if (named.length === 0 && x.shape[0] === "n") refuse("it drops the batch where that is 1");
  if (axes.some((axis) => x.shape[axis] !== 1)) refuse(`it drops axes that are longer than 1: ${JSON.stringify(x.shape)}`);
  return reshaped(call, x, x.shape.filter((_, axis) => !axes.includes(axis))); // biome-ignore format: one line
}

/** x with an axis of 1 more. */
export function expanded(call: Call, x: Value, given: number): Value {
  const axis = call.axis(given, x, x.shape.length + 1);
  return reshaped(call, x, x.shape.toSpliced(axis, 0, 1));
}

function transposed(call: Call): Value {
  const x = call.input(0);
  const perm = call.integers(1).map((axis) => call.axis(axis, x));
  if (perm.length !== x.shape.length) refuse(`it orders ${perm.length} axes of ${x.shape.length}`);
  const lead = call.values.lead(x);
  const whole = [...(lead === 0 ? [] : [0]), ...perm.map((axis) => axis + lead)];
  return call.live(call.g.transpose(call.values.node(x), { perm: whole }), x.dtype, [x]);
}

/** As many numbers as a shape has, where that is not too many to be written down. */
function filledWith(call: Call, shape: readonly Size[], value: Value): Value {
  if (shape.includes("n")) return refuse("it makes as many numbers as there are rows");
  checkSize("a constant", shape as number[], "");
  const [constant] = allKnown([value]) ?? [];
  const size = sizeOf(shape as number[]);
  if (constant !== undefined && constant.values.length === 1 && size <= mostKnown)
    return known(constant.dtype, shape as number[], new Array<Size>(size).fill(constant.values[0]));
  return call.live(call.values.spreadTo(value, shape, value.kind === "live" && value.hasRows), value.dtype, [value]);
}

function broadcasted(call: Call): Value {
  const [x, shape] = [call.input(0), call.sizes(1)];
  const sizes = shape.map((size, i): Size => (size === -1 || (i === 0 && x.shape.length === shape.length && x.shape[0] === "n" && size === call.values.batch) ? (x.shape[i - shape.length + x.shape.length] ?? 1) : size)); // biome-ignore format: one line
  const hasRows = x.kind === "live" && x.hasRows;
  if (sizes.includes("n") && !hasRows) return refuse("it makes as many numbers as there are rows");
  return call.live(call.values.spreadTo(x, sizes, hasRows), x.dtype, [x]);
}

function tiled(call: Call): Value {
  const x = call.input(0);
  const times = call.integers(1);
  if (times.length !== x.shape.length || times.some((count) => count < 1))
    refuse(`it repeats ${times.length} axes of ${x.shape.length}`);
  checkSize("what it repeats", x.shape.map((size, axis) => (size === "n" ? 1 : size) * times[axis]), ""); // biome-ignore format: one line
  if (x.shape[0] === "n" && times[0] !== 1) refuse("it repeats the batch");
  return times.reduce(
    (value: Value, count, axis) => (count === 1 ? value : joined(call, new Array<Value>(count).fill(value), axis)),
    x,
  );
}

function ranged(call: Call): Known {
  const [from, to, step] = [call.integer(0), call.integer(1), call.inputs.length > 2 ? call.integer(2) : 1];
  const count = step === 0 ? 0 : Math.max(Math.ceil((to - from) / step), 0);
  if (count > mostKnown) return refuse(`it counts to ${count}`);
  return known(call.input(0).dtype, [count], Array.from({ length: count }, (_, i) => from + i * step)); // biome-ignore format: one line
}

/** Channels as blocks of the picture: [n, H, W, b·b·C] is [n, H·b, W·b, C]. */
function depthToSpace(call: Call): Value {
  const x = call.input(0);
  const b = call.attrs.number("block_size");
  const [n, height, width, channels] = x.shape as [Size, number, number, number];
  const depth = channels / (b * b);
  if (x.shape.length !== 4 || !Number.isInteger(depth) || b < 1) refuse(`it makes blocks of ${b} of ${JSON.stringify(x.shape)}`);
  if (call.attrs.text("data_format", "NHWC") !== "NHWC") refuse("its pictures are not NHWC");
  const { g } = call;
  const lead = call.values.lead(x);
  const apart = g.reshape(call.values.node(x), { shape: [...fullShape(call, x, [n, height, width, b, b, depth])] });
  const perm = [...(lead === 0 ? [] : [0]), ...[0, 1, 3, 2, 4, 5].map((axis) => axis + lead)];
  const y = g.reshape(g.transpose(apart, { perm }), { shape: [...fullShape(call, x, [n, height * b, width * b, depth])] });
  return call.live(y, x.dtype, [x]);
}

/** A picture in blocks: each place of a block is a sample of its own, and back. That is how a dilated convolution is said. */
function blocks(call: Call, toBatch: boolean): Value {
  const x = call.input(0);
  const [block, margins] = [call.integers(1), call.integers(2)];
  const rank = block.length;
  const count = sizeOf(block);
  if (x.shape[0] === "n") return refuse("it makes samples of places");
  const [batch, ...rest] = x.shape as readonly number[];
  const isPlain =
    margins.length === 2 * rank &&
    rest.length >= rank &&
    rank > 0 &&
    [...block.map((size) => size - 1), ...margins].every((size) => size >= 0);
  if (!isPlain) return refuse(`its blocks are ${JSON.stringify(block)}`);
  const { g, values } = call;
  const lead = values.lead(x);
  const full = (node: Node, shape: readonly number[]) =>
    g.reshape(node, { shape: [...(lead === 0 ? [] : ["n" as const]), ...shape] });
  const turned = (node: Node, perm: readonly number[]) =>
    g.transpose(node, { perm: [...(lead === 0 ? [] : [0]), ...perm.map((axis) => axis + lead)] });
  const space = block.map((_, i) => i);
  const behind = rest.slice(rank);
  const kept = behind.map((_, i) => 1 + 2 * rank + i);
  const margin = (side: number) => [
    ...new Array<number>(lead + 1).fill(0),
    ...space.map((i) => margins[2 * i + side]),
    ...behind.map(() => 0),
  ];
  checkSize("what it pads", [batch, ...space.map((i) => rest[i] + margins[2 * i] + margins[2 * i + 1]), ...behind], "");
  if (toBatch) {
    const wide = g.pad(values.node(x), { low: margin(0), high: margin(1), value: 0 });
    const sizes = space.map((i) => (rest[i] + margins[2 * i] + margins[2 * i + 1]) / block[i]);
    if (!sizes.every(Number.isInteger)) return refuse("its blocks do not fill the picture");
    const apart = full(wide, [batch, ...space.flatMap((i) => [sizes[i], block[i]]), ...behind]);
    const y = turned(apart, [...space.map((i) => 2 + 2 * i), 0, ...space.map((i) => 1 + 2 * i), ...kept]);
    return call.live(full(y, [batch * count, ...sizes, ...behind]), x.dtype, [x]);
  }
  if (batch % count !== 0) return refuse(`it makes one picture of ${batch} samples`);
  const apart = full(values.node(x), [...block, batch / count, ...rest]);
  const y = turned(apart, [rank, ...space.flatMap((i) => [rank + 1 + i, i]), ...kept]);
  const whole = full(y, [batch / count, ...space.map((i) => rest[i] * block[i]), ...behind]);
  const [starts, ends] = [margin(0), margin(1)];
  const sizes = whole.type.shape.map((size, axis) => (size === "n" ? size : Math.max(size - starts[axis] - ends[axis], 0)));
  return call.live(g.slice(whole, { starts, sizes }), x.dtype, [x]);
}

function padded(call: Call): Value {
  const x = call.input(0);
  const margins = call.integers(1);
  if (margins.length !== 2 * x.shape.length || margins.some((points) => points < 0))
    refuse(`its paddings are ${JSON.stringify(margins)}`);
  const value: Size = call.inputs.length > 2 ? call.sizes(2)[0] : 0;
  if (value === "n") return refuse("it pads with the number of rows");
  const lead = call.values.lead(x) === 0 ? [] : [0];
  const [low, high] = [0, 1].map((side) => [...lead, ...margins.filter((_, i) => i % 2 === side)]);
  checkSize("what it pads", x.shape.map((size, axis) => (size === "n" ? 1 : size + margins[2 * axis] + margins[2 * axis + 1])), ""); // biome-ignore format: one line
  return call.live(call.g.pad(call.values.node(x), { low, high, value }), x.dtype, [x]);
}

const sizesOf = (x: Value): Known => known("int32", [x.shape.length], x.shape);
const filledLike = (call: Call, number: number): Value => {
  const x = call.input(0);
  return call.live(call.g.like(call.values.node(x), number), x.dtype, [x]);
};

/** Operators of this file, by name. */
export const shape: Operators = {
  Identity: (call) => call.input(0),
  StopGradient: (call) => call.input(0),
  PreventGradient: (call) => call.input(0),
  Snapshot: (call) => call.input(0),
  CheckNumerics: (call) => call.input(0),
  PlaceholderWithDefault: (call) => call.input(0),
  IdentityN: (call) => call.inputs,
  Shape: (call) => sizesOf(call.input(0)),
  ShapeN: (call) => call.inputs.map(sizesOf),
  Rank: (call) => known("int32", [], [call.input(0).shape.length]),
  Size: (call) => {
    const sizes: Shape = call.input(0).shape;
    return sizes.includes("n") ? refuse("it computes with the number of rows") : known("int32", [], [sizeOf(sizes as number[])]);
  },
  Reshape: (call) => reshaped(call, call.input(0), target(call, call.input(0), call.sizes(1))),
  EnsureShape: (call) => call.input(0),
  Squeeze: squeezed,
  ExpandDims: (call) => expanded(call, call.input(0), call.integer(1)),
  Transpose: transposed,
  Fill: (call) => filledWith(call, call.sizes(0), call.input(1)),
  ZerosLike: (call) => filledLike(call, 0),
  OnesLike: (call) => filledLike(call, 1),
  BroadcastTo: broadcasted,
  Tile: tiled,
  Range: ranged,
  DepthToSpace: depthToSpace,
  SpaceToBatchND: (call) => blocks(call, true),
  BatchToSpaceND: (call) => blocks(call, false),
  Pad: padded,
  PadV2: padded,
};
