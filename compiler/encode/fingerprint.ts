// TensorFlow's Fingerprint64 (FarmHash's 64-bit hash) of bytes, and how fingerprints are combined, in 64-bit integers. Modules have the
// same arithmetic in halves of 32 bits; nothing is shared with them.

const mask = 2n ** 64n - 1n;
const k0 = 0xc3a5c85c97cb3127n;
const k1 = 0xb492b66fbe98f273n;
const k2 = 0x9ae16a3b2f90404fn;

const low = (value: bigint): bigint => value & mask;
const mul = (a: bigint, b: bigint): bigint => low(a * b);
const rotate = (value: bigint, by: bigint): bigint => low((value >> by) | (value << (64n - by)));
const shiftMix = (value: bigint): bigint => value ^ (value >> 47n);

/** The little-endian number of `count` bytes. */
export function fetch(bytes: Uint8Array, from: number, count: number): bigint {
  let value = 0n;
  for (let i = count - 1; i >= 0; i--) value = (value << 8n) | BigInt(bytes[from + i]);
  return value;
}
const word = (bytes: Uint8Array, from: number): bigint => fetch(bytes, from, 8);

function hash16(u: bigint, v: bigint, by: bigint): bigint {
  let a = mul(u ^ v, by);
  a ^= a >> 47n;
  const b = mul(v ^ a, by);
  return mul(b ^ (b >> 47n), by);
}

function upTo16(s: Uint8Array): bigint {
  const n = s.length;
  const by = low(k2 + BigInt(2 * n));
  if (n >= 8) {
    const a = low(word(s, 0) + k2);
    const b = word(s, n - 8);
    const c = low(mul(rotate(b, 37n), by) + a);
    const d = mul(rotate(a, 25n) + b, by);
    return hash16(c, d, by);
  }
  if (n >= 4) return hash16(low(BigInt(n) + (fetch(s, 0, 4) << 3n)), fetch(s, n - 4, 4), by);
  if (n === 0) return k2;
  const y = BigInt(s[0] + (s[n >> 1] << 8));
  const z = BigInt(n + (s[n - 1] << 2));
  return mul(shiftMix(mul(y, k2) ^ mul(z, k0)), k2);
}

function upTo32(s: Uint8Array): bigint {
  const n = s.length;
  const by = low(k2 + BigInt(2 * n));
  const a = mul(word(s, 0), k1);
  const b = word(s, 8);
  const c = mul(word(s, n - 8), by);
  const d = mul(word(s, n - 16), k2);
  return hash16(low(rotate(low(a + b), 43n) + rotate(c, 30n) + d), low(a + rotate(low(b + k2), 18n) + c), by);
}

function upTo64(s: Uint8Array): bigint {
  const n = s.length;
  const by = low(k2 + BigInt(2 * n));
  const a = mul(word(s, 0), k2);
  const b = word(s, 8);
  const c = mul(word(s, n - 8), by);
  const d = mul(word(s, n - 16), k2);
  const y = low(rotate(low(a + b), 43n) + rotate(c, 30n) + d);
  const z = hash16(y, low(a + rotate(low(b + k2), 18n) + c), by);
  const e = mul(word(s, 16), by);
  const f = word(s, 24);
  const g = mul(y + word(s, n - 32), by);
  const h = mul(z + word(s, n - 24), by);
  return hash16(low(rotate(low(e + f), 43n) + rotate(g, 30n) + h), low(e + rotate(low(f + a), 18n) + g), by);
}

type Pair = readonly [bigint, bigint];
/** 32 bytes from `at` on into two seeds. */
function weak32(s: Uint8Array, at: number, seedA: bigint, seedB: bigint): Pair {
  const z = word(s, at + 24);
  const start = low(seedA + word(s, at));
  const b = rotate(low(seedB + start + z), 21n);
  const a = low(start + word(s, at + 8) + word(s, at + 16));
  return [low(a + z), low(b + rotate(a, 44n) + start)];
}

/** Fingerprint64 of bytes. */
export function fingerprint(s: Uint8Array): bigint {
  const n = s.length;
  if (n <= 16) return upTo16(s);
  if (n <= 32) return upTo32(s);
  if (n <= 64) return upTo64(s);
  const seed = 81n;
  let x = seed;
  let y = low(seed * k1 + 113n);
  let z = mul(shiftMix(low(y * k2 + 113n)), k2);
  let v: Pair = [0n, 0n];
  let w: Pair = [0n, 0n];
  x = low(x * k2 + word(s, 0));
  const end = Math.floor((n - 1) / 64) * 64;
  /** A block of 64 bytes; the last one overlaps the one before, and weighs what was kept nine times. */
  const block = (at: number, by: bigint, times: bigint): void => {
    x = mul(rotate(low(x + y + v[0] + word(s, at + 8)), 37n), by);
    y = mul(rotate(low(y + v[1] + word(s, at + 48)), 42n), by);
    x ^= mul(w[1], times);
    y = low(y + v[0] * times + word(s, at + 40));
    z = mul(rotate(low(z + w[0]), 33n), by);
    v = weak32(s, at, mul(v[1], by), low(x + w[0]));
    w = weak32(s, at + 32, low(z + w[1]), low(y + word(s, at + 16)));
    [x, z] = [z, x];
  };
  for (let at = 0; at < end; at += 64) block(at, k1, 1n);
  const by = low(k1 + ((z & 0xffn) << 1n));
  const rest = BigInt((n - 1) & 63);
  w = [low(w[0] + rest), w[1]];
  v = [low(v[0] + w[0]), v[1]];
  w = [low(w[0] + v[0]), w[1]];
  block(n - 64, by, 9n);
  const first = low(hash16(v[0], w[0], by) + mul(shiftMix(y), k0) + z);
  return hash16(first, low(hash16(v[1], w[1], by) + x), by);
}

/** The seed of TensorFlow's crossings. */
export const crossSeed = 0xdecafcaffen;
const k3 = 0xc6a4a7935bd1e995n;

/** Two fingerprints as one. */
export function join(a: bigint, b: bigint): bigint {
  const mixed = mul(a ^ k3 ^ mul(shiftMix(mul(b, k3)), k3), k3);
  return shiftMix(mul(shiftMix(mixed), k3));
}
