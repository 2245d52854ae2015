// What each Program op computes in one lane, to the bit: compiler/program/program.ts in numbers. In: closures that give the
// operands (masks are 0 and 1). Out: a closure that gives the result. An operand excluded there is reported through `bug`.
import type { Fmt, ScalarFmt } from "../program/program.ts";

/** A number of one lane, computed when called. */
export type Eval = () => number;
type BinaryOp = (a: Eval, b: Eval, f32: boolean) => Eval;
type UnaryOp = (a: Eval, to: ScalarFmt, from: ScalarFmt, bug: (message: string) => never) => Eval;

/** The format of one lane. */
export const laneOf = (fmt: Fmt): ScalarFmt =>
  fmt === "f32x4" ? "f32" : fmt === "i32x4" ? "i32" : fmt === "maskx4" ? "mask" : fmt;

/** A double rounded to float32, or as it is. */
const round = (f32: boolean, exact: Eval): Eval => (f32 ? () => Math.fround(exact()) : exact);

/** The second where it wins or is NaN, else the first; each computed once. */
const keeping =
  (wins: (a: number, b: number) => boolean): BinaryOp =>
  (a, b) =>
  () => {
    const [first, second] = [a(), b()];
    return wins(first, second) || Number.isNaN(second) ? second : first;
  };

// One rounding of the double result is the correct f32 result for + − · / √ of f32 operands (53 ≥ 2·24 + 2 bits).
export const binary = {
  add: (a, b, f32) => round(f32, () => a() + b()),
  sub: (a, b, f32) => round(f32, () => a() - b()),
  mul: (a, b, f32) => round(f32, () => a() * b()),
  div: (a, b, f32) => round(f32, () => a() / b()),
  min: (a, b) => () => Math.min(a(), b()),
  max: (a, b) => () => Math.max(a(), b()),
  most: keeping((a, b) => a < b),
  least: keeping((a, b) => b < a),
  less: (a, b) => () => (a() < b() ? 1 : 0),
  equal: (a, b) => () => (a() === b() ? 1 : 0),
  // Masks are 0 and 1, so their product is both.
  and: (a, b) => () => a() * b(),
  iadd: (a, b) => () => (a() + b()) | 0,
  imul: (a, b) => () => Math.imul(a(), b()),
  ixor: (a, b) => () => a() ^ b(),
  ishl: (a, b) => () => a() << b(),
  ishr: (a, b) => () => (a() >>> b()) | 0,
} as const satisfies Record<string, BinaryOp>;

const bits = new Float32Array(1);
const word = new Int32Array(bits.buffer);
/** By its exponent bits: Math.pow need not be exact. Those of −127 are those of 0. */
const twoTo = (power: number): number => {
  word[0] = (power + 127) << 23;
  return bits[0];
};

/** One operand; `to` is the result's format, `from` the operand's. A result that no rule allows is a `bug`. */
export const unary = {
  neg: (a) => () => -a(),
  abs: (a) => () => Math.abs(a()),
  sqrt: (a, to) => round(to === "f32", () => Math.sqrt(a())),
  floor: (a) => () => Math.floor(a()),
  not: (a) => () => 1 - a(),
  convert: (a, to, from, bug) => {
    if (to === "f32") return () => Math.fround(a());
    if (to === "f64" || from === "i32") return a;
    return () => {
      const number = a();
      if (number !== (number | 0)) bug(`convert to i32 takes an integer of 32 bits, found ${number}`);
      return number | 0;
    };
  },
  pow2: (a, to, _from, bug) => {
    const [least, most] = to === "f64" ? [-252, 252] : [-127, 127];
    return () => {
      const power = a();
      if (!(power >= least && power <= most)) bug(`pow2 takes −${-least}..${most}, found ${power}`);
      return to === "f64" ? twoTo(power >> 1) * twoTo(power - (power >> 1)) : twoTo(power);
    };
  },
  exponent: (a, _to, _from, bug) => () => {
    bits[0] = a();
    // The exponent field of a float32 is e + 127; 0 is a subnormal, 255 no finite number.
    const e = word[0] >> 23; // negative numbers give a negative e
    if (e < 1 || e > 254) bug(`exponent takes a positive normal f32, found ${bits[0]}`);
    return e - 127;
  },
} as const satisfies Record<string, UnaryOp>;

/** a · b + c: f32 rounds product and sum, as no fused instruction does. */
export const madd = (a: Eval, b: Eval, c: Eval, f32: boolean): Eval =>
  f32 ? () => Math.fround(Math.fround(a() * b()) + c()) : () => a() * b() + c();

/** Both sides are computed, as lanes do, so that an error hides in neither. */
export const select =
  (mask: Eval, a: Eval, b: Eval): Eval =>
  () => {
    const first = a();
    const second = b();
    return mask() !== 0 ? first : second;
  };
