// Operators that pick and place numbers by index. Known indices cut and join; indices that live pick rows of weights, or compare with every
// place of an axis. Negative ones count from the end.
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import { axisOf, type Operator, operator, type Site } from "../define.ts";
import { axesOf, cutKnown, known, nodeAxis, type Value } from "../values.ts";
import { cut, reshapeTo, take } from "./moves.ts";
import { checkCount } from "./sources.ts";

/** Sizes of axes that living indices are compared with. */
export const longest = 4096;

/** Counted from 0, all of them. */
export function settled(site: Site, indices: Value, size: number): Value {
  if (indices.data === undefined)
    return site.elementwise([indices], (g, i) => g.select(g.less(i, g.like(i, 0)), g.add(i, g.like(i, size)), i));
  const data = Float64Array.from(indices.data, (index) => (index < 0 ? index + size : index));
  const bad = data.findIndex((index) => index < 0 || index >= size);
  if (bad >= 0) site.refuse(`at ${indices.data[bad]} of ${size}`);
  return known(indices.dtype, indices.shape, data);
}

const gather = (site: Site): Value => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", 0), x.shape.length);
  const indices = settled(site, site.input(1), x.shape[axis]);
  const shape = x.shape.toSpliced(axis, 1, ...indices.shape);
  if (indices.data !== undefined) {
    const taken = indices.data.length === 1 ? cut(site, x, axis, indices.data[0], 1) : take(site, x, axis, [...indices.data]);
    return regrouped(site, taken, axis, indices.shape, shape);
  }
  return x.at === "none" ? rowsOf(site, x, axis, indices) : compared(site, x, axis, indices);
};

/** One axis as several, or as none; where the batch is is known. */
function regrouped(site: Site, x: Value, axis: number, into: readonly number[], shape: readonly number[]): Value {
  const { at } = x;
  if (typeof at !== "number") return reshapeTo(site, x, shape);
  if (at === axis) return reshapeTo(site, x, shape);
  const to = at < axis ? at : at + into.length - 1;
  return site.made(site.g.reshape(site.node(x), { shape: ["n", ...shape.toSpliced(to, 1)] }), to, x.dtype);
}

/** Rows of weights by living indices: those axes stand where the axis was. */
export function rowsOf(site: Site, x: Value, axis: number, indices: Value): Value {
  const { g } = site;
  const table = g.transpose(site.node(x), { perm: [axis, ...axesOf(x.shape.length).filter((i) => i !== axis)] });
  const ids = site.node(indices);
  const picked = g.gather(table, ids);
  const rank = ids.type.shape.length;
  const before = typeof indices.at === "number" ? indices.at + axis : indices.at;
  // [n, ids, before, behind] to [n, before, ids, behind].
  const isLive = indices.at !== "none";
  const inner = axesOf(rank).slice(isLive ? 1 : 0);
  const rest = axesOf(picked.type.shape.length - rank, rank);
  const perm = [...(isLive ? [0] : []), ...rest.slice(0, axis), ...inner, ...rest.slice(axis)];
  return site.made(g.transpose(picked, { perm }), before, x.dtype);
}

/** Living numbers by living indices: of every place that an index may mean the one that it does. */
function compared(site: Site, x: Value, axis: number, indices: Value): Value {
  const size = x.shape[axis];
  if (size > longest) site.refuse(`along an axis of ${size} by indices that are computed`);
  const count = indices.shape.length;
  const [before, behind] = [x.shape.slice(0, axis), x.shape.slice(axis + 1)];
  // [before, ids, size, behind], where the indices have ones before and behind, and the numbers for the ids.
  const ids = reshapeTo(site, indices, [...before.map(() => 1), ...indices.shape, 1, ...behind.map(() => 1)]);
  const numbers = reshapeTo(site, x, [...before, ...indices.shape.map(() => 1), size, ...behind]);
  return chosen(site, ids, numbers, before.length + count, size);
}

/** Σ over an axis of what stands where the index says. */
export function chosen(site: Site, ids: Value, numbers: Value, axis: number, size: number): Value {
  const rank = numbers.shape.length;
  const places = known("int64", axesOf(rank).map((i) => (i === axis ? size : 1)), axesOf(size)); // biome-ignore format: one line
  const picked = site.elementwise(
    [ids, places, numbers],
    (g, a, b, c) => g.select(g.equal(a, b), c, g.like(c, 0)),
    numbers.dtype,
  );
  const value = site.apart(picked, [axis]);
  const node = site.g.reduceSum(site.node(value), { axes: [nodeAxis(value.at, axis)] });
  return site.made(node, typeof value.at === "number" && value.at > axis ? value.at - 1 : value.at, numbers.dtype);
}

/** Each index picks on its own line. */
const gatherElements = (site: Site): Value => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", 0), x.shape.length);
  const size = x.shape[axis];
  if (size > longest) site.refuse(`along an axis of ${size}`);
  const indices = settled(site, site.input(1), size);
  const part = indices.shape.reduce<Value>((made, count, i) => (i === axis ? made : cut(site, made, i, 0, count)), x);
  const ids = reshapeTo(site, site.apart(indices, [axis]), indices.shape.toSpliced(axis + 1, 0, 1));
  const numbers = reshapeTo(site, site.apart(part, [axis]), part.shape.toSpliced(axis, 0, 1));
  return chosen(site, ids, numbers, axis + 1, size);
};

/**
 * Values of a row, where the batch is axis 0 of x and each row has its own part of all of them, known numbers the same; undefined where that
 * is not so. They have no batch axis then.
 */
export function ofRow(site: Site, x: Value, ...others: readonly Value[]): readonly Value[] | undefined {
  if (x.at !== 0 || site.rows === 1) return undefined;
  const parts = [x, ...others].map((value): Value | undefined => {
    if (value.at === 0) return { ...value, at: "each", shape: value.shape.slice(1) };
    if (value.data === undefined || value.shape[0] !== x.shape[0]) return undefined;
    const first = cutKnown(value, 0, 0, 1);
    const numbers = first.data ?? [];
    const isSame = value.data.every((number, i) => Object.is(number, numbers[i % numbers.length]));
    return isSame ? { ...first, shape: first.shape.slice(1) } : undefined;
  });
  return parts.some((part) => part === undefined) ? undefined : (parts as readonly Value[]);
}

/** What was made of one row, with the batch on axis 0 again. */
export const withRows = (site: Site, value: Value): Value => site.made(site.node(value), 0, value.dtype);

/** Coordinates without the first, where that is the row that they stand in: undefined where it is not. */
export function withinRow({ data, shape, dtype }: Value): Value | undefined {
  const depth = shape.at(-1) ?? 0;
  if (data === undefined || depth < 2 || shape.length < 2) return undefined;
  const line = data.length / shape[0];
  if (!data.every((number, i) => i % depth > 0 || number === Math.floor(i / line))) return undefined;
  return known(dtype, shape.with(-1, depth - 1), data.filter((_, i) => i % depth > 0)); // biome-ignore format: one line
}

/** Known coordinates of leading axes, as places in one axis. */
const gatherNd = (site: Site): Value => {
  const [x, indices] = [site.input(0), site.input(1)];
  const shared = site.int("batch_dims", 0);
  const own = shared === 1 ? indices : withinRow(indices);
  const parts = own === undefined ? undefined : ofRow(site, x, own);
  if (shared > 1 || (shared === 1 && parts === undefined)) site.refuse("with batch_dims");
  return parts === undefined ? gatheredNd(site, x, indices) : withRows(site, gatheredNd(site, parts[0], parts[1]));
};

function gatheredNd(site: Site, x: Value, indices: Value): Value {
  const depth = indices.shape.at(-1) ?? 0;
  const [lead, rest] = [x.shape.slice(0, depth), x.shape.slice(depth)];
  const flat = reshapeTo(site, site.apart(x, axesOf(depth)), [sizeOf(lead), ...rest]);
  if (indices.data === undefined) {
    const ids = livingPlaces(site, indices, lead);
    return flat.at === "none" ? rowsOf(site, flat, 0, ids) : compared(site, flat, 0, ids);
  }
  const places = placesOf(site, x, indices, depth);
  return reshapeTo(site, take(site, flat, 0, places), [...indices.shape.slice(0, -1), ...rest]);
}

/** Coordinates that are computed, as places in one axis. */
function livingPlaces(site: Site, indices: Value, lead: readonly number[]): Value {
  const axis = indices.shape.length - 1;
  const parts = lead.map((size, i) => {
    const one = reshapeTo(site, cut(site, site.apart(indices, [axis]), axis, i, 1), indices.shape.slice(0, -1));
    const stride = sizeOf(lead.slice(i + 1));
    return site.elementwise([settled(site, one, size)], (g, a) => g.mul(a, g.like(a, stride)));
  });
  return parts.reduce((sum, part) => site.elementwise([sum, part], (g, a, b) => g.add(a, b)));
}

/** Coordinates that are known, as places in one axis. */
export function placesOf(site: Site, x: Value, indices: Value, depth: number): readonly number[] {
  const data = indices.data ?? site.refuse("by indices that are computed while the model runs");
  return Array.from({ length: depth === 0 ? 0 : data.length / depth }, (_, i) => {
    const coords = axesOf(depth)
      .map((axis) => data[i * depth + axis])
      .map((index, axis) => (index < 0 ? index + x.shape[axis] : index));
    const bad = coords.some((index, axis) => index < 0 || index >= x.shape[axis]);
    if (bad) site.refuse(`at [${coords.join(", ")}] of [${x.shape.join(", ")}]`);
    return coords.reduce((place, index, axis) => place * x.shape[axis] + index, 0);
  });
}

/** A new axis with one value at the index and another elsewhere. */
const oneHot = (site: Site): Value => {
  const indices = site.input(0);
  const rank = indices.shape.length + 1;
  const axis = axisOf(site, site.int("axis", -1), rank);
  const depth = site.optional(1)?.data?.[0] ?? site.declaredShape(0)?.[axis] ?? site.numbers(1, "a depth")?.[0] ?? 1;
  checkCount(site, depth);
  const values = site.input(2);
  const [off, on] = [0, 1].map((i) => reshapeTo(site, cut(site, site.apart(values, [0]), 0, i, 1), []));
  // An index beyond the depth means nothing: negative ones count from the end as far as that.
  const ids = site.elementwise([indices], (g, i) => g.select(g.less(i, g.like(i, 0)), g.add(i, g.like(i, depth)), i));
  const wide = reshapeTo(site, ids, indices.shape.toSpliced(axis, 0, 1));
  const places = known("int64", axesOf(rank).map((i) => (i === axis ? depth : 1)), axesOf(depth)); // biome-ignore format: one line
  return site.elementwise([wide, places, on, off], (g, a, b, c, d) => g.select(g.equal(a, b), c, d), values.dtype);
};

/** Those of an axis, or of all numbers, that a known condition keeps. */
const compress = (site: Site): Value => {
  const x = site.input(0);
  const condition = site.numbers(1, "a condition") ?? [];
  const kept = [...condition].flatMap((value, i) => (value === 0 ? [] : [i]));
  const axis = site.attribute("axis")?.int;
  if (axis !== undefined) return take(site, x, axisOf(site, axis, x.shape.length), kept);
  return take(site, reshapeTo(site, site.apart(x, axesOf(x.shape.length)), [sizeOf(x.shape)]), 0, kept);
};

/** Where known numbers are not 0: a column of coordinates each. */
const nonZero = (site: Site): Value => {
  const { shape } = site.input(0);
  const data = site.numbers(0, "an input") ?? [];
  const found = [...data].flatMap((value, i) => (value === 0 ? [] : [i]));
  const rows = shape.map((size, axis) => found.map((place) => Math.floor(place / sizeOf(shape.slice(axis + 1))) % size));
  return known("int64", [shape.length, found.length], rows.flat());
};

/** Rows of the group. */
export const indexing: readonly Operator[] = [
  operator("Gather", 1, gather),
  operator("GatherElements", 11, gatherElements),
  operator("GatherND", 11, gatherNd),
  operator("OneHot", 9, oneHot),
  operator("Compress", 9, compress),
  operator("NonZero", 9, nonZero, { foldsItself: true }),
];
