// An overlap-add of products as a gather. In: both sides of the products, and the axes along which windows stand. Out: what each point
// adds up, as dots over a bordered picture, phases side by side and then woven:
//
//   y[…, p, …] = Σ_t Σ_k a[…, (p − t·d)/s, …, k] · b[t, k]     over the t that leave no remainder
import { type Node, type Shape, sizeOf } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type Phases, phasesOf } from "../../ops/kit/phases.ts";
import { type DotAttrs, freeAxes, placesOf } from "../../ops/nest/dot-axes.ts";
import { list } from "../pattern.ts";

/** One windowed axis. */
export interface Along {
  /** The axis of windows in x, which is that of points in the result. */
  readonly axis: number;
  /** The axis of its taps in x. */
  readonly tap: number;
  readonly taps: number;
  readonly stride: number;
  readonly dilation: number;
  /** Windows, points of the result. */
  readonly windows: number;
  readonly points: number;
}

/** One window after the other: each padded to its stride, then the points behind the last cut off or filled up. */
export function woven(g: G, x: Node, axes: readonly Along[], shape: Shape): Node {
  const rank = shape.length;
  const none = x.type.shape.map(() => 0);
  const full = x.type.shape.map((_, i) => axes.find(({ tap }) => tap === i)).map((one) => (one ? one.stride - one.taps : 0));
  const perm = shape.flatMap((_, axis) => [axis, ...axes.filter((one) => one.axis === axis).map(({ tap }) => tap)]);
  const turned = g.transpose(g.pad(x, { low: none, high: full, value: 0 }), { perm });
  const long = shape.map((size, axis) => {
    const one = axes.find((along) => along.axis === axis);
    return one === undefined ? size : one.windows * one.stride;
  });
  const y = g.reshape(turned, { shape: long });
  const least = shape.map((size, axis) => (size === "n" ? size : Math.min(size, long[axis] as number)));
  const cut = g.slice(y, { starts: new Array<number>(rank).fill(0), sizes: least });
  const high = shape.map((size, axis) => (size === "n" ? 0 : size - (least[axis] as number)));
  return g.pad(cut, { low: new Array<number>(rank).fill(0), high, value: 0 });
}

/** A product whose one side has the windows and whose other side has the taps, all of them free. */
export interface Products {
  readonly sides: readonly [picture: Node, kernel: Node];
  /** Axes of both sides that go together, and that are summed. */
  readonly batch: readonly [readonly number[], readonly number[]];
  readonly contract: readonly [readonly number[], readonly number[]];
  /** What the axes of x are on their sides: a batch axis is one of the picture. */
  readonly origins: readonly Origin[];
}
type Origin = { readonly side: 0 | 1; readonly axis: number };

export function productsOf(x: Node, axes: readonly Along[]): Products | undefined {
  const dot = x.op === "transpose" ? x.inputs[0] : x;
  if (dot.op !== "dot") return undefined;
  const attrs = dot.attrs as DotAttrs;
  const [left, right] = dot.inputs;
  const places = placesOf(left.type.shape.length, right.type.shape.length, attrs);
  const perm = x.op === "transpose" ? list(x, "perm") : x.type.shape.map((_, axis) => axis);
  /** Of an axis of x: which operand of the dot has it, free, and where. */
  const ownOf = (axis: number, side: 0 | 1): number | undefined => {
    const i = [places.left, places.right][side].indexOf(perm[axis]);
    return i < 0 ? undefined : freeAxes([left, right][side].type.shape.length, side, attrs)[i];
  };
  const side = ([0, 1] as const).find((one) => axes.every(({ axis }) => ownOf(axis, one) !== undefined));
  if (side === undefined || axes.some(({ tap }) => ownOf(tap, side === 0 ? 1 : 0) === undefined)) return undefined;
  const inOrder = <T>(pair: readonly [T, T]): readonly [T, T] => (side === 0 ? pair : [pair[1], pair[0]]);
  const [batch, contract] = [inOrder(attrs.batch), inOrder(attrs.contract)];
  // A kernel for each row is no convolution.
  if (inOrder([left, right])[1].type.shape.includes("n")) return undefined;
  const origins = perm.map((place, axis) => {
    const [own, other] = [ownOf(axis, side), ownOf(axis, side === 0 ? 1 : 0)];
    if (own !== undefined) return { side: 0 as const, axis: own };
    return other === undefined
      ? { side: 0 as const, axis: batch[0][places.batch.indexOf(place)] }
      : { side: 1 as const, axis: other };
  });
  return { sides: inOrder([left, right]), batch, contract, origins };
}

/** The points of some phases: x's axes but the taps, then an axis of phases per windowed axis. */
function phased(g: G, products: Products, axes: readonly Along[], chosen: readonly Phases[]): Node {
  const { sides: [picture, kernel], contract, origins } = products; // biome-ignore format: one line
  const rank = origins.length - axes.length;
  const counts = chosen.map(({ count }) => count);
  const shapeOf = (from: readonly Origin[]): Shape =>
    from.map(({ side, axis }, i) => {
      const one = axes.find((along) => along.axis === i);
      return one === undefined ? products.sides[side].type.shape[axis] : quotientsOf(one);
    });
  if (chosen.some(({ taps }) => taps === 0)) return g.fill(0, [...shapeOf(origins.slice(0, rank)), ...counts]);

  const windows = windowed(g, products, axes, chosen);
  const [behind, batch] = [axes.map((_, i) => picture.type.shape.length + i), products.batch];
  const summed = [...behind, ...contract[0]];
  const left = freeOf(picture, [...batch[0], ...contract[0]]);
  const free = freeOf(kernel, [...batch[1], ...contract[1], ...axes.map(({ tap }) => origins[tap].axis)]);
  // All that is free of the kernel is the columns of one dot, phases first, as lies side by side in the result.
  const dot = g.dot(windows, tapSets(g, products, axes, chosen), {
    batch: [batch[0], batch[1].map((_, i) => summed.length + i)],
    contract: [summed, summed.map((_, i) => i)],
    at: batch[0].length === 0 ? 0 : left.length,
  });
  const own = [...left, ...batch[0]];
  const columns = [...counts, ...free.map((axis) => kernel.type.shape[axis])];
  const split = g.reshape(dot, { shape: [...dot.type.shape.slice(0, own.length), ...columns] });
  const placeOf = ({ side, axis }: Origin): number =>
    side === 0 ? own.indexOf(axis) : own.length + counts.length + free.indexOf(axis);
  return g.transpose(split, { perm: [...origins.slice(0, rank).map(placeOf), ...counts.map((_, i) => own.length + i)] });
}

const freeOf = ({ type }: Node, taken: readonly number[]): number[] =>
  type.shape.flatMap((_, axis) => (taken.includes(axis) ? [] : [axis]));
export const quotientsOf = ({ points, stride }: Along): number => Math.ceil(points / stride);

/** a[m − j·d] for the j of some phases, where it exists; all phases look at one picture with a border. */
function windowed(g: G, { sides: [picture], origins }: Products, axes: readonly Along[], chosen: readonly Phases[]): Node {
  const own = axes.map(({ axis }) => origins[axis].axis);
  const along = (pick: (i: number) => number): number[] =>
    picture.type.shape.map((_, axis) => (own.includes(axis) ? pick(own.indexOf(axis)) : 0));
  const most = axes.map((one) => phasesOf(one)[0].taps);
  const low = along((i) => (most[i] - 1) * axes[i].dilation);
  const high = along((i) => Math.max(0, quotientsOf(axes[i]) - axes[i].windows));
  const bordered = g.as("border", () => g.pad(picture, { low, high, value: 0 }));
  const starts = along((i) => (most[i] - chosen[i].taps) * axes[i].dilation);
  const sizes = bordered.type.shape.map((size, axis) => {
    const i = own.indexOf(axis);
    return i < 0 ? size : quotientsOf(axes[i]) + (chosen[i].taps - 1) * axes[i].dilation;
  });
  return g.window(g.slice(bordered, { starts, sizes }), {
    axes: own,
    sizes: chosen.map(({ taps }) => taps),
    strides: axes.map(() => 1),
    dilations: axes.map(({ dilation }) => dilation),
  });
}

/** b[j·s + r] of some phases r, the last j first: [...j, ...contract, ...batch, r · free]. */
function tapSets(
  g: G,
  { sides: [, kernel], batch, contract, origins }: Products,
  axes: readonly Along[],
  chosen: readonly Phases[],
): Node {
  const { shape } = kernel.type;
  const taps = axes.map(({ tap }) => origins[tap].axis);
  const starts = shape.map((_, axis) => (taps.includes(axis) ? chosen[taps.indexOf(axis)].from : 0));
  const from = g.slice(kernel, { starts, sizes: shape.map((size, axis) => (size as number) - starts[axis]) });
  const sets = g.window(from, {
    axes: taps,
    sizes: chosen.map(({ count }) => count),
    strides: axes.map(({ stride }) => stride),
    dilations: axes.map(() => 1),
  });
  const rows = [...taps, ...contract[1], ...batch[1]];
  const phases = axes.map((_, i) => shape.length + i);
  const free = freeOf(kernel, rows);
  const turned = g.transpose(g.reverse(sets, { axes: taps }), { perm: [...rows, ...phases, ...free] });
  const sizes = turned.type.shape as readonly number[];
  return g.reshape(turned, { shape: [...sizes.slice(0, rows.length), sizeOf(sizes.slice(rows.length))] });
}

/** All phases side by side, then woven into the axes of points. */
export function gathered(g: G, products: Products, axes: readonly Along[], shape: Shape): Node {
  const rank = shape.length;
  const groups = axes.map(phasesOf);
  const over = (chosen: readonly Phases[]): Node => {
    const i = chosen.length;
    if (i === axes.length) return phased(g, products, axes, chosen);
    return g.concat(...groups[i].map((group) => over([...chosen, group])), { axis: rank + i });
  };
  const phases = over([]);
  const wovenAxes = axes.map((one) => ({ ...one, taps: one.stride, windows: quotientsOf(one) }));
  return woven(g, phases, wovenAxes, shape);
}
