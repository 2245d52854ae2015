// The bits of float32 numbers as JavaScript expressions: through two typed arrays over the same bytes. In: codes. Out: expressions.
import { type Code, element, infix, js, literal, type Name, sequence } from "../code.ts";
import type { Helpers } from "../module/helpers.ts";

type Word = Code | Name;

const put = (array: Name, value: Word): Code => js`${element(array, literal(0))} = ${value}`;

/** 2^i of float32: the exponent's bits are those of 0 for −127. */
export function powerOfTwo(helpers: Helpers, i: Word): Code {
  const [float, int] = helpers.bits();
  return sequence(put(int, infix(infix(i, "+", literal(127)), "<<", literal(23))), element(float, literal(0)));
}

/** ⌊log2 x⌋ of a positive normal float32. */
export function exponentOf(helpers: Helpers, x: Word): Code {
  const [float, int] = helpers.bits();
  return infix(sequence(put(float, x), infix(element(int, literal(0)), ">>", literal(23))), "-", literal(127));
}
