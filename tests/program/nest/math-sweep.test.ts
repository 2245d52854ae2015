// Elementary functions of float32 as lanes compute them, against doubles, at the bounds of bounds.ts: numbers all over float32 in the
// everyday run, every float32 of a function's range in the fuzz run (LAYERC_FUZZ), plain and relaxed.
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../../compiler/base/random.ts";
import { bounds } from "../../../compiler/program/nest/math/bounds.ts";
import { pow } from "../../../compiler/program/nest/math/power.ts";
import { round } from "../../../compiler/program/nest/math/round.ts";
import { relaxedRuns } from "../../engines.ts";
import { bitsOf, elementary, fromBits, judge, names, type Worst } from "../../support/elementary.ts";
import { type Sweep, sweepLength, sweepOf } from "../../support/sweep.ts";

const whole = Number(process.env.LAYERC_FUZZ ?? 1) > 1;
const hour = 3_600_000;
/** A prime, so that all low bits occur. */
const stride = whole ? 1 : 2039;
const kinds = relaxedRuns ? [false, true] : [false];

/** Calls `see` for every `step`th float32 of positive patterns from..to, and for its negative. */
function walk(
  { inputs: [xs], y, run }: Sweep,
  from: number,
  to: number,
  step: number,
  see: (x: number, y: number) => void,
): void {
  const patterns = new Int32Array(xs.buffer, xs.byteOffset, sweepLength);
  for (let first = from; first <= to; first += (step * sweepLength) / 2) {
    for (let i = 0; i < sweepLength; i++) patterns[i] = Math.min(first + (i >> 1) * step, to) | (i % 2 === 0 ? 0 : 1 << 31);
    run();
    for (let i = 0; i < sweepLength; i++) see(xs[i], y[i]);
  }
}
const infinity = bitsOf(Number.POSITIVE_INFINITY);

describe.each(names)("%s of float32", (name) => {
  const { f, reference, edges, range } = elementary[name];

  it.each(kinds)("is within its bound (relaxed: %s)", { timeout: hour }, (relaxed) => {
    const sweep = sweepOf(f, 1, relaxed);
    const worst: Worst = { error: 0, x: 0 };
    const see = (x: number, y: number) => judge(worst, x, y, reference(x), 2);
    walk(sweep, 0, infinity, 1021, see);
    for (const edge of edges.map(Math.abs)) walk(sweep, Math.max(0, bitsOf(edge) - 4096), bitsOf(edge) + 4096, 1, see);
    walk(sweep, bitsOf(range[0]), bitsOf(range[1]), stride, see);
    expect(worst.error, `${name}(${worst.x})`).toBeLessThanOrEqual(bounds[name].f32);
    // A bound says what is, not what would do.
    expect(worst.error).toBeGreaterThan(bounds[name].f32 / 3);
  });
});

/** Pairs: any, around 1, powers that stay in float32, whole powers of negative numbers, and all special numbers with each other. */
const draws: readonly ((r: Random) => readonly [number, number])[] = [
  (r) => [anyFloat(r), even(r, 4)],
  (r) => [1 + even(r, 0.3), even(r, 300)],
  (r) => [1 + even(r, 2 ** -12), even(r, 2 ** 20)],
  (r) => {
    const x = Math.abs(anyFloat(r));
    return [x, even(r, 89 / Math.abs(Math.log(x)))];
  },
  (r) => [-1 - even(r, 0.3), r.integer(-200, 200)],
  (r) => [r.pick(special), r.pick(special)],
];
const even = (r: Random, most: number): number => (2 * r.uniform() - 1) * most;
const anyFloat = (r: Random): number => fromBits(r.integer(0, 0xffff) * 0x10000 + r.integer(0, 0xffff));
const special = [
  0, -0, 1, -1, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, Number.NaN, 2, -2, 0.5, -0.5, 3, -3, 2.5, 0.99, 1e10, -1e10,
  2 ** -149, -(2 ** -149), 1e-38, 3.4028234663852886e38, -3.4028234663852886e38, 16777216, 16777217, 8388607.5, -8388607,
  1 + 2 ** -23, 1 - 2 ** -24,
]; // biome-ignore format: one table
/** C's pow: JavaScript has NaN for (±1)^±∞ and 1^NaN. */
const powReference = (x: number, y: number): number =>
  x === 1 || (x === -1 && Math.abs(y) === Number.POSITIVE_INFINITY) ? 1 : x ** y;

it.each(kinds)("pow of float32 is within its bound (relaxed: %s)", { timeout: hour }, (relaxed) => {
  const sweep = sweepOf(pow, 2, relaxed);
  const [xs, ys] = sweep.inputs;
  const worst: Worst = { error: 0, x: 0 };
  for (let round = 0; round < (whole ? 6000 : 24); round++) {
    const r = random(round);
    for (let i = 0; i < sweepLength; i++) [xs[i], ys[i]] = draws[round % draws.length](r);
    sweep.run();
    let signs = 0;
    for (const [i, y] of sweep.y.entries()) {
      const right = powReference(xs[i], ys[i]);
      judge(worst, i, y, right, 2);
      if (right === 0 && !Object.is(y, right)) signs++;
    }
    expect(worst.error, `${xs[worst.x]} ^ ${ys[worst.x]} is ${sweep.y[worst.x]}`).toBeLessThanOrEqual(bounds.pow.f32);
    expect(signs).toBe(0);
  }
  expect(worst.error).toBeGreaterThan(bounds.pow.f32 / 3);
});

it("round of float32 is exact, the sign of a zero too", { timeout: hour }, () => {
  const halfToEven = (x: number): number => {
    const below = Math.floor(Math.abs(x));
    const rest = Math.abs(x) - below;
    const size = rest > 0.5 || (rest === 0.5 && below % 2 === 1) ? below + 1 : below;
    return x < 0 || Object.is(x, -0) ? -size : size;
  };
  let wrong = 0;
  const see = (x: number, y: number) => {
    if (!Object.is(y, Number.isFinite(x) ? halfToEven(x) : x)) wrong++;
  };
  const sweep = sweepOf(round, 1);
  walk(sweep, 0, infinity + 1000, stride, see);
  for (const edge of [0.5, 1.5, 2.5, 1, 2 ** 22 + 0.5, 2 ** 23, 2 ** 24])
    walk(sweep, bitsOf(edge) - 500, bitsOf(edge) + 500, 1, see);
  expect(wrong).toBe(0);
});
