// What Keras' layers with a vocabulary have in common: which number each entry has, what unknown ones get, and the weights of tf_idf.
// Numbers in Keras' order: the mask token (only where numbers leave the layer as they are), the unknown ones, the vocabulary.
import * as z from "zod";
import type { Item, Lookup, Salt, Unknown } from "../../encode/define.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { LayerResult, Problem, Saved } from "../define.ts";
import { count } from "../shared.ts";
import { asClasses, modes, mostClasses, type OutputMode } from "./categories.ts";

const half = z.union([z.int(), z.string().regex(/^-?\d{1,20}$/)]);
/** SipHash's key: one number for both halves, or one each; in digits where a double has no room for them. */
export const salt = z
  .union([half, z.array(half).length(2)])
  .nullable()
  .default(null);
/** The key as its halves, where there is one. */
export function saltOf(given: z.output<typeof salt>): { readonly salt?: Salt } {
  if (given === null) return {};
  const [a, b = a] = [given].flat();
  return { salt: [String(a), String(b)] };
}

/** Keras' keys around a vocabulary of `item`s. */
export const vocabularyKeys = <I extends z.ZodType<Item>>(item: I) => ({
  maxTokens: z.int().min(2).nullable().default(null),
  vocabulary: z.array(item).max(mostClasses).nullable().default(null),
  idfWeights: z.array(z.number()).nullable().default(null),
  outputMode: z.enum([...modes, "tf_idf"]).default("int"),
  padToMaxTokens: z.boolean().default(false),
});

/** Keras' keys of the lookups. */
export const lookupKeys = <I extends z.ZodType<Item>>(item: I) => ({
  ...vocabularyKeys(item),
  numOovIndices: z.int().min(0).max(mostClasses).default(1),
  invert: z.boolean().default(false),
  oovMethod: z.enum(["floormod", "farmhash"]).default("floormod"),
  salt,
});

/** Keys that change nothing. */
export const fixedKeys = { sparse: [false], vocabularyDtype: "any", vocabularySize: "any", hasInputVocabulary: "any" } as const;
export { count };

/** What those keys say, whichever layer has them. */
export interface Given {
  readonly maxTokens: number | null;
  readonly vocabulary: readonly Item[] | null;
  readonly idfWeights: readonly number[] | null;
  readonly outputMode: OutputMode;
  readonly padToMaxTokens: boolean;
  readonly numOovIndices: number;
  readonly maskToken: Item | null;
  readonly oovToken: Item | null;
  readonly invert: boolean;
}

/** The entries with their numbers. */
export interface Vocabulary {
  /** Without the special ones. */
  readonly entries: readonly Item[];
  /** The numbers of the first entry, and of the first unknown one. */
  readonly first: number;
  readonly firstUnknown: number;
  /** How many numbers there are, those that only fill up included. */
  readonly depth: number;
  /** tf_idf: one per number. */
  readonly weights?: readonly number[];
}

const starts = (list: readonly Item[], head: readonly (Item | null)[]): boolean => head.every((item, i) => list[i] === item);

/** The vocabulary, or what is wrong with it. */
export function vocabularyOf(config: Given): Vocabulary | Problem {
  const { vocabulary, maskToken, oovToken, numOovIndices, maxTokens, padToMaxTokens, outputMode, invert } = config;
  const hint = "give each entry once, without the special ones or with them at the start: mask, unknown";
  if (vocabulary === null || vocabulary.length === 0) {
    const message = "the layer has no vocabulary";
    return { path: "vocabulary", message, hint: "adapt(model, layer, data) finds one in data" };
  }
  const firstUnknown = maskToken !== null && outputMode === "int" ? 1 : 0;
  const first = firstUnknown + numOovIndices;
  const special = [...(firstUnknown === 1 ? [maskToken] : []), ...new Array<Item | null>(numOovIndices).fill(oovToken)];
  const skipped = starts(vocabulary, special) ? first : 0;
  const entries = vocabulary.slice(skipped);
  const seen = new Set<Item>([...(maskToken === null ? [] : [maskToken]), ...(invert && oovToken !== null ? [oovToken] : [])]);
  const twice = entries.findIndex((item) => seen.size === seen.add(item).size);
  if (twice >= 0) {
    const message = `the vocabulary has ${JSON.stringify(entries[twice])} twice, or as its mask or unknown token`;
    return { path: `vocabulary[${twice + skipped}]`, message, hint };
  }
  const size = first + entries.length;
  if (maxTokens !== null && size > maxTokens) {
    const message = `the vocabulary makes ${size} numbers with the special ones, and maxTokens is ${maxTokens}`;
    return { path: "vocabulary", message, hint: "leave some out" };
  }
  if (padToMaxTokens && maxTokens === null)
    return { path: "maxTokens", message: "padToMaxTokens needs maxTokens", hint: "say how many" };
  const depth = padToMaxTokens && maxTokens !== null ? maxTokens : size;
  const found: Vocabulary = { entries, first, firstUnknown, depth };
  return weighed(found, config, skipped);
}

/** With the weights of tf_idf: those of unknown entries are the mean of all that are given. */
function weighed(found: Vocabulary, { idfWeights, outputMode, vocabulary }: Given, skipped: number): Vocabulary | Problem {
  const path = "idfWeights";
  if (outputMode !== "tf_idf") {
    if (idfWeights === null) return found;
    return { path, message: `idfWeights belong to outputMode "tf_idf"`, hint: "leave them out" };
  }
  const wanted = vocabulary?.length ?? 0;
  if (idfWeights === null || idfWeights.length !== wanted) {
    const message = `"tf_idf" needs a weight per entry of the vocabulary, ${wanted}, found ${idfWeights?.length ?? "none"}`;
    return { path, message, hint: "adapt(model, layer, data) computes them" };
  }
  const mean = idfWeights.reduce((sum, weight) => sum + weight, 0) / idfWeights.length;
  const own = skipped === found.first ? idfWeights : [...new Array<number>(found.first).fill(mean), ...idfWeights];
  const rest = new Array<number>(found.depth - own.length).fill(0);
  return { ...found, weights: [...own, ...rest] };
}

/** The encoder of a vocabulary; `unknown` says what several unknown numbers are chosen by. */
export function lookupOf({ entries, first, firstUnknown }: Vocabulary, config: Given, unknown: Unknown): Lookup {
  const { maskToken, outputMode, numOovIndices } = config;
  const id = outputMode === "int" ? 0 : -1;
  return {
    kind: "lookup",
    vocabulary: entries,
    first,
    ...(maskToken === null ? {} : { mask: { item: maskToken, id } }),
    ...(numOovIndices === 0 ? {} : { unknown: numOovIndices === 1 ? firstUnknown : unknown }),
  };
}

/** The problem of a way back that is to give classes. */
export function badInvert({ invert, outputMode }: Given, gives: string): Problem | undefined {
  if (!invert || outputMode === "int") return undefined;
  return {
    path: "outputMode",
    message: `invert gives ${gives}, which have no other outputMode than "int"`,
    hint: "leave it out",
  };
}

/** What stands at the numbers before the vocabulary, on the way back. */
export const leading = <I>({ first, firstUnknown }: Vocabulary, mask: I, unknown: I): readonly I[] =>
  Array.from({ length: first }, (_, id) => (id < firstUnknown ? mask : unknown));

/** The numbers of entries as they leave the layer. */
export const leaving = (g: G, x: Node, { outputMode: mode }: Given, { depth, weights }: Vocabulary): LayerResult => ({
  y: asClasses(g, x, { mode, depth, ...(weights === undefined ? {} : { weights }) }),
  mask: null,
});

/** Whether it is a problem. */
export const isProblem = (found: object): found is Problem => "message" in found;

/** A vocabulary among the assets of a Keras file, and the weights of tf_idf among its variables. */
export function adapted<I extends Item>(
  config: Readonly<Record<string, unknown>>,
  saved: Saved,
  item: (line: string) => I,
): Readonly<Record<string, unknown>> {
  const text = saved.asset("vocabulary.txt");
  // Keras writes those of textVectorization twice, and also where the config has them.
  const [weights] = [saved.variables(), saved.variables("_lookup_layer")].flat();
  if (text === undefined || (config.vocabulary ?? null) !== null) return config;
  const lines = text.split("\n");
  while (lines.at(-1) === "" && lines.length > 1) lines.pop();
  const vocabulary = lines.map(item);
  const idf =
    config.outputMode === "tf_idf" && weights !== undefined ? { idfWeights: [...weights].slice(0, vocabulary.length) } : {};
  return { ...config, vocabulary, ...idf };
}
