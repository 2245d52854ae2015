// Which leading axes a node keeps: read off how the op becomes loops, so that no op has to say it. In: a node. Out: for the result and
// each input a number of axes k: the elements at a prefix of k coordinates need of that input only what stands at the same prefix.
//
//   softmax's sum     [n, t, c] → [n, t]          k = 2           a matrix product   x [n, c] → [n, u]        k = 1 of x, 0 of the weights
//   a sum over n      [n, c] → [c]                k = 0           reshape            [n, 4, 8] → [n, 32]      k = 1
import { bindShape, type Node, sizeOf } from "../graph/graph.ts";
import { ops } from "../ops/index.ts";
import type { Core } from "../program/nest/core.ts";
import { rowMajor, type View } from "../program/nest/view.ts";
import type { Extent, Index, Value } from "../program/program.ts";
import { visit } from "../program/walk.ts";

/** How many leading axes hold; for the inputs in their order. */
export interface Leading {
  readonly result: number;
  readonly inputs: readonly number[];
}

const extentsOf = ({ type }: Node): readonly Extent[] =>
  type.shape.map((size) => (size === "n" ? { scalar: "n", per: 1 } : size));

/** A node's value, alone in a buffer and row-major. */
export function wholeView(node: Node, buffer: string): View {
  const shape = extentsOf(node);
  return { kind: "view", buffer, base: 0, shape, strides: rowMajor(shape), loops: [] };
}

/** Elements behind the first `k` axes. */
export const elementsBehind = ({ type }: Node, k: number): number => sizeOf(bindShape(type.shape.slice(k), 1));

/** Of each node once: several kinds of groups ask. */
const found = new WeakMap<Node, Leading>();

/** What a node keeps of its inputs' leading axes. */
export function leadingOf(node: Node): Leading {
  const known = found.get(node) ?? leadingIn(node);
  found.set(node, known);
  return known;
}

function leadingIn(node: Node): Leading {
  const op = ops[node.op];
  const rank = node.type.shape.length;
  const none: Leading = { result: 0, inputs: node.inputs.map(() => 0) };
  if (op.kind === "composite") return none;
  const { lower } = op;
  if (lower.kind === "pointwise")
    return { result: rank, inputs: node.inputs.map(({ type }) => (type.shape.length === rank ? rank : 0)) };
  if (lower.kind === "view") {
    const from = wholeView(node.inputs[0], "0");
    const to = lower.view(from, node.attrs, extentsOf(node));
    const kept =
      to === undefined
        ? 0
        : keptBy(
            to.shape.map((_, axis) => at(axis)),
            spanOf(to),
            from,
          );
    return { result: kept, inputs: [kept] };
  }
  if (lower.kind !== "nest") return none;
  const inputs = node.inputs.map((input, i) => wholeView(input, String(i)));
  const cores = lower.cores({ attrs: node.attrs, fmt: "f32", inputs, shape: extentsOf(node) });
  const kept = inputs.map((view) => Math.min(...cores.map((core) => keptByLoads(core, view))));
  return { result: Math.min(rank, ...cores.map(keptInResult)), inputs: kept };

  /** How far the view moves with a leading axis, and with the axes behind it. */
  function spanOf(view: View): (k: number) => Walk {
    return (k) => ({
      base: view.base,
      leading: view.strides.slice(0, k).map((stride, axis) => [stride, view.shape[axis]] as const),
      others: view.strides.slice(k).map((stride, i) => [stride, view.shape[k + i]] as const),
    });
  }
}

const at = (axis: number): string => `i${axis}`;

/** An address as the leading dims, and the others, walk it. */
interface Walk {
  readonly base: number;
  readonly leading: readonly (readonly [stride: number, extent: Extent])[];
  readonly others: readonly (readonly [stride: number, extent: Extent])[];
}

/** The most axes of which the walk keeps to the prefix that it belongs to. */
function keptBy(axes: readonly string[], walk: (k: number) => Walk, { shape, strides }: View): number {
  for (let k = Math.min(axes.length, shape.length); k > 0; k--) {
    const { base, leading, others } = walk(k);
    // Where there is one place, a dim of one point stays at it, and any other leaves it.
    const follows = leading.every(([stride, extent], axis) => (shape[axis] === 1 ? extent === 1 : stride === strides[axis]));
    const reach = (sign: 1 | -1): number =>
      others.reduce((sum, [stride, extent]) => sum + (stride * sign > 0 ? Math.abs(stride) * (most(extent) - 1) : 0), 0);
    if (follows && base - reach(-1) >= 0 && base + reach(1) < strides[k - 1]) return k;
  }
  return 0;
}

/** n has no bound here: what walks it walks everywhere. */
const most = (extent: Extent): number => (typeof extent === "number" ? extent : Number.POSITIVE_INFINITY);

function keptByLoads(core: Core, view: View): number {
  const extents = new Map([...core.map, ...core.reduce]);
  let kept = view.shape.length;
  visit(valuesOf(core), (value) => {
    if (value.op === "load" && value.buffer === view.buffer) kept = Math.min(kept, keptByIndex(value.index, core, view, extents));
  });
  return kept;
}

function keptByIndex({ base, terms, row }: Index, core: Core, view: View, extents: ReadonlyMap<string, Extent>): number {
  if (row !== undefined) return 0;
  const strides = new Map(terms);
  const axes = core.coords.map((_, axis) => at(axis));
  return keptBy(
    axes,
    (k) => ({
      base,
      leading: axes.slice(0, k).map((dim) => [strides.get(dim) ?? 0, extents.get(dim) ?? 1]),
      others: terms.filter(([dim]) => !axes.slice(0, k).includes(dim)).map(([dim, stride]) => [stride, extents.get(dim) ?? 1]),
    }),
    view,
  );
}

/** Axes of the result that dims of their own walk from end to end. */
function keptInResult({ map, coords, into, row }: Core): number {
  if (into === "add" || row !== undefined) return 0;
  const own = coords.findIndex(
    ({ base, terms }, axis) => base !== 0 || terms.length !== 1 || terms[0][0] !== at(axis) || terms[0][1] !== 1,
  );
  const first = map.findIndex(([dim], axis) => dim !== at(axis));
  return Math.min(own < 0 ? coords.length : own, first < 0 ? map.length : first);
}

const valuesOf = ({ fold, value }: Core): readonly Value[] => [value, ...(fold === undefined ? [] : [fold.init, ...fold.term])];
