import { showShape } from "../../graph/graph.ts";
import type { Composite } from "../define.ts";
import { type AxisAttrs, axisAttrs, lineLength, mapLines, sampleAlong } from "../kit/along.ts";
import { mismatch } from "../kit/checks.ts";

/** `y = a · σ(b)`, a and b the first and the second half of x along `axis`, whose size is halved. */
export const glu: Composite<AxisAttrs> = {
  kind: "composite",
  name: "glu",
  says: "a · sigmoid(b) for the halves a, b of x along `axis`, whose size is even; NaN in either stays.",
  arity: 1,
  attrs: axisAttrs,
  type: ([x], attrs) => {
    const size = lineLength("glu", x, attrs);
    if (size % 2 !== 0) mismatch("glu", `an even size along axis ${attrs.axis}`, showShape(x.shape));
    return { shape: x.shape.with(attrs.axis, size / 2) };
  },
  eval: ([x], attrs, { shape }) =>
    mapLines(x, attrs, shape, (line) =>
      line.slice(0, line.length / 2).map((a, i) => a / (1 + Math.exp(-line[line.length / 2 + i]))),
    ),
  expand: (g, [x], { axis }) => {
    const half = lineLength("glu", x.type, { axis }) / 2;
    const size = x.type.shape.with(axis, half);
    const part = (from: number) => g.slice(x, { starts: size.map((_, a) => (a === axis ? from : 0)), sizes: size });
    return g.mul(part(0), g.sigmoid(part(half)));
  },
  sample: (random) => {
    const { inputs, attrs } = sampleAlong(random);
    return { inputs: [{ shape: inputs[0].shape.with(attrs.axis, 2 * random.integer(1, 2)) }], attrs };
  },
  examples: [
    { inputs: [{ shape: [1, 4], values: [2, 3, 0, 1000] }], attrs: { axis: 1 }, output: { shape: [1, 2], values: [1, 3] } },
  ],
};
