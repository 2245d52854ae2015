// The numbers of golden rows, as a few lines of any language can draw them: a module draws its inputs again instead of carrying them.
// In: a state of 32 bits. Out: sixteenths in −1..1, short as text and exact in float32, or whole numbers below a limit.
//
//   h ← (h ⊕ h >>> 15) · 0x2c1b3c6d + 0x9e3779b9        mod 2^32; the upper bits are drawn from

/** The state after `h`. */
export const nextState = (h: number): number => (Math.imul(h ^ (h >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;

/** An odd number of sixteenths: no number is 0, so that none hides a weight. */
export const sixteenth = (h: number): number => ((h >> 27) | 1) / 16;

/** A whole number below `limit`, at most 2^24. */
export const wholeBelow = (h: number, limit: number): number => Math.floor(((h >>> 8) * limit) / 16777216);

/** The numbers that follow a state; `limit`: whole numbers below it. */
export function draws(start: number, count: number, limit?: number): Float64Array {
  let h = start;
  return new Float64Array(count).map(() => {
    h = nextState(h);
    return limit === undefined ? sixteenth(h) : wholeBelow(h, limit);
  });
}
