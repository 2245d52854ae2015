// How arguments are checked, as text: rows of numbers, whole numbers in a range, options. In: nothing. Out: functions that a module
// declares where something asks for them (`Helpers`). Guarantee: whatever is wrong meets a TypeError (no number, no list) or a
// RangeError (another length, a number out of range) that says what was wanted, what was got and where, before anything is written.
import { Code, js } from "../code.ts";

/** `kind(value)`: a text, else what the value is, in every realm and without a call into it: Null, Array, … */
export const kindFunction: Code = js`const kind = (value) => typeof value === "string" ? '"' + value + '"' : ({}).toString.call(value).slice(8, -1);`;

/**
 * `rowsOf(what, value, shape)`: whole rows of numbers as one Float32Array, a copy. Whatever has a length is read once, so that no
 * getter can reach into a call that computes. Rows stand back to back, or are lists themselves: of all their numbers, or nested as
 * `shape`, which has an axis at least. A detached array has the length 0 and would pass for no rows; a view of it throws.
 */
/** The function `name`, which reads a list of doubles and ends with `last`. */
const reader = (name: string, last: Code): Code => js`function ${new Code(name)}(what, value, shape) {
  const list = [], size = (axes) => axes.reduce((a, b) => a * b, 1);
  function put(items, axes, k) {
    const at = list.length, length = items && typeof items === "object" && axes.length ? items.length : -1;
    const deep = length > 0 && typeof items[0] === "object";
    for (let i = 0; i < length; i++) {
      let item = items[i];
      if (!deep && typeof item === "number") list.push(item);
      else put(item, deep ? (k ? shape : axes.slice(1)) : [], "");
    }
    const found = list.length - at, want = size(axes);
    if (length >= 0 && (k ? found % want : found - want) === 0) return;
    throw new (length >= 0 ? RangeError : TypeError)(what + ": row " + (at - at % size(shape)) / size(shape) + ", place " + at % size(shape) + ": wanted " + k + want + " numbers, got " + (length >= 0 ? found : kind(items)));
  }
  put(value, shape, "k * ");
  ${last}
}`;

export const rowsFunction: Code = reader(
  "rowsOf",
  js`if (value.buffer && !list.length) new Uint8Array(value.buffer);
return new Float32Array(list);`,
);

/** `wholesOf(what, value, shape)`: the same as a list of doubles, each so small that it and its neighbours are whole numbers. */
export const wholesFunction: Code = reader(
  "wholesOf",
  js`for (let i = 0; i < list.length; i++) {
  if (list[i] > -9007199254740992 && list[i] < 9007199254740992) continue;
  throw new RangeError(what + ": row " + (i - i % size(shape)) / size(shape) + ", place " + i % size(shape) + ": wanted a whole number, got " + list[i]);
}
return list;`,
);

/** `whole(what, values, size, range)`: every number is a whole one that the range allows. */
export const wholeFunction: Code = js`function whole(what, values, size, range) {
  for (let i = 0; i < values.length; i++) {
    let value = values[i];
    if (value >= 0 && value < range.below && value % 1 === 0 || value === range.ignore) continue;
    throw new RangeError(what + ": row " + (i - i % size) / size + ", place " + i % size + ": wanted a whole number from 0 to " + (range.below - 1) + ", got " + value + (what.charAt(0) === "y" && value === range.below ? "; labels start at 0" : ""));
  }
}`;

/**
 * `portsOf(what, value, known)`: an object with no other keys than `known`, an object of shapes; what a key holds is for its reader to
 * judge. Nothing is allocated where all is well. What objects inherit (`constructor`) is no list.
 */
export const portsFunction: Code = js`function portsOf(what, value, known) {
  let strange;
  if (value && typeof value === "object" && (known.length || !(value.length >= 0))) {
    for (const key in value) if (!known[key] || !known[key].push) strange = key;
    if (strange === undefined) return;
  }
  const names = [];
  for (const key in known) names.push(key);
  const wanted = what + ": wanted an object by name, { " + names.join(", ") + " }";
  throw new TypeError(wanted + (strange === undefined ? ", got " + kind(value) : '; there is no "' + strange + '"'));
}`;

/** `textsOf(what, value, shape)`: rows of texts, flat or nested, as one list of its own. */
export const textsFunction: Code = js`function textsOf(what, value, shape) {
  const list = [], size = shape.reduce((a, b) => a * b, 1);
  function put(items, depth) {
    if (typeof items === "string" && depth) return list.push(items);
    const length = items && typeof items === "object" && depth <= shape.length + 1 ? items.length : -1;
    if (!(length >= 0)) throw new TypeError(what + ": row " + (list.length - list.length % size) / size + ", place " + list.length % size + ": wanted a text, got " + kind(items));
    for (let i = 0; i < length; i++) put(items[i], depth + 1);
  }
  put(value, 0);
  if (list.length % size) throw new RangeError(what + ": wanted k * " + size + " texts, got " + list.length);
  return list;
}`;

/** `repeat(values, size)`: each value so many times. */
export const repeatFunction: Code = js`function repeat(values, size) {
  const all = new Float32Array(values.length * size);
  for (let i = 0; i < values.length; i++) all.fill(values[i], i * size, i * size + size);
  return all;
}`;

/** `outOf(what, value, length)`: an array to write to, where one is given. */
export const outFunction: Code = js`function outOf(what, value, length) {
  if (value === undefined || value instanceof Float32Array && value.length === length) return value;
  if (kind(value) !== "Float32Array") throw new TypeError(what + ": wanted a Float32Array, got " + kind(value));
  if (value.length !== length) throw new RangeError(what + ": wanted " + length + " numbers, got " + value.length);
  return value;
}`;

/** `listOf(what, value)`: an array for words, where one is given. */
export const listFunction: Code = js`function listOf(what, value) {
  if (value === undefined || kind(value) === "Array") return value;
  throw new TypeError(what + ": wanted an Array, got " + kind(value));
}`;

/** `noNaN(what, values, size)`: where NaN would only hide what is wrong with the data. */
export const noNaNFunction: Code = js`function noNaN(what, values, size) {
  for (let i = 0; i < values.length; i++) {
    if (values[i] !== values[i]) throw new RangeError(what + ": row " + (i - i % size) / size + ", place " + i % size + ": wanted a number, got NaN");
  }
}`;

/** `optionsOf(options, known)`: an object with no other keys; a key in Keras' spelling is told ours. */
export const optionsFunction: Code = js`function optionsOf(options, known) {
  if (options === undefined) return {};
  if (kind(options) !== "Object") throw new TypeError("options: wanted an object with " + known.join(", ") + ", got " + kind(options));
  const plain = (key) => key.replace(/_/g, "").toLowerCase();
  for (const key in options) {
    if (known.indexOf(key) >= 0) continue;
    let near = known.filter((one) => plain(one) === plain(key));
    throw new TypeError('options: there is no "' + key + '"; ' + (near.length ? "did you mean " + near[0] + "?" : "known: " + known.join(", ")));
  }
  return options;
}`;
