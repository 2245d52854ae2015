// Encoders run on rows: what compiler, interpreters and command line use. In: the items of each input, row after row. Out: the numbers of
// the Graph's input. Guarantee: an item that the encoder refuses is named with its place, nothing else ends a run.
import type { Encoder, EncoderKind, Item } from "./define.ts";
import { crossItems, hashItem } from "./hash.ts";
import { lookUp } from "./lookup.ts";
import { lineOf } from "./tokens.ts";

/** Items of one input, of all rows back to back. */
export type Column = readonly Item[] | Float32Array | Float64Array;

interface Rule<E> {
  /** How many items of each input become numbers together. */
  readonly width: (encoder: E) => number;
  readonly numbers: (encoder: E, items: readonly (readonly Item[])[]) => readonly (number | undefined)[];
  /** What it takes, where that is not everything. */
  readonly wanted: (encoder: E) => string;
  /** Items that are worth trying; each is taken, and what else the encoder takes is like one of them. */
  readonly samples: (encoder: E, isText: boolean) => readonly Item[];
}

/** A word that is in no vocabulary but that of set theory. */
const strange = "\u2205";
const hashed = (isText: boolean): readonly Item[] =>
  isText
    ? ["", "a", "two words", "na\u00efve", "more than sixteen bytes", "0123456789".repeat(7)]
    : [0, 1, -7, 12345, 9999999, -9999999];
/** So many words of a vocabulary, at most, are worth trying. */
const most = 2 ** 16;

const rules: { readonly [K in EncoderKind]: Rule<Extract<Encoder, { readonly kind: K }>> } = {
  lookup: {
    width: () => 1,
    numbers: (lookup, [[item]]) => [lookUp(lookup, item)],
    wanted: ({ vocabulary, mask }) => {
      const all = [...(mask === undefined ? [] : [mask.item]), ...vocabulary.slice(0, 9)];
      return `one of ${all.slice(0, 9).join(", ")}${all.length > 9 || vocabulary.length > 9 ? ", …" : ""}`;
    },
    samples: ({ vocabulary, mask, unknown }) => {
      const known = [...(mask === undefined ? [] : [mask.item]), ...vocabulary.slice(0, most)];
      if (unknown === undefined) return known;
      return [...known, ...(typeof known[0] === "string" ? [strange] : [unusedNumber(vocabulary)])];
    },
  },
  hash: {
    width: () => 1,
    numbers: (hash, [[item]]) => [hashItem(hash, item)],
    wanted: () => "an item",
    samples: ({ mask }, isText) => [...(mask === undefined ? [] : [mask]), ...hashed(isText)],
  },
  cross: {
    width: () => 1,
    numbers: (cross, items) => [crossItems(cross, items.map(([item]) => item))], // biome-ignore format: one line
    wanted: () => "an item",
    samples: (_, isText) => hashed(isText),
  },
  tokens: {
    width: ({ texts }) => texts,
    numbers: (tokens, [line]) => lineOf(tokens, line),
    wanted: () => "known words",
    samples: ({ lookup }) => {
      const some = lookup.vocabulary.slice(0, 64).map(String);
      const pairs = some.map((word, i) => `${word.toUpperCase()}, ${some[(i + 1) % some.length]}! ${strange}`);
      return [...some, ...pairs, strange, ""];
    },
  },
};

/** The rule of an encoder's kind; a table cannot say that the key and the argument belong together. */
const ruleOf = (encoder: Encoder): Rule<Encoder> => rules[encoder.kind] as Rule<Encoder>;

/** The smallest number from 0 on that a vocabulary has not. */
function unusedNumber(vocabulary: readonly Item[]): number {
  const known = new Set(vocabulary);
  let free = 0;
  while (known.has(free)) free++;
  return free;
}

/** What an encoder takes, in words. */
export const wantedBy = (encoder: Encoder): string => ruleOf(encoder).wanted(encoder);
/** Items for rows that show what an encoder does. */
export const samplesOf = (encoder: Encoder, isText: boolean): readonly Item[] => ruleOf(encoder).samples(encoder, isText);
/** Whether an encoder takes an item. */
export const takes = (encoder: Encoder, item: Item): boolean => encoder.kind !== "lookup" || lookUp(encoder, item) !== undefined;

/** What is said of an item that is refused: the index of its input, its place there, and what is wanted. */
export type Refuse = (input: number, place: number, wanted: string) => never;

/** The numbers of all rows. */
export function encode(encoder: Encoder, columns: readonly Column[], refuse: Refuse): Float32Array {
  const rule = ruleOf(encoder);
  const width = rule.width(encoder);
  const found: number[] = [];
  for (let at = 0; at < columns[0].length; at += width) {
    const items = columns.map((column) => Array.from(column.slice(at, at + width)));
    for (const value of rule.numbers(encoder, items)) found.push(value ?? refuse(0, at, rule.wanted(encoder)));
  }
  return Float32Array.from(found);
}
