// Curves that level off, as Program values. In: x in f32 or f64, any number. Out: the bounds of bounds.ts; NaN stays, ±∞ give the
// limits, −0 stays where the value is 0. Each is one exponential and one quotient, without a choice between formulas.
import type { Value } from "../../program.ts";
import { abs, add, div, less, lit, madd, max, min, mul, neg, select, sub } from "../../value.ts";
import { exp, minusOne, oneMinus, powerOfMinus } from "./exp.ts";
import { clamp, floatOf, polynomial } from "./kit.ts";

/** 1 / (1 + e^−x). */
export function sigmoid(x: Value): Value {
  const one = lit(1, x.fmt);
  // Below −89 the power is ∞ and the quotient 0.
  const e = floatOf(x) === "f32" ? powerOfMinus(clamp(x, -89, 88)) : exp(neg(x));
  return div(one, add(one, e));
}

/** Hyperbolic tangent: e / (e + 2) with e = e^2x − 1. */
export function tanh(x: Value): Value {
  const two = lit(2, x.fmt);
  if (floatOf(x) === "f32") {
    // From 9.02 on ±1 is the nearest number, and the quotient gives it.
    const e = oneMinus(mul(clamp(x, -10, 10), lit(-2, x.fmt)));
    return div(e, sub(e, two));
  }
  const inside = less(abs(x), lit(20, x.fmt));
  const safe = select(inside, x, lit(0, x.fmt));
  const e = minusOne(add(safe, safe));
  return select(inside, div(e, add(e, two)), max(lit(-1, x.fmt), min(lit(1, x.fmt), x)));
}

// Q of log(1 + e) = 2s + s³·Q(s²), s = e / (2 + e) in 0..1/3: relative error of the logarithm 4.5e-9 (f32), 7.0e-14 (f64).
const logTerms = {
  f32: [0.6666641628585832, 0.4002152723965546, 0.28001805187456963, 0.28011987416603307],
  f64: [0.6666666667685703, 0.3999999768227776, 0.28571606404642735, 0.22215781163139134, 0.18305629580458535, 0.1409683548218793, 0.20006455886883165],
}; // biome-ignore format: one table

/** log(1 + e^x) = max(x, 0) + log(1 + e^−|x|). */
export function softplus(x: Value): Value {
  const fmt = floatOf(x);
  const size = abs(x);
  const e = fmt === "f32" ? powerOfMinus(min(size, lit(88, x.fmt))) : exp(neg(size));
  const s = div(e, add(lit(2, x.fmt), e));
  const z = mul(s, s);
  return add(max(x, lit(0, x.fmt)), madd(mul(s, z), polynomial(z, logTerms[fmt]), add(s, s)));
}
