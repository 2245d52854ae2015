import { bounds } from "../../program/nest/math/bounds.ts";
import * as math from "../../program/nest/math/erf.ts";
import type { NoAttrs, Primitive } from "../define.ts";
import { pointwise1 } from "../kit/elementwise.ts";
import { ulps } from "../kit/rounding.ts";

/** `y[i] = erf x[i]`, of which the exact gelu is made; the slope is 2/√π · e^−x². */
export const erf: Primitive<NoAttrs> = pointwise1({
  name: "erf",
  says: "Error function 2/√π · ∫₀ˣ e^−t² dt, ±1 at ±∞; −0 and NaN stay.",
  scalar: (x) => (Math.abs(x) < 2.5 ? series(x) : Math.sign(x) * (1 - fraction(Math.abs(x)))),
  rounding: ulps(bounds.erf.f32),
  vjp: (g, { inputs: [x], ct }) => [g.mul(ct, g.mul(g.like(x, 2 / Math.sqrt(Math.PI)), g.exp(g.neg(g.mul(x, x)))))],
  lower: (x) => math.erf(x),
  examples: [
    [0, 0],
    [-0, -0],
    [Number.NEGATIVE_INFINITY, -1],
    [Number.POSITIVE_INFINITY, 1],
    [Number.NaN, Number.NaN],
  ],
});

// erf x = 2/√π · e^−x² · Σ 2^k x^(2k+1) / (1·3·…·(2k+1)): all terms have one sign, so nothing cancels. DLMF 7.6.2.
function series(x: number): number {
  let term = x;
  let sum = x;
  for (let k = 1; Math.abs(term) > Math.abs(sum) * 2 ** -60; k++) {
    term *= (2 * x * x) / (2 * k + 1);
    sum += term;
  }
  return (2 / Math.sqrt(Math.PI)) * Math.exp(-x * x) * sum;
}

// erfc x = e^−x²/√π · 1/(x + (1/2)/(x + 1/(x + (3/2)/(x + …)))) for x > 0. DLMF 7.9.1.
function fraction(x: number): number {
  if (x > 27) return 0;
  let tail = x;
  for (let k = 100; k > 0; k--) tail = x + k / 2 / tail;
  return Math.exp(-x * x) / Math.sqrt(Math.PI) / tail;
}
