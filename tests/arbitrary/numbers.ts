// Seeded numbers for weights, inputs and targets. Out: float32 values, the same for the same seed on every engine.
import { type Random, random, seedFor } from "../../compiler/base/random.ts";

/** Mixed magnitudes: mostly around 1, some tiny, some large, some zeros of either sign. */
function tame(r: Random): number {
  const x = 2 * (r.uniform() + r.uniform() - r.uniform() - r.uniform());
  const how = r.integer(0, 15);
  if (how === 0) return r.pick([0, -0]);
  if (how === 1) return x * 12;
  return how <= 3 ? x * 1e-3 : x;
}

/** Where formats, branches and polynomials end. */
const hardest = [
  Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, 0, -0, 1, -1, 0.5, -0.5, 3, -3, 6, 1e-45, -1e-45, 1e-38, 1e-20, -1e-20, 88.7, 88.8, -87.4, -103.9,
  1e10, -1e10, 16777216, 16777217, 3.4028234663852886e38, -3.4028234663852886e38,
]; // biome-ignore format: one table

export const tameNumbers = (seed: number, count: number): Float32Array => fill(seed, count, tame);
/** Half tame, half hard. */
export const hardNumbers = (seed: number, count: number): Float32Array =>
  fill(seed, count, (r) => (r.integer(0, 1) === 0 ? tame(r) : r.pick(hardest)));
/** Whole numbers in 0..below−1. */
export const wholeNumbers = (seed: number, count: number, below: number): Float32Array =>
  fill(seed, count, (r) => r.integer(0, below - 1));

function fill(seed: number, count: number, draw: (r: Random) => number): Float32Array {
  const r = random(seed);
  return Float32Array.from({ length: count }, () => draw(r));
}

/** Values for a weight: scaled so that sums stay of the size of their terms; variances are positive. */
export function weightNumbers(seed: number, name: string, shape: readonly number[]): Float32Array {
  const r = random(seedFor(seed, name));
  const count = shape.reduce((product, size) => product * size, 1);
  const columns = shape.length > 1 ? (shape.at(-1) ?? 1) : 1;
  const scale = shape.length > 1 ? 1 / Math.sqrt(Math.max(1, count / columns)) : 0.5;
  return Float32Array.from({ length: count }, () => {
    const x = 1.5 * scale * (r.uniform() + r.uniform() - r.uniform() - r.uniform());
    if (name.endsWith("variance")) return 0.25 + Math.abs(x);
    return r.integer(0, 11) === 0 ? x * 1e-3 : x;
  });
}
