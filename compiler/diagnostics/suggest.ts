// Did-you-mean. In: a word and the words that would have been right. Out: the nearest of them, when it is near enough.
// Guarantee: spelling habits come first (learning_rate, LearningRate, learning-rate), then Keras' other names, then edits.
import { absences, meanings } from "./keras-words.ts";

/** How a word reads without its habit of case and of joining parts: `kernel_size`, `kernelSize` and `Kernel-Size` are one. */
const plain = (word: string): string => word.toLowerCase().replaceAll(/[_\-\s.]/g, "");

/**
 * The candidate that is the word but for case and underscores; else the one that Keras' word stands for; else the one that needs the
 * fewest edits (insert, delete, replace, swap of neighbours), if these are at most a third of the word; else the first that begins
 * with it.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  const known = knownBy(candidates);
  return sameAs(word, known) ?? nearestTo(word, known);
}

interface Known {
  readonly candidate: string;
  readonly low: string;
}
const knownBy = (candidates: Iterable<string>): readonly Known[] =>
  [...candidates].map((candidate) => ({ candidate, low: plain(candidate) }));
/** 100 characters are enough to tell names apart, and keep hostile input from costing the square of its length. */
const lowOf = (word: string): string => plain(word.slice(0, 200)).slice(0, 100);

/** The word in another spelling, or what Keras calls so. */
function sameAs(word: string, known: readonly Known[]): string | undefined {
  const low = lowOf(word);
  return (known.find((other) => other.low === low) ?? meantBy(low, known))?.candidate;
}

/** The word with a slip in it, or its beginning. */
function nearestTo(word: string, known: readonly Known[]): string | undefined {
  const low = lowOf(word);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(low.length / 3)) + 1;
  for (const other of known) {
    // Lengths alone differ by that many edits.
    if (Math.abs(other.low.length - low.length) >= least) continue;
    const distance = edits(low, other.low);
    if (distance < least) [best, least] = [other.candidate, distance];
  }
  if (best !== undefined || low.length < 3) return best;
  return known.find((other) => other.low.startsWith(low))?.candidate;
}

/** The known word that Keras calls `low`. */
function meantBy<T extends { readonly low: string }>(low: string, known: readonly T[]): T | undefined {
  const meant = Object.hasOwn(meanings, low) ? meanings[low] : [];
  return meant.flatMap((name) => known.find((other) => other.low === plain(name)) ?? [])[0];
}

/** `did you mean "dense"?`, what Keras' key is replaced by, or the whole list while it is short. */
export function suggestionFor(word: string, candidates: readonly string[]): string {
  const known = knownBy(candidates);
  const low = lowOf(word);
  const same = sameAs(word, known);
  // A word of Keras' that is at home elsewhere is no slip of one that is known here, however near the two are.
  if (same === undefined && Object.hasOwn(absences, low)) return absences[low];
  const near = same ?? nearestTo(word, known);
  if (near !== undefined && near !== word) return `did you mean ${JSON.stringify(near)}?`;
  return candidates.length === 0 ? "nothing is allowed here" : `known: ${[...candidates].sort().join(", ")}`;
}

// Optimal string alignment distance, two rows back at a time.
//
//   next[j] = the fewest edits from a[0..i) to b[0..j):  row[j] + 1 deletes, next[j − 1] + 1 inserts, row[j − 1] (+ 1) replaces,
//   before[j − 2] + 1 swaps two neighbours.
function edits(a: string, b: string): number {
  let before: number[] = [];
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const next = [i];
    for (let j = 1; j <= b.length; j++) {
      const replace = row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1);
      next[j] = Math.min(replace, row[j] + 1, next[j - 1] + 1);
      if (i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1]) next[j] = Math.min(next[j], before[j - 2] + 1);
    }
    [before, row] = [row, next];
  }
  return row[b.length];
}
