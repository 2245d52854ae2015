import * as z from "zod";
import type { Loss } from "../define.ts";
import { binaryCrossentropy } from "./binary-crossentropy.ts";
import { categoricalCrossentropy } from "./categorical-crossentropy.ts";
import { axis, fixed, fromLogits, labelSmoothing, options } from "./shared.ts";
import { sparseCategoricalCrossentropy } from "./sparse-categorical-crossentropy.ts";

const schema = options({ fromLogits, labelSmoothing, axis, sparse: z.boolean().default(false) });

/**
 * The crossentropy that the shapes ask for: binary where the last axis is one number, else categorical. Keras sees numbers of classes by the
 * rank of the targets; there are none yet when a module is compiled, so `sparse` says it.
 * https://keras.io/api/models/model_training_apis/#compile-method
 */
export const crossentropy: Loss<z.output<typeof schema>> = {
  ...categoricalCrossentropy,
  name: "crossentropy",
  aliases: ["ce"],
  says: "`binary_crossentropy` of one number, else `categorical_crossentropy`; with `sparse` `sparse_categorical_crossentropy`.",
  config: schema,
  fixed,
  means: (shape, { sparse, labelSmoothing, ...config }) => {
    const isSparse = sparse && shape.at(-1) !== 1;
    const item = shape.at(-1) === 1 ? binaryCrossentropy : sparse ? sparseCategoricalCrossentropy : categoricalCrossentropy;
    return { name: item.name, ...config, ...(isSparse ? {} : { labelSmoothing }) };
  },
};
