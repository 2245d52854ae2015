import * as z from "zod";
import type { Regularizer } from "../define.ts";
import { magnitude, strength, sumOf } from "./shared.ts";

const schema = z.strictObject({ l1: strength.default(0), l2: strength.default(0) });

/** l1 · Σ |x| + l2 · Σ x². The name alone is nothing: both are 0 then. https://keras.io/api/layers/regularizers/#l1l2-class */
export const l1l2: Regularizer<z.output<typeof schema>> = {
  name: "l1l2",
  aliases: ["l1_l2"],
  says: "l1 · Σ |x| + l2 · Σ x²; both are 0 unless given",
  config: schema,
  loss: (g, x, config) => {
    const terms = [
      ...(config.l1 === 0 ? [] : [sumOf(g, config.l1, magnitude(g, x))]),
      ...(config.l2 === 0 ? [] : [sumOf(g, config.l2, g.square(x))]),
    ];
    return terms.length === 0 ? g.fill(0, []) : terms.reduce((a, b) => g.add(a, b));
  },
};
