// The words of data, or its whole numbers, as Keras' layers adapt a vocabulary: the most frequent first, of equally frequent ones the last
// in order first. In: documents, each a list of items. Out: a vocabulary, and the weights of tf-idf.
import type { Item } from "../compiler/encode/define.ts";
import { log } from "../compiler/training/initializers/distributions.ts";

/** What is asked for. */
export interface Wanted {
  /** Items that are no entries: mask and unknown token. */
  readonly without: readonly (Item | null)[];
  /** So many entries at most. */
  readonly most: number;
  readonly weights: boolean;
}

/** The vocabulary of some documents. */
export function vocabularyIn(documents: readonly (readonly Item[])[], { without, most, weights }: Wanted) {
  const counts = new Map<Item, number>();
  const within = new Map<Item, number>();
  for (const items of documents) {
    for (const item of items) counts.set(item, (counts.get(item) ?? 0) + 1);
    for (const item of new Set(items)) within.set(item, (within.get(item) ?? 0) + 1);
  }
  for (const item of without) if (item !== null) counts.delete(item);
  const sorted = [...counts].sort(([a, m], [b, n]) => n - m || (isBefore(a, b) ? 1 : -1));
  const vocabulary = sorted.slice(0, most).map(([item]) => item);
  // log(1 + documents / (1 + documents with it)).
  const weightOf = (item: Item): number => -log(1 / (1 + documents.length / (1 + (within.get(item) ?? 0))));
  return { vocabulary, ...(weights ? { idfWeights: vocabulary.map((item) => Math.fround(weightOf(item))) } : {}) };
}

/** The order of numbers, and of texts by their characters' code points, which is that of their bytes in UTF-8. */
function isBefore(a: Item, b: Item): boolean {
  if (typeof a === "number" || typeof b === "number") return a < b;
  const [first, second] = [Array.from(a), Array.from(b)];
  const at = first.findIndex((character, i) => character !== second[i]);
  if (at < 0) return first.length < second.length;
  return at < second.length && Number(first[at].codePointAt(0)) < Number(second[at].codePointAt(0));
}
