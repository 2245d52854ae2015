// What composites along one axis share: the attribute, the type rule, the loop of their `eval` over lines, and the Graph idiom of
// repeating a reduced value along the axis it lost.
import * as z from "zod";
import type { Random } from "../../base/random.ts";
import { type Node, showShape, sizeOf, type Type } from "../../graph/graph.ts";
import type { G, Sample, Tensor } from "../define.ts";
import { mismatch, wrongRank } from "./checks.ts";
import { sampleShape } from "./elementwise.ts";

/** One axis, counted from 0 with the batch included. */
export type AxisAttrs = { readonly axis: number };
/** The schema of ops along one axis; that the axis exists, `lineLength` checks. */
export const axisAttrs: z.ZodType<AxisAttrs> = z.strictObject({ axis: z.int().min(0) });

/** The size of `axis`, which must exist, be a number and not be 0. */
export function lineLength(name: string, { shape }: Type, { axis }: AxisAttrs): number {
  if (axis >= shape.length) wrongRank(`${name} along axis ${axis}`, `at least ${axis + 1} axes`, showShape(shape));
  const size = shape[axis];
  if (size === "n" || size === 0) mismatch(name, `a size of at least 1 along axis ${axis}`, showShape(shape));
  return size;
}

/** Every line along `axis` through `f`, which gives a line of any one length. */
export function mapLines(
  x: Tensor,
  { axis }: AxisAttrs,
  shape: readonly number[],
  f: (line: readonly number[]) => readonly number[],
): Tensor {
  const data = new Float64Array(sizeOf(shape));
  const length = x.shape[axis];
  const inner = sizeOf(x.shape.slice(axis + 1));
  const outer = sizeOf(x.shape.slice(0, axis));
  for (let o = 0; o < outer; o++) {
    for (let i = 0; i < inner; i++) {
      const line = f(Array.from({ length }, (_, k) => x.data[(o * length + k) * inner + i]));
      line.forEach((value, k) => {
        data[(o * line.length + k) * inner + i] = value;
      });
    }
  }
  return { shape, data };
}

/** `reduced`, which lost `axes` of `x`, repeated to the shape of `x`. */
export function spread(g: G, reduced: Node, x: Node, axes: readonly number[]): Node {
  const { shape } = x.type;
  return g.broadcast(reduced, { shape, axes: shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis)) });
}

/** `least`: the fewest axes; the axis is never a batch axis. */
export function sampleAlong(random: Random): Sample<AxisAttrs> {
  const type = sampleShape(random, 1);
  if (type.shape.length === 1 && type.shape[0] === "n")
    return { inputs: [{ shape: ["n", random.integer(1, 4)] }], attrs: { axis: 1 } };
  const first = type.shape[0] === "n" ? 1 : 0;
  return { inputs: [type], attrs: { axis: random.integer(first, type.shape.length - 1) } };
}
