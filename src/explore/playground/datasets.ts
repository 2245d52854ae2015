// The rows that the playground trains on. In: nothing; for measured data, the files that the build of the page puts beside it. Out: rows, half of what a
// picture needs. Guarantee: the same rows every time. A set is a row of the table.
import { random } from "./random.ts";

/** Rows back to back, inputs and what they are held against. */
export interface Rows {
  readonly count: number;
  readonly x: Float32Array;
  readonly y: Float32Array;
  /** Shapes of a row. */
  readonly inputShape: readonly number[];
  readonly targetShape: readonly number[];
  /** Names of classes, where targets are their numbers. */
  readonly classes?: readonly string[];
}

/** How a set is shown while something learns it. */
export type PictureKind = "surface" | "series" | "digits" | "confusion";

/** A row of the table; `load` may fetch a file that lies beside the page. */
export interface Dataset {
  readonly id: string;
  readonly title: string;
  readonly says: string;
  readonly picture: PictureKind;
  readonly load: (file: (name: string) => Promise<unknown>) => Rows | Promise<Rows>;
}

/** What the build makes of a set of measurements: numbers as they are, or pictures of 16 greys, two pixels a letter pair of hex. */
export interface MeasuredFile {
  readonly classes: readonly string[];
  readonly labels: readonly number[];
  readonly rows?: readonly (readonly number[])[];
  readonly size?: readonly number[];
  readonly pixels?: string;
}

function plane(count: number, target: (a: number, b: number) => number): Rows {
  const next = random(7);
  const x = Float32Array.from({ length: 2 * count }, () => 2 * next() - 1);
  const y = Float32Array.from({ length: count }, (_, i) => target(x[2 * i], x[2 * i + 1]));
  return { count, x, y, inputShape: [2], targetShape: [1] };
}

/** Arms that wind around each other: no line parts them. */
function spirals(perArm: number, arms: number): Rows {
  const next = random(3);
  const count = arms * perArm;
  const x = new Float32Array(2 * count);
  const y = new Float32Array(count);
  for (let i = 0; i < count; i++) {
    const arm = i % arms;
    const along = Math.floor(i / arms) / perArm;
    const angle = 1.5 * along * 2 * Math.PI + (arm * 2 * Math.PI) / arms;
    const noise = () => 0.04 * (next() - 0.5);
    // As far out as tanh is steep for.
    x[2 * i] = 3 * (along * Math.sin(angle) + noise());
    x[2 * i + 1] = 3 * (along * Math.cos(angle) + noise());
    y[i] = arm;
  }
  return { count, x, y, inputShape: [2], targetShape: [1], classes: Array.from({ length: arms }, (_, arm) => `${arm}`) };
}

/** Windows of a wave of two tones; the target is the next number. */
function waves(count: number, steps: number): Rows {
  const wave = (t: number): number => 0.6 * Math.sin(t / 3) + 0.4 * Math.sin(t / 1.7 + 1);
  const x = Float32Array.from({ length: count * steps }, (_, i) => wave(Math.floor(i / steps) + (i % steps)));
  const y = Float32Array.from({ length: count }, (_, i) => wave(i + steps));
  return { count, x, y, inputShape: [steps, 1], targetShape: [1] };
}

function measured({ classes, labels, rows, size, pixels }: MeasuredFile): Rows {
  const y = Float32Array.from(labels);
  if (rows !== undefined)
    return { count: rows.length, x: Float32Array.from(rows.flat()), y, inputShape: [rows[0].length], targetShape: [1], classes };
  const x = Float32Array.from(pixels ?? "", (letter) => Number.parseInt(letter, 16) / 15);
  return { count: labels.length, x, y, inputShape: size ?? [], targetShape: [1], classes };
}

/** Every set, in the order of the menu. */
export const datasets: readonly Dataset[] = [
  {
    id: "product",
    title: "Product",
    says: "Points of a square; the target is one coordinate times the other.",
    picture: "surface",
    load: () => plane(300, (a, b) => a * b),
  },
  {
    id: "spirals",
    title: "Two spirals",
    says: "Points of two arms that wind around each other; the target is the arm.",
    picture: "surface",
    load: () => spirals(150, 2),
  },
  {
    id: "arms",
    title: "Three spirals",
    says: "Points of three arms that wind around each other; the target is the arm.",
    picture: "surface",
    load: () => spirals(120, 3),
  },
  {
    id: "iris",
    title: "Iris",
    says: "Four lengths of 150 flowers, in centimetres; the target is the species.",
    picture: "confusion",
    load: async (file) => measured((await file("iris.json")) as MeasuredFile),
  },
  {
    id: "digits",
    title: "Digits",
    says: "500 digits written by hand, 14 x 14 greys; the target is the digit.",
    picture: "digits",
    load: async (file) => measured((await file("digits.json")) as MeasuredFile),
  },
  {
    id: "waves",
    title: "Waves",
    says: "Twelve steps of a wave of two tones; the target is the next one.",
    picture: "series",
    load: () => waves(400, 12),
  },
];
