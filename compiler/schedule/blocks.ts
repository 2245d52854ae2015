// Loops over dims in blocks. In: an extent and how many coordinates a block may hold. Out: `for` statements around what the
// caller writes for a block; every coordinate once, in order.

import type { Coord } from "../program/nest/view.ts";
import type { Extent, Stmt } from "../program/program.ts";
import type { Namer } from "./namer.ts";

/** Where a tile stands along one dim: a coordinate, or as many from it as a vector is wide, or as are left. */
export interface Step {
  readonly coord: Coord;
  readonly wide: 1 | 2 | 3 | 4;
  /** Whether it is a vector; one point may be one. */
  readonly vector: boolean;
}
/** What of a dim becomes vectors: nothing, fours, fours and the two or three points left over, all points. */
export type Lanes = "none" | "whole" | "padded" | "filled";

/** Points from which a vector is made. */
const least: Readonly<Record<Lanes, number>> = { none: Number.POSITIVE_INFINITY, whole: 4, padded: 2, filled: 1 };

/** Loops over blocks of at most `count` coordinates. */
export function blocks(
  extent: Extent,
  count: number,
  lanes: Lanes,
  fresh: Namer,
  body: (steps: readonly Step[]) => readonly Stmt[],
): readonly Stmt[] {
  const steps = (base: number, size: number, terms: Coord["terms"] = []): Step[] => {
    const list: Step[] = [];
    for (let c = 0; c < size; ) {
      const left = size - c;
      const vector = left >= least[lanes];
      const wide = !vector ? 1 : left >= 4 ? 4 : (left as 1 | 2 | 3);
      list.push({ coord: { base: base + c, terms }, wide, vector });
      c += wide;
    }
    return list;
  };
  if (typeof extent !== "number") {
    // Whole blocks, then what they leave over: rows in pairs where blocks end where pairs do, since the sums of one row wait for each
    // other; then one by one. Seen on a batch of 32 rows in sixes, 784 x 128 (Node 24, relaxed): 130 µs one by one, 117 in pairs.
    const within = ({ scalar, per }: Extent & object, size: number): Extent => ({ scalar, per: size * per, round: "down" });
    const widths = [...new Set(lanes === "none" && count % 2 === 0 ? [count, 2, 1] : [count, 1])];
    return widths.map((width, i) => {
      const loop = fresh("i");
      const before = widths[i - 1];
      return {
        do: "for",
        loop,
        ...(before === undefined ? {} : { from: { blocks: within(extent, before), size: before / width } }),
        to: width === 1 ? extent : within(extent, width),
        body: body(steps(0, width, [[loop, width]])),
      };
    });
  }
  if (lanes !== "none") return cut(count, extent, fresh, (from, size, terms) => body(steps(from, size, terms)));
  // Points that share loads are cut into blocks as equal as can be: 32 rows by at most 6 are 2 x 6 and 4 x 5.
  const groups = Math.max(1, Math.ceil(extent / count));
  const fewest = Math.floor(extent / groups);
  const larger = extent - fewest * groups;
  const split = larger * (fewest + 1);
  return [
    ...cut(fewest + 1, split, fresh, (from, size, terms) => body(steps(from, size, terms))),
    ...cut(fewest, extent - split, fresh, (from, size, terms) => body(steps(split + from, size, terms))),
  ];
}

/** 0..extent in blocks of `count`: a loop over whole blocks, then what is left; a loop of one turn is no loop. */
function cut(
  count: number,
  extent: number,
  fresh: Namer,
  body: (from: number, size: number, terms: Coord["terms"]) => readonly Stmt[],
): readonly Stmt[] {
  const whole = count === 0 ? 0 : Math.floor(extent / count);
  const rest = extent - whole * count;
  const statements: Stmt[] = [];
  if (whole === 1) statements.push(...body(0, count, []));
  if (whole > 1) {
    const loop = fresh("i");
    statements.push({ do: "for", loop, to: whole, body: body(0, count, [[loop, count]]) });
  }
  if (rest > 0) statements.push(...body(whole * count, rest, []));
  return statements;
}
