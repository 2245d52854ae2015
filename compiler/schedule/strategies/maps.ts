// Maps: nothing is summed. The points lie along the dim that the store walks one by one, several a turn, so that the loop does not
// cost more than they; in lanes where the target has them.
import { heavy } from "../facts.ts";
import type { Strategy } from "./define.ts";

const innermost = (order: readonly string[], dim: string): readonly string[] => [...order.filter((name) => name !== dim), dim];

/** Nodes beyond which a map is more than one or two elementary functions. */
const several = 64;

export const heavyMap: Strategy = {
  name: "heavy-map",
  says: "a map of much work a point (an exponential): four points as a vector, two or three left over padded to one",
  when: (facts, target) => {
    const dim = facts.inner(2);
    if (facts.sum !== undefined || target.lanes === 1 || facts.weight <= heavy || dim === undefined || facts.isOrdered)
      return undefined;
    // Two vectors of one function hide its latency; of several, they would leave the registers.
    const count = facts.weight <= several ? 2 * target.lanes : target.lanes;
    return { order: innermost(facts.order, dim), tile: [[dim, count]], lane: dim, padded: true };
  },
  sample: {
    target: "simd",
    nest: `map i < 7
where %1 = x[i] * x[i] + x[i]
where %2 = %1 * %1 + %1
where %3 = %2 * %2 + %2
where %4 = %3 * %3 + %3
where %5 = %4 * %4 + %4
where %6 = %5 * %5 + %5
where %7 = %6 * %6 + %6
where %8 = %7 * %7 + %7
where %9 = %8 * %8 + %8
where %10 = %9 * %9 + %9
where %11 = %10 * %10 + %10
where %12 = %11 * %11 + %11
store y[i] = %12`,
  },
};

export const laneMap: Strategy = {
  name: "lane-map",
  says: "a light map: two vectors of four points a turn, what is left over one by one",
  when: (facts, target) => {
    const dim = facts.inner(target.lanes);
    if (facts.sum !== undefined || target.lanes === 1 || facts.weight > heavy || dim === undefined || facts.isOrdered)
      return undefined;
    return { order: innermost(facts.order, dim), tile: [[dim, target.points]], lane: dim };
  },
  sample: {
    target: "simd",
    nest: `map i < 100
store y[i] = max(x[i], 0:f32)`,
  },
};

export const scalarMap: Strategy = {
  name: "scalar-map",
  says: "a light map of scalars: a few points a turn",
  when: (facts, target) => {
    if (facts.sum !== undefined || target.lanes > 1 || facts.weight > heavy) return undefined;
    if (facts.last === undefined || facts.nest.into === "add") return undefined;
    return { order: facts.order, tile: [[facts.last[0], target.points]] };
  },
  sample: {
    target: "js",
    nest: `map i < 100
store y[i] = max(x[i], 0:f32)`,
  },
};
