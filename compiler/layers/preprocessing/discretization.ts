import * as z from "zod";
import { layer } from "../define.ts";
import { count } from "../shared.ts";
import { asClasses, badMode, classStream, outputMode } from "./categories.ts";

/**
 * Numbers to classes by boundaries: how many of them are not above the number, [n, …] to [n, …], or as `outputMode` says. NaN is above all.
 * https://keras.io/api/layers/preprocessing_layers/numerical/discretization/
 */
export const discretization = layer({
  name: "discretization",
  keras: "Discretization",
  says: "How many of `binBoundaries` are at most x, or that class; `adapt` finds boundaries that part data into `numBins` of equal size.",
  config: z.strictObject({
    binBoundaries: z.array(z.number()).nullable().default(null),
    numBins: count.nullable().default(null),
    epsilon: z.number().positive().max(1).default(0.01),
    outputMode,
  }),
  fixed: { sparse: [false] },
  legal: ({ binBoundaries, numBins, outputMode: mode }, input) => {
    if (binBoundaries === null) {
      const message =
        numBins === null ? "discretization needs binBoundaries, or numBins and data" : "discretization has no binBoundaries";
      return { path: "binBoundaries", message, hint: "adapt(model, layer, data) finds them in data" };
    }
    const bad = binBoundaries.findIndex((value, i) => i > 0 && !(value >= binBoundaries[i - 1]));
    if (bad >= 0) {
      const message = `boundaries need to rise, found ${binBoundaries[bad]} behind ${binBoundaries[bad - 1]}`;
      return { path: `binBoundaries[${bad}]`, message, hint: "sort them" };
    }
    return badMode(mode, input);
  },
  weights: () => [],
  stream: classStream,
  lower: (g, { x, config: { binBoundaries, outputMode: mode } }) => {
    const list = (binBoundaries ?? []).map(Math.fround);
    const depth = list.length + 1;
    if (list.length === 0) return { y: asClasses(g, g.like(x, 0), { mode, depth }), mask: null };
    const shape = [...x.type.shape, list.length];
    const value = g.broadcast(x, { shape, axes: x.type.shape.map((_, axis) => axis) });
    const bounds = g.broadcast(g.constant({ shape: [list.length], values: list }), { shape, axes: [shape.length - 1] });
    const passed = g.sub(g.fill(1, shape), g.less(value, bounds));
    const ids = g.as("ids", () => g.reduceSum(passed, { axes: [shape.length - 1] }));
    return { y: asClasses(g, ids, { mode, depth }), mask: null };
  },
});
