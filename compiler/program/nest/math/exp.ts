// Exponentials as Program values. In: x in f32 or f64, any number. Out: the bounds of bounds.ts; NaN stays, ±∞ and ±0 are exact.
//
// f32: e^x = 2^k·e^r, one factor 2^k. x is clamped, k is cut at 127 and −127, whose power is 0: results below the smallest normal
// number are 0, and those above the largest overflow by themselves. f64 serves chains of f32 meaning: it overflows (∞) or vanishes
// at |x| = 174.
import type { Value } from "../../program.ts";
import { abs, add, floor, less, lit, madd, mul, neg, pow2, select, sub } from "../../value.ts";
import { capped, clamp, estrin, floatOf, ln2High, ln2Low, outside, polynomial, whole } from "./kit.ts";

// q of e^r = 1 + r + r²·q(r). `centred`: |r| ≤ ln2/2, error of r²·q relative to r 1.3e-8 (f32), 5.3e-12 (f64). `positive`: r in
// 0..ln2, error relative to e^r 2.9e-9; k = ⌊x/ln2⌋ then ends at 127 where e^x ends.
const centred = {
  f32: [0.5000000062000048, 0.16666542989936708, 0.04166628187217007, 0.008366584183123263, 0.001394645849225117],
  f64: [0.4999999999973601, 0.16666666754539125, 0.041666666955298685, 0.008333288957717604, 0.0013888809277647865, 0.0001990495880641463, 0.000024882515321231118],
}; // biome-ignore format: one table
const positive = [0.5000022850414118, 0.16663191432531632, 0.04185498167907597, 0.007868426665237037, 0.0019124872516910704];

/** 2^k·e^r in f32, r in 0..ln2. */
function powerFrom(k: Value, r: Value): Value {
  const z = mul(r, r);
  return mul(add(lit(1, r.fmt), madd(z, estrin(r, z, positive), r)), pow2(whole(k), "f32"));
}

/** e^(x + tail) in f32 for x in −88..89 or NaN; `tail` is smaller than a digit of x. */
export function powerOf(x: Value, tail?: Value): Value {
  const k = capped(floor(mul(x, lit(Math.LOG2E, x.fmt))), 127);
  const r = madd(k, lit(-ln2Low, x.fmt), madd(k, lit(-ln2High, x.fmt), x));
  return powerFrom(k, tail === undefined ? r : add(r, tail));
}

/** e^−x in f32 for x in −89..88 or NaN: the negation costs nothing. */
export function powerOfMinus(x: Value): Value {
  const k = capped(floor(mul(x, lit(-Math.LOG2E, x.fmt))), 127);
  return powerFrom(k, madd(k, lit(-ln2Low, x.fmt), sub(mul(k, lit(-ln2High, x.fmt)), x)));
}

/** x = k·ln2 + r with |r| ≤ ln2/2 (about), x finite and |x| < 2^20; `q` as above. */
function reduce(x: Value): { readonly k: Value; readonly r: Value; readonly q: Value } {
  const k = floor(madd(x, lit(Math.LOG2E, x.fmt), lit(0.5, x.fmt)));
  const r = madd(k, lit(-Math.LN2, x.fmt), x);
  return { k, r, q: polynomial(r, centred.f64) };
}

/** e^x in f64 for |x| < 174. */
export function powerWithin(x: Value): Value {
  const { k, r, q } = reduce(x);
  // (1 + r) + r²·q is shorter by two steps than 1 + r·(1 + r·q).
  return mul(madd(q, mul(r, r), add(lit(1, x.fmt), r)), pow2(whole(k), "f64"));
}

/** e^x. */
export function exp(x: Value): Value {
  if (floatOf(x) === "f32") return powerOf(clamp(x, -88, 89));
  const zero = lit(0, x.fmt);
  const inside = less(abs(x), lit(174, x.fmt));
  return outside(inside, powerWithin(select(inside, x, zero)), x, 0, zero);
}

/** x = k·ln2 + r in f32 with |r| ≤ ln2/2 (about) and k up to `most`, for x above −88 or NaN. */
function centre(x: Value, most: number): { readonly k: Value; readonly r: Value; readonly z: Value } {
  const k = capped(floor(madd(x, lit(Math.LOG2E, x.fmt), lit(0.5, x.fmt))), most);
  const r = madd(k, lit(-ln2Low, x.fmt), madd(k, lit(-ln2High, x.fmt), x));
  return { k, r, z: mul(r, r) };
}

/**
 * 1 − e^−x in f32 as 2^−k·small − (2^−k − 1), small = 1 − e^−r = r − r²·q(−r), for x in −88..88 or NaN. A sum with −r² keeps −0, one
 * with r² does not: so this is more accurate than e^x − 1.
 */
export function oneMinus(x: Value): Value {
  const { k, r, z } = centre(x, 126);
  const power = pow2(whole(neg(k)), "f32");
  const small = madd(z, estrin(r, z, centred.f32.map((c, i) => (i % 2 === 0 ? -c : c))), r); // biome-ignore format: one thought
  return sub(mul(power, small), sub(power, lit(1, x.fmt)));
}

/** e^x − 1 in f64 as 2^k·small − (1 − 2^k), small = e^r − 1, for |x| < 174. −0 stays. */
export function minusOne(x: Value): Value {
  const one = lit(1, x.fmt);
  const { k, r, q } = reduce(x);
  const power = pow2(whole(k), "f64");
  return sub(mul(mul(r, madd(q, r, one)), power), sub(one, power));
}

/** e^x − 1, accurate near 0. */
export function expm1(x: Value): Value {
  const one = lit(1, x.fmt);
  if (floatOf(x) === "f64") {
    const inside = less(abs(x), lit(174, x.fmt));
    return outside(inside, minusOne(select(inside, x, lit(0, x.fmt))), x, 0, neg(one));
  }
  // e^−18 is nothing beside 1. k ends at 128: halves keep 2^k in reach, 2·(2^(k−1)·small − (1/2 − 2^(k−1))), and overflow at the end.
  // small = r·(1 + r·q) keeps −0.
  const { k, r, z } = centre(clamp(x, -18, 89), 128);
  const power = pow2(whole(sub(k, one)), "f32");
  return mul(sub(mul(power, mul(r, madd(r, estrin(r, z, centred.f32), one))), sub(lit(0.5, x.fmt), power)), lit(2, x.fmt));
}
