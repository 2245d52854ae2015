// How values lie in memory, decided in one place before any value gets one. In: a Graph and its rows. Out: a layout for whatever
// does not lie row-major; and from a shape and its layout, strides.
//
//   blocked   [..., N]  as  [N/8][...][8]: a kernel for eight outputs walks its weights in one line through memory
//   padded    [..., N]  as  [..., P], N filled up with zeros to whole vectors: the last ones are loads like the others
//   gap       [n, row]  with some floats between rows: rows of 256 floats would fall on the same few lines of a cache
//
// The right operand of a large dot lies in blocks. Where weights never change, `pack` makes it a param of its own that prepare computes;
// where they do, the planner copies it on the way, each time. A small one whose columns make no whole vectors is padded, as a param of
// the shape [..., P] of which the dot reads a slice: what is computed, and how wide it lies, stays as it was.
import { bindShape, type Graph, isGraph, type Node, type Shape, sizeOf } from "../graph/graph.ts";
import { holesOf } from "../ops/scan/attrs.ts";
import { blockSize } from "../program/nest/block.ts";
import { rowMajor, type View } from "../program/nest/view.ts";
import type { Extent } from "../program/program.ts";
import { isView } from "../rewrite/rules/constants.ts";
import { targets } from "../targets.ts";
import type { Rows } from "./plan.ts";

/** How a value lies, where it does not lie row-major. */
export interface Layout {
  /** The axis that lies in blocks of eight, blocks outermost, the other axes row-major in between. */
  readonly blocked?: number;
  /** Floats between the rows of axis 0. */
  readonly gap?: number;
}

export interface Layouts {
  /** Of values that regions compute. */
  readonly values: ReadonlyMap<Node, Layout>;
  /** Of the copy that a dot reads in place of its right operand. */
  readonly operands: ReadonlyMap<Node, Layout>;
}

/** Weights from which blocks pay: 4 KiB, a page. */
const packFrom = 1024;
/** Weights from which whole vectors pay; and up to which they do for one row, which reads each weight once: zeros are bytes of a module. */
const padded = { from: 64, to: 4096 };
/** Rows of a multiple of this many floats fall on the same few lines of a cache. */
const cacheTrap = 256;
const gap = 16;

/** The layouts of a Graph's values; `copies`: weights change between calls, so large right operands are worth a copy in each. */
export function chooseLayouts(graph: Graph, rows: Rows, copies: boolean): Layouts {
  const values = new Map<Node, Layout>();
  const operands = new Map<Node, Layout>();
  const most = typeof rows === "number" ? rows : rows.max;
  /** `steady`: in the body of a scan, what is the same at every step. */
  const visit = ({ nodes }: Graph, steady?: ReadonlySet<Node | undefined>): void => {
    for (const node of nodes) {
      if (isGraph(node.attrs.body)) visit(node.attrs.body, new Set(closedOf(node)));
      if (most > 1 && isTrap(node.type.shape)) values.set(node, { gap });
      const blocked = copies ? blockedAxis(node) : undefined;
      const turned = copies && steady === undefined && blocked === undefined && node.op === "dot" && isTurned(node.inputs[1]);
      // Inside a loop the copy would be made again at every step, but of what comes from outside and stays the same.
      const isOnce = blocked !== undefined && (steady === undefined || steady.has(node.inputs[1]));
      if ((isOnce || turned) && node.inputs[0].type.shape[0] === "n") operands.set(node, isOnce ? { blocked } : {});
    }
  };
  visit(graph);
  return { values, operands };
}

/** The param that a node is, or is a view of. */
export function weightOf(node: Node): Node | undefined {
  let value = node;
  while (isView(value)) [value] = value.inputs;
  return value.op === "param" ? value : undefined;
}

/** A param that is read through views of which one changes the order of its axes: no line of memory is a row of it. */
export function isTurned(node: Node): boolean {
  let [value, turns] = [node, false];
  for (; isView(value); [value] = value.inputs) turns ||= value.op === "transpose";
  return turns && value.op === "param";
}

/** What the body of a scan calls the values that it only reads. */
const closedOf = (scan: Node): readonly (Node | undefined)[] =>
  holesOf(scan).slice((scan.attrs.carries as number) + (scan.attrs.xs as number));

/** How the steps of a value that a scan keeps lie, stacked to `shape`: rows apart like those of other values. */
export const layoutOfStack = (shape: Shape, rows: Rows): Layout =>
  (typeof rows === "number" ? rows : rows.max) > 1 && isTrap(shape) ? { gap } : {};

function isTrap(shape: Shape): boolean {
  if (shape[0] !== "n") return false;
  const row = sizeOf(shape.slice(1) as number[]);
  return row > 0 && row % cacheTrap === 0;
}

/** The axis of a dot's right operand that is better read in blocks: its only free one, where the operand is large and no batch. */
export function blockedAxis(node: Node): number | undefined {
  const columns = columnsOf(node);
  return columns !== undefined && columns.count % blockSize === 0 && columns.weights >= packFrom ? columns.axis : undefined;
}

/** The columns that a dot's right operand [..., N] is better filled up to; undefined where it is better read as it is. */
export function paddedColumns(node: Node): number | undefined {
  const columns = columnsOf(node);
  if (columns === undefined || columns.axis !== node.inputs[1].type.shape.length - 1) return undefined;
  const { count, weights } = columns;
  const pays = weights >= padded.from && (weights <= padded.to || sizeOf(bindShape(node.type.shape, 1)) > count);
  // Less than a vector of them is summed by itself, and in another order.
  return count > lanes && count % lanes !== 0 && pays ? Math.ceil(count / lanes) * lanes : undefined;
}
const lanes = targets.simd.lanes;

/** The only free axis of a dot's right operand with more than one point, where there is no batch. */
function columnsOf({ op, attrs, inputs }: Node): { axis: number; count: number; weights: number } | undefined {
  if (op !== "dot") return undefined;
  const { batch, contract } = attrs as { batch: readonly (readonly number[])[]; contract: readonly (readonly number[])[] };
  const { shape } = inputs[1].type;
  const [axis, ...more] = shape.map((_, k) => k).filter((k) => !contract[1].includes(k) && shape[k] !== 1);
  if (batch[1].length > 0 || axis === undefined || more.length > 0 || shape.length < 2) return undefined;
  return { axis, count: shape[axis] as number, weights: sizeOf(bindShape(shape, 0)) };
}

/** The shape of the buffer that holds a value. */
export const bufferShape = (shape: readonly Extent[], { gap: between = 0 }: Layout): readonly Extent[] =>
  between === 0 ? shape : [shape[0], sizeOf(shape.slice(1) as number[]) + between];

/** How a view of the whole value walks its buffer. */
export function stridesOf(shape: readonly Extent[], { blocked, gap: between = 0 }: Layout): Pick<View, "strides" | "blocked"> {
  if (blocked !== undefined) {
    const others = shape.filter((_, axis) => axis !== blocked) as number[];
    const strides = rowMajor(others).map((stride) => stride * blockSize);
    return {
      strides: strides.toSpliced(blocked, 0, 1),
      blocked: { axis: blocked, size: blockSize, outer: blockSize * sizeOf(others) },
    };
  }
  const strides = rowMajor(shape);
  return { strides: between === 0 ? strides : strides.with(0, strides[0] + between) };
}

/** A row-major weight as it lies in blocks: whoever has its numbers needs no kernel to move them. */
export function inBlocks(values: Float32Array, shape: readonly number[]): Float32Array {
  const made = new Float32Array(values.length);
  const size = shape[shape.length - 1];
  const rows = values.length / size;
  for (let block = 0, to = 0; block < size; block += blockSize)
    for (let row = 0; row < rows; row++)
      for (let lane = 0; lane < blockSize; lane++) made[to++] = values[row * size + block + lane];
  return made;
}

/** Rows of a weight with zeros behind each. */
export function inRows(values: Float32Array, from: number, to: number): Float32Array {
  const made = new Float32Array((values.length / from) * to);
  for (let row = 0; row * from < values.length; row++) made.set(values.subarray(row * from, (row + 1) * from), row * to);
  return made;
}
