// Learning curves as a picture. In: a history as `fit` gives it. Out: SVG text, a panel for the loss and one for each metric, training beside
// validation. Guarantee: that of a chart.
import { chart, type Panel } from "./chart.ts";

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
