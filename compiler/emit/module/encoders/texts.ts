// What encoders are made of, as text: tables of words, words of a text, and the loops over rows. In: nothing. Out: functions that a
// module declares where something asks for them (`Helpers`). Only ASCII is lowered, stripped and taken for white space, as TensorFlow
// does, whose kernels see bytes.
import { type Code, js } from "../../code.ts";

/**
 * `tableOf(items, first)`: the number of each item, by the item behind a space: so no word meets what objects inherit (`constructor`),
 * and none is `__proto__`.
 */
export const tableFunction: Code = js`function tableOf(items, first) {
  const table = {};
  for (let i = 0; i < items.length; i++) table[" " + items[i]] = first + i;
  return table;
}`;

/** `trunc(value)`: without what stands behind the point. */
export const truncFunction: Code = js`const trunc = (value) => value - value % 1;`;

/** `encoded(what, items, size, of, wanted)`: each item's number, of which undefined refuses it. */
export const encodedFunction: Code = js`function encoded(what, items, size, of, wanted) {
  const found = new Float32Array(items.length);
  for (let i = 0; i < items.length; i++) {
    const id = of(items[i]);
    if (id === undefined) throw new RangeError(what + ": row " + (i - i % size) / size + ", place " + i % size + ": wanted " + wanted + ", got " + (typeof items[i] === "number" ? items[i] : kind(items[i])));
    found[i] = id;
  }
  return found;
}`;

/** `crossed(first, second, of)`: the number of each pair. */
export const crossedFunction: Code = js`function crossed(first, second, of) {
  const found = new Float32Array(first.length);
  for (let i = 0; i < first.length; i++) found[i] = of(first[i], second[i]);
  return found;
}`;

/** `ngrams(words, widths)`: groups of words, all of one width before those of the next. */
export const ngramsFunction: Code = js`function ngrams(words, widths) {
  const groups = [];
  for (let k = 0; k < widths.length; k++) {
    for (let i = 0; i + widths[k] <= words.length; i++) groups.push(words.slice(i, i + widths[k]).join(" "));
  }
  return groups;
}`;

/** `idsOf(lists, size, of)`: the numbers of each list's words, cut off, or filled up with 0. */
export const idsFunction: Code = js`function idsOf(lists, size, of) {
  const found = new Float32Array(lists.length * size);
  for (let row = 0; row < lists.length; row++) {
    for (let i = 0; i < size && i < lists[row].length; i++) found[row * size + i] = of(lists[row][i]);
  }
  return found;
}`;

/** `countsOf(lists, size, of)`: how often each number below \`size\` is that of a word of a list. */
export const countsFunction: Code = js`function countsOf(lists, size, of) {
  const found = new Float32Array(lists.length * size);
  for (let row = 0; row < lists.length; row++) {
    for (let i = 0; i < lists[row].length; i++) {
      const id = of(lists[row][i]);
      if (id >= 0) found[row * size + id]++;
    }
  }
  return found;
}`;

/** `linesOf(words, width)`: so many words each. */
export const linesFunction: Code = js`function linesOf(words, width) {
  const lists = [];
  for (let i = 0; i < words.length; i += width) lists.push(words.slice(i, i + width));
  return lists;
}`;

/** `spell(numbers, words, unknown, list)`: the word of each number, in \`list\`. */
export const spellFunction: Code = js`function spell(numbers, words, unknown, list) {
  list.length = 0;
  for (let i = 0; i < numbers.length; i++) {
    const word = words[numbers[i]];
    list.push(word === undefined ? unknown : word);
  }
}`;
