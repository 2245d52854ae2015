// THE table of how far elementary functions may be off. In: nothing. Out: bounds by name: ops round by them, tests sweep them.
// Guarantee: they hold for every float32 with a normal result; a subnormal result may be 0 instead, or is off by at most
// two of the smallest float32.

/** `f32`: units in the last place; `f64`: the relative error before it is rounded to float32, after which it is 1 ulp. */
interface Bound {
  readonly f32: number;
  readonly f64: number;
  /** From here on |x| gives NaN. */
  readonly limit?: number;
}

/** Beyond it sin and cos are NaN: another digit of π per digit of x would have to be subtracted. */
export const trigonometricLimit = 1e5;

/** By function. In f64 coefficients end where float32 cannot see more. */
export const bounds = {
  exp: { f32: 2, f64: 2 ** -33 },
  expm1: { f32: 2.5, f64: 2 ** -33 },
  log: { f32: 2, f64: 2 ** -33 },
  log1p: { f32: 2, f64: 2 ** -33 },
  sigmoid: { f32: 2.75, f64: 2 ** -33 },
  softplus: { f32: 3, f64: 2 ** -33 },
  tanh: { f32: 2.75, f64: 2 ** -33 },
  erf: { f32: 2, f64: 2 ** -33 },
  sin: { f32: 2, f64: 2 ** -33, limit: trigonometricLimit },
  cos: { f32: 2, f64: 2 ** -33, limit: trigonometricLimit },
  pow: { f32: 2.5, f64: 2 ** -33 },
} as const satisfies Readonly<Record<string, Bound>>;
