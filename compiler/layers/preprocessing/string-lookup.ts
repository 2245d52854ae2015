// Words to the numbers of a vocabulary, or back. The words are looked up before the Graph (`encodes`), which holds numbers only; back again
// the Graph gives numbers, and the module writes their words (`words`).
import * as z from "zod";
import { layer } from "../define.ts";
import { sampleShape } from "../shared.ts";
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

/**
 * Words to whole numbers: [n, …] to [n, …], or to classes as `outputMode` says. Number 0 stands for `maskToken` where there is one, the next
 * `numOovIndices` for words that are not in the vocabulary (0: such a word is refused; several: by its hash), then the vocabulary in its
 * order. With `invert` numbers become words.
 * https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
 */
export const stringLookup = layer({
  name: "stringLookup",
  keras: "StringLookup",
  says: "The number of a word in the vocabulary, counted behind the mask token and the numbers for unknown words, or its class; `invert`: numbers to words.",
  config: z.strictObject({
    ...lookupKeys(z.string()),
    maskToken: z.string().nullable().default(null),
    oovToken: z.string().nullable().default("[UNK]"),
  }),
  fixed: { ...fixedKeys, encoding: ["utf-8"] },
  takesText: ({ invert }) => !invert,
  encodes: (config, [{ shape, isText }]) => {
    if (config.invert) return undefined;
    const hint = 'give it an input of texts: { shape: [1], type: "string" }';
    if (!isText) return { path: "", message: "stringLookup takes text, and gets numbers", hint };
    const found = vocabularyOf(config);
    const { numOovIndices: bins } = config;
    if (isProblem(found)) return found;
    const unknown = { by: "hash", first: found.firstUnknown, bins, ...saltOf(config.salt) } as const;
    return badMode(config.outputMode, shape) ?? { encoder: lookupOf(found, config, unknown), shape };
  },
  legal: (config) => {
    if (!config.invert) return undefined;
    const found = vocabularyOf(config);
    return isProblem(found) ? found : badInvert(config, "words");
  },
  weights: () => [],
  lower: (g, { x, config }) => {
    const found = vocabularyOf(config);
    if (isProblem(found)) return { y: x, mask: null };
    if (!config.invert) return leaving(g, x, config, found);
    const unknown = config.oovToken ?? "";
    const known = leading(found, config.maskToken ?? "", unknown);
    return {
      y: g.reshape(x, { shape: ["n", ...sampleShape(x)] }),
      mask: null,
      words: { words: [...known, ...(found.entries as string[])], unknown },
    };
  },
  fromKeras: (config, saved) => adapted(config, saved, (line) => line),
});
