// Two runners that do the same work, timed in pairs. In: both, a pace, a clock. Out: nanoseconds per call of each in every pair, ratios.
// Guarantee: the first pair starts when neither gets faster any more, or a limit is reached; which goes first in a pair is drawn
// from a seed; no batch that counts is shorter than asked.
import type { Random } from "../../compiler/base/random.ts";
import { type Quartiles, quartiles } from "../measure.ts";

export interface Timed {
  run(calls: number): void;
  /** Before every batch, outside the clock. */
  reset?(): void;
}

/** Nanoseconds per call: the base's, ours. */
export type Pair = readonly [number, number];

/**
 * Nanoseconds so far. `cpu`: of this process on any core, so that time spent waiting for a core, on a machine that others use too, is
 * not counted; once warm, no thread but the main one has work to do.
 */
export const clocks = {
  cpu: (): number => {
    const { user, system } = process.cpuUsage();
    return 1e3 * (user + system);
  },
  wall: (): number => 1e6 * performance.now(),
};
export type Clock = keyof typeof clocks;

export interface PairPace {
  readonly clock: Clock;
  readonly pairs: number;
  /** A batch of calls lasts at least this many milliseconds. */
  readonly batch: number;
  /** Least milliseconds of each runner before the first pair; at most ten times as many. */
  readonly warmUp: number;
}

/** How many batches in a row must bring nothing new. */
const calm = 8;

/** Whether the last batches were no faster than those before by more than a hundredth. Slow ones say nothing: they are noise. */
export const isSteady = (times: readonly number[]): boolean =>
  times.length > calm && Math.min(...times.slice(-calm)) > 0.99 * Math.min(...times.slice(0, -calm));

/** A runner and how many calls fill a batch. */
class Side {
  readonly #runner: Timed;
  readonly #batch: number;
  readonly #clock: () => number;
  #calls = 1;
  readonly warm: number[] = [];

  constructor(runner: Timed, { batch, clock }: PairPace) {
    this.#runner = runner;
    this.#clock = clocks[clock];
    this.#batch = batch * 1e6;
  }

  #time(): number {
    this.#runner.reset?.();
    const start = this.#clock();
    this.#runner.run(this.#calls);
    return (this.#clock() - start) / this.#calls;
  }

  /** One batch, however short; then the size is right for the fastest seen. Says how long the batch took. */
  warmUp(): number {
    const took = this.#calls;
    const each = this.#time();
    this.warm.push(each);
    const wanted = Math.ceil((1.2 * this.#batch) / Math.min(...this.warm.slice(-calm)));
    // Step by step: the first calls are far slower than the rest.
    this.#calls = Math.max(1, Math.min(wanted, this.#calls * 8));
    return (each * took) / 1e6;
  }

  measure(): number {
    for (;;) {
      const each = this.#time();
      if (each * this.#calls >= this.#batch) return each;
      this.#calls = Math.ceil(this.#calls * 1.25);
    }
  }
}

export function timePairs(base: Timed, ours: Timed, pace: PairPace, noise: Random): Pair[] {
  const sides = [new Side(base, pace), new Side(ours, pace)] as const;
  const least = 2 * pace.warmUp;
  let spent = 0;
  // In turns too: what the process is like then, heap and caches, is what it is like in the pairs.
  do for (const side of sides) spent += side.warmUp();
  while (spent < least || (spent < 10 * least && !sides.every(({ warm }) => isSteady(warm))));
  return Array.from({ length: pace.pairs }, (): Pair => {
    if (noise.uniform() < 0.5) {
      const first = sides[0].measure();
      return [first, sides[1].measure()];
    }
    const first = sides[1].measure();
    return [sides[0].measure(), first];
  });
}

/** How two checkouts stand to each other in one work. */
export interface PairLine {
  readonly work: string;
  readonly pairs: number;
  /** Microseconds per call, medians. */
  readonly base: number;
  readonly ours: number;
  /** The base's time beside ours, pair by pair: above 1, we are faster. */
  readonly ratio: Quartiles;
}

export function pairLine(work: string, pairs: readonly Pair[]): PairLine {
  const [base, ours] = [0, 1].map((side) => quartiles(pairs.map((pair) => pair[side])).median / 1e3);
  return { work, pairs: pairs.length, base, ours, ratio: quartiles(pairs.map(([a, b]) => a / b)) };
}
