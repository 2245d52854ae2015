// The grid volcano.json, a hill in Auckland: heights on a grid of ten metres. In: how many of its points. Out: places from -1 to 1, and heights so scaled
// that 0 is 130 metres and 1 is 25 metres more; a section from west to east through the crater.

import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";

interface Grid {
  readonly width: number;
  readonly height: number;
  readonly values: readonly number[];
}

/** The whole grid, or every so many of its points. */
export function landscape(rows = Number.POSITIVE_INFINITY) {
  const folder = join(dirname(createRequire(import.meta.url).resolve("vega-datasets")), "..", "data");
  const { width, height, values } = JSON.parse(readFileSync(join(folder, "volcano.json"), "utf8")) as Grid;
  const all = values.map((metres, i) => ({
    x: [(2 * (i % width)) / (width - 1) - 1, (2 * Math.floor(i / width)) / (height - 1) - 1],
    y: (metres - 130) / 25,
  }));
  const every = Math.max(1, Math.ceil(all.length / rows));
  const some = all.filter((_, i) => i % every === 0);
  const section = all.slice(width * Math.floor(height / 2), width * (Math.floor(height / 2) + 1));
  const parts = (points: typeof all) => ({ x: points.map(({ x }) => x), y: points.map(({ y }) => y) });
  return { ...parts(some), section: parts(section) };
}
