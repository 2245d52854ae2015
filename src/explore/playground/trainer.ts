// Training step by step. In: a module that trains, and rows. Out: how far it is, and what a picture of it needs. Guarantee: no clock and no page; the same
// module and rows give the same run, whoever pauses it. A fifth of the rows is held back and judged, never learned.
import type { Losses, Trainable } from "../../../runtime/trainable.ts";
import type { PictureKind, Rows } from "./datasets.ts";
import { random, shuffled } from "./random.ts";
import { middleOf, type Surface } from "./surface.ts";

/** A point of the learning curves. */
export interface Point {
  readonly epoch: number;
  readonly train: Losses;
  readonly held: Losses;
}

/** What is drawn beside the curves. */
export type Picture =
  | Surface
  | { readonly kind: "series"; readonly wanted: Float32Array; readonly given: Float32Array }
  | {
      readonly kind: "digits";
      readonly rows: readonly { readonly row: number; readonly wanted: number; readonly given: number }[];
    }
  | { readonly kind: "confusion"; readonly classes: readonly string[]; readonly counts: readonly (readonly number[])[] };

/** A run that can be stepped. */
export interface Trainer {
  /** Steps since the start, and epochs that are over. */
  readonly steps: number;
  readonly epoch: number;
  /** The loss before the last step. */
  readonly loss: number;
  /** One batch; a point of the curves where an epoch is over. */
  step(): Point | undefined;
  picture(kind: PictureKind, size?: number): Picture | undefined;
  /** What the module gives for a row. */
  ask(x: Float32Array): Float32Array;
  weights(): Float32Array[];
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const sameShape = (a: readonly number[] | undefined, b: readonly number[]): boolean =>
  a !== undefined && a.length === b.length && a.every((size, i) => size === b[i]);
const show = (shape: readonly number[] | undefined): string => `[${shape?.join(", ") ?? "several ports"}]`;

/** Why the module cannot learn the rows; undefined where it can. */
export function misfit({ inputShape, inputs, targets }: Trainable, rows: Rows): string | undefined {
  const input = inputShape ?? (inputs !== undefined && Object.keys(inputs).length === 1 ? Object.values(inputs)[0] : undefined);
  if (!sameShape(input, rows.inputShape))
    return `a row of these data is ${show(rows.inputShape)}, and the model takes ${show(input)}`;
  const held = targets === undefined ? [] : Object.values(targets);
  if (held.length !== 1 || sizeOf(held[0]) !== sizeOf(rows.targetShape))
    return `a target of these data is ${show(rows.targetShape)}, and the loss takes ${show(held.length === 1 ? held[0] : undefined)}`;
  return undefined;
}

const take = (values: Float32Array, size: number, order: ArrayLike<number>, from: number, to: number): Float32Array => {
  const taken = new Float32Array((to - from) * size);
  for (let i = from; i < to; i++) taken.set(values.subarray(order[i] * size, (order[i] + 1) * size), (i - from) * size);
  return taken;
};

/** A run from the module's own weights on. */
export function trainer(module: Trainable, rows: Rows, batch: number, seed = 1): Trainer {
  const [wide, high] = [sizeOf(rows.inputShape), sizeOf(rows.targetShape)];
  const order = shuffled(rows.count, random(seed));
  const learned = Math.ceil(rows.count * 0.8);
  const next = random(seed + 1);
  const predict = (x: Float32Array): Float32Array => {
    const given = (module.predict as NonNullable<Trainable["predict"]>)(x);
    return given instanceof Float32Array ? given : Object.values(given)[0];
  };
  const heldX = take(rows.x, wide, order, learned, rows.count);
  const heldY = take(rows.y, high, order, learned, rows.count);
  let [steps, epoch, loss, at] = [0, 0, Number.NaN, 0];
  let turn: Uint32Array = new Uint32Array(0);

  const classOf = (values: Float32Array, row: number, classes: number): number => {
    if (classes === 1) return values[row] > 0.5 ? 1 : 0;
    const own = values.subarray(row * classes, (row + 1) * classes);
    return own.reduce((best, value, i) => (value > own[best] ? i : best), 0);
  };

  /** By kind: what is asked of the module, and as what it is shown. */
  const pictures: Readonly<Record<PictureKind, (size: number) => Picture | undefined>> = {
    surface(size) {
      if (wide !== 2) return undefined;
      const reach = 1.15 * rows.x.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
      const grid = new Float32Array(2 * size * size);
      for (let i = 0; i < size * size; i++) grid.set(middleOf({ size, reach }, i), 2 * i);
      const values = predict(grid);
      return { kind: "surface", size, values, outputs: values.length / (size * size), reach };
    },
    series() {
      const most = Math.min(rows.count, 160);
      const given = predict(rows.x.subarray(0, most * wide));
      return given.length === most ? { kind: "series", wanted: rows.y.slice(0, most), given } : undefined;
    },
    digits() {
      const given = predict(heldX);
      const count = rows.count - learned;
      const shown = Array.from({ length: Math.min(24, count) }, (_, i) => ({
        row: order[learned + i],
        wanted: heldY[i],
        given: classOf(given, i, given.length / count),
      }));
      return { kind: "digits", rows: shown };
    },
    confusion() {
      const classes = rows.classes ?? [];
      const given = predict(rows.x);
      const counts = classes.map(() => classes.map(() => 0));
      for (let i = 0; i < rows.count; i++) {
        const row = counts[rows.y[i]];
        const found = classOf(given, i, given.length / rows.count);
        if (row !== undefined && found < row.length) row[found]++;
      }
      return { kind: "confusion", classes, counts };
    },
  };

  return {
    get steps() {
      return steps;
    },
    get epoch() {
      return epoch;
    },
    get loss() {
      return loss;
    },
    step() {
      if (at === 0) {
        turn = shuffled(learned, next).map((i) => order[i]);
        module.resetMetrics?.();
      }
      const to = Math.min(learned, at + batch);
      loss = module.trainStep(take(rows.x, wide, turn, at, to), take(rows.y, high, turn, at, to));
      steps++;
      at = to === learned ? 0 : to;
      if (at !== 0) return undefined;
      epoch++;
      return { epoch, train: module.getMetrics?.() ?? { loss }, held: module.evaluate(heldX, heldY) };
    },
    picture: (kind, size = 48) => pictures[kind](size),
    ask: predict,
    weights: () => module.getWeights(),
  };
}

/** Curves of a long run: every other point of the older half goes when there are more than a screen has columns. */
export const thinned = (all: readonly Point[]): readonly Point[] =>
  all.length <= 1000 ? all : all.filter((_, i) => i > all.length / 2 || i % 2 === 0);
