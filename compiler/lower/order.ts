// The order of sums. In: a nest as its region gives it. Out: the same, with the partial sums it is made of. Guarantee: the order is a
// function of the layer and of options, never of how many rows there are, nor of who walks them: it is decided here, once, for any
// number of rows, and every schedule keeps it.
//
//   a column of known length, in lanes or side by side       in order: independent sums hide the latency of additions
//   none (one output unit, a softmax's total)                4 partial sums from 8 terms on, 8 from 16
import { splitBlocked } from "../program/nest/dims.ts";
import type { Nest, Tree } from "../program/nest/nest.ts";
import type { Extent } from "../program/program.ts";
import { collapse, collapseSums } from "../schedule/collapse.ts";
import { factsOf } from "../schedule/facts.ts";

/** Terms from which partial sums pay, and from which eight of them do. */
const fewest = 8;
const many = 16;

/** The nest with the partial sums that its order asks for; `batched`: the first dim of its map is the rows. */
export function withOrder(nest: Nest, batched: boolean): Nest {
  const { fold } = nest;
  if (fold === undefined || nest.reduce.length === 0) return nest;
  const { sum } = factsOf(collapse(splitBlocked(forAnyRows(nest, batched))));
  const [, extent] = sum?.innermost ?? [];
  if (sum?.column !== undefined || typeof extent !== "number" || extent < fewest) return nest;
  const made = collapseSums(nest);
  return { ...made, fold: { ...fold, ...made.fold, partial: extent >= many ? 8 : 4 } };
}

/**
 * A nest with loops around where rows that lie side by side would make its column longer: lanes contract the terms of a product, so that
 * which of them stand in lanes may not depend on the rows.
 */
export function withRowsOutside(nest: Nest, batched: boolean): Tree {
  const [[dim, rows] = [], ...rest] = nest.map;
  if (!batched || nest.fold?.how !== "madd" || dim === undefined || typeof rows !== "number") return splitBlocked(nest);
  const [here, anywhere] = [nest, forAnyRows(nest, batched)].map(columnOf);
  return here === anywhere ? splitBlocked(nest) : { loop: dim, to: rows, parts: [splitBlocked({ ...nest, map: rest })] };
}

const forAnyRows = (nest: Nest, batched: boolean): Nest => {
  const [[dim] = [], ...rest] = nest.map;
  return batched && dim !== undefined ? { ...nest, map: [[dim, { scalar: "n", per: 1 }], ...rest] } : nest;
};

/** How long the column is that lanes run along. */
function columnOf(nest: Nest): Extent | undefined {
  const merged = collapse(splitBlocked(nest));
  const { sum } = factsOf(merged);
  return merged.map.find(([dim]) => dim === sum?.column)?.[1];
}
