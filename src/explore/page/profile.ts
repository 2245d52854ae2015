// How fast it is here. In: the module's kernels, to be run in this page. Out: milliseconds a call, what this machine does at best, and the share
// of that. Guarantee: what is measured is said with how often it ran; a clock that stands still (browsers round it) is run for longer.

/** The module of a report that is made for running kernels one by one. */
export interface Profile {
  readonly kernels: readonly {
    /** As in the report's kernels. */
    readonly name: string;
    readonly target: string;
    run(): void;
  }[];
}

/** Time of one call, in milliseconds: the least of several rounds, since nothing makes a machine faster than it is. */
export function timeOf(run: () => void, budget = 24): number {
  let calls = 1;
  let best = Number.POSITIVE_INFINITY;
  const end = performance.now() + budget;
  // A busy machine may spend the time before a round is long enough to be told: that one is waited for.
  for (let round = 0; round < 5 || best === Number.POSITIVE_INFINITY || performance.now() < end; round++) {
    const start = performance.now();
    for (let i = 0; i < calls; i++) run();
    const took = performance.now() - start;
    // Browsers show tenths of a millisecond or whole ones: a round of four is right to a quarter at worst.
    if (took < 4) calls *= took < 1 ? 8 : 2;
    else best = Math.min(best, took / calls);
    if (round > 60) break;
  }
  return best;
}

/** Lets the page show what it has to say. */
export const painted = (): Promise<void> => new Promise((done) => setTimeout(done, 30));

/** Milliseconds a call of each kernel, by target and name; `say` hears how far it is, `see` what is known so far. */
export async function timesOf(
  { kernels }: Profile,
  say: (text: string) => void,
  see: (times: ReadonlyMap<string, number>) => void = () => {},
): Promise<ReadonlyMap<string, number>> {
  const times = new Map<string, number>();
  for (const [i, kernel] of kernels.entries()) {
    say(`Measuring kernel ${i + 1} of ${kernels.length} …`);
    if (i % 4 === 0) await painted();
    times.set(
      keyOf(kernel),
      timeOf(() => kernel.run()),
    );
    see(new Map(times));
  }
  return times;
}

/** A kernel, or all of an entry, in milliseconds; absent where a side has none. */
export interface Timed {
  readonly name: string;
  readonly a?: number | undefined;
  readonly b?: number | undefined;
}

/** Times of both sides, by `target kernel`: predict as a whole on what runs it, then kernel by kernel. */
export function pairTimes(a: ReadonlyMap<string, number>, b: ReadonlyMap<string, number>): readonly Timed[] {
  const whole: Timed = { name: "all kernels of predict", a: sumOf(a), b: sumOf(b) };
  return [whole, ...[...new Set([...a.keys(), ...b.keys()])].map((name): Timed => ({ name: told(name), a: a.get(name), b: b.get(name) }))];
} // biome-ignore format: one line

const told = (key: string): string => key.replace(/^(\w+) (.*)$/s, "$2 on $1");

/** Kernels of predict on the target that runs: in JavaScript only where there is no other. */
function sumOf(times: ReadonlyMap<string, number>): number {
  const own = [...times].filter(([key]) => key.includes(" predict/"));
  const lanes = own.filter(([key]) => !key.startsWith("js "));
  return (lanes.length > 0 ? lanes : own).reduce((sum, [, time]) => sum + time, 0);
}

/** What a kernel's time is found by. */
export const keyOf = ({ name, target }: { readonly name: string; readonly target: string }): string => `${target} ${name}`;

/** Why kernels cannot run, for the reader. */
export const failed = (error: unknown): string =>
  `The kernels cannot run here: ${error instanceof Error ? error.message : String(error)}`;

/** What a machine does at best, in one thread. */
export interface Peak {
  /** Multiply-adds a millisecond, in doubles. */
  readonly multiplyAdds: number;
  /** Bytes read a millisecond, from memory that no near cache holds. */
  readonly bytes: number;
}

let sink = 0;

/** Measures it, in about a tenth of a second: eight chains of multiply-adds side by side, and a walk through 16 MB. */
export function peakOf(): Peak {
  const chains = 8;
  const turns = 20_000;
  const start = Float64Array.from({ length: chains }, (_, i) => i / 8);
  const multiply = (): void => {
    let [a, b, c, d, e, f, g, h] = start;
    for (let i = 0; i < turns; i++) {
      a = a * 0.999 + 0.5;
      b = b * 0.999 + 0.5;
      c = c * 0.999 + 0.5;
      d = d * 0.999 + 0.5;
      e = e * 0.999 + 0.5;
      f = f * 0.999 + 0.5;
      g = g * 0.999 + 0.5;
      h = h * 0.999 + 0.5;
    }
    sink = a + b + c + d + e + f + g + h;
  };
  const far = new Float32Array(1 << 22).fill(1);
  const read = (): void => {
    let [a, b, c, d] = [0, 0, 0, 0];
    for (let i = 0; i < far.length; i += 4) {
      a += far[i];
      b += far[i + 1];
      c += far[i + 2];
      d += far[i + 3];
    }
    sink = a + b + c + d;
  };
  return { multiplyAdds: (chains * turns) / timeOf(multiply, 40), bytes: far.byteLength / timeOf(read, 40) };
}

/** The last sum, so that no engine leaves the work out. */
export const lastSum = (): number => sink;

/** The share of the roof that a kernel reaches: work done in its time, by the least time that work and bytes allow. */
export function shareOf(kernel: { readonly multiplyAdds: number; readonly bytes: number }, time: number, peak: Peak): number {
  return Math.max(kernel.multiplyAdds / peak.multiplyAdds, kernel.bytes / peak.bytes) / time;
}
