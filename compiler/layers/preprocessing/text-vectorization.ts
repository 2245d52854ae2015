// Texts to the numbers of their words. The words are found and looked up before the Graph (`encodes`), where each row gives so many numbers:
// those of its first words, or how often each word of the vocabulary occurs.
import * as z from "zod";
import type { Encoded } from "../../encode/define.ts";
import { tokensOf } from "../../encode/tokens.ts";
import { showShape } from "../../graph/graph.ts";
import { layer, type Problem } from "../define.ts";
import { count } from "../shared.ts";
import { asClasses, badMode } from "./categories.ts";
import {
  adapted,
  fixedKeys,
  type Given,
  isProblem,
  lookupOf,
  type Vocabulary,
  vocabularyKeys,
  vocabularyOf,
} from "./vocabulary.ts";

const config = z.strictObject({
  ...vocabularyKeys(z.string()),
  standardize: z
    .enum(["lower_and_strip_punctuation", "lower", "strip_punctuation"])
    .nullable()
    .default("lower_and_strip_punctuation"),
  split: z.enum(["whitespace", "character"]).nullable().default("whitespace"),
  ngrams: z
    .union([count.max(64), z.array(count.max(64)).min(1)])
    .nullable()
    .default(null),
  outputSequenceLength: count.nullable().default(null),
});
type Config = z.output<typeof config>;

/** The keys of its lookup: no text is number 0, unknown words share one number. */
export const lookupFor = (keys: Config): Given => ({
  ...keys,
  numOovIndices: 1,
  maskToken: "",
  oovToken: "[UNK]",
  invert: false,
});
/** The widths of the groups that are looked up. */
const widthsOf = ({ ngrams }: Config): readonly number[] | null =>
  typeof ngrams === "number" ? Array.from({ length: ngrams }, (_, i) => i + 1) : ngrams;

/** How many words a line of texts makes, where they are not split. */
const groupsOf = (keys: Config, texts: number): number =>
  widthsOf(keys)?.reduce((sum, width) => sum + Math.max(0, texts - width + 1), 0) ?? texts;

function badShape(
  { split, outputMode, outputSequenceLength: length, ngrams }: Config,
  shape: readonly number[],
): Problem | undefined {
  const isInt = outputMode === "int";
  if (!isInt && length !== null)
    return { path: "outputSequenceLength", message: 'outputSequenceLength belongs to outputMode "int"', hint: "leave it out" };
  if (split === null) {
    if (shape.length > 0 || (ngrams === null && length === null)) return badMode(outputMode, shape);
    return { path: "split", code: "shape/rank", message: "a row of one text has no axis of words", hint: "give it rows of [1]" };
  }
  if (shape.length > 0 && shape.at(-1) !== 1) {
    const message = `texts to split need a last axis of 1, found ${showShape(shape)}`;
    return { path: "", code: "shape/mismatch", message, hint: "reshape the input, or take split: null" };
  }
  if (!isInt && shape.length > 1) {
    const message = `${JSON.stringify(outputMode)} needs one text per row, found ${showShape(shape)}`;
    return { path: "outputMode", code: "shape/rank", message, hint: "give it rows of [1]" };
  }
  if (outputMode === "one_hot")
    return { path: "outputMode", message: '"one_hot" of texts that are split has no shape', hint: 'take "multi_hot" or "count"' };
  if (!isInt || length !== null) return undefined;
  // Keras takes the longest line of a batch.
  const message = "layerc does not have textVectorization's lines of open length";
  return {
    path: "outputSequenceLength",
    message,
    hint: "outputSequenceLength: 20 cuts lines off, or fills them up with 0; of a file --text-length 20 says so",
  };
}

/**
 * Texts to the numbers of their words: [n, 1] to [n, outputSequenceLength], or to classes as `outputMode` says. Only A to Z are lowered,
 * ASCII punctuation stripped and ASCII white space split at, as TensorFlow does. Number 0 fills up, 1 stands for words that are not in
 * the vocabulary. https://keras.io/api/layers/preprocessing_layers/text/text_vectorization/
 */
export const textVectorization = layer({
  name: "textVectorization",
  keras: "TextVectorization",
  says: "The numbers of a text's words, or groups of words, cut off or filled up with 0; or which words occur, how often, or by tf-idf.",
  config,
  fixed: { ...fixedKeys, ragged: [false], encoding: ["utf-8"] },
  takesText: () => true,
  encodes: (keys, [{ shape, isText }]) => {
    const hint = 'give it an input of texts: { shape: [1], type: "string" }';
    if (!isText) return { path: "", message: "textVectorization takes text, and gets numbers", hint };
    const found = vocabularyOf(lookupFor(keys));
    if (isProblem(found)) return found;
    return badShape(keys, shape) ?? encodedBy(keys, found, shape);
  },
  weights: () => [],
  lower: (g, { x, config: keys }) => {
    const found = vocabularyOf(lookupFor(keys));
    if (isProblem(found)) return { y: x, mask: null };
    const { depth, weights } = found;
    const { split, outputMode: mode } = keys;
    const weighed = weights === undefined ? {} : { weights };
    if (split === null || mode === "int") return { y: asClasses(g, x, { mode, depth, ...weighed }), mask: null };
    // What comes in are counts.
    if (mode === "multi_hot") return { y: g.min(x, g.like(x, 1)), mask: null };
    if (weights === undefined) return { y: x, mask: null };
    const list = g.constant({ shape: [depth], values: weights.map(Math.fround) });
    return { y: g.mul(x, g.broadcast(list, { shape: x.type.shape, axes: [1] })), mask: null };
  },
  fromKeras: (keys, saved) => adapted(keys, saved, (line) => line),
});

/** How texts become words; what they are looked up in does not matter there. */
const splitOf = (keys: Config, texts: number) => {
  const { standardize, split } = keys;
  const lower = standardize?.startsWith("lower") ?? false;
  const strip = standardize?.endsWith("strip_punctuation") ?? false;
  return { lower, strip, split, ngrams: widthsOf(keys), texts } as const;
};

/** The words of a line of texts, before they are looked up. */
export const wordsFor = (keys: Config, line: readonly string[]): readonly string[] => tokensOf(line, splitOf(keys, line.length));

function encodedBy(keys: Config, found: Vocabulary, shape: readonly number[]): Encoded {
  const { split, outputMode, outputSequenceLength } = keys;
  const texts = split === null ? (shape.at(-1) ?? 1) : 1;
  const gives = split === null || outputMode === "int" ? "ids" : "counts";
  const size = gives === "counts" ? found.depth : (outputSequenceLength ?? groupsOf(keys, texts));
  const lookup = lookupOf(found, lookupFor(keys), undefined);
  return {
    encoder: { kind: "tokens", ...splitOf(keys, texts), lookup, gives, size },
    shape: shape.length === 0 && split === null ? [] : [...shape.slice(0, -1), size],
  };
}
