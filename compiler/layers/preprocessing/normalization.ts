import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { axisOrAxes, badAxis, sampleAxes, sampleShape, sizeOf, spread } from "../shared.ts";
import { alongAxis } from "../stream.ts";

const statistic = z
  .union([z.number(), z.array(z.number()).min(1)])
  .nullable()
  .default(null);

/**
 * (x − mean) / max(√variance, 1e-7) with the mean and variance of the data the model was adapted to; the shape stays. They are
 * config here, not weights. https://keras.io/api/layers/preprocessing_layers/numerical/normalization/
 */
export const normalization = layer({
  name: "normalization",
  keras: "Normalization",
  says: "(x − mean) / max(√variance, 1e-7), or its inverse; one number, or one per point of `axis` (several axes: row-major; null: one for all).",
  config: z.strictObject({
    axis: axisOrAxes.nullable().default(-1),
    mean: statistic,
    variance: z
      .union([z.number().min(0), z.array(z.number().min(0)).min(1)])
      .nullable()
      .default(null),
    invert: z.boolean().default(false),
  }),
  legal: ({ axis, mean, variance }, input) => {
    const bad = axis === null ? undefined : badAxis(axis, input);
    if (bad !== undefined) return bad;
    const needed = axis === null ? 1 : sizeOf((sampleAxes(axis, input) ?? []).map((a) => input[a]));
    for (const [path, value] of Object.entries({ mean, variance })) {
      const hint = "adapt(model, layer, data) computes mean and variance";
      if (value === null) return { path, message: `normalization has no ${path}`, hint };
      const found = Array.isArray(value) ? value.length : 1;
      if (found !== 1 && found !== needed)
        return { path, code: "shape/mismatch", message: `${path} needs 1 or ${needed} numbers, found ${found}`, hint };
    }
    return undefined;
  },
  weights: () => [],
  // What `adapt` found is variables to Keras; no axis is an empty list there.
  fromKeras: ({ axis, mean, variance, ...config }, { variables }) => {
    const [found = mean, spread = variance] = mean === undefined || mean === null ? variables().map((values) => [...values]) : [];
    return {
      ...config,
      axis: Array.isArray(axis) && axis.length === 0 ? null : axis,
      mean: found ?? mean,
      variance: spread ?? variance,
    };
  },
  stream: alongAxis,
  lower: (g, { x, config }) => {
    const axes = config.axis === null ? [] : (sampleAxes(config.axis, sampleShape(x)) ?? []);
    const shape = axes.map((axis) => sampleShape(x)[axis]);
    const given = (value: number | number[] | null): Node => g.constant({ shape, values: [value ?? []].flat().map(Math.fround) });
    const root = g.sqrt(given(config.variance));
    const deviation = spread(g, g.max(root, g.like(root, 1e-7)), axes, x);
    const mean = spread(g, given(config.mean), axes, x);
    return { y: config.invert ? g.add(mean, g.mul(x, deviation)) : g.div(g.sub(x, mean), deviation) };
  },
});
