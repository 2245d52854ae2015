// 64-bit hashes as text, for engines without BigInt and TextEncoder: Fingerprint64 (FarmHash), SipHash-2-4 and TensorFlow's way to join
// fingerprints. In: nothing. Out: functions that a module declares where something asks for them (`Helpers`). A number of 64 bits is a
// pair [high, low] of 32-bit halves, whose signs do not matter. What they compute, `compiler/encode/` says in 64-bit integers.
import { type Code, js } from "../../code.ts";

/** The halves of a number of 64 bits, as text. */
export const halves = (value: bigint): Code =>
  js`[${Number(BigInt.asIntN(32, value >> 32n))}, ${Number(BigInt.asIntN(32, value))}]`;

/** `utf8(text)`: its bytes; half a surrogate pair is U+FFFD. */
export const utf8Function: Code = js`function utf8(text) {
  const bytes = [];
  for (let i = 0; i < text.length; i++) {
    let code = text.charCodeAt(i), next = text.charCodeAt(i + 1);
    if (code >> 11 === 27) {
      const pair = code < 56320 && next >> 10 === 55;
      code = pair ? (code - 55296) * 1024 + next + 9216 : 65533;
      if (pair) i++;
    }
    if (code < 128) bytes.push(code);
    else {
      if (code < 2048) bytes.push(192 | code >> 6);
      else {
        if (code < 65536) bytes.push(224 | code >> 12);
        else bytes.push(240 | code >> 18, 128 | code >> 12 & 63);
        bytes.push(128 | code >> 6 & 63);
      }
      bytes.push(128 | code & 63);
    }
  }
  return bytes;
}`;

/** `add64`, `xor64`, `mul64`, `turn64` (to the right), `mix64`; `read32` and `read64` of bytes, where behind the last one there are zeros. */
export const arithmetic64: Code = js`const add64 = (a, b) => {
  const low = (a[1] >>> 0) + (b[1] >>> 0);
  return [a[0] + b[0] + (low > 4294967295 ? 1 : 0) | 0, low | 0];
};
const xor64 = (a, b) => [a[0] ^ b[0], a[1] ^ b[1]];
const mul64 = (a, b) => {
  const p = a[1] & 65535, q = a[1] >>> 16, r = b[1] & 65535, s = b[1] >>> 16;
  const one = q * r + (p * r >>> 16), two = p * s + (one & 65535);
  return [q * s + (one >>> 16) + (two >>> 16) + imul(a[0], b[1]) + imul(a[1], b[0]) | 0, imul(a[1], b[1])];
};
const turn64 = (a, k) => k > 31 ? turn64([a[1], a[0]], k - 32) : k ? [a[0] >>> k | a[1] << 32 - k, a[1] >>> k | a[0] << 32 - k] : a;
const mix64 = (a) => [a[0], a[1] ^ a[0] >>> 15];
const read32 = (s, i) => s[i] | s[i + 1] << 8 | s[i + 2] << 16 | s[i + 3] << 24;
const read64 = (s, i) => [read32(s, i + 4), read32(s, i)];`;

/** `fingerprint(bytes)`. */
export const fingerprintFunction: Code = js`function fingerprint(s) {
  const k0 = ${halves(0xc3a5c85c97cb3127n)}, k1 = ${halves(0xb492b66fbe98f273n)}, k2 = ${halves(0x9ae16a3b2f90404fn)};
  const n = s.length, by = add64(k2, [0, 2 * n]), at = (i) => read64(s, i), sum = (a, b, c) => add64(add64(a, b), c);
  const pair = (u, v, m) => {
    const a = mix64(mul64(xor64(u, v), m));
    return mul64(mix64(mul64(xor64(v, a), m)), m);
  };
  if (n < 17) {
    if (n > 7) {
      const a = add64(at(0), k2), b = at(n - 8);
      return pair(add64(mul64(turn64(b, 37), by), a), mul64(add64(turn64(a, 25), b), by), by);
    }
    if (n > 3) return pair(add64([s[3] >> 5, read32(s, 0) << 3], [0, n]), [0, read32(s, n - 4)], by);
    if (!n) return k2;
    return mul64(mix64(xor64(mul64([0, s[0] + (s[n >> 1] << 8)], k2), mul64([0, n + (s[n - 1] << 2)], k0))), k2);
  }
  if (n < 65) {
    const a = mul64(at(0), n < 33 ? k1 : k2), b = at(8), c = mul64(at(n - 8), by);
    const y = sum(turn64(add64(a, b), 43), turn64(c, 30), mul64(at(n - 16), k2));
    const z = pair(y, sum(a, turn64(add64(b, k2), 18), c), by);
    if (n < 33) return z;
    const e = mul64(at(16), by), f = at(24), g = mul64(add64(y, at(n - 32)), by);
    return pair(sum(turn64(add64(e, f), 43), turn64(g, 30), mul64(add64(z, at(n - 24)), by)), sum(e, turn64(add64(f, a), 18), g), by);
  }
  let x = add64(mul64([0, 81], k2), at(0)), y = add64(mul64([0, 81], k1), [0, 113]);
  let z = mul64(mix64(add64(mul64(y, k2), [0, 113])), k2), v = [[0, 0], [0, 0]], w = v;
  const weak = (i, a, b) => {
    const c = add64(a, at(i)), d = at(i + 24), e = sum(c, at(i + 8), at(i + 16));
    return [add64(e, d), sum(turn64(sum(b, c, d), 21), turn64(e, 44), c)];
  };
  const block = (i, m, times) => {
    const old = xor64(mul64(turn64(add64(sum(x, y, v[0]), at(i + 8)), 37), m), mul64(w[1], [0, times]));
    y = sum(mul64(turn64(sum(y, v[1], at(i + 48)), 42), m), mul64(v[0], [0, times]), at(i + 40));
    x = mul64(turn64(add64(z, w[0]), 33), m);
    z = old;
    v = weak(i, mul64(v[1], m), add64(z, w[0]));
    w = weak(i + 32, add64(x, w[1]), add64(y, at(i + 16)));
  };
  for (let i = 0; i + 64 < n; i += 64) block(i, k1, 1);
  const m = add64(k1, [0, (z[1] & 255) << 1]);
  w = [add64(w[0], [0, n - 1 & 63]), w[1]];
  v = [add64(v[0], w[0]), v[1]];
  w = [add64(w[0], v[0]), w[1]];
  block(n - 64, m, 9);
  return pair(sum(pair(v[0], w[0], m), mul64(mix64(y), k0), z), add64(pair(v[1], w[1], m), x), m);
}`;

/** `sipHash(bytes, a, b)`: with the halves of a key. */
export const sipHashFunction: Code = js`function sipHash(s, a, b) {
  let p = xor64(a, ${halves(0x736f6d6570736575n)}), q = xor64(b, ${halves(0x646f72616e646f6dn)});
  let r = xor64(a, ${halves(0x6c7967656e657261n)}), t = xor64(b, ${halves(0x7465646279746573n)});
  const round = () => {
    p = add64(p, q);
    q = xor64(turn64(q, 51), p);
    r = add64(r, t);
    t = xor64(turn64(t, 48), r);
    p = add64(turn64(p, 32), t);
    t = xor64(turn64(t, 43), p);
    r = add64(r, q);
    q = xor64(turn64(q, 47), r);
    r = turn64(r, 32);
  };
  const take = (word) => {
    t = xor64(t, word);
    round();
    round();
    p = xor64(p, word);
  };
  const n = s.length, end = n - n % 8;
  for (let i = 0; i < end; i += 8) take(read64(s, i));
  take([read32(s, end + 4) | n << 24, read32(s, end)]);
  r = xor64(r, [0, 255]);
  for (let i = 0; i < 4; i++) round();
  return xor64(xor64(p, q), xor64(r, t));
}`;

/** `join64(a, b)`: two fingerprints as one. */
export const joinFunction: Code = js`function join64(a, b) {
  const k = ${halves(0xc6a4a7935bd1e995n)}, mixed = xor64(xor64(a, k), mul64(mix64(mul64(b, k)), k));
  return mix64(mul64(mix64(mul64(mixed, k)), k));
}`;

/** `bucket(hash, bins)`: the remainder; bins are so few that no product of two remainders is rounded. */
export const bucketFunction: Code = js`const bucket = (hash, bins) => ((hash[0] >>> 0) % bins * (4294967296 % bins) + (hash[1] >>> 0) % bins) % bins;`;
