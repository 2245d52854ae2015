// What the model learns from: plucked strings, and an amplifier that is written down. In: seeds. Out: samples in −1..1. Equal seeds give equal samples,
// since nothing but sums, products, square roots and whole numbers makes them.

/** Samples of a second. */
export const rate = 44100;

/** Numbers in −1..1, one after the other. */
function noise(seed: number): () => number {
  let h = seed | 0;
  return () => {
    h = (Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return h / 2 ** 31;
  };
}

/** A string that is plucked (Karplus and Strong): noise that goes round in a loop and loses its high parts. */
export function pluck(samples: number, frequency: number, level: number, seed: number): Float32Array {
  const next = noise(seed);
  const loop = Float64Array.from({ length: Math.round(rate / frequency) }, () => level * next());
  return Float32Array.from({ length: samples }, (_, i) => {
    const at = i % loop.length;
    const value = loop[at];
    loop[at] = 0.498 * (value + loop[(at + 1) % loop.length]);
    return value;
  });
}

/** Frequencies of a riff, a bar of eight. */
const riff = [82.4, 82.4, 98, 110, 82.4, 123.5, 110, 98];

/** Plucked strings, one every fifth of a second, at levels that differ. */
export function guitar(samples: number, seed: number): Float32Array {
  const next = noise(seed);
  const all = new Float32Array(samples);
  const each = Math.floor(rate / 5);
  for (let from = 0, i = 0; from < samples; from += each, i++) {
    // Some ring on into the next, and some notes are two strings.
    const length = Math.min(samples - from, each * (1 + (i % 2)));
    const level = 0.45 + 0.4 * next();
    for (const frequency of i % 3 === 0 ? [riff[i % riff.length], 1.5 * riff[i % riff.length]] : [riff[i % riff.length]]) {
      const string = pluck(length, frequency, level, seed + 31 * i + Math.round(frequency));
      for (let k = 0; k < length; k++) all[from + k] += 0.5 * string[k];
    }
  }
  return all;
}

/** The amplifier: a stage that bends one half of the wave more than the other, and a loudspeaker that takes the high parts away. */
export function amplifier(x: Float32Array): Float32Array {
  const bent = (value: number): number => {
    const v = 9 * value + 0.35;
    return v / Math.sqrt(1 + v * v) - 0.35 / Math.sqrt(1 + 0.35 * 0.35);
  };
  let [one, two] = [0, 0];
  return x.map((value) => {
    one += 0.45 * (bent(value) - one);
    two += 0.45 * (one - two);
    return 0.7 * two;
  });
}

/** The part of the wanted signal that is wrong: the energy of the difference by that of the signal. */
export function errorToSignal(found: ArrayLike<number>, wanted: Float32Array): number {
  let [error, signal] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    error += (found[i] - wanted[i]) ** 2;
    signal += wanted[i] ** 2;
  }
  return error / signal;
}
