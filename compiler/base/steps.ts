// Numbers as whole steps of a scale, from −127 to 127: symmetric int8. In: float32 numbers that share a scale. Out: the scale and the steps.
// Guarantee: a number and its negative get opposite steps; 0 is 0; what is made of whole steps already, stays as it is.

/** Most steps to either side; −128 is not used. */
const most = 127;
const smallest = 2 ** -149;

/** The scale of numbers of which none is larger than `largest`: a float32 of which 127 are finite; 0 where all are. */
export function scaleFor(largest: number): number {
  if (largest === 0) return 0;
  const scale = Math.fround(largest / most) || smallest;
  return Number.isFinite(Math.fround(most * scale)) ? scale : next(scale, -1);
}

/** The steps nearest to a number. */
export function stepsOf(value: number, scale: number): number {
  if (scale === 0) return 0;
  const size = Math.min(most, Math.round(Math.abs(value) / scale));
  return value < 0 && size > 0 ? -size : size;
}

/** The float32 that some steps make. */
export const ofSteps = (steps: number, scale: number): number => Math.fround(steps * scale);

/** The scales of which the largest of some numbers may be 127 steps, or as many as there are in it. */
export function scalesFor(largest: number): readonly number[] {
  const scale = scaleFor(largest);
  return scale === 0 ? [0] : [scale, next(scale, -1), next(scale, 1)].filter((one) => one > 0);
}

/** Whether a number is whole steps of a scale, to the bit. */
export const isSteps = (value: number, scale: number): boolean => Object.is(ofSteps(stepsOf(value, scale), scale), value);

const float = new Float32Array(1);
const bits = new Int32Array(float.buffer);
/** The neighbour of a positive float32. */
function next(value: number, by: 1 | -1): number {
  float[0] = value;
  bits[0] += by;
  return float[0];
}
