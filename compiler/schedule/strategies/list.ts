// THE list of strategies, most demanding first: the first whose `when` gives a schedule wins. Sums come before maps only for the
// reader; what is summed is no map. Adding one is a file beside this one and a line here, before whatever would take its nests.
import { heldTaps, pixelsByChannels } from "./channels.ts";
import { columns } from "./columns.ts";
import type { Strategy } from "./define.ts";
import { heavyMap, laneMap, scalarMap } from "./maps.ts";
import { oneByOne } from "./one-by-one.ts";
import { partialSums } from "./partial-sums.ts";
import { patchesByColumns } from "./patches-by-columns.ts";
import { rowsByColumns } from "./rows-by-columns.ts";
import { strips } from "./strips.ts";

/** All of them, in the order in which they are asked. */
export const strategies: readonly Strategy[] = [
  strips, // a tile that also wants strips
  patchesByColumns, // a tile of two lines
  rowsByColumns, // a tile of several rows
  heldTaps, // a tile of pixels, with registers left for the taps
  pixelsByChannels, // a tile of pixels
  columns, // a tile of one row
  partialSums, // no column at all
  heavyMap,
  laneMap,
  scalarMap,
  oneByOne, // anything
];
