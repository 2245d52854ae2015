// Fresh names for the loops, registers and lets of one kernel. In: a stem. Out: the stem and a number, never the same twice.

/** Gives a new name for a stem: `i0`, `i1`, … */
export type Namer = (stem: string) => string;

/** A namer that counts from 0 for each stem. */
export function counter(): Namer {
  const used = new Map<string, number>();
  return (stem) => {
    const k = used.get(stem) ?? 0;
    used.set(stem, k + 1);
    return `${stem}${k}`;
  };
}
