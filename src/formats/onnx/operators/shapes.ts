// Operators that change shapes and move numbers, and compute nothing. Shapes are numbers of the file: they must be known when the model is
// opened, or follow from the shape that the file states for a result.
import { sizeOf } from "../../../../compiler/graph/graph.ts";
import { axisOf, type Made, type Operator, operator, type Site } from "../define.ts";
import { most } from "../fold.ts";
import { axesOf, broadcastShape, known, type Value } from "../values.ts";
import { cut, joined, padded, reshapeTo, stretched, take, transposeTo } from "./moves.ts";
import { checkCount, checkShape } from "./sources.ts";

/** A shape that the file gives as numbers, or else the one that it states for the result. */
const shapeOf = (site: Site, index: number, attribute = "shape"): readonly number[] | undefined => {
  if (site.ints(attribute) === undefined && site.optional(index)?.data === undefined) {
    const declared = site.optional(index) === undefined ? undefined : site.declaredShape(0);
    if (declared !== undefined) return declared;
  }
  return site.list(attribute, index);
};

/** 0 takes the size over, −1 is what is left. */
const reshape = (site: Site): Value => {
  const x = site.input(0);
  const given = shapeOf(site, 1) ?? site.refuse("without a shape");
  const keepsZero = site.int("allowzero", 0) === 1;
  const sizes = given.map((size, axis) => (size === 0 && !keepsZero ? (x.shape[axis] ?? 0) : size));
  const rest = sizeOf(sizes.filter((size) => size !== -1));
  const shape = sizes.map((size) => (size === -1 ? sizeOf(x.shape) / rest : size));
  checkShape(site, shape);
  return reshapeTo(site, x, shape);
};

const flatten = (site: Site): Value => {
  const x = site.input(0);
  const axis = site.int("axis", 1);
  const from = axis < 0 ? axis + x.shape.length : axis;
  return reshapeTo(site, x, [sizeOf(x.shape.slice(0, from)), sizeOf(x.shape.slice(from))]);
};

const squeeze = (site: Site): Value => {
  const x = site.input(0);
  const rank = x.shape.length;
  const declared = site.optional(1) !== undefined && site.input(1).data === undefined ? site.declaredShape(0) : undefined;
  if (declared !== undefined) return reshapeTo(site, x, declared);
  const axes = site.list("axes", 1)?.map((axis) => axisOf(site, axis, rank));
  const gone = (axis: number): boolean => (axes === undefined ? x.shape[axis] === 1 : axes.includes(axis));
  if (axes?.some((axis) => x.shape[axis] !== 1)) site.refuse(`of axes [${axes.join(", ")}] of [${x.shape.join(", ")}]`);
  return withAxes(site, x, x.shape.filter((_, axis) => !gone(axis)), (axis) => axis - axesOf(axis).filter(gone).length); // biome-ignore format: one line
};

const unsqueeze = (site: Site): Value => {
  const x = site.input(0);
  const declared = site.ints("axes") === undefined && site.input(1).data === undefined ? site.declaredShape(0) : undefined;
  if (declared !== undefined) return reshapeTo(site, x, declared);
  const given = site.list("axes", 1) ?? [];
  const rank = x.shape.length + given.length;
  const axes = given.map((axis) => axisOf(site, axis, rank)).sort((a, b) => a - b);
  const shape = axes.reduce<readonly number[]>((sizes, axis) => sizes.toSpliced(axis, 0, 1), x.shape);
  return withAxes(site, x, shape, (axis) => axesOf(rank).filter((to) => !axes.includes(to))[axis]);
};

/** Axes of size 1 more or fewer: where the batch goes is said, since sizes of 1 look alike. */
function withAxes(site: Site, x: Value, shape: readonly number[], moved: (axis: number) => number): Value {
  const { at } = x;
  if (typeof at !== "number") return reshapeTo(site, x, shape);
  const to = moved(at);
  if (shape[to] !== x.shape[at]) return reshapeTo(site, site.each(x), shape);
  return site.made(site.g.reshape(site.node(x), { shape: ["n", ...shape.toSpliced(to, 1)] }), to, x.dtype);
}

const transpose = (site: Site): Value => {
  const x = site.input(0);
  const perm = site.ints("perm") ?? axesOf(x.shape.length).reverse();
  return transposeTo(site, x, perm.map((axis) => axisOf(site, axis, x.shape.length))); // biome-ignore format: one line
};

const expand = (site: Site): Value => {
  const x = site.input(0);
  const given = shapeOf(site, 1) ?? [];
  const shape = broadcastShape(x.shape, given) ?? site.refuse(`of [${x.shape.join(", ")}] to [${given.join(", ")}]`);
  checkShape(site, shape);
  // As many of known numbers as the batch has rows: a number for each, where there are too many to be known.
  const isBatch = site.rows !== 1 && shape[0] === site.rows && (x.shape.length < shape.length || x.shape[0] === 1);
  if (x.at !== "none" || !isBatch || sizeOf(shape) <= most) return stretched(site, x, shape);
  const rest = shape.slice(1);
  const row = site.laid(x, 0, shape.length);
  return site.made(site.g.broadcast(site.g.broadcastTo(row, rest), { shape: ["n", ...rest], axes: axesOf(rest.length, 1) }), 0, x.dtype); // biome-ignore format: one line
};

/** Each axis several times over: [1, d] repeated, then as one axis. */
const tile = (site: Site): Value => {
  const x = site.input(0);
  const declared = site.optional(1)?.data === undefined ? site.declaredShape(0) : undefined;
  const repeats = declared?.map((size, axis) => size / x.shape[axis]) ?? [...(site.numbers(1, "repeats") ?? [])];
  checkShape(site, x.shape.map((size, axis) => size * (repeats[axis] ?? 1))); // biome-ignore format: one line
  return x.shape.reduce<Value>((made, size, axis) => {
    const times = repeats[axis] ?? 1;
    if (times === 1) return made;
    const value = site.apart(made, [axis]);
    const apart = withAxes(site, value, value.shape.toSpliced(axis, 0, 1), (at) => (at < axis ? at : at + 1));
    return merged(site, stretched(site, apart, apart.shape.with(axis, times)), axis, size * times);
  }, x);
};

/** Two neighbouring axes as one. */
function merged(site: Site, x: Value, axis: number, size: number): Value {
  const shape = x.shape.toSpliced(axis, 2, size);
  const at = typeof x.at === "number" && x.at > axis ? x.at - 1 : x.at;
  const inner = typeof at === "number" ? shape.toSpliced(at, 1) : shape;
  return site.made(site.g.reshape(site.node(x), { shape: at === "none" ? inner : ["n", ...inner] }), at, x.dtype);
}

const concat = (site: Site): Value => {
  const values = site.inputs();
  const axis = axisOf(site, site.int("axis", 1), values[0].shape.length);
  return values.length === 1 ? values[0] : joined(site, values, axis);
};

/** Into sizes that are given, or as many as there are outputs. */
const split = (site: Site): Made => {
  const x = site.input(0);
  const axis = axisOf(site, site.int("axis", 0), x.shape.length);
  const total = x.shape[axis];
  const count = site.int("num_outputs", site.outputCount);
  if (count !== site.outputCount) site.refuse(`into ${count} parts of which ${site.outputCount} are named`);
  const even = Math.ceil(total / count);
  const declared = axesOf(count).map((i) => site.declaredShape(i)?.[axis]);
  const isStated =
    site.optional(1) !== undefined && site.input(1).data === undefined && declared.every((size) => size !== undefined);
  const sizes = isStated
    ? (declared as number[])
    : (site.list("split", 1) ?? axesOf(count).map((i) => Math.min(even, total - i * even)));
  if (sizes.reduce((a, b) => a + b, 0) !== total || sizes.some((size) => size < 0))
    site.refuse(`of ${total} into [${sizes.join(", ")}]`);
  const starts = sizes.map((_, i) => sizes.slice(0, i).reduce((a, b) => a + b, 0));
  return sizes.map((size, i) => cut(site, x, axis, starts[i], size));
};

/** One stretch of each axis, by steps that may be negative. */
const slice = (site: Site): Value => {
  const x = site.input(0);
  const rank = x.shape.length;
  const starts = site.list("starts", 1) ?? [];
  const ends = site.list("ends", 2) ?? [];
  const axes = (site.list("axes", 3) ?? axesOf(starts.length)).map((axis) => axisOf(site, axis, rank));
  const steps = site.list("steps", 4) ?? starts.map(() => 1);
  return axes.reduce<Value>((made, axis, i) => {
    const { start, count, step } = stretchOf(x.shape[axis], starts[i], ends[i], steps[i]);
    if (step === 0) site.refuse("by steps of 0");
    checkCount(site, count);
    if (step === 1) return cut(site, made, axis, start, count);
    return take(site, made, axis, Array.from({ length: count }, (_, k) => start + k * step)); // biome-ignore format: one line
  }, x);
};

function stretchOf(size: number, from: number, to: number, step: number) {
  const inside = (value: number, low: number, high: number): number =>
    Math.min(Math.max(value < 0 ? value + size : value, low), high);
  const [start, end] =
    step < 0 ? [inside(from, 0, size - 1), inside(to, -1, size - 1)] : [inside(from, 0, size), inside(to, 0, size)];
  return { start, step, count: Math.max(Math.ceil((end - start) / step), 0) };
}

/** Margins of one number, or of what lies inside: turned round, repeated, or from the other end. */
const pad = (site: Site): Value => {
  const x = site.input(0);
  const rank = x.shape.length;
  const given = site.ints("pads") ?? site.ints("paddings") ?? site.list("pads", 1) ?? [];
  const axes = (site.numbers(3, "axes") === undefined ? axesOf(rank) : [...(site.numbers(3, "axes") ?? [])]).map((axis) =>
    axisOf(site, axis, rank),
  );
  const [low, high] = [new Array<number>(rank).fill(0), new Array<number>(rank).fill(0)];
  for (const [i, axis] of axes.entries()) [low[axis], high[axis]] = [given[i], given[i + axes.length]];
  checkShape(site, x.shape.map((size, axis) => size + low[axis] + high[axis])); // biome-ignore format: one line
  const mode = site.string("mode", "constant");
  if (mode === "constant") return padded(site, x, low, high, site.numbers(2, "a value")?.[0] ?? site.float("value", 0));
  checkCount(site, Math.max(...x.shape.map((size, axis) => size + low[axis] + high[axis])));
  const outside = outsides[mode] ?? site.refuse(`in mode ${mode}`);
  return x.shape.reduce<Value>((made, size, axis) => {
    if (low[axis] === 0 && high[axis] === 0) return made;
    const indices = Array.from({ length: size + low[axis] + high[axis] }, (_, i) => outside(i - low[axis], size));
    return take(site, made, axis, indices);
  }, x);
};

/** Which element stands at a place outside. */
const outsides: Readonly<Record<string, (place: number, size: number) => number>> = {
  edge: (place, size) => Math.min(Math.max(place, 0), size - 1),
  wrap: (place, size) => ((place % size) + size) % size,
  reflect: (place, size) => {
    if (size === 1) return 0;
    const period = 2 * (size - 1);
    const within = ((place % period) + period) % period;
    return Math.min(within, period - within);
  },
};

/** Blocks of channels as blocks of a picture, and back. */
const depthToSpace = (site: Site): Value => {
  const x = site.input(0);
  const [n, c, h, w] = x.shape;
  const b = site.int("blocksize", 1);
  const isColumns = site.string("mode", "DCR") === "CRD";
  const apart = reshapeTo(site, x, isColumns ? [n, c / (b * b), b, b, h, w] : [n, b, b, c / (b * b), h, w]);
  const turned = transposeTo(site, apart, isColumns ? [0, 1, 4, 2, 5, 3] : [0, 3, 4, 1, 5, 2]);
  return reshapeTo(site, turned, [n, c / (b * b), h * b, w * b]);
};

const spaceToDepth = (site: Site): Value => {
  const x = site.input(0);
  const [n, c, h, w] = x.shape;
  const b = site.int("blocksize", 1);
  const apart = reshapeTo(site, x, [n, c, h / b, b, w / b, b]);
  return reshapeTo(site, transposeTo(site, apart, [0, 3, 5, 1, 2, 4]), [n, c * b * b, h / b, w / b]);
};

/** One triangle of the last two axes; the other is 0. */
const trilu = (site: Site): Value => {
  const x = site.input(0);
  const [rows, columns] = x.shape.slice(-2);
  checkCount(site, rows * columns);
  const k = site.numbers(1, "a diagonal")?.[0] ?? 0;
  const isUpper = site.int("upper", 1) === 1;
  const mask = Float64Array.from({ length: rows * columns }, (_, i) => {
    const above = (i % columns) - Math.floor(i / columns) - k;
    return (isUpper ? above >= 0 : above <= 0) ? 1 : 0;
  });
  const kept = known("bool", [rows, columns], mask);
  return site.elementwise([kept, x], (g, a, b) => g.select(a, b, g.like(b, 0)), x.dtype);
};

/** The first stretch of each row turned round, by lengths that are known. */
const reverseSequence = (site: Site): Value => {
  const x = site.input(0);
  const [batch, time] = ([["batch_axis", 1], ["time_axis", 0]] as const).map(([name, otherwise]) => axisOf(site, site.int(name, otherwise), x.shape.length)); // biome-ignore format: one line
  const lengths = site.numbers(1, "lengths") ?? [];
  if (lengths.length !== x.shape[batch]) return site.refuse(`of ${x.shape[batch]} sequences with ${lengths.length} lengths`);
  const parts = [...lengths].map((length, i) => {
    const indices = Array.from({ length: x.shape[time] }, (_, t) => (t < length ? length - 1 - t : t));
    return take(site, cut(site, x, batch, i, 1), time, indices);
  });
  return parts.length === 1 ? parts[0] : joined(site, parts, batch);
};

/** Rows of the group. */
export const shapes: readonly Operator[] = [
  operator("Reshape", 1, reshape),
  operator("Flatten", 1, flatten),
  operator("Squeeze", 1, squeeze),
  operator("Unsqueeze", 1, unsqueeze),
  operator("Transpose", 1, transpose),
  operator("Expand", 8, expand),
  operator("Tile", 6, tile),
  operator("Concat", 1, concat),
  operator("Split", 1, split),
  operator("Slice", 1, slice),
  operator("Pad", 1, pad),
  operator("DepthToSpace", 1, depthToSpace),
  operator("SpaceToDepth", 1, spaceToDepth),
  operator("Trilu", 14, trilu),
  operator("ReverseSequence", 10, reverseSequence),
];
