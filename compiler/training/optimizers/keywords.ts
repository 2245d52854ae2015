// Words that are looked for in the names of weights, as Keras has them: regular expressions. In: a word. Out: whether it is one, and
// whether a name has it. Guarantee: no search takes longer than a power of the name's length.

/** Repeats of repeats take time without end. */
const repeats = /[)\]][*+?{]|[*+?}][*+{]/;

/** Whether a name can be searched for it. */
export function isKeyword(word: string): boolean {
  if (word.length > 100 || repeats.test(word)) return false;
  try {
    new RegExp(word);
    return true;
  } catch {
    return false;
  }
}

/** Whether one of the words is found in the name. */
export const hasKeyword = (name: string, words: readonly string[]): boolean => words.some((word) => new RegExp(word).test(name));
