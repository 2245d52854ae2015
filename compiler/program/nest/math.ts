// Elementary functions as Program values. In: x in f32 or f64, any number. Out: a branch-free DAG of the same format, from
// ops that are exact or rounded once, so that every engine and every lane gives the same bits (Math.exp and its kind do not).
// f32: at most 2 ulp. f64: relative error at most 2^-33, hence at most 1 ulp once rounded to f32; for f32 inputs both are
// swept in tests/program/nest/math.test.ts, subnormal results excepted. NaN gives NaN; ±0, ±∞ and poles are exact.
//
// The f64 flavour serves chains of f32 meaning: exp and expm1 overflow (∞) or vanish at |x| = 174, log takes 2^-252..2^252
// as finite. No integer is ever made from NaN or from a number out of its range: such x are replaced first (`inside`).
// Coefficients are minimax (Remez exchange in 50-digit decimals), lowest power first; errors stand beside them.
import type { FloatFmt, Value } from "../program.ts";
import {
  abs,
  add,
  and,
  convert,
  div,
  equal,
  exponent,
  floor,
  imul,
  less,
  lit,
  madd,
  max,
  min,
  mul,
  neg,
  pow2,
  select,
  sub,
} from "../value.ts";

const floatOf = (x: Value): FloatFmt => (x.fmt === "f32" ? "f32" : "f64");

/** Σ c[i]·x^i: Horner in f32 (the last step rounds once), even and odd halves in f64 (half the latency). */
function polynomial(x: Value, c: readonly number[]): Value {
  const horner = (at: Value, list: readonly number[]): Value =>
    list.slice(0, -1).reduceRight<Value>((sum, next) => madd(sum, at, lit(next, x.fmt)), lit(list[list.length - 1], x.fmt));
  if (x.fmt === "f32" || c.length < 4) return horner(x, c);
  const square = mul(x, x);
  const half = (odd: number) => horner(square, c.filter((_, i) => i % 2 === odd)); // biome-ignore format: one thought
  return madd(half(1), x, half(0));
}

// ---- exp, expm1 ----------------------------------------------------------------------------------------------------

// q of e^r = 1 + r + r²·q(r), |r| ≤ ln2/2: error of r²·q relative to r 1.3e-8 (f32), 5.3e-12 (f64).
const expTerms = {
  f32: [0.5000000062000048, 0.16666542989936708, 0.04166628187217007, 0.008366584183123263, 0.001394645849225117],
  f64: [0.4999999999973601, 0.16666666754539125, 0.041666666955298685, 0.008333288957717604, 0.0013888809277647865, 0.0001990495880641463, 0.000024882515321231118],
}; // biome-ignore format: one table

// ln2 = 355/512 − 2.12e-4: the first has 9 bits, so k·355/512 is exact in f32 and so is x minus it. f64 has bits to spare.
const ln2High = 355 / 512;
const ln2Low = Math.LN2 - ln2High;

/** x = k·ln2 + r with |r| ≤ ln2/2 (about); x finite and |x| < 2^20. `small` is e^r − 1. */
function reduce(x: Value): { readonly k: Value; readonly r: Value; readonly small: Value } {
  const fmt = floatOf(x);
  const k = floor(madd(x, lit(Math.LOG2E, fmt), lit(0.5, fmt)));
  if (fmt === "f64") {
    const r = madd(k, lit(-Math.LN2, fmt), x);
    // r·(1 + r·q) keeps the sign of −0, and the rounding it adds does not matter in doubles.
    return { k, r, small: mul(r, madd(polynomial(r, expTerms.f64), r, lit(1, fmt))) };
  }
  const r = madd(k, lit(-ln2Low, fmt), madd(k, lit(-ln2High, fmt), x));
  // Estrin's scheme: as many operations as Horner's, and half as many one after the other.
  const z = mul(r, r);
  const [c0, c1, c2, c3, c4] = expTerms.f32.map((c) => lit(c, fmt));
  const q = madd(madd(c4, z, madd(c3, r, c2)), z, madd(c1, r, c0));
  return { k, r, small: madd(z, q, r) };
}

/** value·2^k for an integral k in −252..252: in f32 as two factors. */
function scale(value: Value, k: Value): Value {
  const fmt = floatOf(value);
  if (fmt === "f64") return mul(value, pow2(convert(k, "i32"), fmt));
  const half = floor(mul(k, lit(0.5, fmt)));
  return mul(mul(value, pow2(convert(half, "i32"), fmt)), pow2(convert(sub(k, half), "i32"), fmt));
}

/** `value` where `inside`; else `below` where x < limit, else x + ∞ (which is NaN for NaN). */
const outside = (inside: Value, value: Value, x: Value, limit: number, below: Value): Value =>
  select(inside, value, select(less(x, lit(limit, x.fmt)), below, add(x, lit(Number.POSITIVE_INFINITY, x.fmt))));

/** e^x. */
export function exp(x: Value): Value {
  const fmt = floatOf(x);
  const one = lit(1, fmt);
  // e^-104 is less than half of the smallest f32.
  const inside = less(abs(x), lit(fmt === "f32" ? 104 : 174, fmt));
  const { k, r, small } = reduce(select(inside, x, lit(0, fmt)));
  // In doubles (1 + r) + r²·q: shorter by two steps than 1 + r·(1 + r·q).
  const power = fmt === "f64" ? madd(polynomial(r, expTerms.f64), mul(r, r), add(one, r)) : add(one, small);
  return outside(inside, scale(power, k), x, 0, lit(0, fmt));
}

/** e^x − 1, accurate near 0. */
export function expm1(x: Value): Value {
  const fmt = floatOf(x);
  const one = lit(1, fmt);
  if (fmt === "f64") {
    const inside = less(abs(x), lit(174, fmt));
    return outside(
      inside,
      scaledMinusOne(select(inside, x, lit(0, fmt)), (k) => scale(one, k)),
      x,
      0,
      neg(one),
    );
  }
  // −18 < x < 89, so k is in −26..128. Halves keep 2^k in reach: 2·(2^(k−1)·small − (1/2 − 2^(k−1))).
  const inside = less(abs(sub(x, lit(35.5, fmt))), lit(53.5, fmt));
  const { k, small } = reduce(select(inside, x, lit(0, fmt)));
  const power = pow2(convert(sub(k, one), "i32"), fmt);
  const value = mul(sub(mul(power, small), sub(lit(0.5, fmt), power)), lit(2, fmt));
  return select(equal(x, lit(0, fmt)), x, outside(inside, value, x, 0, neg(one)));
}

/** e^x − 1 in f64 as 2^k·small − (1 − 2^k), which keeps −0. */
function scaledMinusOne(x: Value, power: (k: Value) => Value): Value {
  const { k, small } = reduce(x);
  const p = power(k);
  return sub(mul(small, p), sub(lit(1, "f64"), p));
}

// ---- log, log1p ----------------------------------------------------------------------------------------------------

// Q of log((1+s)/(1−s)) = 2s + s³·Q(s²), |s| ≤ (√2−1)/(√2+1): relative error of the logarithm 8.1e-10 (f32), 4.8e-12 (f64).
const logTerms = {
  f32: [0.6666677645028027, 0.39977532180853326, 0.2987200201217291],
  f64: [0.6666666564460998, 0.40000335398869774, 0.2853729437922408, 0.23582436798869286],
};

/** x = m·2^−n with m in √½..√2 (about), for a positive x (f32: any, f64: 2^±252). Scaling first makes a subnormal normal. */
function split(x: Value): { readonly m: Value; readonly n: Value } {
  const fmt = floatOf(x);
  const by = fmt === "f32" ? 24 : 126;
  const low = less(x, lit(1, fmt));
  const scaled = mul(x, select(low, lit(2 ** by, fmt), lit(2 ** -by, fmt)));
  const n = imul(exponent(mul(scaled, lit(Math.SQRT2, fmt))), lit(-1, "i32"));
  return { m: mul(scaled, pow2(n, fmt)), n: add(convert(n, fmt), select(low, lit(by, fmt), lit(-by, fmt))) };
}

/** log(1 + f) − n·ln2 + tail. Subtracting n·ln2 = +0 keeps f = −0. */
function combine(f: Value, n: Value, tail?: Value): Value {
  const fmt = floatOf(f);
  const s = div(f, add(lit(2, fmt), f));
  const z = mul(s, s);
  const r = mul(z, polynomial(z, logTerms[fmt]));
  if (fmt === "f64") return sub(madd(s, r, add(s, s)), mul(n, lit(Math.LN2, fmt)));
  // log(1+f) = f − (f²/2 − s·(f²/2 + R)), because 2s = f − s·f: the rounding of s weighs only f/2 (fdlibm).
  const half = mul(lit(0.5, fmt), mul(f, f));
  const correction = sub(mul(s, add(half, r)), mul(n, lit(ln2Low, fmt)));
  return sub(sub(f, sub(half, tail === undefined ? correction : add(correction, tail))), mul(n, lit(ln2High, fmt)));
}

const logLimit = (fmt: FloatFmt): number => (fmt === "f32" ? Number.POSITIVE_INFINITY : 2 ** 252);
/** NaN below `pole`, −∞ up to `least`, ∞ and NaN as they are. */
const atEdges = (inside: Value, value: Value, x: Value, pole: number, least: number): Value =>
  outside(
    inside,
    value,
    x,
    least,
    select(less(x, lit(pole, x.fmt)), lit(Number.NaN, x.fmt), lit(Number.NEGATIVE_INFINITY, x.fmt)),
  );

/** Natural logarithm; −∞ at ±0, NaN below. */
export function log(x: Value): Value {
  const fmt = floatOf(x);
  const one = lit(1, fmt);
  const inside = and(less(lit(fmt === "f32" ? 0 : 2 ** -252, fmt), x), less(x, lit(logLimit(fmt), fmt)));
  const { m, n } = split(select(inside, x, one));
  return atEdges(inside, combine(sub(m, one), n), x, 0, 1);
}

/** log(1 + x), accurate near 0; −∞ at −1, NaN below. */
export function log1p(x: Value): Value {
  const fmt = floatOf(x);
  const one = lit(1, fmt);
  const inside = and(less(lit(-1, fmt), x), less(x, lit(logLimit(fmt), fmt)));
  const safe = select(inside, x, lit(0, fmt));
  const u = add(one, safe);
  const { m, n } = split(u);
  // Without a factor 2^k, f is x itself. With one, f32 feels what 1 + x lost: x − (u − 1), seen by the logarithm as /u.
  const plain = equal(n, lit(0, fmt));
  const f = select(plain, safe, sub(m, one));
  const tail = fmt === "f32" ? select(plain, lit(0, fmt), div(sub(safe, sub(u, one)), u)) : undefined;
  return atEdges(inside, combine(f, n, tail), x, -1, 0);
}

// ---- tanh, erf -----------------------------------------------------------------------------------------------------

// P of tanh x = x + x³·P(x²), |x| ≤ 0.55, relative error 9.9e-10.
const tanhTerms = [-0.33333318045757226, 0.13332601679551873, -0.05385385680407224, 0.021077752389099435, -0.006282463698895828];

/** Where |x| is large: −1, 1 or NaN. */
const signed = (x: Value): Value => max(lit(-1, x.fmt), min(lit(1, x.fmt), x));
/** `small` below the limit; above it 1 − rest with the sign of x. */
const byParts = (x: Value, a: Value, limit: number, small: Value, rest: Value): Value =>
  select(less(a, lit(limit, x.fmt)), small, select(less(x, lit(0, x.fmt)), sub(rest, lit(1, x.fmt)), sub(lit(1, x.fmt), rest)));

/** Hyperbolic tangent. */
export function tanh(x: Value): Value {
  const fmt = floatOf(x);
  const two = lit(2, fmt);
  const a = abs(x);
  // From there on ±1 is the nearest number of the format.
  const inside = less(a, lit(fmt === "f32" ? 10 : 20, fmt));
  const safe = select(inside, x, lit(0, fmt));
  if (fmt === "f64") {
    const e = scaledMinusOne(add(safe, safe), (k) => pow2(convert(k, "i32"), fmt));
    return select(inside, div(e, add(e, two)), signed(x));
  }
  const z = mul(safe, safe);
  const size = abs(safe);
  const { k, small } = reduce(add(size, size));
  const e = mul(add(lit(1, fmt), small), pow2(convert(k, "i32"), fmt));
  const near = madd(safe, mul(z, polynomial(z, tanhTerms)), safe);
  return select(
    inside,
    select(equal(x, lit(0, fmt)), x, byParts(safe, size, 0.55, near, div(two, add(e, lit(1, fmt))))),
    signed(x),
  );
}

// P of erf x = x + x·P(x²): f32 |x| ≤ 0.93, relative error 1.8e-8; f64 |x| ≤ 1, 3.4e-11.
const erfTerms = {
  f32: [0.12837914769244704, -0.3761248109523107, 0.11281682485896971, -0.02676171791723278, 0.004985937880044643, -0.000595372869052569],
  f64: [0.12837916705803137, -0.37612638434692236, 0.11283781974653737, -0.0268654000687086, 0.005220945493344021, -0.000848282955441655, 0.00011256952063780415, -0.000009641525754948717],
}; // biome-ignore format: one table
// q of 1 − erf a = e^(−a·q(a)): f32 0.92..4, error relative to erf 3.0e-9; f64 1..6, 2.4e-11.
const erfTail = {
  f32: [1.1285143489106044, 0.6357183616932495, 0.10526177383309114, -0.022889914269769277, 0.0032149382577253464, -0.00021398262875305232],
  f64: [1.1284871690888167, 0.6359874809771846, 0.10439511477946727, -0.021515405106137298, 0.0019866423114582735, 0.00042991259980273755, -0.0001940760499675657, 0.000030556425559620526, -0.0000018849660265655393],
}; // biome-ignore format: one table

/** The error function. */
export function erf(x: Value): Value {
  const fmt = floatOf(x);
  const inside = less(abs(x), lit(fmt === "f32" ? 4 : 6, fmt));
  const safe = select(inside, x, lit(0, fmt));
  const a = abs(safe);
  const z = mul(safe, safe);
  const { k, small } = reduce(neg(mul(a, polynomial(a, erfTail[fmt]))));
  const rest = mul(add(lit(1, fmt), small), pow2(convert(k, "i32"), fmt));
  const p = polynomial(z, erfTerms[fmt]);
  // In doubles x·(1 + P) keeps −0; in f32 x + x·P is the more accurate, and 0 is handled apart.
  const near = fmt === "f64" ? mul(safe, add(lit(1, fmt), p)) : select(equal(x, lit(0, fmt)), x, madd(safe, p, safe));
  return select(inside, byParts(safe, a, fmt === "f32" ? 0.93 : 1, near, rest), signed(x));
}
