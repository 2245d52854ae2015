// Repeatable noise: a counter hash from adds, multiplies, xors and shifts, the same on every engine. The op `random`
// states the same function in Graph and Program terms; here it seeds initialisers and tests.
//
//   draw k of a stream = hash32(seed, k) >>> 8, times 2⁻²⁴         a stream is a seed and a counter, nothing else

/** A well-mixed 32-bit hash of two 32-bit words. */
export function hash32(seed: number, counter: number): number {
  let h = Math.imul(seed | 0, 0x9e3779b1) ^ Math.imul(counter | 0, 0x85ebca6b);
  h ^= h >>> 16;
  h = Math.imul(h, 0x7feb352d);
  h ^= h >>> 15;
  h = Math.imul(h, 0x846ca68b);
  h ^= h >>> 16;
  return h >>> 0;
}

/** A stream of uniform numbers. */
export interface Random {
  /** In [0, 1), 24 bits. */
  uniform(): number;
  /** An integer in low..high, both included. */
  integer(low: number, high: number): number;
  pick<T>(list: readonly T[]): T;
}

/** The stream of a seed, from its beginning. */
export function random(seed: number): Random {
  let counter = 0;
  const uniform = () => (hash32(seed, counter++) >>> 8) * 2 ** -24;
  const integer = (low: number, high: number) => low + Math.floor(uniform() * (high - low + 1));
  return { uniform, integer, pick: (list) => list[integer(0, list.length - 1)] };
}

/** A seed for a named thing: names that differ give unrelated streams. */
export function seedFor(seed: number, name: string): number {
  let h = seed | 0;
  for (let i = 0; i < name.length; i++) h = hash32(h, name.charCodeAt(i));
  return h;
}
