// Alternating measurement: A B A B, ratios within a round. In: runners. Out: nanoseconds per call of each in every round, and
// the statistics that are robust on a noisy machine. Guarantee: no batch of calls is shorter than asked, none is dropped.

export interface Runner {
  /** Does the work so many times; a promise only where the engine itself is asynchronous. */
  run(calls: number): void | Promise<void>;
  /** The same, by its own clock: nanoseconds, of an engine that lives in another process. */
  time?(calls: number): Promise<number>;
}

export interface Quartiles {
  readonly q1: number;
  readonly median: number;
  readonly q3: number;
}

/** Linear interpolation between the sorted values, as numpy's percentile. */
export function quartiles(values: readonly number[]): Quartiles {
  const sorted = [...values].sort((a, b) => a - b);
  const at = (part: number): number => {
    const place = part * (sorted.length - 1);
    const below = Math.floor(place);
    const above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  };
  return { q1: at(0.25), median: at(0.5), q3: at(0.75) };
}

/** Nanoseconds per call. */
async function time(runner: Runner, calls: number): Promise<number> {
  if (runner.time !== undefined) return (await runner.time(calls)) / calls;
  const start = process.hrtime.bigint();
  const done = runner.run(calls);
  if (done !== undefined) await done;
  return Number(process.hrtime.bigint() - start) / calls;
}

export interface Pace {
  readonly pairs: number;
  /** A batch of calls lasts at least this many milliseconds. */
  readonly batch: number;
  /** Every runner runs at least this many milliseconds before the first round. */
  readonly warmUp: number;
}

/** Whether the last third of batches was no faster than those before by more than a hundredth. Slow ones say nothing: they are noise. */
export function isCalm(times: readonly number[]): boolean {
  const last = Math.ceil(times.length / 3);
  return times.length > 2 && Math.min(...times.slice(-last)) > 0.99 * Math.min(...times.slice(0, -last));
}

/**
 * Calls that fill a batch of each, found while all warm up in turn: until none gets faster any more, or ten times as long as asked. An
 * engine's WebAssembly waits for the compiler while that is busy with its neighbour's: one alone would seem warm too early.
 */
async function settle(runners: readonly Runner[], { batch, warmUp }: Pace): Promise<number[]> {
  const sides = runners.map((runner) => ({ runner, calls: 1, spent: 0, times: [] as number[] }));
  const isReady = ({ spent, times }: (typeof sides)[number]): boolean =>
    spent >= 1e7 * warmUp || (spent >= 1e6 * warmUp && isCalm(times));
  do {
    for (const side of sides) {
      const each = await time(side.runner, side.calls);
      side.spent += each * side.calls;
      side.times.push(each);
      side.calls = Math.max(1, Math.ceil((1.25 * batch * 1e6) / Math.min(...side.times.slice(-1000))));
    }
  } while (!sides.every(isReady));
  return sides.map(({ calls }) => calls);
}

/** One line per round, one number per runner: nanoseconds per call. Each round runs them in the order given. */
export async function alternate(runners: readonly Runner[], pace: Pace): Promise<number[][]> {
  const calls = await settle(runners, pace);
  const rounds: number[][] = [];
  for (let round = 0; round < pace.pairs; round++) {
    const line: number[] = [];
    for (let i = 0; i < runners.length; i++) {
      let each = await time(runners[i], calls[i]);
      // Faster than while warming up: the batch was too short, so it grows and is run again.
      while (each * calls[i] < pace.batch * 1e6) {
        calls[i] = Math.ceil(calls[i] * 1.5);
        each = await time(runners[i], calls[i]);
      }
      line.push(each);
    }
    rounds.push(line);
  }
  return rounds;
}
