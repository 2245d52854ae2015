// Float16 as 16 bits. In: numbers. Out: their bits, or the number of some bits. Guarantee: rounded to the nearest, of two the even one, subnormals
// too; what is beyond the largest becomes infinite, as IEEE 754 has it.

/** The largest finite float16. */
export const largestHalf = 65504;
/** Of a normal number, the exponent of the smallest. */
const least = -14;

/** The nearest float16 of a float32, as bits; NaN as one quiet NaN. */
export function halfOf(value: number): number {
  if (Number.isNaN(value)) return 0x7e00;
  const sign = value < 0 || Object.is(value, -0) ? 0x8000 : 0;
  const size = Math.abs(value);
  if (size === Number.POSITIVE_INFINITY) return sign | 0x7c00;
  const exponent = Math.max(least, exponentOf(size));
  // In units of the last place: below 1,024 for subnormals, whose exponent field is 0. One that rounds up to the next power carries by itself.
  const units = even(size * 2 ** (10 - exponent));
  return sign | Math.min(((exponent - least) << 10) + units, 0x7c00);
}

/** The number that 16 bits stand for. */
export function ofHalf(bits: number): number {
  const [exponent, units] = [(bits >> 10) & 31, bits & 1023];
  const size = exponent === 0 ? units * 2 ** -24 : (units + 1024) * 2 ** (exponent - 25);
  const value = exponent < 31 ? size : units === 0 ? Number.POSITIVE_INFINITY : Number.NaN;
  return bits >> 15 ? -value : value;
}

const view = new DataView(new ArrayBuffer(4));
/** The power of two of a float32; of 0 and subnormals, less than that of any normal one. */
function exponentOf(size: number): number {
  view.setFloat32(0, size);
  return (view.getUint32(0) >>> 23) - 127;
}

function even(value: number): number {
  const below = Math.floor(value);
  const rest = value - below;
  return rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
}
