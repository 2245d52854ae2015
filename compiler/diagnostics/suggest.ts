// Did-you-mean. In: a word and the words that would have been right. Out: the nearest of them, when it is near enough.

/**
 * The candidate that needs the fewest edits (insert, delete, replace, swap of neighbours; case does not count), if these are at most
 * a third of the word; else the first that begins with the word.
 */
export function suggest(word: string, candidates: Iterable<string>): string | undefined {
  // 100 characters are enough to tell names apart, and keep hostile input from costing the square of its length.
  const low = word.toLowerCase().slice(0, 100);
  let best: string | undefined;
  let least = Math.max(1, Math.floor(low.length / 3)) + 1;
  for (const candidate of candidates) {
    const distance = edits(low, candidate.toLowerCase());
    if (distance < least) [best, least] = [candidate, distance];
  }
  if (best !== undefined || low.length < 3) return best;
  return [...candidates].find((candidate) => candidate.toLowerCase().startsWith(low));
}

/** `did you mean "dense"?`, or the whole list while it is short. */
export function suggestionFor(word: string, candidates: readonly string[]): string {
  const near = suggest(word, candidates);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
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
