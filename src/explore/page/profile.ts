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
