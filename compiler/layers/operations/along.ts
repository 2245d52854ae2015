import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";
import { sorted, tooLong } from "./order.ts";
import { reductions } from "./reduce.ts";

type Line = (g: G, x: Node, axis: number) => Node;

/** What has come so far, at every place: after each turn it counts twice as many numbers. */
const running =
  (op: (g: G, a: Node, b: Node) => Node, neutral: number): Line =>
  (g, x, axis) => {
    const { shape } = x.type;
    const size = shape[axis] as number;
    const none = shape.map(() => 0);
    let made = x;
    for (let step = 1; step < size; step *= 2) {
      const before = g.slice(made, { starts: none, sizes: shape.with(axis, size - step) });
      made = op(g, g.pad(before, { low: none.with(axis, step), high: none, value: neutral }), made);
    }
    return made;
  };

const lines: Readonly<Record<string, Line>> = {
  softmax: (g, x, axis) => g.softmax(x, { axis }),
  logSoftmax: (g, x, axis) => g.logSoftmax(x, { axis }),
  sparsemax: (g, x, axis) => g.sparsemax(x, { axis }),
  glu: (g, x, axis) => g.glu(x, { axis }),
  cumsum: running((g, a, b) => g.add(a, b), 0),
  cumprod: running((g, a, b) => g.mul(a, b), 1),
  sort: (g, x, axis) => sorted(g, x, axis, x.type.shape[axis] as number).values,
  argsort: (g, x, axis) => sorted(g, x, axis, x.type.shape[axis] as number).from,
};
const sorts: ReadonlySet<string> = new Set(["sort", "argsort"]);

/** What keras.ops computes along one axis, which stays (glu halves it). https://keras.io/api/ops/nn/ */
export const along = layer({
  name: "along",
  keras: "ops.Along",
  says: "`op` along one axis (0 is the batch, −1 the last): softmax and its kin, running sums and products, sorted numbers (`sort`) and where they stood (`argsort`); masks end.",
  config: z.strictObject({ op: z.enum(Object.keys(lines) as [string, ...string[]]), axis: z.int().default(-1) }),
  legal: ({ op, axis }, input) => {
    const problem = badAxis(axis, input);
    const size = input[sampleAxes(axis, input)?.[0] ?? 0];
    if (problem === undefined && sorts.has(op)) return tooLong(size);
    if (problem !== undefined || op !== "glu" || size % 2 === 0) return problem;
    return {
      path: "axis",
      code: "shape/mismatch",
      message: `glu halves an axis, which needs an even size, found ${size}`,
      hint: "take another axis",
    };
  },
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { op, axis } }) => ({
    y: lines[op](g, x, (sampleAxes(axis, sampleShape(x)) ?? [])[0] + 1),
    mask: null,
  }),
});

/** keras.ops.normalize: x divided by its norm along axes. */
export const normalize = layer({
  name: "normalize",
  keras: "ops.Normalize",
  says: "Its input divided by its norm along an axis or several, which counts as `epsilon` where it is smaller; masks end.",
  config: z.strictObject({
    axis: axisOrAxes.default(-1),
    order: z.union([z.literal(1), z.literal(2)]).default(2),
    epsilon: z.number().positive().default(1e-7),
  }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { axis, order, epsilon } }) => {
    const axes = (sampleAxes(axis, sampleShape(x)) ?? []).map((i) => i + 1);
    const kept = x.type.shape.map((_, i) => i).filter((i) => !axes.includes(i));
    const over = (value: Node) => g.broadcast(value, { shape: x.type.shape, axes: kept });
    const sum = order === 1 ? reductions.norm1(g, x, axes) : g.reduceSum(g.square(x), { axes });
    // The bound is put on the square, whose root has a slope then.
    const floor = g.max(sum, g.like(sum, order === 1 ? epsilon : epsilon * epsilon));
    return { y: g.div(x, over(order === 1 ? floor : g.sqrt(floor))), mask: null };
  },
});
