// A part of a result is computed as that part: slices move down to what they are taken of, so that no product is formed for a border
// that is cut off, and no border is written that nobody reads.
//
//   slice (transpose x)  →  transpose (slice x)        slice (dot a b)     →  dot (slice a) (slice b)
//   slice (window x)     →  window (slice x)           slice (pad x)       →  pad (slice x), with less of a border
//   slice (reshape x)    →  reshape (slice x)          where a cut axis is one axis before, too
import type { Node, Shape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type DotAttrs, freeAxes, placesOf } from "../../ops/nest/dot-axes.ts";
import type { WindowAttrs } from "../../ops/view/window.ts";
import { as, list, op, type Rule, rule, where } from "../pattern.ts";
import { groupsOf } from "./reshapes.ts";

/** What is cut out of an axis. */
interface Cut {
  readonly start: number;
  readonly size: Shape[number];
}
const cutsOf = (slice: Node): readonly Cut[] =>
  list(slice, "starts").map((start, axis) => ({ start, size: slice.type.shape[axis] }));
const whole = ({ type }: Node): readonly Cut[] => type.shape.map((size) => ({ start: 0, size }));

const sliced = (g: G, x: Node, cuts: readonly Cut[]): Node =>
  g.slice(x, { starts: cuts.map(({ start }) => start), sizes: cuts.map(({ size }) => size) });

/** A slice of `inner`, which nobody else reads: else it would be computed twice. */
const sliceOf = (inner: string) => where(op("slice", as("x", op(inner))), ({ inputs: [x] }, facts) => facts.isSingle(x));

/** Operands of a dot, cut as its result is. */
function beforeDot(g: G, dot: Node, cuts: readonly Cut[]): Node {
  const attrs = dot.attrs as DotAttrs;
  const [left, right] = dot.inputs;
  const places = placesOf(left.type.shape.length, right.type.shape.length, attrs);
  const operands = dot.inputs.map((operand, i) => {
    const side = i as 0 | 1;
    const own = [...whole(operand)];
    attrs.batch[side].forEach((axis, k) => {
      own[axis] = cuts[places.batch[k]];
    });
    freeAxes(operand.type.shape.length, side, attrs).forEach((axis, k) => {
      own[axis] = cuts[[places.left, places.right][side][k]];
    });
    return sliced(g, operand, own);
  });
  return g.builder.copy(g.dot(...operands, attrs), operands);
}

/** What windows o0 to o1 with taps t0 to t1 see. */
function beforeWindow(g: G, window: Node, cuts: readonly Cut[]): Node {
  const { axes, sizes, strides, dilations } = window.attrs as WindowAttrs;
  const [x] = window.inputs;
  const own = x.type.shape.map((_, axis) => cuts[axis]);
  const taps = axes.map((_, i) => cuts[x.type.shape.length + i]);
  axes.forEach((axis, i) => {
    const [first, count] = [cuts[axis].start * strides[i] + taps[i].start * dilations[i], cuts[axis].size as number];
    own[axis] = { start: first, size: (count - 1) * strides[i] + ((taps[i].size as number) - 1) * dilations[i] + 1 };
  });
  return g.window(sliced(g, x, own), { axes, sizes: sizes.map((_, i) => taps[i].size as number), strides, dilations });
}

/** The border that is left, around the part of x that is; undefined where none of it is. */
function beforePad(g: G, pad: Node, cuts: readonly Cut[]): Node | undefined {
  const [x] = pad.inputs;
  const low = list(pad, "low");
  const parts = x.type.shape.map((length, axis) => {
    const { start, size } = cuts[axis];
    if (length === "n" || size === "n") return { cut: { start: 0, size: length }, low: low[axis], high: list(pad, "high")[axis] };
    const [from, to] = [Math.max(0, start - low[axis]), Math.min(length, start + size - low[axis])];
    const before = Math.max(0, low[axis] - start);
    return { cut: { start: from, size: to - from }, low: before, high: size - before - (to - from) };
  });
  if (parts.some(({ cut }) => cut.size !== "n" && cut.size <= 0)) return undefined;
  const rest = sliced(g, x, parts.map(({ cut }) => cut)); // biome-ignore format: one line
  return g.pad(rest, {
    low: parts.map((part) => part.low),
    high: parts.map((part) => part.high),
    value: pad.attrs.value as number,
  });
}

/** Cuts before a reshape: each axis that is cut is one axis there, with axes of one point at most beside it. */
function beforeReshape(g: G, reshape: Node, cuts: readonly Cut[]): Node | undefined {
  const [x] = reshape.inputs;
  const { shape } = reshape.type;
  const own = [...whole(x)];
  const isCut = (axis: number) => cuts[axis].size !== shape[axis];
  for (const { from, to } of groupsOf(x.type.shape, shape) ?? [{ from: [], to: shape.map((_, axis) => axis) }]) {
    if (!to.some(isCut)) continue;
    const long = (axes: readonly number[], of: Shape) => axes.filter((axis) => of[axis] !== 1);
    const [before, after] = [long(from, x.type.shape), long(to, shape)];
    if (before.length !== 1 || after.length !== 1) return undefined;
    own[before[0]] = cuts[after[0]];
  }
  return g.reshape(sliced(g, x, own), { shape: cuts.map(({ size }) => size) });
}

const lineOf = (g: G) => g.input({ name: "x0", shape: ["n", 6, 5, 3] });
const inside = (g: G, x: Node, axes: readonly number[]): Node =>
  sliced(g, x, whole(x).map((cut, axis) => (axes.includes(axis) ? { start: 1, size: (cut.size as number) - 2 } : cut))); // biome-ignore format: one line

export const slices: readonly Rule[] = [
  rule(
    "slice-before-turning",
    "bits",
    sliceOf("transpose"),
    (g, { x }, node) => {
      const perm = list(x, "perm");
      const cuts = cutsOf(node);
      return g.transpose(sliced(g, x.inputs[0], perm.map((_, axis) => cuts[perm.indexOf(axis)])), { perm }); // biome-ignore format: one line
    },
    (g) => inside(g, g.transpose(lineOf(g), { perm: [0, 3, 1, 2] }), [2, 3]),
  ),
  rule(
    "slice-before-reshaping",
    "bits",
    sliceOf("reshape"),
    (g, { x }, node) => beforeReshape(g, x, cutsOf(node)),
    (g, r) => {
      const [shape, axis] = r.pick<readonly [Shape, number]>([
        [["n", 1, 6, 5, 3], 2],
        [["n", 6, 15], 1],
      ]);
      return inside(g, g.reshape(lineOf(g), { shape }), [axis]);
    },
  ),
  rule(
    "slice-before-dot",
    "bits",
    sliceOf("dot"),
    (g, { x }, node) => beforeDot(g, x, cutsOf(node)),
    (g, r) => {
      const kernel = g.param({ name: "k", shape: [4, 5, 3] });
      const attrs = r.pick<DotAttrs>([
        { batch: [[], []], contract: [[3], [2]] },
        { batch: [[2], [1]], contract: [[3], [2]], at: 2 },
      ]);
      return inside(g, g.dot(lineOf(g), kernel, attrs), [1, 2, 3]);
    },
  ),
  rule(
    "slice-before-windows",
    "bits",
    op("slice", as("x", op("window"))),
    (g, { x }, node) => beforeWindow(g, x, cutsOf(node)),
    (g, r) => {
      const attrs = { axes: [1, 2], sizes: [3, 2], strides: [1, 1], dilations: [1, r.integer(1, 2)] };
      return inside(g, g.window(lineOf(g), attrs), r.pick([[1], [2], [1, 4], [1, 2]]));
    },
  ),
  rule(
    "slice-before-border",
    "bits",
    sliceOf("pad"),
    (g, { x }, node) => beforePad(g, x, cutsOf(node)),
    (g, r) => {
      const [low, high] = [[0, r.integer(0, 2), 1, 0], [0, 1, r.integer(0, 2), 0]]; // biome-ignore format: one line
      return inside(g, g.pad(lineOf(g), { low, high, value: r.pick([0, 1]) }), [1, 2]);
    },
  ),
];
