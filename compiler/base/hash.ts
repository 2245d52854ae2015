// A 64-bit content hash (not a cryptographic one): equal content, equal hash, on every engine.
import { hash32 } from "./random.ts";

/** A hash under construction: what is fed, and in which order, decides. */
export interface Hasher {
  text(value: string): void;
  floats(values: Float32Array): void;
  bytes(values: Uint8Array): void;
  /** 16 hexadecimal digits. */
  digest(): string;
}

/** A fresh hash. Each piece is fed with its length, so that no two sequences of pieces run into one another. */
export function hasher(): Hasher {
  let a = 0x243f6a88;
  let b = 0x85a308d3;
  const word = (value: number): void => {
    a = hash32(a, value);
    b = hash32(value ^ 0x5bd1e995, b);
  };
  return {
    text: (value) => {
      word(value.length);
      for (let i = 0; i < value.length; i++) word(value.charCodeAt(i));
    },
    floats: (values) => {
      word(values.length);
      const bits = new Uint32Array(values.buffer, values.byteOffset, values.length);
      // Bits, not numbers: −0 and 0 differ, and so do NaNs.
      for (const bit of bits) word(bit);
    },
    bytes: (values) => {
      word(values.length);
      // Four at a time, the first one lowest, whatever this machine is.
      for (let i = 0; i < values.length; i += 4)
        word(values[i] | ((values[i + 1] ?? 0) << 8) | ((values[i + 2] ?? 0) << 16) | ((values[i + 3] ?? 0) << 24));
    },
    digest: () => [a, b].map((half) => half.toString(16).padStart(8, "0")).join(""),
  };
}
