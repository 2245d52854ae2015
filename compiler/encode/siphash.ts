// SipHash-2-4 of bytes with a key of 128 bits, in 64-bit integers (https://www.131002.net/siphash/siphash.pdf).
import type { Salt } from "./define.ts";
import { fetch } from "./fingerprint.ts";

const low = (value: bigint): bigint => BigInt.asUintN(64, value);
const rotate = (value: bigint, by: bigint): bigint => low((value << by) | (value >> (64n - by)));

/** The two halves of a key, as numbers from 0 on: negative ones stand for their two's complement. */
export const keyOf = ([a, b]: Salt): readonly [bigint, bigint] => [low(BigInt(a)), low(BigInt(b))];

/** SipHash-2-4. */
export function sipHash(bytes: Uint8Array, salt: Salt): bigint {
  const [k0, k1] = keyOf(salt);
  let v0 = k0 ^ 0x736f6d6570736575n;
  let v1 = k1 ^ 0x646f72616e646f6dn;
  let v2 = k0 ^ 0x6c7967656e657261n;
  let v3 = k1 ^ 0x7465646279746573n;
  const round = (): void => {
    v0 = low(v0 + v1);
    v1 = rotate(v1, 13n) ^ v0;
    v0 = rotate(v0, 32n);
    v2 = low(v2 + v3);
    v3 = rotate(v3, 16n) ^ v2;
    v0 = low(v0 + v3);
    v3 = rotate(v3, 21n) ^ v0;
    v2 = low(v2 + v1);
    v1 = rotate(v1, 17n) ^ v2;
    v2 = rotate(v2, 32n);
  };
  const take = (value: bigint): void => {
    v3 ^= value;
    round();
    round();
    v0 ^= value;
  };
  const whole = bytes.length - (bytes.length % 8);
  for (let at = 0; at < whole; at += 8) take(fetch(bytes, at, 8));
  take(fetch(bytes, whole, bytes.length - whole) | (BigInt(bytes.length & 255) << 56n));
  v2 ^= 255n;
  for (let i = 0; i < 4; i++) round();
  return v0 ^ v1 ^ v2 ^ v3;
}
