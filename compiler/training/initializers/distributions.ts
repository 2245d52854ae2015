// The noise that initializers draw from. In: a stream of uniform numbers. Out: numbers of a distribution, in doubles.
// Guarantee: adds, multiplies, divides and square roots only, so every engine draws the same bits.
import * as z from "zod";
import type { Random } from "../../base/random.ts";

/** Keras' `seed`: an integer makes the initializer repeat its values wherever it is used. */
export const seed: z.ZodDefault<z.ZodNullable<z.ZodInt>> = z.int().nullable().default(null);

/** log x for x in (0, 1], to about 1e-16 of the result. */
export function log(x: number): number {
  // x = m·2^e with m in [√½, √2); log m = 2·atanh s for s = (m−1)/(m+1), and |s| < 0.172 lets s^23 vanish.
  let m = x;
  let e = 0;
  while (m < Math.SQRT1_2) {
    m *= 2;
    e -= 1;
  }
  const s = (m - 1) / (m + 1);
  let sum = 0;
  for (let k = 23; k >= 1; k -= 2) sum = sum * s * s + 1 / k;
  return 2 * s * sum + e * Math.LN2;
}

/** One number of the standard normal distribution (Marsaglia's polar method; the second number of the pair is not used). */
export function normal(random: Random): number {
  for (;;) {
    const a = 2 * random.uniform() - 1;
    const b = 2 * random.uniform() - 1;
    const r = a * a + b * b;
    if (r > 0 && r < 1) return a * Math.sqrt((-2 * log(r)) / r);
  }
}

/** One number of the standard normal distribution, redrawn beyond two standard deviations. */
export function truncatedNormal(random: Random): number {
  for (;;) {
    const x = normal(random);
    if (x > -2 && x < 2) return x;
  }
}

/** A tensor of independent draws. */
export function drawn(shape: readonly number[], draw: () => number): Float32Array {
  return Float32Array.from({ length: shape.reduce((a, b) => a * b, 1) }, draw);
}
