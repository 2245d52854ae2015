// The error function as a Program value. In: x in f32 or f64, any number. Out: the bounds of bounds.ts; ±1 at ±∞, NaN and −0 stay.
import type { Value } from "../../program.ts";
import { abs, add, equal, less, lit, madd, max, min, mul, neg, select, sub } from "../../value.ts";
import { powerOfMinus, powerWithin } from "./exp.ts";
import { clamp, floatOf, polynomial } from "./kit.ts";

// P of erf x = x + x·P(x²): f32 |x| ≤ 0.93, relative error 1.8e-8; f64 |x| ≤ 1, 3.4e-11.
const terms = {
  f32: [0.12837914769244704, -0.3761248109523107, 0.11281682485896971, -0.02676171791723278, 0.004985937880044643, -0.000595372869052569],
  f64: [0.12837916705803137, -0.37612638434692236, 0.11283781974653737, -0.0268654000687086, 0.005220945493344021, -0.000848282955441655, 0.00011256952063780415, -0.000009641525754948717],
}; // biome-ignore format: one table
// q of 1 − erf a = e^(−a·q(a)): f32 0.92..4, error relative to erf 3.0e-9; f64 1..6, 2.4e-11.
const tail = {
  f32: [1.1285143489106044, 0.6357183616932495, 0.10526177383309114, -0.022889914269769277, 0.0032149382577253464, -0.00021398262875305232],
  f64: [1.1284871690888167, 0.6359874809771846, 0.10439511477946727, -0.021515405106137298, 0.0019866423114582735, 0.00042991259980273755, -0.0001940760499675657, 0.000030556425559620526, -0.0000018849660265655393],
}; // biome-ignore format: one table

/** `small` below the limit; above it 1 − rest with the sign of x. */
const byParts = (x: Value, a: Value, limit: number, small: Value, rest: Value): Value =>
  select(less(a, lit(limit, x.fmt)), small, select(less(x, lit(0, x.fmt)), sub(rest, lit(1, x.fmt)), sub(lit(1, x.fmt), rest)));

/** 2/√π · ∫₀ˣ e^−t² dt. */
export function erf(x: Value): Value {
  const zero = lit(0, x.fmt);
  if (floatOf(x) === "f32") {
    // From 3.92 on ±1 is the nearest number, and 1 − rest gives it.
    const near = clamp(x, -4, 4);
    const a = abs(near);
    const z = mul(near, near);
    // x + x·P is more accurate than x·(1 + P), which would keep −0.
    const small = select(equal(x, zero), x, madd(near, polynomial(z, terms.f32), near));
    return byParts(near, a, 0.93, small, powerOfMinus(mul(a, polynomial(a, tail.f32))));
  }
  const inside = less(abs(x), lit(6, x.fmt));
  const safe = select(inside, x, zero);
  const a = abs(safe);
  const small = mul(safe, add(lit(1, x.fmt), polynomial(mul(safe, safe), terms.f64)));
  const value = byParts(safe, a, 1, small, powerWithin(neg(mul(a, polynomial(a, tail.f64)))));
  return select(inside, value, max(lit(-1, x.fmt), min(lit(1, x.fmt), x)));
}
