// What moves numbers of a value about, for the operators that do: reshape, cut, repeat, take by known numbers. In: values, axes of the file.
// Out: values. Guarantee: the batch stays whole wherever it is.
import type { Node, Shape } from "../../../../compiler/graph/graph.ts";
import { sameShape, sizeOf } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import type { Site } from "../define.ts";
import { mergeInto } from "../merged.ts";
import { type At, axesOf, cutKnown, nodeAxis, shapeAt, type Value } from "../values.ts";

/** Copies that one operator may cut a value into. */
const mostParts = 4096;

/** The same numbers under another shape. The batch is where as many numbers are before and behind it, or a part of an axis. */
export function reshapeTo(site: Site, x: Value, shape: readonly number[]): Value {
  if (sizeOf(shape) !== sizeOf(x.shape)) site.refuse(`from the shape [${x.shape.join(", ")}] to [${shape.join(", ")}]`);
  if (sameShape(shape, x.shape)) return x;
  if (x.merged !== undefined) return reshapeTo(site, x.merged.inner, shape);
  // Weights are one node whatever their shape; what was computed of known numbers stays known.
  if (x.data !== undefined && x.name === undefined) return { ...x, shape };
  const { at } = x;
  const place = typeof at === "number" ? movedTo(x.shape, at, shape) : at;
  if (place === undefined && site.rows > 1) {
    const into = mergeInto(x.shape, at as number, shape);
    if (into !== undefined) {
      const inner = shape.toSpliced(into.axis, 1, ...into.sizes);
      const node = site.g.reshape(site.node(x), { shape: shapeAt(inner, into.place) });
      return site.merged(site.made(node, into.place, x.dtype), into.axis, into.sizes.length);
    }
  }
  const value = place === undefined ? site.each(x) : x;
  const to: At = place ?? "each";
  return site.made(site.g.reshape(site.node(value), { shape: shapeAt(shape, to) }), to, x.dtype);
}

/**
 * What `f` makes of a value along some axes, where the batch may be a part of another axis: that one is apart meanwhile. `drops`: those axes
 * are gone then.
 */
export function beside(
  site: Site,
  x: Value,
  axes: readonly number[],
  drops: boolean,
  f: (x: Value, axes: readonly number[]) => Value,
): Value {
  if (x.merged === undefined) return f(x, axes);
  const { inner, axis, count } = x.merged;
  if (axes.includes(axis)) site.each(x);
  const made = f(inner, axes.map((other) => (other < axis ? other : other + count - 1))); // biome-ignore format: one line
  return site.merged(made, drops ? axis - axes.filter((other) => other < axis).length : axis, count);
}

/** The axis of `to` that is axis `at` of `from`. */
function movedTo(from: readonly number[], at: number, to: readonly number[]): number | undefined {
  const before = sizeOf(from.slice(0, at));
  // Of several, as where sizes are 1, the one nearest to where it was.
  const places = axesOf(to.length).filter((axis) => to[axis] === from[at] && sizeOf(to.slice(0, axis)) === before);
  return places.toSorted((a, b) => Math.abs(a - at) - Math.abs(b - at))[0];
}

/** Axes in another order; the batch goes along. */
export function transposeTo(site: Site, x: Value, perm: readonly number[]): Value {
  if (x.merged !== undefined) return transposeMerged(site, x.merged, perm);
  const { at } = x;
  const to: At = typeof at === "number" ? perm.indexOf(at) : at;
  const inner = perm.filter((axis) => axis !== at).map((axis) => nodeAxis(at, axis));
  const node = site.g.transpose(site.node(x), { perm: at === "none" ? inner : [0, ...inner] });
  return site.made(node, to, x.dtype);
}

function transposeMerged(site: Site, { inner, axis, count }: NonNullable<Value["merged"]>, perm: readonly number[]): Value {
  const own = axesOf(count, axis);
  const all = perm.flatMap((from) => (from === axis ? own : [from < axis ? from : from + count - 1]));
  return site.merged(transposeTo(site, inner, all), perm.indexOf(axis), count);
}

/** `size` numbers of an axis from `start` on. */
export function cut(site: Site, x: Value, axis: number, start: number, size: number): Value {
  if (start === 0 && size === x.shape[axis]) return x;
  if (x.data !== undefined && x.name === undefined) return cutKnown(x, axis, start, size);
  if (x.merged !== undefined) return beside(site, x, [axis], false, (inner, [at]) => cut(site, inner, at, start, size));
  const value = site.apart(x, [axis]);
  return site.made(cutNode(site.g, site.node(value), nodeAxis(value.at, axis), start, size), value.at, x.dtype);
}

/** The same of a node. */
export function cutNode(g: G, node: Node, axis: number, start: number, size: number): Node {
  const { shape } = node.type;
  return g.slice(node, { starts: shape.map((_, i) => (i === axis ? start : 0)), sizes: shape.with(axis, size) });
}

/** Values behind one another along an axis. */
export function joined(site: Site, values: readonly Value[], axis: number): Value {
  if (values.length === 0) return site.refuse("over nothing: there is no part to put beside another");
  // Each text is a place in a list of its own.
  if (values.length > 1 && values.some(({ dtype }) => dtype === "string")) site.refuse("of texts");
  const rank = values[0].shape.length;
  const apart = values.map((value) => site.apart(value, [axis]));
  const place = site.common(
    apart.map((value) => ({ ...value, shape: value.shape.with(axis, 1) })),
    rank,
  );
  const at: At = place === axis ? "each" : place;
  return site.made(site.g.concat(...site.aligned(apart, at), { axis: nodeAxis(at, axis) }), at, values[0].dtype);
}

interface Run {
  readonly from: number;
  readonly step: number;
  count: number;
}

/** Known indices as stretches of equal steps. */
function runsOf(indices: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const [i, index] of indices.entries()) {
    const last = runs.at(-1);
    const before = indices[i - 1];
    if (last !== undefined && (last.count === 1 || index - before === last.step)) {
      if (last.count === 1) runs[runs.length - 1] = { from: last.from, step: index - before, count: 2 };
      else last.count++;
    } else runs.push({ from: index, step: 1, count: 1 });
  }
  return runs;
}

/** The elements of an axis that known indices name, in their order. */
export function take(site: Site, x: Value, axis: number, indices: readonly number[]): Value {
  const value = site.apart(x, [axis]);
  return site.made(takeNode(site, site.node(value), nodeAxis(value.at, axis), indices), value.at, x.dtype);
}

/** The same of a node. */
export function takeNode(site: Site, x: Node, axis: number, indices: readonly number[]): Node {
  const { g } = site;
  const size = x.type.shape[axis] as number;
  if (indices.length === 0) return cutNode(g, x, axis, 0, 0);
  if (x.type.shape[0] !== "n" && indices.length > 16) return takeRows(g, x, axis, site.constant([indices.length], indices));
  const repeats = indices.length / size;
  if (Number.isInteger(repeats) && repeats > 1 && indices.every((index, i) => index === Math.floor(i / repeats)))
    return repeated(g, x, axis, repeats);
  const runs = runsOf(indices);
  if (runs.length > mostParts) site.refuse(`that picks ${indices.length} numbers of an axis in no order`);
  const parts = runs.map((run) => stretch(g, x, axis, run));
  return parts.length === 1 ? parts[0] : g.concat(...parts, { axis });
}

/** Rows of what has no batch. */
function takeRows(g: G, x: Node, axis: number, ids: Node): Node {
  const rank = x.type.shape.length;
  const others = axesOf(rank).filter((i) => i !== axis);
  const picked = g.gather(g.transpose(x, { perm: [axis, ...others] }), ids);
  return g.transpose(picked, { perm: axesOf(rank).map((i) => (i === axis ? 0 : i < axis ? i + 1 : i)) });
}

/** Each element of an axis several times. */
function repeated(g: G, x: Node, axis: number, times: number): Node {
  const { shape } = x.type;
  const wide = shape.toSpliced(axis + 1, 0, times);
  const broad = g.broadcast(x, { shape: wide, axes: axesOf(wide.length).filter((i) => i !== axis + 1) });
  return g.reshape(broad, { shape: shape.with(axis, (shape[axis] as number) * times) });
}

/** Elements with equal steps between them: a cut, turned round where the step is negative, thinned out where it is not 1. */
function stretch(g: G, x: Node, axis: number, { from, step, count }: Run): Node {
  if (step === 0) {
    const one = cutNode(g, x, axis, from, 1);
    return repeated(g, one, axis, count);
  }
  const span = (count - 1) * Math.abs(step) + 1;
  const part = cutNode(g, x, axis, step < 0 ? from - span + 1 : from, span);
  const turned = step < 0 ? g.reverse(part, { axes: [axis] }) : part;
  if (Math.abs(step) === 1) return turned;
  const windows = g.window(turned, { axes: [axis], sizes: [1], strides: [Math.abs(step)], dilations: [1] });
  return g.reshape(windows, { shape: windows.type.shape.slice(0, -1) });
}

/** A value in a larger one of one number; negative margins cut off. */
export function padded(site: Site, x: Value, low: readonly number[], high: readonly number[], value: number): Value {
  const kept = x.shape.reduce<Value>((made, size, axis) => {
    const [before, behind] = [Math.max(-low[axis], 0), Math.max(-high[axis], 0)];
    return cut(site, made, axis, before, size - before - behind);
  }, x);
  const axes = axesOf(x.shape.length).filter((axis) => low[axis] > 0 || high[axis] > 0);
  if (axes.length === 0) return kept;
  const apart = site.apart(kept, axes);
  const margins = (list: readonly number[]): number[] => {
    const rest = list.map((margin) => Math.max(margin, 0));
    const inner = typeof apart.at === "number" ? rest.toSpliced(apart.at, 1) : rest;
    return apart.at === "none" ? inner : [0, ...inner];
  };
  const node = site.g.pad(site.node(apart), { low: margins(low), high: margins(high), value });
  return site.made(node, apart.at, x.dtype);
}

/** NumPy's broadcast of a value to a larger shape. */
export function stretched(site: Site, x: Value, shape: readonly number[]): Value {
  const at = x.at === "none" ? x.at : site.common([x, { ...x, at: "none", node: undefined, shape: shape.map(() => 1) } as Value], shape.length); // biome-ignore format: one line
  const isNew = typeof at === "number" && shape[at] !== site.rows;
  const place: At = isNew ? "each" : at;
  const node = site.laid(x, place, shape.length);
  const to: Shape = shapeAt(shape, place);
  return site.made(site.g.broadcastTo(node, to), place, x.dtype);
}
