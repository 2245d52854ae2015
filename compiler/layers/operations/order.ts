// What asks for the order of numbers along an axis: the largest of them, quantiles, and numbers at places that are data. In ops: each number
// is compared with each, which gives its place (`placesIn`), and a place picks its number; no line has jumps. So an axis has at most
// `mostSorted` numbers. As in NumPy equal numbers keep their order and NaN comes last. https://keras.io/api/ops/numpy/
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { axisOrAxes, badAxis, batched, count, sampleAxes, sampleShape, sizeOf } from "../shared.ts";
import { alongAxis } from "../stream.ts";

/** The longest axis that is sorted: the square of its size is compared for each row. */
export const mostSorted = 2048;

/** The problem of an axis that is too long to be sorted. */
export const tooLong = (size: number): Problem | undefined =>
  size <= mostSorted
    ? undefined
    : {
        path: "axis",
        message: `${mostSorted} numbers at most are sorted, for each is compared with each, found ${size}`,
        hint: "take a part of the axis, or its largest numbers by pooling first",
      };

/** x twice over a new axis behind `axis`: what stands at `axis` in one, and at the new one in the other. */
function pairs(g: G, x: Node, axis: number, size: number): readonly [Node, Node] {
  const shape = x.type.shape.toSpliced(axis + 1, 0, size);
  const without = (gone: number) => shape.map((_, i) => i).filter((i) => i !== gone);
  const across = x.type.shape.toSpliced(axis, 0, size);
  return [
    g.broadcast(x, { shape, axes: without(axis + 1) }),
    g.broadcast(x, { shape: across, axes: across.map((_, i) => i).filter((i) => i !== axis) }),
  ];
}

const isNumber = (g: G, x: Node): Node => g.equal(x, x);

/** Where each number of an axis would stand if they were sorted: the count of those before it. `descending`: the largest first, NaN too. */
export function placesIn(g: G, x: Node, axis: number, descending = false): Node {
  const size = x.type.shape[axis] as number;
  const [own, other] = pairs(g, g.stopGradient(x), axis, size);
  const [least, most] = descending ? [own, other] : [other, own];
  // NaN is beyond all numbers, and no NaN before another.
  const beyond = g.mul(isNumber(g, least), g.equal(isNumber(g, most), g.like(most, 0)));
  const bothNone = g.equal(g.add(isNumber(g, own), isNumber(g, other)), g.like(own, 0));
  const place = (at: number) => g.broadcast(g.iota({ shape: [size], axis: 0 }), { shape: own.type.shape, axes: [at] });
  const earlier = g.mul(g.max(g.equal(own, other), bothNone), g.less(place(axis + 1), place(axis)));
  return g.reduceSum(g.max(g.max(g.less(least, most), beyond), earlier), { axes: [axis + 1] });
}

/** Numbers of an axis at places: `wanted` has, along the same axis, the number of one among `places` that are those of x. */
function picked(g: G, x: Node, places: Node, wanted: Node, axis: number): Node {
  const [size, many] = [x, wanted].map(({ type }) => type.shape[axis] as number);
  const shape = x.type.shape.toSpliced(axis + 1, 0, many);
  const along = (node: Node, gone: number) =>
    g.broadcast(node, { shape, axes: shape.map((_, i) => i).filter((i) => i !== gone) });
  if (size === 1 && many === 1) return x;
  const hit = g.equal(along(places, axis + 1), along(wanted, axis));
  return g.reduceSum(g.select(hit, along(x, axis + 1), g.fill(0, shape)), { axes: [axis] });
}

/** 0, 1, … along an axis of a value's shape, as many as `many`. */
const counted = (g: G, { type: { shape } }: Node, axis: number, many: number): Node =>
  g.broadcast(g.iota({ shape: [many], axis: 0 }), { shape: shape.with(axis, many), axes: [axis] });

/** The first numbers of an axis once it is sorted, and where they stood. */
export function sorted(
  g: G,
  x: Node,
  axis: number,
  many: number,
  descending = false,
): { readonly values: Node; readonly from: Node } {
  const places = placesIn(g, x, axis, descending);
  const wanted = counted(g, x, axis, many);
  const size = x.type.shape[axis] as number;
  return { values: picked(g, x, places, wanted, axis), from: picked(g, counted(g, x, axis, size), places, wanted, axis) };
}

/** The largest numbers of the last axis, and where they stand. */
export const topK = layer({
  name: "topK",
  keras: "ops.TopK",
  says: 'The `k` largest numbers of the last axis, the largest first, and as `"topK:1"` where they stand: the first of equals; masks end.',
  config: z.strictObject({ k: count }),
  legal: ({ k }, input) => {
    const size = input.at(-1);
    if (size === undefined || k > size) {
      const message = `the last axis has ${size ?? "no"} numbers, found ${k} of them`;
      return { path: "k", code: "shape/mismatch", message, hint: "k is at most the size of the last axis" };
    }
    const problem = tooLong(size);
    return problem === undefined ? undefined : { ...problem, path: "k" };
  },
  weights: () => [],
  stream: { says: "where a step has several numbers", of: (_config, [input]) => (input.length > 1 ? "steps" : { refused: "it sorts steps" }) }, // biome-ignore format: one line
  lower: (g, { x, config: { k } }) => {
    const { values, from } = sorted(g, x, x.type.shape.length - 1, k, true);
    return { y: values, more: [from], mask: null };
  },
});

/** Numbers at places that another input names. */
export const takeAlongAxis = layer({
  name: "takeAlongAxis",
  keras: "ops.TakeAlongAxis",
  says: "The numbers of the first input along an axis (0 is the batch, −1 the last) at the places that the second names, rounded down; −1 is the last place, and beyond the axis its ends count; masks end.",
  config: z.strictObject({ axis: z.int().default(-1) }),
  takes: [2, 2],
  legal: ({ axis }, input, [, places]) => {
    const problem = badAxis(axis, input);
    if (problem !== undefined) return problem;
    const at = (sampleAxes(axis, input) ?? [0])[0];
    if (places.length === input.length && places.every((size, i) => i === at || size === input[i])) return tooLong(Math.max(input[at], places[at])); // biome-ignore format: one line
    const message = `the places need the shape of the numbers but along the axis, found ${showShape(input)} and ${showShape(places)}`;
    return { path: "inputs", code: "shape/mismatch", message, hint: "broadcastTo repeats axes of 1" };
  },
  weights: () => [],
  lower: (g, { x, xs: [, ids], config: { axis } }) => {
    const at = (sampleAxes(axis, sampleShape(x)) ?? [])[0] + 1;
    const size = x.type.shape[at] as number;
    const floored = g.floor(ids);
    const whole = g.select(g.less(floored, g.like(ids, 0)), g.add(floored, g.like(ids, size)), floored);
    const within = g.min(g.max(whole, g.like(ids, 0)), g.like(ids, size - 1));
    return { y: picked(g, x, counted(g, x, at, size), within, at), mask: null };
  },
});

/** Between which two sorted numbers each method takes its own, and how far on from the first. */
const methods = {
  linear: (between: number) => between,
  lower: () => 0,
  higher: (between: number) => (between > 0 ? 1 : 0),
  midpoint: (between: number) => (between > 0 ? 0.5 : 0),
  nearest: (between: number) => (between > 0.5 ? 1 : 0),
} as const;

/** The number below which a part of the numbers lies. */
export const quantile = layer({
  name: "quantile",
  keras: "ops.Quantile",
  says: "The number below which the part `q` of the numbers along an axis or several lies (0 is the batch, −1 the last); NaN where one of them is; masks end.",
  config: z.strictObject({
    q: z.number().min(0).max(1),
    axis: axisOrAxes,
    method: z.enum(Object.keys(methods) as [keyof typeof methods, ...(keyof typeof methods)[]]).default("linear"),
    keepdims: z.boolean().default(false),
  }),
  legal: ({ axis }, input) => badAxis(axis, input) ?? tooLong(sizeOf((sampleAxes(axis, input) ?? []).map((i) => input[i]))),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { q, axis, method, keepdims } }) => {
    const sample = sampleShape(x);
    const gone = sampleAxes(axis, sample) ?? [];
    const kept = sample.map((_, i) => i).filter((i) => !gone.includes(i));
    const line = g.reshape(g.transpose(x, { perm: [0, ...kept, ...gone].map((i, k) => (k === 0 ? 0 : i + 1)) }), {
      shape: batched([...kept.map((i) => sample[i]), sizeOf(gone.map((i) => sample[i]))]),
    });
    const at = line.type.shape.length - 1;
    const size = line.type.shape[at] as number;
    const { values } = sorted(g, line, at, size);
    const place = Math.fround(q) * (size - 1);
    const none = line.type.shape.map(() => 0);
    const one = (i: number) =>
      g.reshape(g.slice(values, { starts: none.with(at, i), sizes: line.type.shape.with(at, 1) }), {
        shape: line.type.shape.slice(0, -1),
      });
    const [low, part] = [Math.floor(place), methods[method](place - Math.floor(place))];
    const weighed = (node: Node, weight: number) => g.mul(node, g.like(node, weight));
    const y = part === 0 ? one(low) : part === 1 ? one(low + 1) : g.add(weighed(one(low), 1 - part), weighed(one(low + 1), part));
    // NaN is last of all that is sorted.
    const whole = g.select(isNumber(g, one(size - 1)), y, one(size - 1));
    const shape = batched(sample.flatMap((length, i) => (gone.includes(i) ? (keepdims ? [1] : []) : [length])));
    return { y: g.reshape(whole, { shape }), mask: null };
  },
});
