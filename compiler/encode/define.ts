// What stands before a Graph: how texts and whole numbers of a caller become the float32 numbers that an input of the Graph takes, as
// plain data. Each kind is evaluated in a file of this folder and written into modules by one of `emit/module/encoders/`; a law of the
// tests plays the two against each other.

/** A text or a whole number of the caller's. */
export type Item = string | number;

/** The 128 bits of SipHash's key: two numbers of 64 bits, as decimal texts since a double has no room for them. */
export type Salt = readonly [string, string];

/** A hash of an item's text into whole numbers below `bins`: Fingerprint64, or SipHash with a salt. */
export interface Buckets {
  readonly bins: number;
  readonly salt?: Salt;
}

/** What a lookup gives for an item that it does not know: nothing (the item is refused), one number, or one of several from `first` on. */
export type Unknown =
  | undefined
  | number
  | (Buckets & {
      readonly first: number;
      /** By the remainder of a whole number, which needs no hash. */
      readonly by: "hash" | "remainder";
    });

/** Each item of one input to its number: that of the vocabulary's first entry is `first`. */
export interface Lookup {
  readonly kind: "lookup";
  readonly vocabulary: readonly Item[];
  readonly first: number;
  /** An item that stands for nothing, and its number; −1 is no class. */
  readonly mask?: { readonly item: Item; readonly id: number };
  readonly unknown?: Unknown;
}

/** Each item of one input to its bucket, counted from `first`; the masked one is 0. */
export interface Hash extends Buckets {
  readonly kind: "hash";
  readonly first: number;
  readonly mask?: Item;
}

/** Items at the same place of all inputs to one bucket. */
export interface Cross {
  readonly kind: "cross";
  readonly bins: number;
}

/** Texts to words, groups of words, and the numbers of those. */
export interface Tokens {
  readonly kind: "tokens";
  /** A to Z become small letters; others stay. */
  readonly lower: boolean;
  /** ASCII punctuation is left out. */
  readonly strip: boolean;
  /** null: each text is a word. */
  readonly split: "whitespace" | "character" | null;
  /** Widths of the groups of words that are looked up, in this order; null: the words. */
  readonly ngrams: readonly number[] | null;
  /** How many texts make a line of words: more than one only where texts are not split. */
  readonly texts: number;
  readonly lookup: Lookup;
  /** A line gives so many numbers: those of its words, filled up with 0, or how often each number below `size` occurs. */
  readonly gives: "ids" | "counts";
  readonly size: number;
}

/** How items become numbers. */
export type Encoder = Lookup | Hash | Cross | Tokens;
/** The name of a kind. */
export type EncoderKind = Encoder["kind"];

/** An encoder, and the shape of what it gives for a row. */
export interface Encoded {
  readonly encoder: Encoder;
  readonly shape: readonly number[];
}

/** Numbers as words: number i is `words[i]`, any other is `unknown`. */
export interface Words {
  readonly words: readonly string[];
  readonly unknown: string;
}
/** The words of numbers. */
export const wordsOf = ({ words, unknown }: Words, numbers: Iterable<number>): string[] =>
  Array.from(numbers, (number) => words[number] ?? unknown);

/** A whole number, as an encoder takes it: what stands behind the point does not count. */
export const whole = (value: number): number => Math.trunc(value) + 0;
/** An item's text: of a number its decimal digits. */
export const textOf = (item: Item): string => (typeof item === "string" ? item : String(whole(item)));
