// The taps that the points of a stride see. Along an axis where windows of K taps stand s apart, the points of phase r (position modulo s)
// are reached by every s-th tap from r on: the first K mod s phases by ⌈K/s⌉ taps, the rest by one less, perhaps by none.

/** Phases that have as many taps, from the first of them on. */
export interface Phases {
  readonly from: number;
  readonly count: number;
  readonly taps: number;
}

/** Those with the most taps, then the rest, where there are such. */
export function phasesOf({ taps, stride }: { readonly taps: number; readonly stride: number }): readonly [Phases, ...Phases[]] {
  const most = Math.ceil(taps / stride);
  const full = taps - (most - 1) * stride;
  const rest = { from: full, count: stride - full, taps: most - 1 };
  return [{ from: 0, count: full, taps: most }, ...(rest.count > 0 ? [rest] : [])];
}
