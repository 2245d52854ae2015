// Window functions of sounds by SciPy's names, in doubles. In: a name and a length. Out: numbers from 0 to 1.
// Guarantee: the same bits in every engine.
import { cosOf, sinOf } from "./angles.ts";

/** Sums of cosines: a0 − a1 cos φ + a2 cos 2φ − …, φ from 0 to a turn. */
const cosines = {
  hann: [0.5, 0.5],
  hamming: [0.54, 0.46],
  blackman: [0.42, 0.5, 0.08],
  nuttall: [0.3635819, 0.4891775, 0.1365995, 0.0106411],
  blackmanharris: [0.35875, 0.48829, 0.14128, 0.01168],
  flattop: [0.21557895, 0.41663158, 0.277263158, 0.083578947, 0.006947368],
} as const;
/** Others: the number at `i` of `length`. */
const others = {
  boxcar: () => 1,
  bartlett: (i: number, length: number): number => 1 - Math.abs((2 * i) / (length - 1) - 1),
  triang: (i: number, length: number): number => 1 - Math.abs(2 * i - (length - 1)) / (length % 2 === 0 ? length : length + 1),
  cosine: (i: number, length: number): number => sinOf(2 * i + 1, 4 * length),
} as const;

/** What a window may be called. */
export const windowNames = [...Object.keys(cosines), ...Object.keys(others)] as [WindowName, ...WindowName[]];
/** A window's name. */
export type WindowName = keyof typeof cosines | keyof typeof others;

/** A window of `length` numbers, symmetric; `periodic`: one of a number more without its last, so that copies join. */
export function windowOf(name: WindowName, length: number, periodic: boolean): readonly number[] {
  const whole = periodic ? length + 1 : length;
  if (length === 1) return [1];
  const at = (i: number): number => {
    if (name in others) return others[name as keyof typeof others](i, whole);
    const terms: readonly number[] = cosines[name as keyof typeof cosines];
    return terms.reduce((sum, term, k) => sum + (k % 2 === 0 ? term : -term) * cosOf(k * i, whole - 1), 0);
  };
  return Array.from({ length }, (_, i) => at(i));
}
