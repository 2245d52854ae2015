// Four points at once: a Value over dims becomes a vector Value at coordinates whose `lane` dim counts four on. In: f32 and
// i32 values. Out: x4 values, lane i being the scalar value with the lane dim at base + i, to the bit. What does not depend
// on the lane is computed once and splat.

import { substitute } from "../program/nest/substitute.ts";
import type { Coord } from "../program/nest/view.ts";
import type { Value } from "../program/program.ts";
import * as v from "../program/value.ts";
import { operandsOf, shared } from "../program/walk.ts";
import { strideOf } from "./facts.ts";

type Coords = ReadonlyMap<string, Coord>;

/** `wide`: how many points there are, where they are less than four; the last is computed once more in the lanes behind it. */
export interface LaneSite {
  readonly lane: string;
  readonly wide?: 1 | 2 | 3;
  /** Buffers in which more than those points may be read. */
  readonly past?: readonly string[] | undefined;
  /** What stands for `acc`. */
  readonly acc?: Value;
}

export function vectorize(value: Value, point: Coords, site: LaneSite): Value {
  const { lane } = site;
  const depends = dependence(lane);
  // A mask cannot be splat: it is made again from splat numbers.
  return shared<Value>((node, visit) =>
    depends(node) || node.fmt === "mask" ? step(node, point, site, visit) : v.splat(substitute(node, point)),
  )(value);
}

/** Whether a value differs from lane to lane. */
function dependence(lane: string): (value: Value) => boolean {
  return shared<boolean>((node, depends) => {
    const own =
      node.op === "acc" || (node.op === "loop" && node.name === lane) || (node.op === "load" && strideOf(node.index, lane) !== 0);
    return own || operandsOf(node).some(depends);
  });
}

function step(node: Value, point: Coords, { lane, wide, past, acc }: LaneSite, visit: (value: Value) => Value): Value {
  switch (node.op) {
    case "acc":
      return acc ?? node;
    case "loop":
      return v.iadd(
        v.splat(substitute(node, point)),
        v.lanes([v.lit(0, "i32"), v.lit(1, "i32"), v.lit(2, "i32"), v.lit(3, "i32")]),
      );
    case "load": {
      const contiguous =
        (wide === undefined || past?.includes(node.buffer)) &&
        strideOf(node.index, lane) === 1 &&
        (node.index.row === undefined || !dependence(lane)(node.index.row.index));
      if (!contiguous) return v.lanes([lanePoint(0), lanePoint(1), lanePoint(2), lanePoint(3)]);
      const placed = substitute(node, point);
      return placed.op === "load" ? v.loadx4(placed.buffer, placed.index) : placed;
    }
    case "madd":
      return v.madd(visit(node.a), visit(node.b), visit(node.c));
    case "select":
      return v.select(visit(node.mask), visit(node.a), visit(node.b));
    default: {
      const fmt = v.vectorOf(node.fmt);
      if ("b" in node) return { ...node, a: visit(node.a), b: visit(node.b), fmt };
      return "a" in node ? { ...node, a: visit(node.a), fmt } : node;
    }
  }

  function lanePoint(i: number): Value {
    const coord = point.get(lane) ?? { base: 0, terms: [] };
    return substitute(node, new Map([...point, [lane, { ...coord, base: coord.base + Math.min(i, (wide ?? 4) - 1) }]]));
  }
}
