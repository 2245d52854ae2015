// Powers as Program values. In: x and y of one format, f32 or f64. Out: x^y with the special cases of C and NumPy (IEEE 754 pow) and
// the bound of bounds.ts. f32 has the logarithm in two numbers: y·log x reaches 88, and its error is that of the result.
import type { Value } from "../../program.ts";
import { abs, add, and, div, equal, floor, less, lit, mul, neg, not, select, sub } from "../../value.ts";
import { exp, powerOf } from "./exp.ts";
import { clamp, floatOf, ln2High, ln2Low, polynomial } from "./kit.ts";
import { split } from "./log.ts";

// Q of log((1+s)/(1−s)) = 2s + s³·Q(s²): relative error of the logarithm 3.1e-10 (f32, |s| ≤ 0.062), 1.9e-16 (f64, s up to its value at √2).
const terms = {
  f32: [0.6666648632227385, 0.40152441275009415],
  f64: [0.6666666666658702, 0.4000000005240223, 0.28571417104488256, 0.22223373764154003, 0.18123567159957948, 0.16820816820884787],
}; // biome-ignore format: one table
// What f32 numbers are compared with, so that s stays small: c and its logarithm, of which the first part is a multiple of 1/512.
const centres = [
  { below: 0.8927, c: 0.796875, high: -116 / 512, low: -0.0004949506353460848 },
  { below: 1.118, c: 1, high: 0, low: 0 },
  { below: 2, c: 1.25, high: 114 / 512, low: 0.00048730131420975553 },
] as const;

/** A number in two: `high` is rounded, `low` is what it lacks. */
interface Pair {
  readonly high: Value;
  readonly low: Value;
}

/** a + b for |a| ≥ |b|, a = 0, or a short a. */
function sum(a: Value, b: Value): Pair {
  const high = add(a, b);
  return { high, low: sub(b, sub(high, a)) };
}
/** An f32 as two of 12 bits, whose products are exact. Veltkamp. */
function halves(a: Value): Pair {
  const wide = mul(a, lit(4097, a.fmt));
  const high = sub(wide, sub(wide, a));
  return { high, low: sub(a, high) };
}
/** a·b − c, for c near a·b. Dekker. */
function excess(a: Pair, b: Pair, c: Value): Value {
  const crossed = add(add(sub(mul(a.high, b.high), c), mul(a.high, b.low)), mul(a.low, b.high));
  return add(crossed, mul(a.low, b.low));
}

/** log a in f32, to 2^-31 of itself; a is positive and finite. */
function longLog(a: Value): Pair {
  const { m, n } = split(a);
  const [isLow, isMiddle] = centres.map(({ below }) => less(m, lit(below, a.fmt)));
  const of = (column: "c" | "high" | "low"): Value => {
    const [low, middle, high] = centres.map((row) => lit(row[column], a.fmt));
    return select(isLow, low, select(isMiddle, middle, high));
  };
  const c = of("c");
  const f = sub(m, c);
  const u = sum(c, m);
  const s = div(f, u.high);
  // What the quotient lacks: (f − s·u − s·(what u lacks)) / u.
  const missing = add(excess(halves(s), halves(u.high), f), mul(s, u.low));
  const rest = div(mul(lit(-2, a.fmt), missing), u.high);
  const z = mul(s, s);
  const tail = add(add(mul(mul(s, z), polynomial(z, terms.f32)), rest), sub(of("low"), mul(n, lit(ln2Low, a.fmt))));
  const main = sum(sub(of("high"), mul(n, lit(ln2High, a.fmt))), add(s, s));
  return sum(main.high, add(main.low, tail));
}

/** a^y for a positive finite a. */
function magnitude(a: Value, y: Value): Value {
  // Beyond it every power of what is not 1 is 0 or ∞.
  const bounded = clamp(y, -(2 ** 60), 2 ** 60);
  if (floatOf(a) === "f64") {
    const { m, n } = split(a);
    const f = sub(m, lit(1, "f64"));
    const s = div(f, add(lit(2, "f64"), f));
    const z = mul(s, s);
    const log = sub(add(mul(mul(s, z), polynomial(z, terms.f64)), add(s, s)), mul(n, lit(Math.LN2, "f64")));
    return exp(mul(bounded, log));
  }
  const log = longLog(a);
  const product = mul(bounded, log.high);
  const error = add(excess(halves(bounded), halves(log.high), product), mul(bounded, log.low));
  return powerOf(clamp(product, -88, 90), clamp(error, -0.5, 0.5));
}

/** x^y. */
export function pow(x: Value, y: Value): Value {
  const [zero, one] = [lit(0, x.fmt), lit(1, x.fmt)];
  const a = abs(x);
  const half = mul(y, lit(0.5, x.fmt));
  const isWhole = equal(floor(y), y);
  const isOdd = and(isWhole, less(floor(half), half));
  const isNegative = less(x, zero);
  // The logarithm in f64 is one of 2^±252: beyond, what will be an f32 is ∞ or 0.
  const [least, most] = floatOf(x) === "f32" ? [0, Number.POSITIVE_INFINITY] : [2 ** -252, 2 ** 252];
  const inside = and(less(lit(least, x.fmt), a), less(a, lit(most, x.fmt)));
  // At 0, ±∞ and NaN the power is x or 1/x, without a sign unless y is odd.
  const edge = select(less(y, zero), div(one, x), x);
  const size = select(inside, magnitude(select(inside, a, one), y), abs(edge));
  const real = select(and(and(isNegative, inside), not(isWhole)), lit(Number.NaN, x.fmt), size);
  const signed = select(isOdd, select(equal(x, zero), edge, select(isNegative, neg(real), real)), real);
  const known = select(equal(y, y), signed, y);
  return select(equal(x, one), one, select(equal(y, zero), one, known));
}
