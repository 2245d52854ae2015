// Sums, means, products and extremes over axes, and the place of an extreme. The axes are an attribute, later an input.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { axisOf, type Operator, operator, type Site } from "../define.ts";
import { isWhole } from "../numbers.ts";
import { type At, axesOf, nodeAxis, type Value } from "../values.ts";
import { beside } from "./moves.ts";

type Build = (g: G, x: Node, axes: readonly number[]) => Node;

/** The axes that vanish; undefined where nothing is reduced. */
function reducedAxes(site: Site, x: Value): readonly number[] | undefined {
  const rank = x.shape.length;
  const given = site.ints("axes") ?? site.optional(1)?.data ?? inferredAxes(site, x) ?? site.numbers(1, "axes");
  if (given !== undefined && given.length > 0)
    return [...new Set(Array.from(given, (axis) => axisOf(site, axis, rank)))].sort((a, b) => a - b);
  return site.int("noop_with_empty_axes", 0) === 1 ? undefined : axesOf(rank);
}

/** Axes that the file does not know, off the shape that it states for the result: a size that became 1 was reduced. */
function inferredAxes(site: Site, x: Value): readonly number[] | undefined {
  const declared = site.declaredShape(0);
  const isOpen = site.optional(1) !== undefined && site.optional(1)?.data === undefined;
  if (!isOpen || declared?.length !== x.shape.length || site.int("noop_with_empty_axes", 0) === 1) return undefined;
  return declared.flatMap((size, axis) => (size === 1 ? [axis] : []));
}

/** A value without some of its axes, or with 1 in their places. */
export function reduced(site: Site, x: Value, axes: readonly number[], keep: boolean, build: Build, dtype = x.dtype): Value {
  if (x.merged !== undefined) return beside(site, x, axes, !keep, (inner, own) => reduced(site, inner, own, keep, build, dtype));
  const value = site.apart(x, axes);
  const { at } = value;
  const node = build(site.g, site.node(value), axes.map((axis) => nodeAxis(at, axis))); // biome-ignore format: one line
  const shifted: At = typeof at === "number" ? at - axes.filter((axis) => axis < at).length : at;
  const made = site.made(node, shifted, dtype);
  if (!keep) return made;
  const kept = value.shape.map((size, axis) => (axes.includes(axis) ? 1 : size));
  const shape = typeof at === "number" ? kept.toSpliced(at, 1) : kept;
  return site.made(site.g.reshape(node, { shape: at === "none" ? shape : ["n", ...shape] }), at, dtype);
}

const reduction = (name: string, build: Build, before?: (g: G, x: Node) => Node): Operator =>
  operator(name, 1, (site) => {
    const x = site.input(0);
    const mapped = before === undefined ? x : site.elementwise([x], before);
    const axes = reducedAxes(site, x);
    if (axes === undefined) return name === "ReduceMean" ? x : reduced(site, mapped, [], false, build);
    if (isWhole(x.dtype) && name === "ReduceMean" && x.data === undefined) site.refuse(`of ${x.dtype} while the model runs`);
    return reduced(site, mapped, axes, site.int("keepdims", 1) === 1, build);
  });

const sum: Build = (g, x, axes) => g.reduceSum(x, { axes });
const least: Build = (g, x, axes) => g.neg(g.reduceMax(g.neg(x), { axes }));

/** The product along axes: halves times halves. */
const product: Build = (g, x, axes) => {
  let made = x;
  for (const axis of axes.toReversed()) {
    while ((made.type.shape[axis] as number) > 1) {
      const size = made.type.shape[axis] as number;
      const half = Math.floor(size / 2);
      const part = (start: number, count: number) =>
        g.slice(made, {
          starts: made.type.shape.map((_, i) => (i === axis ? start : 0)),
          sizes: made.type.shape.with(axis, count),
        });
      const pairs = g.mul(part(0, half), part(half, half));
      made = size % 2 === 1 ? g.concat(pairs, part(size - 1, 1), { axis }) : pairs;
    }
    const shape = made.type.shape.toSpliced(axis, 1);
    made = made.type.shape[axis] === 0 ? g.fill(1, shape) : g.reshape(made, { shape });
  }
  return made;
};

/** log Σ eˣ without overflow; where the largest is infinite it is the sum itself. */
const logSumExp: Build = (g, x, axes) => {
  const kept = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const largest = g.reduceMax(x, { axes });
  const isBounded = g.less(g.abs(largest), g.like(largest, Number.POSITIVE_INFINITY));
  const shift = g.select(isBounded, largest, g.like(largest, 0));
  const shifted = g.sub(x, g.broadcast(shift, { shape: x.type.shape, axes: kept }));
  return g.add(shift, g.log(g.reduceSum(g.exp(shifted), { axes })));
};

/** Where the largest stands: the first of equals, or the last. */
const place = (name: string, sign: 1 | -1): Operator =>
  operator(name, 1, (site) => {
    const x = site.input(0);
    const axis = axisOf(site, site.int("axis", 0), x.shape.length);
    const isLast = site.int("select_last_index", 0) === 1;
    const keep = site.int("keepdims", 1) === 1;
    const build: Build = (g, node, [at]) => {
      const largest = sign === 1 ? node : g.neg(node);
      if (!isLast) return g.argmax(largest, { axis: at });
      const found = g.argmax(g.reverse(largest, { axes: [at] }), { axis: at });
      return g.sub(g.like(found, (node.type.shape[at] as number) - 1), found);
    };
    return reduced(site, x, [axis], keep, build, "int64");
  });

/** Rows of the group. */
export const reductions: readonly Operator[] = [
  reduction("ReduceSum", sum),
  reduction("ReduceMean", (g, x, axes) => g.mean(x, { axes })),
  reduction("ReduceMax", (g, x, axes) => g.reduceMax(x, { axes })),
  reduction("ReduceMin", least),
  reduction("ReduceProd", product),
  reduction("ReduceL1", sum, (g, x) => g.abs(x)),
  reduction("ReduceL2", (g, x, axes) => g.sqrt(g.reduceSum(x, { axes })), (g, x) => g.square(x)), // biome-ignore format: one line
  reduction("ReduceSumSquare", sum, (g, x) => g.square(x)),
  reduction("ReduceLogSum", (g, x, axes) => g.log(g.reduceSum(x, { axes }))),
  reduction("ReduceLogSumExp", logSumExp),
  place("ArgMax", 1),
  place("ArgMin", -1),
];
