// THE table of elementary functions for tests: the Program's, what judges it (the engine's functions, good to 1e-15 in doubles, and a
// series for erf), where formulas change, and the range that the fuzz run walks. A name of bounds.ts that is missing here does not
// compile.
import type { bounds } from "../../compiler/program/nest/math/bounds.ts";
import { erf } from "../../compiler/program/nest/math/erf.ts";
import { exp, expm1 } from "../../compiler/program/nest/math/exp.ts";
import { log, log1p } from "../../compiler/program/nest/math/log.ts";
import { sigmoid, softplus, tanh } from "../../compiler/program/nest/math/sigmoid.ts";
import { cos, sin } from "../../compiler/program/nest/math/trigonometric.ts";
import type { Value } from "../../compiler/program/program.ts";

export interface Elementary {
  readonly f: (x: Value) => Value;
  readonly reference: (x: number) => number;
  /** Where a formula changes, or the value is hard to get right. */
  readonly edges: readonly number[];
  /** Magnitudes, both signs: below, the value is 0, 1, x or a multiple of x, and above it has its last value or none. */
  readonly range: readonly [least: number, most: number];
}
/** Functions of one number. */
export type Name = Exclude<keyof typeof bounds, "pow">;

/** erf by its alternating series (|x| < 2) and by the series of e^(x²)·erf(x), all terms positive, beyond. */
function erfReference(x: number): number {
  const a = Math.abs(x);
  if (!(a < 6.5)) return Number.isNaN(x) ? x : Math.sign(x);
  let term = x;
  let sum = x;
  for (let n = 1; Math.abs(term) > 1e-18 * Math.abs(sum); n++) {
    term *= a < 2 ? (-x * x) / n : (2 * x * x) / (2 * n + 1);
    sum += a < 2 ? term / (2 * n + 1) : term;
  }
  return (sum * 2 * (a < 2 ? 1 : Math.exp(-x * x))) / Math.sqrt(Math.PI);
}
const within = (f: (x: number) => number) => (x: number) => (Math.abs(x) < 1e5 ? f(x) : Number.NaN);

const tiny = 2 ** -126;
const largest = 3.4028234663852886e38;
export const elementary: Readonly<Record<Name, Elementary>> = {
  exp: { f: exp, reference: Math.exp, edges: [0, 88.72, -87.33, -104, 0.3466, -0.3466, Math.LN2], range: [2 ** -25, 105] },
  expm1: { f: expm1, reference: Math.expm1, edges: [0, 88.72, 0.3466, -0.3466, 0.4, -17.3, -18], range: [2 ** -25, 89] },
  log: { f: log, reference: Math.log, edges: [1, Math.SQRT1_2, Math.SQRT2, tiny, 0.5, 2], range: [2 ** -149, largest] },
  log1p: {
    f: log1p,
    reference: Math.log1p,
    edges: [0, -1, Math.SQRT2 - 1, Math.SQRT1_2 - 1, 1, -0.5],
    range: [2 ** -25, largest],
  },
  sigmoid: {
    f: sigmoid,
    reference: (x) => (x >= 0 ? 1 / (1 + Math.exp(-x)) : Math.exp(x) / (1 + Math.exp(x))),
    edges: [0, -87.33, -88.72, 16.6, Math.LN2, -6.931016],
    range: [2 ** -25, 104],
  },
  softplus: {
    f: softplus,
    reference: (x) => (x > 40 ? x : Math.log1p(Math.exp(x))),
    edges: [0, -87.33, 16.6, Math.LN2, -2.7570076],
    range: [2 ** -25, 104],
  },
  tanh: { f: tanh, reference: Math.tanh, edges: [0, 0.0611997, 0.17, 10, 20, 9.01], range: [2 ** -13, 20] },
  erf: { f: erf, reference: erfReference, edges: [0, 0.93, 1, 3.9, 4, 6], range: [2 ** -13, 6] },
  sin: { f: sin, reference: within(Math.sin), edges: [0, Math.PI / 4, Math.PI, 355, 99999], range: [2 ** -13, 1e5] },
  cos: { f: cos, reference: within(Math.cos), edges: [0, Math.PI / 4, Math.PI / 2, 355, 99999], range: [2 ** -13, 1e5] },
};
export const names = Object.keys(elementary) as Name[];

const word = new DataView(new ArrayBuffer(4));
/** The float32 of a pattern. */
export const fromBits = (bits: number): number => {
  word.setUint32(0, bits);
  return word.getFloat32(0);
};
/** The pattern of a float32. */
export const bitsOf = (x: number): number => {
  word.setFloat32(0, x);
  return word.getUint32(0);
};
/** The distance of neighbouring f32 around a normal number. */
export const ulpOf = (y: number): number => 2 ** ((bitsOf(Math.min(Math.abs(y), largest)) >>> 23) - 127 - 23);

/** What came out of a comparison. */
export interface Worst {
  /** In units in the last place, of normal results. */
  error: number;
  x: number;
}
/**
 * Counts in one number: y against the exact result. A subnormal result may be 0 instead, or off by `subnormal` of the smallest number;
 * NaN and ∞ have to be where they are.
 */
export function judge(worst: Worst, x: number, y: number, right: number, subnormal: number): void {
  const error = errorOf(y, right, subnormal);
  if (error <= worst.error) return;
  worst.error = error;
  worst.x = x;
}
function errorOf(y: number, right: number, subnormal: number): number {
  const rounded = Math.fround(right);
  if (Math.abs(right) < tiny) {
    const vanished = Math.abs(y) <= Math.abs(right) && y * right >= 0;
    return vanished || Math.abs(y - right) <= subnormal * 2 ** -149 ? 0 : Number.POSITIVE_INFINITY;
  }
  if (Number.isFinite(rounded) && Number.isFinite(y)) return Math.abs(y - right) / ulpOf(right);
  // Where float32 ends, an error of an ulp may be infinite.
  const isAtTheEnd = Math.abs(Math.abs(right) * 2 ** -128 - 1) < 2 ** -21 && y * right > 2 ** 254;
  return Object.is(y, rounded) || isAtTheEnd ? 0 : Number.POSITIVE_INFINITY;
}
