import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import { showShape } from "../../graph/graph.ts";
import type { Initializer } from "../define.ts";

const schema = z.strictObject({ gain: z.number().default(1) });

/** `w[i, j] = (i = j) · gain`, a matrix. Throws shape/rank for any other weight. https://keras.io/api/layers/initializers/ */
export const identity: Initializer<z.output<typeof schema>> = {
  name: "identity",
  aliases: ["identity_initializer"],
  says: "`gain` on the main diagonal of a matrix, 0 elsewhere.",
  config: schema,
  fill: (shape, _random, { gain }) => {
    if (shape.length !== 2) {
      throw new CompileError({
        code: "shape/rank",
        path: "",
        message: `the initializer identity fills matrices, the weight is ${showShape(shape)}`,
      });
    }
    const [rows, columns] = shape;
    const data = new Float32Array(rows * columns);
    for (let i = 0; i < Math.min(rows, columns); i++) data[i * columns + i] = gain;
    return data;
  },
};
