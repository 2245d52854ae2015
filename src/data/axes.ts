// Where numbers lie on an axis, and which of them are written beside it. In: the numbers that are drawn, the ends of the axis in the picture.
// Out: round numbers and a place for each number. Guarantee: finite whatever the numbers are, also where there is one or none.

/** An axis: its marks, what stands beside them, and where a number lies. */
export interface Axis {
  readonly ticks: readonly number[];
  /** A tick as text. */
  readonly label: (tick: number) => string;
  /** The place of a number in the picture, with two digits. */
  readonly at: (value: number) => string;
  /** Whether a number has a place: it is finite, and on a logarithmic axis above 0. */
  readonly has: (value: number) => boolean;
}
type Numbers = readonly number[];

const rangeOf = (values: Numbers, none: readonly [number, number] = [0, 1]): readonly [low: number, high: number] =>
  // No spread of the list into arguments: an engine takes some ten thousand of them at most.
  values.length === 0 ? none : [values.reduce((a, b) => Math.min(a, b)), values.reduce((a, b) => Math.max(a, b))];

/** Places of a picture as text: more digits say nothing. */
export const fixed = (value: number): string => String(Math.round(value * 100) / 100);

/** An axis whose ends are ticks, from `from` to `to` in the picture. */
export function roundAxis(values: Numbers, from: number, to: number): Axis {
  const ticks = ticksIn(...rangeOf(values.filter(Number.isFinite)), 5);
  const [low, high] = [ticks[0], ticks[ticks.length - 1]];
  return linear(ticks, low, high, from, to);
}

/** An axis that ends where the numbers do, or with `margin` a little behind; whole numbers begin with a tick, as epochs do. */
export function tightAxis(values: Numbers, from: number, to: number, margin = 0): Axis {
  const [least, most] = rangeOf(values.filter(Number.isFinite));
  const space = (most - least) * margin;
  const [low, high] = [least - space, most + space];
  if (low === high) return { ...linear([low], low, low + 1, from, to), at: () => fixed((from + to) / 2) };
  const areWhole = margin === 0 && values.every(Number.isInteger);
  const all = ticksIn(areWhole ? 0 : low, high, 6);
  const step = areWhole ? Math.max(1, Math.round(all[1] - all[0])) : all[1] - all[0];
  const first = Math.ceil(low / step - 1e-9);
  const inside = Array.from({ length: Math.floor(high / step + 1e-9) - first + 1 }, (_, i) => (first + i) * step);
  const ticks = areWhole ? [low, ...inside.filter((tick) => tick > low && tick - low >= step / 2)] : inside;
  return linear(ticks, low, high, from, to, step);
}

/** An axis of powers of ten, with 2 and 5 between them where there are few. */
export function logAxis(values: Numbers, from: number, to: number): Axis {
  const has = (value: number): boolean => Number.isFinite(value) && value > 0;
  const [least, most] = rangeOf(values.filter(has), [1, 10]).map(Math.log10);
  const isWide = most - least > 3;
  const steps = Array.from({ length: Math.ceil(most) - Math.floor(least) + 2 }, (_, i) => Math.floor(least) + i);
  const all = steps.flatMap((power) => (isWide ? [1] : [1, 2, 5]).map((factor) => Number(`${factor}e${power}`)));
  const below = Math.max(0, all.findLastIndex((tick) => Math.log10(tick) <= least + 1e-9)); // biome-ignore format: one line
  const above = all.findIndex((tick, i) => i > below && Math.log10(tick) >= most - 1e-9);
  const ticks = all.slice(below, above < 0 ? undefined : above + 1);
  const { at } = linear([0], Math.log10(ticks[0]), Math.log10(ticks[ticks.length - 1]), from, to);
  return { ticks, label: (tick) => (tick >= 1e6 || tick < 1e-4 ? tick.toExponential(0) : String(tick)), at: (value) => at(Math.log10(value)), has }; // biome-ignore format: one line
}

function linear(ticks: Numbers, low: number, high: number, from: number, to: number, step = ticks[1] - ticks[0]): Axis {
  return {
    ticks,
    label: (tick) => label(tick, step),
    at: (value) => fixed(from + ((to - from) * (value - low)) / (high - low)),
    has: Number.isFinite,
  };
}

/** Round numbers from below `low` to above `high`, at least two. */
function ticksIn(low: number, high: number, most: number): Numbers {
  const span = high - low || Math.abs(high) || 1;
  const raw = span / most;
  const size = 10 ** Math.floor(Math.log10(raw));
  const step = size * ([1, 2, 2.5, 5, 10].find((factor) => factor * size >= raw) ?? 10);
  const from = Math.floor(low / step);
  const to = Math.max(Math.ceil(high / step), from + 1);
  return Array.from({ length: to - from + 1 }, (_, i) => (from + i) * step);
}

/** As many digits as tell the ticks apart. */
function label(tick: number, step: number): string {
  if (!(step > 0)) return String(tick);
  if (Math.abs(tick) >= 1e6 || step < 1e-5) return tick.toExponential(1);
  const digits = Math.max(0, Math.ceil(-Math.log10(step) - 1e-9) + (/^[1-9]0*$/.test(String(Math.round(step * 1e9))) ? 0 : 1));
  return tick.toFixed(Math.min(digits, 6));
}
