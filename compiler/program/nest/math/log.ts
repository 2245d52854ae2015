// Logarithms as Program values. In: x in f32 or f64. Out: the bounds of bounds.ts; −∞ at the pole, NaN below, ∞ and NaN stay. In
// f64 2^-252..2^252 is finite. The value is computed where x is replaced by a harmless number, and edges are put in after.
import type { FloatFmt, Value } from "../../program.ts";
import { add, and, convert, div, equal, exponent, imul, less, lit, madd, mul, pow2, select, sub } from "../../value.ts";
import { floatOf, ln2High, ln2Low, outside, polynomial } from "./kit.ts";

// Q of log((1+s)/(1−s)) = 2s + s³·Q(s²), |s| ≤ (√2−1)/(√2+1): relative error of the logarithm 8.1e-10 (f32), 4.8e-12 (f64).
const logTerms = {
  f32: [0.6666677645028027, 0.39977532180853326, 0.2987200201217291],
  f64: [0.6666666564460998, 0.40000335398869774, 0.2853729437922408, 0.23582436798869286],
};

/** x = m·2^−n with m in √½..√2 (about), for a positive x (f32: any, f64: 2^±252). Scaling first makes a subnormal normal. */
export function split(x: Value): { readonly m: Value; readonly n: Value } {
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
