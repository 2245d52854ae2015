// Texts to words and groups of words, as TensorFlow splits them: evaluated. Only ASCII is lowered, stripped and taken for white space:
// its kernels see bytes.
import type { Item, Tokens } from "./define.ts";
import { lookUp } from "./lookup.ts";

const punctuation: ReadonlySet<string> = new Set("!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~");
const whiteSpace: ReadonlySet<string> = new Set(" \t\n\v\f\r");

/** How texts become words. */
export type Split = Pick<Tokens, "lower" | "strip" | "split" | "ngrams">;

function cleaned(text: string, { lower, strip }: Split): string {
  const kept = strip ? Array.from(text).filter((character) => !punctuation.has(character)) : Array.from(text);
  const small = (character: string): string => (character >= "A" && character <= "Z" ? character.toLowerCase() : character);
  return (lower ? kept.map(small) : kept).join("");
}

function words(text: string): readonly string[] {
  const found: string[] = [];
  let word = "";
  for (const character of text) {
    if (!whiteSpace.has(character)) word += character;
    else if (word !== "") {
      found.push(word);
      word = "";
    }
  }
  return word === "" ? found : [...found, word];
}

const splits = { whitespace: words, character: (text: string): readonly string[] => Array.from(text) };

/** The words of a line, or its groups of words: all of one width before those of the next. */
export function tokensOf(line: readonly string[], tokens: Split): readonly string[] {
  const { split, ngrams } = tokens;
  const clean = line.map((text) => cleaned(text, tokens));
  const single = split === null ? clean : clean.flatMap(splits[split]);
  if (ngrams === null) return single;
  return ngrams.flatMap((width) =>
    Array.from({ length: Math.max(0, single.length - width + 1) }, (_, i) => single.slice(i, i + width).join(" ")),
  );
}

/** The numbers of a line; undefined stands for a word that is refused. */
export function lineOf(tokens: Tokens, line: readonly Item[]): readonly (number | undefined)[] {
  const { gives, size, lookup } = tokens;
  const ids = tokensOf(line as readonly string[], tokens).map((word) => lookUp(lookup, word));
  if (gives === "ids") return Array.from({ length: size }, (_, i) => (i < ids.length ? ids[i] : 0));
  const counts = new Array<number>(size).fill(0);
  for (const id of ids) if (id !== undefined && id >= 0) counts[id]++;
  return counts;
}
