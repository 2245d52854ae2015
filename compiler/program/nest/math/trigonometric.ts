// Sine and cosine as Program values. In: x in f32 or f64. Out: the bounds of bounds.ts for |x| up to its limit, NaN beyond, at ±∞ and
// for NaN; sin keeps −0. x = k·π/2 + r is reduced by π/2 in parts (Cody and Waite): k has 16 bits and a part of f32 has 8, so products
// are exact, and so are differences where the digits of x cancel.
import type { Value } from "../../program.ts";
import { abs, add, equal, floor, less, lit, madd, mul, neg, select, sub } from "../../value.ts";
import { trigonometricLimit } from "./bounds.ts";
import { floatOf, polynomial } from "./kit.ts";

// π/2 in parts of 8 bits (the last one has all the rest), and in two of which the first has 33.
const parts = {
  f32: [1.5703125, 0.0004825592041015625, 0.0000012665987014770508, 9.89530235528946e-10, 2.5579538487363607e-12, 5.390302858158119e-15],
  f64: [1.5707963267341256, 6.077100506506192e-11],
}; // biome-ignore format: one table
// P of sin r = r + r³·P(r²) and Q of cos r = 1 − r²/2 + r⁴·Q(r²), |r| ≤ 0.795: relative errors 4.2e-9 and 1.3e-10 (f32), 5.8e-12 and 1.4e-13 (f64).
const sinTerms = {
  f32: [-0.16666653709914409, 0.008332103324249444, -0.0001950742520951041],
  f64: [-0.16666666638191427, 0.008333329004835277, -0.0001983921645122924, 0.000002717214827667007],
};
const cosTerms = {
  f32: [0.04166664409658741, -0.0013887238291489562, 0.00002442417719617294],
  f64: [0.04166666661467824, -0.0013888883094031925, 0.00002479935491358504, -2.7197193257201907e-7],
};

/** x − k·π/2 in f32. From the third part on a difference may be rounded; what it lost is added at the end. */
function remainder(x: Value, k: Value): Value {
  const [first, second, ...others] = parts.f32.map((part) => lit(-part, x.fmt));
  let rest = madd(k, second, madd(k, first, x));
  const lost = others.map((part): Value => {
    const product = mul(k, part);
    const before = rest;
    rest = add(before, product);
    return add(sub(before, rest), product);
  });
  return add(rest, lost.reduceRight((sum, next) => add(next, sum))); // biome-ignore format: one thought
}

/** sin(x + shift·π/2). */
function wave(x: Value, shift: number): Value {
  const fmt = floatOf(x);
  const half = lit(0.5, fmt);
  const inside = less(abs(x), lit(trigonometricLimit, fmt));
  const safe = select(inside, x, lit(0, fmt));
  const k = floor(madd(safe, lit(2 / Math.PI, fmt), half));
  const r = fmt === "f32" ? remainder(safe, k) : parts.f64.reduce((rest, part) => madd(k, lit(-part, fmt), rest), safe);
  const z = mul(r, r);
  const p = polynomial(z, sinTerms[fmt]);
  const sine = fmt === "f32" ? madd(mul(z, r), p, r) : mul(r, madd(z, p, lit(1, fmt)));
  const cosine = madd(mul(z, z), polynomial(z, cosTerms[fmt]), sub(lit(1, fmt), mul(half, z)));
  // Quarter turns: odd ones swap sine and cosine, those from 2 to 3 change the sign.
  const pairs = mul(shift === 0 ? k : add(k, lit(shift, fmt)), half);
  const turns = mul(floor(pairs), half);
  const value = select(less(floor(pairs), pairs), cosine, sine);
  return select(inside, select(less(floor(turns), turns), neg(value), value), lit(Number.NaN, fmt));
}

/** Sine. */
export function sin(x: Value): Value {
  const value = wave(x, 0);
  // In doubles r·(1 + z·P) keeps −0; in f32 r + r³·P is the more accurate.
  return floatOf(x) === "f64" ? value : select(equal(x, lit(0, x.fmt)), x, value);
}

/** Cosine. */
export const cos = (x: Value): Value => wave(x, 1);
