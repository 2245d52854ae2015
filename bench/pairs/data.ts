// Seeded numbers for one work of the pair bench. In: names, shapes, counts. Out: weights, inputs, targets. Guarantee: the same
// numbers in every process and for both checkouts; no bias is zero, no variance is near zero, no activation grows with depth.
import { random, seedFor } from "../../compiler/base/random.ts";

const fill = (seed: number, length: number, low: number, high: number): Float32Array => {
  const { uniform } = random(seed);
  return Float32Array.from({ length }, () => low + (high - low) * uniform());
};

/** How many products of a weight are in one sum: a table is looked up, and a depthwise kernel [h, w, channels, multiplier] has its taps. */
function fanIn(name: string, shape: readonly number[]): number {
  const length = shape.reduce((a, b) => a * b, 1);
  if (name.endsWith("embeddings")) return 1;
  return length / (/depthwise[^/]*\/kernel$/.test(name) ? length / (shape[0] * shape[1]) : (shape.at(-1) as number));
}

/** One weight, by `layer name/weight name` and shape. */
export function weightOf(name: string, shape: readonly number[]): Float32Array {
  const length = shape.reduce((a, b) => a * b, 1);
  const seed = seedFor(11, name);
  if (name.endsWith("variance")) return fill(seed, length, 0.75, 1.25);
  // What relu takes away of the variance, so that a deep net still tells one input from another.
  if (name.endsWith("gamma")) return fill(seed, length, 1.3, 1.7);
  if (shape.length < 2) return fill(seed, length, 0, 0.5);
  // Variance 1 / fan-in: a recurrent kernel with more makes a chaotic net, in which no two compilers agree.
  const limit = Math.sqrt(3 / fanIn(name, shape));
  return fill(seed, length, -limit, limit);
}

/** A power of two of different batches: call i takes number i, around and around. Whole numbers below `tokens`, or in ±1. */
export function inputsFor(name: string, size: number, tokens?: number): Float32Array[] {
  let count = 8;
  while (count > 1 && count * size > 1 << 16) count /= 2;
  const made = Array.from({ length: count }, (_, i) => fill(seedFor(12 + i, name), size, -1, 1));
  return tokens === undefined ? made : made.map((values) => values.map((v) => Math.floor(((v + 1) / 2) * tokens)));
}

/** Targets of `rows` rows: one 1 in each, or uniform numbers. */
export function targetsFor(name: string, rows: number, size: number, oneHot: boolean): Float32Array {
  const seed = seedFor(10, name);
  if (!oneHot) return fill(seed, rows * size, 0, 1);
  const noise = random(seed);
  const targets = new Float32Array(rows * size);
  for (let row = 0; row < rows; row++) targets[row * size + noise.integer(0, size - 1)] = 1;
  return targets;
}
