// Class weights, as Keras makes weights of samples from them. In: labels, and the weight of each class. Out: a weight a row. Guarantee: a
// class that is not named weighs 1.
import { errorOf, show } from "./rows.ts";

/** By the number of a class, what its rows weigh: { 0: 1, 1: 5 }, or a list. */
export type ClassWeight = Readonly<Record<number, number>> | readonly number[];

/** Labels of rows back to back, so many numbers each. */
interface Labels {
  readonly values: ArrayLike<number>;
  readonly size: number;
}

/**
 * The weight of each row: that of its class, which is the label itself (rounded, a half to the even number), or the first of the largest
 * where a row has several numbers. Throws TypeError or RangeError where `classWeight` is none.
 */
export function classWeights({ values, size }: Labels, classWeight: ClassWeight): Float32Array {
  const weights = readWeights(classWeight);
  const classAt = (from: number): number => {
    if (size === 1) return roundEven(values[from]);
    let most = 0;
    for (let i = 1; i < size; i++) if (values[from + i] > values[from + most]) most = i;
    return most;
  };
  return Float32Array.from({ length: values.length / size }, (_, row) => weights.get(classAt(row * size)) ?? 1);
}

function readWeights(given: ClassWeight): ReadonlyMap<number, number> {
  const wanted = "classWeight: wanted weights by class, as { 0: 1, 1: 5 }";
  if (typeof given !== "object" || given === null || ArrayBuffer.isView(given))
    throw errorOf("type", `${wanted}, got ${show(given)}`);
  return new Map(
    Object.entries(given).map(([key, weight]: [string, unknown]): [number, number] => {
      if (!/^-?\d+$/.test(key)) throw errorOf("type", `${wanted}, got the class ${show(key)}`);
      if (typeof weight !== "number") throw errorOf("type", `classWeight: class ${key}: wanted a number, got ${show(weight)}`);
      if (!Number.isFinite(weight)) throw errorOf("value", `classWeight: class ${key}: wanted a finite number, got ${weight}`);
      return [Number(key), weight];
    }),
  );
}

/** NumPy's rule. */
function roundEven(value: number): number {
  const whole = Math.round(value);
  // -0 is 0 to a map.
  return whole - value === 0.5 && whole % 2 !== 0 ? whole - 1 : whole;
}
