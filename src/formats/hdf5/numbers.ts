// The number formats that are read. Out: a table of integers, and one of floating point numbers by the places of their fields.
// Guarantee: what is read is the number of the file, rounded once, to the nearest double or float32.

interface Format {
  readonly name: string;
  readonly size: number;
  read(view: DataView, at: number, little: boolean): number;
  /** Where rounding to a double first would round twice. */
  readonly readSingle?: (view: DataView, at: number, little: boolean) => number;
}
interface IntegerFormat extends Format {
  readonly isSigned: boolean;
}
interface FloatFormat extends Format {
  /** Size in bytes · offset · bits · sign at · exponent at · its bits · mantissa at · its bits · bias. */
  readonly fields: readonly number[];
}

const int64 = (view: DataView, at: number, little: boolean): bigint => view.getBigInt64(at, little);
const uint64 = (view: DataView, at: number, little: boolean): bigint => view.getBigUint64(at, little);

/**
 * A double that rounds to the same float32 as the whole integer: of what a double may have no room for, one bit is kept that is
 * set if any was.
 */
function sticky(value: bigint): number {
  const near = Number(value);
  const rest = value & 0xfffn;
  return Math.abs(near) < 2 ** 53 || rest === 0n ? near : Number((value - rest) | 0x800n);
}

/** Integers, by bytes and sign. */
export const integerFormats: readonly IntegerFormat[] = [
  { name: "int8", size: 1, isSigned: true, read: (view, at) => view.getInt8(at) },
  { name: "uint8", size: 1, isSigned: false, read: (view, at) => view.getUint8(at) },
  { name: "int16", size: 2, isSigned: true, read: (view, at, little) => view.getInt16(at, little) },
  { name: "uint16", size: 2, isSigned: false, read: (view, at, little) => view.getUint16(at, little) },
  { name: "int32", size: 4, isSigned: true, read: (view, at, little) => view.getInt32(at, little) },
  { name: "uint32", size: 4, isSigned: false, read: (view, at, little) => view.getUint32(at, little) },
  {
    name: "int64",
    size: 8,
    isSigned: true,
    read: (view, at, little) => Number(int64(view, at, little)),
    readSingle: (view, at, little) => sticky(int64(view, at, little)),
  },
  {
    name: "uint64",
    size: 8,
    isSigned: false,
    read: (view, at, little) => Number(uint64(view, at, little)),
    readSingle: (view, at, little) => sticky(uint64(view, at, little)),
  },
];

/** Numbers in two bytes: a sign, `exponent` bits, and the rest mantissa. */
const half =
  (exponentBits: number) =>
  (view: DataView, at: number, little: boolean): number => {
    const bits = view.getUint16(at, little);
    const mantissaBits = 15 - exponentBits;
    const most = 2 ** exponentBits - 1;
    const bias = 2 ** (exponentBits - 1) - 1;
    const exponent = (bits >> mantissaBits) & most;
    const mantissa = (bits & (2 ** mantissaBits - 1)) / 2 ** mantissaBits;
    const sign = bits >> 15 === 0 ? 1 : -1;
    if (exponent === most) return mantissa === 0 ? sign * Infinity : Number.NaN;
    // An exponent of 0 has no leading one.
    return sign * (exponent === 0 ? mantissa * 2 ** (1 - bias) : (1 + mantissa) * 2 ** (exponent - bias));
  };

/** Floating point numbers, by their fields. */
export const floatFormats: readonly FloatFormat[] = [
  { name: "float16", size: 2, fields: [2, 0, 16, 15, 10, 5, 0, 10, 15], read: half(5) },
  { name: "bfloat16", size: 2, fields: [2, 0, 16, 15, 7, 8, 0, 7, 127], read: half(8) },
  {
    name: "float32",
    size: 4,
    fields: [4, 0, 32, 31, 23, 8, 0, 23, 127],
    read: (view, at, little) => view.getFloat32(at, little),
  },
  {
    name: "float64",
    size: 8,
    fields: [8, 0, 64, 63, 52, 11, 0, 52, 1023],
    read: (view, at, little) => view.getFloat64(at, little),
  },
];
