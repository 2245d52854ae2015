import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import { layer } from "../define.ts";
import { needsAxes } from "../shared.ts";
import { together as inputsTogether } from "../stream.ts";
import { badOperands, broadcastOperands, constantsSchema, differInTime, together } from "./constants.ts";
import { functions } from "./functions.ts";

/** A function of keras.ops of one, two or three operands, number by number: `x ** 2`, `x > y`, `where(c, x, 0)`. https://keras.io/api/ops/numpy/ */
export const elementwise = layer({
  name: "elementwise",
  keras: "ops.Elementwise",
  says: "A function `op` of its operands, number by number: inputs, and `constants` (`[null, 2]`: the second is 2); sizes of 1 are repeated; masks end.",
  config: z.strictObject({ op: z.enum(Object.keys(functions) as [string, ...string[]]), constants: constantsSchema }),
  takes: [1, 3],
  legal: ({ op, constants }, _input, inputs) => {
    const problem = badOperands(constants, functions[op].arity, inputs);
    if (problem !== undefined || together(constants, inputs) !== undefined) return problem;
    const known = constants.flatMap((one) => (one === null ? [] : [typeof one === "object" ? one.shape : []]));
    const found = [...inputs, ...known].map((shape) => showShape(shape)).join(" and ");
    const message = `the operands need shapes that fit one another from the last axis on, found ${found}`;
    return { path: "inputs", code: "shape/mismatch", message, hint: "sizes are equal, or 1, which is repeated" };
  },
  weights: () => [],
  stream: {
    says: "where no constant differs from step to step",
    of: ({ constants }, inputs) => {
      if (needsAxes(1, inputs[0]) !== undefined || differInTime(constants, inputs[0].length))
        return { refused: "it has a number for every step" };
      return inputsTogether.of({}, inputs);
    },
  },
  lower: (g, { xs, config: { op, constants } }) => ({
    y: functions[op].of(g, ...broadcastOperands(g, constants, xs)),
    mask: null,
  }),
});
