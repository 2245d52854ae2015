// Products: a dense layer's is a MatMul as it stands; any other is one behind transposes and reshapes. In: a dot. Out: MatMul, or Conv.
//
//   left    [n?, batch…, free…, contract…]        n stands alone in front where one side alone has it, and is a batch axis where both do:
//   right   [n?, batch…, contract…, free…]        never merged with other axes, so that the batch stays open
import type { Node, Shape } from "../../../../../compiler/graph/graph.ts";
import { type DotAttrs, freeAxes, placesOf } from "../../../../../compiler/ops/nest/dot-axes.ts";
import { type Row, rowSize, type Writer } from "../writer.ts";
import { convolved } from "./spatial.ts";

/** MatMul as NumPy has it: left of any rank, right a matrix. */
function plain(writer: Writer, { inputs: [left, right], attrs }: Node): string | undefined {
  const { batch, contract } = attrs as DotAttrs;
  const last = left.type.shape.length - 1;
  const isPlain = batch[0].length === 0 && contract[0].length === 1 && contract[0][0] === last && contract[1][0] === 0;
  if (!isPlain || right.type.shape.length !== 2 || last < 1) return undefined;
  return writer.emit("MatMul", [writer.value(left), writer.value(right)]);
}

/** One operand, its axes in order and those of a role as one; `n`: its own free axis of rows, which stays apart. */
function operand(
  writer: Writer,
  node: Node,
  side: 0 | 1,
  attrs: DotAttrs,
): { readonly name: string; readonly n: readonly number[]; readonly free: readonly number[] } {
  const { shape } = node.type;
  const isN = (axis: number) => shape[axis] === "n";
  const all = freeAxes(shape.length, side, attrs);
  const [n, free] = [all.filter(isN), all.filter((axis) => !isN(axis))];
  const [batch, contract] = [attrs.batch[side], attrs.contract[side]];
  const perm = side === 0 ? [...n, ...batch, ...free, ...contract] : [...n, ...batch, ...contract, ...free];
  const sizes = (axes: readonly number[]): Shape => axes.map((axis) => shape[axis]);
  const one = (axes: readonly number[]): Shape[number] => (sizes(axes).includes("n") ? "n" : rowSize(sizes(axes)));
  const [rows, columns] = side === 0 ? [one(free), one(contract)] : [one(contract), one(free)];
  const to: Shape = [...sizes(n), ...sizes(batch), rows, columns];
  return { name: writer.reshape(writer.transpose(writer.value(node), perm), sizes(perm), to), n, free };
}

function general(writer: Writer, node: Node): string {
  const attrs = node.attrs as DotAttrs;
  const [a, b] = node.inputs;
  const [left, right] = [operand(writer, a, 0, attrs), operand(writer, b, 1, attrs)];
  const made = writer.emit("MatMul", [left.name, right.name]);
  const { shape } = node.type;
  const places = placesOf(a.type.shape.length, b.type.shape.length, attrs);
  const own = [freeAxes(a.type.shape.length, 0, attrs), freeAxes(b.type.shape.length, 1, attrs)];
  const placeOf = (side: 0 | 1) => (axis: number) => (side === 0 ? places.left : places.right)[own[side].indexOf(axis)];
  // Where the axes of the product go: n of either side, batch, free of left, free of right.
  const goes = [
    ...left.n.map(placeOf(0)),
    ...right.n.map(placeOf(1)),
    ...places.batch,
    ...left.free.map(placeOf(0)),
    ...right.free.map(placeOf(1)),
  ];
  const ordered = goes.map((place) => shape[place]);
  const rows = rowSize(left.free.map((axis) => a.type.shape[axis]));
  const columns = rowSize(right.free.map((axis) => b.type.shape[axis]));
  const flat: Shape = [...ordered.slice(0, goes.length - left.free.length - right.free.length), rows, columns];
  return writer.transpose(writer.reshape(made, flat, ordered), shape.map((_, place) => goes.indexOf(place))); // biome-ignore format: one line
}

/** Rows of the group. */
export const products: readonly Row[] = [
  { op: "dot", write: (writer, node) => plain(writer, node) ?? convolved(writer, node) ?? general(writer, node) },
];
