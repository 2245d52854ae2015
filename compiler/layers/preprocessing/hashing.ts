import * as z from "zod";
import { layer } from "../define.ts";
import { count, sampleShape } from "../shared.ts";
import { asClasses, badMode, mostClasses, outputMode } from "./categories.ts";
import { salt, saltOf } from "./vocabulary.ts";

/**
 * Texts, or whole numbers as their digits, to numbers below `numBins`: [n, …] to [n, …], or to classes as `outputMode` says. The hash is
 * TensorFlow's Fingerprint64 of UTF-8, with `salt` SipHash; `maskValue` is 0, and all others share the rest.
 * https://keras.io/api/layers/preprocessing_layers/categorical/hashing/
 */
export const hashing = layer({
  name: "hashing",
  keras: "Hashing",
  says: "The hash of a text or a whole number, below `numBins`, or its class: Fingerprint64 of UTF-8, with `salt` SipHash; `maskValue` is 0.",
  config: z.strictObject({
    numBins: count.max(mostClasses),
    maskValue: z.union([z.string(), z.int()]).nullable().default(null),
    salt,
    outputMode,
  }),
  fixed: { sparse: [false] },
  takesText: ({ maskValue }) => typeof maskValue === "string",
  encodes: ({ numBins, maskValue, salt: key, outputMode: mode }, [{ shape, isText }]) => {
    if (maskValue !== null && (typeof maskValue === "string") !== isText) {
      const message = `maskValue is ${JSON.stringify(maskValue)}, and the input holds ${isText ? "text" : "numbers"}`;
      return { path: "maskValue", message, hint: "give a value that the input can hold" };
    }
    const masked = maskValue !== null && numBins > 1;
    return (
      badMode(mode, shape) ?? {
        encoder: {
          kind: "hash",
          bins: masked ? numBins - 1 : numBins,
          first: masked ? 1 : 0,
          ...(masked ? { mask: maskValue } : {}),
          ...saltOf(key),
        },
        shape,
      }
    );
  },
  weights: () => [],
  lower: (g, { x, config: { numBins, outputMode: mode } }) => {
    const shape = sampleShape(x);
    // Keras takes a last axis of 1 off before it asks whether there is one.
    const ids = mode === "one_hot" && shape.at(-1) === 1 ? g.reshape(x, { shape: ["n", ...shape.slice(0, -1)] }) : x;
    return { y: asClasses(g, ids, { mode, depth: numBins }), mask: null };
  },
});
