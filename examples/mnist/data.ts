// The 10,000 digits of the package mnist: 28 x 28 grey values from 0 (paper) to 1 (ink), row by row, and which digit each is.
import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { shuffled } from "../support/data.ts";

export const side = 28;

export interface Digit {
  readonly label: number;
  /** [28, 28, 1] */
  readonly pixels: readonly number[];
}

/** All digits, in the same order every time. */
export function digits(): readonly Digit[] {
  const folder = join(dirname(createRequire(import.meta.url).resolve("mnist/package.json")), "src", "digits");
  const all = Array.from({ length: 10 }, (_, label) => {
    const { data } = JSON.parse(readFileSync(join(folder, `${label}.json`), "utf8")) as { data: readonly number[] };
    return Array.from({ length: Math.floor(data.length / side ** 2) }, (_, i): Digit => {
      return { label, pixels: data.slice(i * side ** 2, (i + 1) * side ** 2) };
    });
  });
  return shuffled(all.flat(), 3);
}
