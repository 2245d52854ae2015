import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, batched, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";
import { functions } from "./functions.ts";

type Reduction = (g: G, x: Node, axes: number[]) => Node;

const isTrue = (g: G, x: Node): Node => functions.isTrue.of(g, x);
const least: Reduction = (g, x, axes) => g.neg(g.reduceMax(g.neg(x), { axes }));

/** The product along axes: halves times halves. */
const product: Reduction = (g, x, axes) => {
  let made = x;
  for (const axis of axes.toReversed()) {
    while ((made.type.shape[axis] as number) > 1) {
      const { shape } = made.type;
      const size = shape[axis] as number;
      const half = Math.floor(size / 2);
      const part = (start: number, count: number) =>
        g.slice(made, { starts: shape.map((_, i) => (i === axis ? start : 0)), sizes: shape.with(axis, count) });
      const pairs = g.mul(part(0, half), part(half, half));
      made = size % 2 === 1 ? g.concat(pairs, part(size - 1, 1), { axis }) : pairs;
    }
    made = g.reshape(made, { shape: made.type.shape.toSpliced(axis, 1) });
  }
  return made;
};

/** log Σ eˣ without overflow; where the largest is infinite it is the sum itself. */
const logsumexp: Reduction = (g, x, axes) => {
  const largest = g.stopGradient(g.reduceMax(x, { axes }));
  const shift = g.select(functions.isfinite.of(g, largest), largest, g.like(largest, 0));
  const kept = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const shifted = g.sub(x, g.broadcast(shift, { shape: x.type.shape, axes: kept }));
  return g.add(shift, g.log(g.reduceSum(g.exp(shifted), { axes })));
};

const isNumber = (g: G, x: Node): Node => g.equal(x, x);
const known = (g: G, x: Node, otherwise: number): Node => g.select(isNumber(g, x), x, g.like(x, otherwise));
const count: Reduction = (g, x, axes) => g.reduceSum(isNumber(g, x), { axes });
/** Of numbers alone; where there is none, no number. */
const ofNumbers =
  (of: Reduction, otherwise: number): Reduction =>
  (g, x, axes) => {
    const many = count(g, x, axes);
    const y = of(g, known(g, x, otherwise), axes);
    return g.select(many, y, g.like(y, Number.NaN));
  };
const meanOfNumbers: Reduction = (g, x, axes) => g.div(g.reduceSum(known(g, x, 0), { axes }), count(g, x, axes));
/** The mean square of what numbers are from their mean. */
const varianceOfNumbers: Reduction = (g, x, axes) => {
  const kept = x.type.shape.map((_, axis) => axis).filter((axis) => !axes.includes(axis));
  const mean = g.broadcast(meanOfNumbers(g, x, axes), { shape: x.type.shape, axes: kept });
  return meanOfNumbers(g, g.square(g.sub(x, mean)), axes);
};

/** By the names of keras.ops; `norm1`, `norm2` and `normInf` are norms of vectors. */
export const reductions: Readonly<Record<string, Reduction>> = {
  sum: (g, x, axes) => g.reduceSum(x, { axes }),
  mean: (g, x, axes) => g.mean(x, { axes }),
  max: (g, x, axes) => g.reduceMax(x, { axes }),
  min: least,
  prod: product,
  var: (g, x, axes) => g.variance(x, { axes }),
  std: (g, x, axes) => g.sqrt(g.variance(x, { axes })),
  logsumexp,
  norm1: (g, x, axes) => g.reduceSum(g.abs(x), { axes }),
  norm2: (g, x, axes) => g.sqrt(g.reduceSum(g.square(x), { axes })),
  normInf: (g, x, axes) => g.reduceMax(g.abs(x), { axes }),
  any: (g, x, axes) => g.reduceMax(isTrue(g, x), { axes }),
  all: (g, x, axes) => least(g, isTrue(g, x), axes),
  countNonzero: (g, x, axes) => g.reduceSum(isTrue(g, x), { axes }),
  ptp: (g, x, axes) => g.sub(g.reduceMax(x, { axes }), least(g, x, axes)),
  nansum: (g, x, axes) => g.reduceSum(known(g, x, 0), { axes }),
  nanprod: (g, x, axes) => product(g, known(g, x, 1), axes),
  nanmean: meanOfNumbers,
  nanvar: varianceOfNumbers,
  nanstd: (g, x, axes) => g.sqrt(varianceOfNumbers(g, x, axes)),
  nanmax: ofNumbers((g, x, axes) => g.reduceMax(x, { axes }), Number.NEGATIVE_INFINITY),
  nanmin: ofNumbers(least, Number.POSITIVE_INFINITY),
  argmax: (g, x, [axis]) => g.argmax(x, { axis }),
  argmin: (g, x, [axis]) => g.argmax(g.neg(x), { axis }),
};
const ofOneAxis: ReadonlySet<string> = new Set(["argmax", "argmin"]);

/** A reduction of keras.ops: sums, means, extremes, and where they stand. https://keras.io/api/ops/numpy/ */
export const reduce = layer({
  name: "reduce",
  keras: "ops.Reduce",
  says: "`op` of the numbers along an axis or several (0 is the batch, −1 the last), which vanish, or become 1 with `keepdims`; masks end.",
  config: z.strictObject({
    op: z.enum(Object.keys(reductions) as [string, ...string[]]),
    axis: axisOrAxes,
    keepdims: z.boolean().default(false),
  }),
  legal: ({ op, axis }, input) => {
    const problem = badAxis(axis, input);
    if (problem !== undefined || !ofOneAxis.has(op) || [axis].flat().length === 1) return problem;
    return {
      path: "axis",
      message: `${op} takes one axis, found ${[axis].flat().length}`,
      hint: "reshape makes one axis of several",
    };
  },
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { op, axis, keepdims } }) => {
    const sample = sampleShape(x);
    const axes = sampleAxes(axis, sample) ?? [];
    const y = reductions[op](g, x, axes.map((i) => i + 1)); // biome-ignore format: one line
    return {
      y: keepdims ? g.reshape(y, { shape: batched(sample.map((size, i) => (axes.includes(i) ? 1 : size))) }) : y,
      mask: null,
    };
  },
});
