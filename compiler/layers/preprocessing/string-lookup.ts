// Text to the numbers that an embedding or a one-hot takes. The Graph holds numbers only: the table stands before it (`encodes`), and
// what is lowered is the numbers themselves. Keras' order of ids: the mask token, the unknown word, then the vocabulary.
import * as z from "zod";
import { layer } from "../define.ts";

/**
 * Words to whole numbers: [n, …] to [n, …]. Id 0 stands for `maskToken` where there is one, the next for every word that is not in the
 * vocabulary (`numOovIndices: 0`: such a word is refused), then the vocabulary in its order.
 * https://keras.io/api/layers/preprocessing_layers/categorical/string_lookup/
 */
export const stringLookup = layer({
  name: "stringLookup",
  keras: "StringLookup",
  says: "The number of a word in the vocabulary, counted behind the mask token and the number for unknown words.",
  config: z.strictObject({
    vocabulary: z
      .array(z.string())
      .min(1)
      .max(2 ** 24 - 2),
    numOovIndices: z.int().min(0).max(1).default(1),
    maskToken: z.string().nullable().default(null),
    oovToken: z.string().default("[UNK]"),
  }),
  fixed: {
    outputMode: ["int"],
    invert: [false],
    maxTokens: "any",
    padToMaxTokens: [false],
    sparse: [false],
    encoding: ["utf-8"],
    idfWeights: [null],
    vocabularyDtype: "any",
    vocabularySize: "any",
  },
  encodes: ({ vocabulary, numOovIndices, maskToken }, shape) => {
    const special = maskToken === null ? [] : [maskToken];
    const words = [...special, ...vocabulary];
    const first = special.length + numOovIndices;
    const ids = words.map((_, i) => (i < special.length ? i : first + i - special.length));
    return { shape, words, ids, ...(numOovIndices === 0 ? {} : { unknown: special.length }) };
  },
  legal: ({ vocabulary, maskToken, oovToken, numOovIndices }) => {
    const seen = new Set([...(maskToken === null ? [] : [maskToken]), ...(numOovIndices === 0 ? [] : [oovToken])]);
    const at = vocabulary.findIndex((word) => seen.size === seen.add(word).size);
    if (at < 0) return undefined;
    const message = `the vocabulary has ${JSON.stringify(vocabulary[at])} twice, or as its mask or unknown token`;
    return { path: `vocabulary[${at}]`, message, hint: "give each word once, without the special ones" };
  },
  weights: () => [],
  lower: (_g, { x }) => ({ y: x, mask: null }),
});
