// Building Values: each function makes one node and gives it the right format. No folding but what is exact for every input.
// `const` in an f32 op must be an f32 number; constants are rounded here so that a Value always says what is computed.
import type { Binary, FloatFmt, Fmt, Folding, Index, Unary, Value, VectorFmt } from "./program.ts";

const unary = (op: Unary, a: Value, fmt: Fmt = a.fmt): Value => ({ op, a, fmt });
const binary = (op: Binary, a: Value, b: Value, fmt: Fmt = a.fmt): Value => ({ op, a, b, fmt });

const maskOf = (fmt: Fmt): Fmt => (fmt === "f32x4" || fmt === "i32x4" ? "maskx4" : "mask");
/** The vector of a scalar format. */
export const vectorOf = (fmt: Fmt): VectorFmt =>
  fmt === "i32" || fmt === "i32x4" ? "i32x4" : fmt === "mask" || fmt === "maskx4" ? "maskx4" : "f32x4";
/** Whether a format has four lanes. */
export const isVector = (fmt: Fmt): fmt is VectorFmt => fmt.endsWith("x4");

/** A number in `fmt`. */
export const lit = (value: number, fmt: Fmt): Value => ({
  op: "const",
  value: fmt === "f32" || fmt === "f32x4" ? Math.fround(value) : value,
  fmt,
});
/** −a, which flips the sign of zeros too. */
export const neg = (a: Value): Value => unary("neg", a);
/** |a|. */
export const abs = (a: Value): Value => unary("abs", a);
/** √a, rounded once. */
export const sqrt = (a: Value): Value => unary("sqrt", a);
/** ⌊a⌋, still a float. */
export const floor = (a: Value): Value => unary("floor", a);
/** a + b, rounded once in f32, a JavaScript number in f64; so for the next three. */
export const add = (a: Value, b: Value): Value => binary("add", a, b);
/** a − b. */
export const sub = (a: Value, b: Value): Value => binary("sub", a, b);
/** a · b. */
export const mul = (a: Value, b: Value): Value => binary("mul", a, b);
/** a / b. */
export const div = (a: Value, b: Value): Value => binary("div", a, b);
/** IEEE minimum: NaN wins, −0 < +0. */
export const min = (a: Value, b: Value): Value => binary("min", a, b);
/** IEEE maximum: NaN wins, −0 < +0. */
export const max = (a: Value, b: Value): Value => binary("max", a, b);
/** b where a < b or b is NaN, else a: a maximum that keeps NaN, and of two equal numbers the first, so of −0 and 0 too. */
export const most = (a: Value, b: Value): Value => binary("most", a, b);
/** b where b < a or b is NaN, else a. */
export const least = (a: Value, b: Value): Value => binary("least", a, b);
/** The op by which each folding joins two. */
export const foldings: Readonly<Record<Folding, (a: Value, b: Value) => Value>> = { add, max, min, most, least };
/** a·b + c, product and sum each rounded. */
export const madd = (a: Value, b: Value, c: Value): Value => ({ op: "madd", a, b, c, fmt: a.fmt });
/** Masks: NaN compares false. */
export const less = (a: Value, b: Value): Value => binary("less", a, b, maskOf(a.fmt));
/** a = b as a mask; false with a NaN, and −0 equals +0. */
export const equal = (a: Value, b: Value): Value => binary("equal", a, b, maskOf(a.fmt));
/** Both masks. */
export const and = (a: Value, b: Value): Value => binary("and", a, b);
/** The other mask. */
export const not = (a: Value): Value => unary("not", a);
/** a where the mask holds, else b; neither side has an effect, so both may be computed. */
export const select = (mask: Value, a: Value, b: Value): Value => ({ op: "select", mask, a, b, fmt: a.fmt });
/** To `fmt`: i32 → float is exact below 2^24 (f32); float → i32 wants an integral value in range. */
export const convert = (a: Value, fmt: Fmt): Value => (a.fmt === fmt ? a : unary("convert", a, fmt));
/** 2^i as `fmt` for an i32 in −126..127, and 0 for −127 (f64: 2^i in −252..252). */
export const pow2 = (i: Value, fmt: FloatFmt | "f32x4"): Value => unary("pow2", i, fmt);
/** floor(log2 x) of a positive normal number, as i32; an f64 is rounded to f32 first. */
export const exponent = (a: Value): Value =>
  a.fmt === "f32x4" ? unary("exponent", a, "i32x4") : unary("exponent", convert(a, "f32"), "i32");
/** A scalar f32 or i32 in every lane. */
export const splat = (a: Value): Value =>
  a.op === "const" ? { ...a, fmt: vectorOf(a.fmt) } : unary("splat", a, vectorOf(a.fmt));
/** Four scalars as a vector, lane 0 first. */
export const lanes = (items: readonly [Value, Value, Value, Value]): Value => ({
  op: "lanes",
  items,
  fmt: vectorOf(items[0].fmt),
});
/** A vector to one f32, by halves. */
export const across = (how: Folding, a: Value): Value => ({ op: "across", how, a, fmt: "f32" });
/** Lane 0..3 of an f32x4. */
export const extract = (lane: number, a: Value): Value => ({ op: "extract", lane, a, fmt: "f32" });
/** Four consecutive elements. */
export const loadx4 = (buffer: string, index: Index): Value => ({ op: "load", buffer, index, fmt: "f32x4" });
/** a + b of i32, wrapping to 32 bits; so for the next four. */
export const iadd = (a: Value, b: Value): Value => binary("iadd", a, b);
/** a · b, the low 32 bits. */
export const imul = (a: Value, b: Value): Value => binary("imul", a, b);
/** a ^ b. */
export const ixor = (a: Value, b: Value): Value => binary("ixor", a, b);
/** a << b. */
export const ishl = (a: Value, b: Value): Value => binary("ishl", a, b);
/** a >>> b: zeros come in from the left. */
export const ishr = (a: Value, b: Value): Value => binary("ishr", a, b);
/** One element, as f32. */
export const load = (buffer: string, index: Index): Value => ({ op: "load", buffer, index, fmt: "f32" });
/** The coordinate along a dim of a nest, as i32. */
export const dim = (name: string): Value => ({ op: "loop", name, fmt: "i32" });
/** A scalar of the Program, as i32. */
export const scalar = (name: string): Value => ({ op: "scalar", name, fmt: "i32" });
/** What a nest's fold gave, in its `finish`. */
export const acc = (fmt: FloatFmt): Value => ({ op: "acc", fmt });

/** 1 where the mask holds, else 0. */
export const fromMask = (mask: Value, fmt: FloatFmt): Value => select(mask, lit(1, fmt), lit(0, fmt));
/** True where `a` is not 0 (NaN counts as true); undoes `fromMask` without a comparison. */
export function toMask(a: Value): Value {
  if (a.op === "select" && isLit(a.a, 1) && isLit(a.b, 0)) return a.mask;
  return not(equal(a, lit(0, a.fmt)));
}
const isLit = (a: Value, value: number): boolean => a.op === "const" && Object.is(a.value, value);
