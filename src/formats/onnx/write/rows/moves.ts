// Ops that move numbers about: views, windows, borders, rows of a table; and where values come from.
import type { Node, Shape } from "../../../../../compiler/graph/graph.ts";
import { whole } from "../proto.ts";
import type { Row, Writer } from "../writer.ts";

const list = (value: unknown): readonly number[] => value as readonly number[];
const sequence = (count: number): readonly number[] => Array.from({ length: count }, (_, i) => i);

/** A stretch of each axis that is named: from, up to, in steps. */
function sliced(
  writer: Writer,
  x: string,
  axes: readonly number[],
  [starts, ends, steps]: readonly (readonly number[])[],
): string {
  if (axes.length === 0) return x;
  return writer.emit("Slice", [x, ...[starts, ends, axes, steps].map((values) => writer.book.ints(values))]);
}

/** The whole of an axis from its last point to its first; beyond the first there is no number, so it is the least there is. */
const beforeAll = -(2 ** 31);

/** Numbers along a new axis beside each windowed one, then the taps to the end: what `window` says, copied. */
function window(writer: Writer, { inputs: [x], attrs, type }: Node): string {
  const [axes, sizes, strides, dilations] = ["axes", "sizes", "strides", "dilations"].map((key) => list(attrs[key]));
  // From the last axis on, so that those before keep their numbers.
  const order = sequence(axes.length).toSorted((a, b) => axes[b] - axes[a]);
  let made = writer.value(x);
  for (const i of order) {
    const count = type.shape[axes[i]] as number;
    const places = sequence(count).flatMap((o) => sequence(sizes[i]).map((t) => o * strides[i] + t * dilations[i]));
    made = writer.emit("Gather", [made, writer.book.grid([count, sizes[i]], places)], { axis: whole(axes[i]) });
  }
  const before = (axis: number): number => axes.filter((other) => other < axis).length;
  const perm = [...x.type.shape.map((_, axis) => axis + before(axis)), ...axes.map((axis) => axis + before(axis) + 1)];
  return writer.transpose(made, perm);
}

/** A row by its number, which is rounded down and kept within the table. */
function gather(writer: Writer, { inputs: [table, ids] }: Node): string {
  const last = (table.type.shape[0] as number) - 1;
  const kept = writer.emit("Clip", [writer.value(ids), writer.book.scalar(0), writer.book.scalar(last)]);
  // Of what is not below 0 a cast cuts off what a floor would.
  const rows = writer.emit("Cast", [kept], { to: whole(7) });
  return writer.emit("Gather", [writer.value(table), rows], { axis: whole(0) });
}

function constant(writer: Writer, node: Node): string {
  const [shape, values] = [node.type.shape, list(node.attrs.values)];
  if (values.length === 1 && shape.length > 0) return writer.stretched(node);
  return values.length === 1
    ? writer.thin(node)
    : writer.book.floats("constant", shape as readonly number[], Float32Array.from(values));
}

/** Counted along an axis; the rows of the batch as far as there are any. */
function iota(writer: Writer, node: Node): string {
  if (node.type.shape[node.attrs.axis as number] !== "n") return writer.stretched(node);
  return writer.refuse(node, "along the batch");
}

const isWhole = (from: Shape, to: Shape): boolean => from.every((size, axis) => size === to[axis]);

/** Rows of the group. */
// biome-ignore format: one table
export const moves: readonly Row[] = [
  { op: "param", lazy: true, write: (writer, { attrs, type }) => writer.book.once(`param ${String(attrs.name)}`, () =>
      writer.book.floats(String(attrs.name), type.shape as readonly number[], writer.book.weights[String(attrs.name)])) },
  { op: "constant", write: constant },
  { op: "iota", lazy: true, write: iota },
  { op: "rows", write: (writer) => writer.reshape(writer.emit("Cast", [writer.book.batch()], { to: whole(1) }), [1], []) },
  { op: "broadcast", lazy: true, write: (writer, node) => writer.stretched(node) },
  { op: "reshape", write: (writer, { inputs: [x], type }) => writer.reshape(writer.value(x), x.type.shape, type.shape) },
  { op: "transpose", write: (writer, { inputs: [x], attrs }) => writer.transpose(writer.value(x), list(attrs.perm)) },
  { op: "concat", write: (writer, { inputs, attrs }) => {
    const names = inputs.map((input) => writer.value(input));
    return names.length === 1 ? names[0] : writer.emit("Concat", names, { axis: whole(attrs.axis as number) });
  } },
  { op: "slice", write: (writer, { inputs: [x], attrs, type }) => {
    const axes = type.shape.flatMap((size, axis) => (size === x.type.shape[axis] ? [] : [axis]));
    const starts = axes.map((axis) => list(attrs.starts)[axis]);
    const ends = axes.map((axis, i) => starts[i] + (type.shape[axis] as number));
    return isWhole(x.type.shape, type.shape) ? writer.value(x) : sliced(writer, writer.value(x), axes, [starts, ends, axes.map(() => 1)]);
  } },
  { op: "reverse", write: (writer, { inputs: [x], attrs }) => {
    const axes = list(attrs.axes);
    return sliced(writer, writer.value(x), axes, [axes.map(() => -1), axes.map(() => beforeAll), axes.map(() => -1)]);
  } },
  { op: "pad", lazy: true, write: (writer, { inputs: [x], attrs }) =>
      writer.emit("Pad", [writer.value(x), writer.book.ints([...list(attrs.low), ...list(attrs.high)]), writer.book.scalar(attrs.value as number)]) },
  { op: "window", lazy: true, write: window },
  { op: "gather", write: gather },
];
