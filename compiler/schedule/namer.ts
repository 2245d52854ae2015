// Fresh names for the loops, registers and lets of one kernel. In: a stem. Out: the stem and a number, never the same twice, and
// none that the kernel has already.

/** Gives a new name for a stem: `i0`, `i1`, … */
export type Namer = (stem: string) => string;

/** A namer that counts from 0 for each stem and passes over the names that are taken. */
export function counter(taken: ReadonlySet<string> = new Set()): Namer {
  const used = new Map<string, number>();
  return (stem) => {
    let k = used.get(stem) ?? 0;
    while (taken.has(`${stem}${k}`)) k++;
    used.set(stem, k + 1);
    return `${stem}${k}`;
  };
}
