// What elementary functions are made of. In: Program values in f32 or f64. Out: polynomials, clamps and powers of two, branch-free,
// of ops that are exact or rounded once, so that every engine and every lane gives the same bits (Math.exp and its kind do not).
// Guarantee: no integer is made from NaN or from a number out of its range. Coefficients of the folder are minimax (Remez exchange in
// 40-digit decimals), lowest power first; errors stand beside them.
import type { FloatFmt, Value } from "../../program.ts";
import { add, convert, less, lit, madd, max, min, mul, select } from "../../value.ts";

/** A value's own format, as what kernels compute in. */
export const floatOf = (x: Value): FloatFmt => (x.fmt === "f32" ? "f32" : "f64");

/** Σ c[i]·x^i: Horner in f32 (the last step rounds once), even and odd halves in f64 (half the latency). */
export function polynomial(x: Value, c: readonly number[]): Value {
  const horner = (at: Value, list: readonly number[]): Value =>
    list.slice(0, -1).reduceRight<Value>((sum, next) => madd(sum, at, lit(next, x.fmt)), lit(list[list.length - 1], x.fmt));
  if (x.fmt === "f32" || c.length < 4) return horner(x, c);
  const square = mul(x, x);
  const half = (odd: number) => horner(square, c.filter((_, i) => i % 2 === odd)); // biome-ignore format: one thought
  return madd(half(1), x, half(0));
}

/** Five coefficients by Estrin's scheme: as many operations as Horner's, and half as many one after the other. `z` is r². */
export function estrin(r: Value, z: Value, c: readonly number[]): Value {
  const [c0, c1, c2, c3, c4] = c.map((number) => lit(number, r.fmt));
  return madd(madd(c4, z, madd(c3, r, c2)), z, madd(c1, r, c0));
}

/** x between two numbers. NaN stays. */
export const clamp = (x: Value, low: number, high: number): Value => min(max(x, lit(low, x.fmt)), lit(high, x.fmt));

/** At most `most`, which also stands for NaN: what an integer may be made of. In lanes one instruction. */
export function capped(x: Value, most: number): Value {
  const limit = lit(most, x.fmt);
  return select(less(x, limit), x, limit);
}

// ln2 = 45426/65536 + 1.43e-6: the first has 16 bits and k has 8, so k·high is exact in f32 and so is x minus it. Both are positive: then
// x − 0·high − 0·low keeps the sign of −0. f64 has bits to spare.
export const ln2High = 45426 / 65536;
export const ln2Low = 1.4286068203094173e-6;

/** An integral float as i32. */
export const whole = (k: Value): Value => convert(k, "i32");

/** `value` where `inside`; else `below` where x < limit, else x + ∞ (which is NaN for NaN). */
export const outside = (inside: Value, value: Value, x: Value, limit: number, below: Value): Value =>
  select(inside, value, select(less(x, lit(limit, x.fmt)), below, add(x, lit(Number.POSITIVE_INFINITY, x.fmt))));
