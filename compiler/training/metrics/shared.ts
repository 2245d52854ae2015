// Pieces that several metrics share: quotients, yes and no, thresholds, places along the last axis.
import * as z from "zod";
import type { Node, Shape } from "../../graph/graph.ts";
import { sameShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { MetricShapes } from "../define.ts";

/** Keras' fuzz factor. */
export const epsilon = 1e-7;
/** Keys of every metric that change no number here: its log name is `as`. */
export const fixed = { dtype: "any", name: "any" } as const;
/** The config of a metric that has none. */
export const noConfig: z.ZodType<object> = z.strictObject({});
/** Some numbers in 0..1, or one. */
export const thresholds: z.ZodDefault<z.ZodNullable<z.ZodType<number | readonly number[]>>> = z
  .union([z.number().min(0).max(1), z.array(z.number().min(0).max(1)).min(1)])
  .nullable()
  .default(null);
/** A whole number from 0, or null. */
export const place: z.ZodDefault<z.ZodNullable<z.ZodInt>> = z.int().min(0).nullable().default(null);

export const lastAxis = (x: Node): number => x.type.shape.length - 1;
export const allAxes = (x: Node): number[] => x.type.shape.map((_, axis) => axis);
/** The sum of all there is, a scalar. */
export const sumAll = (g: G, x: Node): Node => g.reduceSum(x, { axes: allAxes(x) });
/** a / b, and 0 where b is 0. */
export const ratio = (g: G, a: Node, b: Node): Node => g.select(g.equal(b, g.like(b, 0)), g.like(a, 0), g.div(a, b));
/** 1 − x, of 0 and 1. */
export const not = (g: G, x: Node): Node => g.sub(g.like(x, 1), x);
/** A value over the first axes of `shape`, the same along the rest. */
export const alongFirst = (g: G, x: Node, shape: Shape): Node =>
  g.broadcast(x, { shape, axes: x.type.shape.map((_, axis) => axis) });
/** A value over the last axes of `shape`, the same along the rest. */
export const alongLast = (g: G, x: Node, shape: Shape): Node =>
  g.broadcast(x, { shape, axes: x.type.shape.map((_, axis) => axis + shape.length - x.type.shape.length) });
/** A list as a node. */
export const list = (g: G, values: readonly number[]): Node => g.constant({ shape: [values.length], values: [...values] });
/** What is at one place along the last axis, [n, …, 1]. */
export const at = (g: G, x: Node, index: number): Node =>
  g.slice(x, {
    starts: x.type.shape.map((_, axis) => (axis === lastAxis(x) ? index : 0)),
    sizes: [...x.type.shape.slice(0, -1), 1],
  });

/** Words for a target that is not of the output's shape. */
export const sameTarget = ({ output, target }: MetricShapes): string | undefined =>
  sameShape(output, target)
    ? undefined
    : `a target of the output's shape [${output.join(", ")}], and this loss takes [${target.join(", ")}]`;
/** Words for a target that has the axis of classes. */
export const labelTarget = ({ output, target }: MetricShapes): string | undefined =>
  sameShape(output.slice(0, -1), target.at(-1) === 1 && target.length === output.length ? target.slice(0, -1) : target)
    ? undefined
    : `a target of labels [${output.slice(0, -1).join(", ")}], and this loss takes [${target.join(", ")}]`;
/** Words for an output that is no list of numbers. */
export const flatOutput = ({ output }: MetricShapes): string | undefined =>
  output.length === 1 ? undefined : `one axis of numbers in a sample's output, found [${output.join(", ")}]`;

/** Labels without an axis of their own: [n, …] of y [n, …, classes]. */
export const labelsOf = (g: G, y: Node, target: Node): Node =>
  target.type.shape.length === y.type.shape.length ? g.reshape(target, { shape: target.type.shape.slice(0, -1) }) : target;

/** Which of the numbers along the last axis are among the k largest, of equals the first: 1 or 0. */
export function amongLargest(g: G, x: Node, k: number): Node {
  const { shape } = x.type;
  const size = shape.at(-1) as number;
  const pairs = [...shape, size];
  // Number j at place −2, number i at place −1.
  const own = alongFirst(g, x, pairs);
  const other = g.broadcast(x, { shape: pairs, axes: allAxes(x).map((axis) => (axis === lastAxis(x) ? axis + 1 : axis)) });
  const index = g.iota({ shape: [size], axis: 0 });
  const earlier = g.less(alongLast(g, index, pairs), g.broadcast(index, { shape: pairs, axes: [pairs.length - 2] }));
  const before = g.add(g.less(own, other), g.mul(g.equal(own, other), earlier));
  const rank = g.reduceSum(before, { axes: [pairs.length - 1] });
  return g.less(rank, g.like(rank, k));
}
