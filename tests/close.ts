// Comparing tensors. Out: nothing, or an error that names the first worst place and both numbers.
import { standard } from "./exemptions.ts";

export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

/** |a − e| ≤ abs + rel·|e| everywhere; NaN fits NaN, and an infinity only itself. */
export function expectClose(actual: ArrayLike<number>, expected: ArrayLike<number>, { abs, rel }: Tolerance, what: string): void {
  if (actual.length !== expected.length) throw new Error(`${what}: ${actual.length} numbers, expected ${expected.length}`);
  let worst = -1;
  let excess = 0;
  for (let i = 0; i < actual.length; i++) {
    const [a, e] = [actual[i], expected[i]];
    if (Object.is(a, e) || a === e) continue;
    const over = Number.isFinite(e) ? Math.abs(a - e) / (abs + rel * Math.abs(e)) : Number.POSITIVE_INFINITY;
    if (!(over <= 1) && (worst < 0 || over > excess)) [worst, excess] = [i, over];
  }
  if (worst >= 0)
    throw new Error(`${what}: [${worst}] is ${actual[worst]}, expected ${expected[worst]} (${excess.toPrecision(3)} tolerances)`);
}

/** One number near another one that was worked out. */
export function near(actual: number, expected: number, tolerance: Tolerance = standard.float32): void {
  expectClose([actual], [expected], tolerance, "the number");
}

/** Place of the first different bit; NaNs count as one value, −0 and 0 as two. −1: none. */
export function firstDifference(a: ArrayLike<number>, b: ArrayLike<number>): number {
  if (a.length !== b.length) return Math.min(a.length, b.length);
  for (let i = 0; i < a.length; i++) if (!Object.is(a[i], b[i])) return i;
  return -1;
}
