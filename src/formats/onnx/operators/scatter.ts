// Operators that place numbers by index. Known indices join and take; indices that live are compared with every place of an axis, as are those
// that are added up, or of which the largest or smallest counts.
import type { Node } from "../../../../compiler/graph/graph.ts";
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { axisOf, type Operator, operator, type Site } from "../define.ts";
import { axesOf, nodeAxis, type Value } from "../values.ts";
import { longest, ofRow, placesOf, settled, withinRow, withRows } from "./indexing.ts";
import { joined, reshapeTo, take } from "./moves.ts";

/** Rows in place of others, at known places; the last of several counts. */
const scatterNd = (site: Site): Value => {
  const [x, indices, updates] = [site.input(0), site.input(1), site.input(2)];
  if (site.string("reduction", "none") !== "none") site.refuse("with a reduction");
  const own = withinRow(indices);
  const parts = own === undefined ? undefined : ofRow(site, x, own, updates);
  if (parts === undefined) return scatteredNd(site, x, indices, updates);
  return withRows(site, scatteredNd(site, parts[0], parts[1], parts[2]));
};

function scatteredNd(site: Site, x: Value, indices: Value, updates: Value): Value {
  const depth = indices.shape.at(-1) ?? 0;
  const places = placesOf(site, x, indices, depth);
  const [lead, rest] = [x.shape.slice(0, depth), x.shape.slice(depth)];
  const flat = reshapeTo(site, site.apart(x, axesOf(depth)), [sizeOf(lead), ...rest]);
  const rows = reshapeTo(site, site.apart(updates, axesOf(indices.shape.length - 1)), [places.length, ...rest]);
  return reshapeTo(site, placed(site, flat, rows, places), x.shape);
}

/** Axis 0 of x with rows of another value at some places. */
function placed(site: Site, x: Value, rows: Value, places: readonly number[]): Value {
  const size = x.shape[0];
  const both = joined(site, [x, rows], 0);
  const from = axesOf(size);
  for (const [i, place] of places.entries()) from[place] = size + i;
  return take(site, both, 0, from);
}

/** Single numbers in place of others along an axis, at known places. */
const scatterElements = (site: Site): Value => {
  const [x, indices, updates] = [site.input(0), site.input(1), site.input(2)];
  const axis = axisOf(site, site.int("axis", 0), x.shape.length);
  const ids = settled(site, indices, x.shape[axis]);
  const reduction = site.string("reduction", "none");
  if (ids.data === undefined || reduction !== "none") return everywhere(site, { x, ids, updates, axis }, reduction);
  const parts = axis === 0 ? undefined : ofRow(site, x, ids, updates);
  if (parts === undefined) return scattered(site, x, ids, updates, axis);
  return withRows(site, scattered(site, parts[0], parts[1], parts[2], axis - 1));
};

/** `ids`: counted from 0. */
function scattered(site: Site, x: Value, ids: Value, updates: Value, axis: number): Value {
  const data = ids.data ?? [];
  const strides = x.shape.map((_, i) => sizeOf(x.shape.slice(i + 1)));
  const places = Array.from(data, (index, i) => {
    const coords = ids.shape.map((size, k) => Math.floor(i / sizeOf(ids.shape.slice(k + 1))) % size);
    return coords.with(axis, index).reduce((place, coord, k) => place + coord * strides[k], 0);
  });
  const all = axesOf(x.shape.length);
  const flat = reshapeTo(site, site.apart(x, all), [sizeOf(x.shape)]);
  const rows = reshapeTo(site, site.apart(updates, all), [data.length]);
  return reshapeTo(site, placed(site, flat, rows, places), x.shape);
}

/** What is placed: numbers along an axis of x, at the places that as many indices say. */
interface Placing {
  readonly x: Value;
  readonly ids: Value;
  readonly updates: Value;
  readonly axis: number;
}
/** What a place has of what is meant for it: `held` is one where that is so; `k`, which of them it is, counted from 1. */
type Reduction = (
  g: G,
  held: Node,
  update: Node,
  k: Node,
  sums: (node: Node) => Node,
  most: (node: Node) => Node,
  x: Node,
) => Node;

const zero = (g: G, held: Node, update: Node): Node => g.select(held, update, g.like(update, 0));
const lowest = (g: G, held: Node, update: Node): Node => g.select(held, update, g.like(update, Number.NEGATIVE_INFINITY));

const reductions: Readonly<Record<string, Reduction>> = {
  // Of several for one place the last counts.
  none: (g, held, update, k, sums, most, x) => {
    const numbered = g.mul(held, k);
    const last = most(numbered);
    const spread = g.broadcast(last, { shape: held.type.shape, axes: axesOf(last.type.shape.length) });
    const isLast = g.select(held, g.equal(numbered, spread), g.like(held, 0));
    return g.select(last, sums(zero(g, isLast, update)), x);
  },
  add: (g, held, update, _, sums, __, x) => g.add(x, sums(zero(g, held, update))),
  max: (g, held, update, _, __, most, x) => g.max(x, most(lowest(g, held, update))),
  min: (g, held, update, _, __, most, x) => g.min(x, g.neg(most(lowest(g, held, g.neg(update))))),
};

/** Every place of the axis asks every index whether it means it. */
function everywhere(site: Site, { x, ids, updates, axis }: Placing, reduction: string): Value {
  const [size, count] = [x.shape[axis], ids.shape[axis]];
  if (size * count > longest * longest) site.refuse(`of ${count} numbers along an axis of ${size}`);
  const isWhole = ids.shape.every((length, i) => i === axis || length === x.shape[i]);
  if (!isWhole) site.refuse(`of [${ids.shape.join(", ")}] in [${x.shape.join(", ")}], by indices that are computed or with a reduction`); // biome-ignore format: one line
  const made = reductions[reduction] ?? site.refuse(`with the reduction ${reduction}`);
  const rank = x.shape.length;
  const [own, indices, news] = [x, ids, updates].map((value) => site.apart(value, [axis]));
  const at = site.common([own, indices, news], rank);
  const [base, index, update] = site.aligned([own, indices, news], at);
  // [..., size, count, ...]: the axis of the places, and behind all others that of the indices.
  const { g } = site;
  const place = nodeAxis(at, axis);
  const wide = [...base.type.shape, count];
  const last = wide.length - 1;
  const turned = (node: Node): Node => {
    const perm = [...axesOf(last).filter((i) => i !== place), place];
    return g.broadcast(g.transpose(node, { perm }), { shape: wide, axes: [...axesOf(last).filter((i) => i !== place), last] });
  };
  const places = g.broadcast(g.iota({ shape: [size], axis: 0 }), { shape: wide, axes: [place] });
  const numbers = g.add(g.iota({ shape: [count], axis: 0 }), g.fill(1, [count]));
  const k = g.broadcast(numbers, { shape: wide, axes: [last] });
  const sums = (node: Node): Node => g.reduceSum(node, { axes: [last] });
  const most = (node: Node): Node => g.reduceMax(node, { axes: [last] });
  return site.made(made(g, g.equal(turned(index), places), turned(update), k, sums, most, base), at, x.dtype);
}

/** Rows of the group. */
export const scattering: readonly Operator[] = [
  operator("ScatterND", 11, scatterNd),
  operator("Scatter", 9, scatterElements),
  operator("ScatterElements", 11, scatterElements),
];
