// Whole numbers to the numbers of a vocabulary, or back. They are looked up before the Graph (`encodes`); back again is a row of a table.
import * as z from "zod";
import { layer } from "../define.ts";
import { badMode } from "./categories.ts";
import {
  adapted,
  badInvert,
  fixedKeys,
  isProblem,
  leading,
  leaving,
  lookupKeys,
  lookupOf,
  saltOf,
  vocabularyOf,
} from "./vocabulary.ts";

/** Whole numbers that float32 has: what leaves the layer is such. */
const whole = z
  .int()
  .min(-(2 ** 53 - 1))
  .max(2 ** 53 - 1);

/**
 * Whole numbers of an input to their numbers in the vocabulary: [n, …] to [n, …], or to classes as `outputMode` says; counted as in
 * stringLookup. Several unknown numbers are chosen by the remainder, or with `oovMethod: "farmhash"` by the hash of the digits.
 * https://keras.io/api/layers/preprocessing_layers/categorical/integer_lookup/
 */
export const integerLookup = layer({
  name: "integerLookup",
  keras: "IntegerLookup",
  says: "The number of a whole number in the vocabulary, counted behind the mask token and the numbers for unknown ones, or its class; `invert`: back again.",
  config: z.strictObject({
    ...lookupKeys(whole),
    maskToken: whole.nullable().default(null),
    oovToken: whole.nullable().default(-1),
  }),
  fixed: fixedKeys,
  encodes: (config, [{ shape, isText }]) => {
    if (config.invert) return undefined;
    const hint = "take stringLookup for texts";
    if (isText) return { path: "", message: "integerLookup takes whole numbers, and gets text", hint };
    const found = vocabularyOf(config);
    const { numOovIndices: bins, oovMethod, salt } = config;
    if (isProblem(found)) return found;
    if (salt !== null && oovMethod !== "farmhash")
      return { path: "salt", message: 'salt needs oovMethod "farmhash"', hint: "leave it out" };
    const by = oovMethod === "farmhash" ? "hash" : "remainder";
    const unknown = { by, first: found.firstUnknown, bins, ...saltOf(salt) } as const;
    return badMode(config.outputMode, shape) ?? { encoder: lookupOf(found, config, unknown), shape };
  },
  legal: (config) => {
    if (!config.invert) return undefined;
    const found = vocabularyOf(config);
    if (isProblem(found)) return found;
    const classes = badInvert(config, "numbers");
    if (classes !== undefined) return classes;
    const large = found.entries.findIndex((entry) => Math.fround(Number(entry)) !== entry);
    if (large < 0) return undefined;
    const message = `float32 has no ${found.entries[large]}, which invert would give`;
    return { path: `vocabulary[${large}]`, message, hint: "stringLookup gives any number as text" };
  },
  weights: () => [],
  lower: (g, { x, config }) => {
    const found = vocabularyOf(config);
    if (isProblem(found)) return { y: x, mask: null };
    if (!config.invert) return leaving(g, x, config, found);
    const unknown = config.oovToken ?? -1;
    const known = leading(found, config.maskToken ?? 0, unknown);
    // One entry more on both sides: numbers below 0 and behind the last are unknown.
    const values = [unknown, ...known, ...(found.entries as number[]), unknown];
    const table = g.constant({ shape: [values.length], values: values.map(Math.fround) });
    return { y: g.gather(table, g.add(x, g.like(x, 1))), mask: null };
  },
  fromKeras: (config, saved) => adapted(config, saved, Number),
});
