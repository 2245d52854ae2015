// Histories as pictures. In: a history as `fit` gives it, or several. Out: SVG text, a panel for the loss and one for each metric, training beside
// validation; or one measure of several runs as a panel. Guarantee: that of a chart.
import { chart, type Panel, type Series } from "./chart.ts";

/** What the picture says besides its lines. */
export interface CurvesOptions {
  readonly title?: string;
  /** The epoch whose weights are kept, from 1. */
  readonly best?: number;
}

type Numbers = readonly number[];
/** Numbers by key; what is no list of numbers, such as a metric of each class, is left out. */
export type HistoryLike = Readonly<Record<string, readonly unknown[]>>;

/** The picture. */
export function learningCurves(history: HistoryLike, { title, best }: CurvesOptions = {}): string {
  const numbers = Object.entries(history).filter((entry): entry is [string, Numbers] =>
    entry[1].every((item) => typeof item === "number"),
  );
  const known = new Map(numbers);
  const keys = numbers.map(([key]) => key).filter((key) => !(key.startsWith("val_") && known.has(key.slice(4))));
  // The loss of the whole comes first: it is what is trained.
  keys.sort((a, b) => Number(b === "loss") - Number(a === "loss"));
  const panels = keys.map((key): Panel => {
    const validation = known.get(`val_${key}`);
    const train = { name: "train", points: byEpoch(known.get(key) ?? []) };
    const series = [train, ...(validation === undefined ? [] : [{ name: "validation", points: byEpoch(validation) }])];
    return { title: key, x: "epoch", series, ...(best === undefined ? {} : { mark: best }) };
  });
  return chart(panels, title === undefined ? {} : { title });
}

/** Points of numbers, one an epoch: a line of a chart. */
export const byEpoch = (numbers: Numbers): readonly (readonly [epoch: number, value: number])[] =>
  numbers.map((value, i) => [i + 1, value]);

/** A measure of several runs, a line each: a panel of a chart. A run that lacks the measure has no line. */
export const curvesOf = (
  runs: Readonly<Record<string, HistoryLike>>,
  measure: string,
  more: Omit<Panel, "series"> = {},
): Panel => ({
  title: measure,
  x: "epoch",
  ...more,
  series: Object.entries(runs).flatMap(([name, { [measure]: numbers }]): Series[] =>
    numbers?.every((item) => typeof item === "number") === true ? [{ name, points: byEpoch(numbers) }] : [],
  ),
});

/** The smallest number of a history, and its epoch from 1; NaN and 0 where there is none. */
export function bestOf(numbers: Numbers): { readonly epoch: number; readonly value: number } {
  const value = Math.min(...numbers.filter((one) => !Number.isNaN(one)));
  const at = numbers.indexOf(value);
  return at < 0 ? { epoch: 0, value: Number.NaN } : { epoch: at + 1, value };
}
