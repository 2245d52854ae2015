// Rounding to whole numbers as a Program value. In: x in f32 or f64, any number. Out: exact. Guarantee: −0, ±∞ and NaN stay, and what
// rounds to 0 keeps its sign.
import type { Value } from "../../program.ts";
import { abs, add, and, less, lit, neg, select, sub } from "../../value.ts";
import { floatOf } from "./kit.ts";

/** The nearest whole number, of two the even one. */
export function round(x: Value): Value {
  // From here on all numbers are whole; a sum in this binade is rounded to whole numbers, half to even.
  const whole = lit(floatOf(x) === "f32" ? 2 ** 23 : 2 ** 52, x.fmt);
  const zero = lit(0, x.fmt);
  const size = abs(x);
  const rounded = sub(add(size, whole), whole);
  const changes = and(less(zero, size), less(size, whole));
  return select(changes, select(less(x, zero), neg(rounded), rounded), x);
}
