// Convolutions and pools, which a Graph says as windows that are folded. ONNX has its channels in front, so each is turned there and back;
// runtimes cancel what stands between two of them.
//
//   dot(window(pad(x)), kernel)     Conv: every tap and the channels contracted; channels in the batch of the dot are groups
//   reduceMax(window(pad(x)))       MaxPool: the border is −∞
//
// What has another form (a window along other axes, gaps in a border) is written as what it says, by its ops.
import { type Node, type Shape, sizeOf } from "../../../../../compiler/graph/graph.ts";
import { type DotAttrs, freeAxes } from "../../../../../compiler/ops/nest/dot-axes.ts";
import { type Attributes, whole, wholes } from "../proto.ts";
import type { Writer } from "../writer.ts";

const list = (value: unknown): readonly number[] => value as readonly number[];
const sequence = (count: number, from = 0): readonly number[] => Array.from({ length: count }, (_, i) => from + i);

/** Windows over all axes of a picture, from axis 1 on. */
interface Pictures {
  /** What the windows are of, [n, …sizes, …channels]. */
  readonly x: Node;
  /** How many axes of a picture. */
  readonly axes: number;
  readonly attributes: Attributes;
  readonly sizes: readonly number[];
}

/** The windows that a node folds; undefined where it folds no pictures. */
export function pictures({ inputs: [given] }: Node): Pictures | undefined {
  const windows = unturned(given).x;
  if (windows?.op !== "window") return undefined;
  const [x] = windows.inputs;
  const { axes, sizes, strides, dilations } = windows.attrs;
  const { length } = list(axes);
  const isAll = list(axes).every((axis, i) => axis === i + 1) && length >= 1 && length <= 3;
  if (!isAll || x.type.shape[0] !== "n" || x.type.shape.length < length + 2) return undefined;
  const attributes = { kernel_shape: wholes(list(sizes)), strides: wholes(list(strides)), dilations: wholes(list(dilations)) };
  return { x, axes: length, sizes: list(sizes), attributes };
}

/** What is turned, and where its axes are then; a value that is not turned, in its own order. */
const unturned = (x: Node): { readonly x: Node; readonly perm: readonly number[] } =>
  x?.op === "transpose" ? { x: x.inputs[0], perm: list(x.attrs.perm) } : { x, perm: sequence(x?.type.shape.length ?? 0) };

/** A border of `value` along the axes of a picture alone, which an operator adds itself; x is what it is added to. */
function borderOf(x: Node, axes: number, value: number): { readonly x: Node; readonly pads: readonly number[] } {
  const none = { x, pads: sequence(2 * axes).map(() => 0) };
  if (x.op !== "pad" || x.attrs.value !== value) return none;
  const [low, high] = [list(x.attrs.low), list(x.attrs.high)];
  const isInside = (margins: readonly number[]) => margins.every((margin, axis) => margin === 0 || (axis >= 1 && axis <= axes));
  if (!isInside(low) || !isInside(high)) return none;
  return { x: x.inputs[0], pads: [...low.slice(1, axes + 1), ...high.slice(1, axes + 1)] };
}

/** [n, …sizes, channels] as [n, channels, …sizes], and back. */
const inFront = (axes: number): readonly number[] => [0, axes + 1, ...sequence(axes, 1)];
const behind = (axes: number): readonly number[] => [0, ...sequence(axes, 2), 1];

/** A fold of windows as a pool; undefined where it is none. */
export function pooled(writer: Writer, node: Node, operator: "MaxPool" | "AveragePool", border: number): string | undefined {
  const found = pictures(node);
  if (found === undefined || found.x.type.shape.length !== found.axes + 2) return undefined;
  const taps = sequence(found.axes, found.axes + 2);
  const { x: windows, perm } = unturned(node.inputs[0]);
  const folded = list(node.attrs.axes).map((axis) => perm[axis]);
  const left = perm.filter((axis) => !folded.includes(axis));
  const isPool =
    folded.length === taps.length && taps.every((axis) => folded.includes(axis)) && left.every((axis, i) => axis === i);
  if (!isPool) return undefined;
  const dilations = list(windows.attrs.dilations);
  // A mean of taps with gaps came with opset 19.
  if (operator === "AveragePool" && dilations.some((gap) => gap > 1)) return undefined;
  const padded = borderOf(found.x, found.axes, border);
  // Runtimes refuse a border in which a whole window fits.
  const fits = padded.pads.every((margin, i) => margin < found.sizes[i % found.axes]);
  const { x, pads } = fits ? padded : { x: found.x, pads: padded.pads.map(() => 0) };
  const { dilations: gaps, ...rest } = found.attributes;
  const own: Attributes = operator === "MaxPool" ? { dilations: gaps } : { count_include_pad: whole(1) };
  const made = writer.emit(operator, [writer.transpose(writer.value(x), inFront(found.axes))], {
    ...rest,
    ...own,
    pads: wholes(pads),
  });
  return writer.transpose(made, behind(found.axes));
}

/** Roles of the axes of a convolution's kernel: groups, channels of a group, taps, filters of a group. */
interface Kernel {
  readonly groups: readonly number[];
  readonly channels: readonly number[];
  readonly taps: readonly number[];
  readonly filters: readonly number[];
}

/** A product of windows and a kernel as Conv; undefined where it is none. */
export function convolved(writer: Writer, node: Node): string | undefined {
  const found = pictures(node);
  const attrs = node.attrs as DotAttrs;
  const [given, kernel] = node.inputs;
  if (given.op !== "window" || found === undefined || kernel.type.shape.includes("n")) return undefined;
  const { axes, x } = found;
  const roles = rolesOf(found, attrs, kernel);
  if (roles === undefined) return undefined;
  const [groups, perGroup, filters] = [roles.groups, roles.channels, roles.filters].map((own) =>
    sizeOf(own.map((axis) => kernel.type.shape[axis] as number)),
  );
  const { x: source, pads } = merged(x, axes);
  const channels = groups * perGroup;
  const flat: Shape = [...source.type.shape.slice(0, axes + 1), channels];
  const turned = writer.transpose(writer.reshape(writer.value(source), source.type.shape, flat), inFront(axes));
  const made = writer.emit("Conv", [turned, kernelOf(writer, kernel, roles, [groups * filters, perGroup, ...found.sizes])], {
    ...found.attributes,
    pads: wholes(pads),
    group: whole(groups),
  });
  const last = [...node.type.shape.slice(0, axes + 1), groups * filters];
  return writer.reshape(writer.transpose(made, behind(axes)), last, node.type.shape);
}

/** Which axis of the kernel is what; undefined where the product is no convolution. */
function rolesOf({ x, axes }: Pictures, attrs: DotAttrs, kernel: Node): Kernel | undefined {
  const { batch, contract, at = 0 } = attrs;
  const rank = x.type.shape.length;
  const [taps, channels] = [sequence(axes, rank), sequence(rank - axes - 1, axes + 1)];
  const partner = (axis: number): number => contract[1][contract[0].indexOf(axis)];
  const groups = batch[0].filter((axis, i) => axis === axes + 1 + i);
  const inGroup = channels.filter((axis) => contract[0].includes(axis));
  // Groups come first, then what is summed: the channels of a picture in their order.
  const isSplit = groups.length === batch[0].length && groups.length + inGroup.length === channels.length;
  const isSummed = taps.every((axis) => contract[0].includes(axis)) && contract[0].length === taps.length + inGroup.length;
  const isPlaced = batch[0].length === 0 || at === axes + 1;
  if (!isSplit || !isSummed || !isPlaced) return undefined;
  return {
    groups: batch[1],
    channels: inGroup.map(partner),
    taps: taps.map(partner),
    filters: freeAxes(kernel.type.shape.length, 1, attrs),
  };
}

/** What stands before a border and before a division of the channels into groups. */
function merged(x: Node, axes: number): { readonly x: Node; readonly pads: readonly number[] } {
  const isDivision =
    x.op === "reshape" &&
    x.inputs[0].type.shape.length === axes + 2 &&
    x.inputs[0].type.shape.slice(0, axes + 1).every((size, axis) => size === x.type.shape[axis]);
  return borderOf(isDivision ? x.inputs[0] : x, axes, 0);
}

/** The kernel as ONNX has it: [filters, channels of a group, …taps]. A weight is written that way, so that no reader has to turn it. */
function kernelOf(writer: Writer, kernel: Node, { groups, channels, taps, filters }: Kernel, shape: readonly number[]): string {
  const perm = [...groups, ...filters, ...channels, ...taps];
  const weight = unshaped(kernel);
  if (weight.op !== "param")
    return writer.reshape(
      writer.transpose(writer.value(kernel), perm),
      perm.map((axis) => kernel.type.shape[axis]),
      shape,
    );
  const name = String(weight.attrs.name);
  return writer.book.once(`kernel ${name}: ${perm.join()} of ${kernel.type.shape.join()} as ${shape.join()}`, () =>
    writer.book.floats(name, shape, turned(writer.book.weights[name], kernel.type.shape as readonly number[], perm)),
  );
}

/** What a value is before it was given other shapes. */
const unshaped = (node: Node): Node => (node.op === "reshape" ? unshaped(node.inputs[0]) : node);

/** Numbers of a shape with the axes in another order. */
function turned(data: Float32Array, shape: readonly number[], perm: readonly number[]): Float32Array {
  const steps = shape.map((_, axis) => sizeOf(shape.slice(axis + 1)));
  let places: readonly number[] = [0];
  for (const axis of perm) places = places.flatMap((place) => sequence(shape[axis]).map((i) => place + i * steps[axis]));
  return Float32Array.from(places, (place) => data[place]);
}
