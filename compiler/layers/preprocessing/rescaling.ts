import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { sampleShape, spread } from "../shared.ts";
import { eachNumber, eachStep } from "../stream.ts";

const factor = z.union([z.number(), z.array(z.number()).min(1)]);

/** x · scale + offset; the shape stays. https://keras.io/api/layers/preprocessing_layers/image_preprocessing/rescaling/ */
export const rescaling = layer({
  name: "rescaling",
  keras: "Rescaling",
  says: "x · scale + offset; each is one number, or a list with one per point of the last axis.",
  config: z.strictObject({ scale: factor, offset: factor.default(0) }),
  legal: ({ scale, offset }, input) => {
    const needed = input.at(-1) ?? 1;
    for (const [path, value] of Object.entries({ scale, offset })) {
      if (!Array.isArray(value) || value.length === 1 || value.length === needed) continue;
      const message = `${path} needs 1 or ${needed} numbers, one per point of the last axis, found ${value.length}`;
      return { path, code: "shape/mismatch", message, hint: "one number scales everything" };
    }
    return undefined;
  },
  weights: () => [],
  stream: {
    says: "yes",
    of: ({ scale, offset }, inputs) => ([scale, offset].some(Array.isArray) ? eachStep : eachNumber).of({}, inputs),
  },
  lower: (g, { x, config: { scale, offset } }) => {
    const given = (value: number | number[]): Node => {
      const [first, ...rest] = [value].flat();
      if (rest.length === 0) return g.like(x, first);
      const list = g.constant({ shape: [rest.length + 1], values: [first, ...rest].map(Math.fround) });
      return spread(g, list, [sampleShape(x).length - 1], x);
    };
    return { y: g.add(g.mul(x, given(scale)), given(offset)) };
  },
});
