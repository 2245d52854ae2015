// Gather: rows of a table by number.
//
//   y[…i, …r] = table[row(ids[…i]), …r]         row(id) = clamp(⌊id⌋, 0, V − 1), NaN → 0
//   ids [n, steps], table [V, d]  →  [n, steps, d]
//
// The row is a float of the data, so an address of the Program may hold one (`Index.row`), clamped: bounds stay static.
import { showShape } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { fillCore, pointOf } from "../../program/nest/core.ts";
import { fixed, indexOf, readAt } from "../../program/nest/view.ts";
import type { Value } from "../../program/program.ts";
import { convert, load } from "../../program/value.ts";
import type { NestSite, NoAttrs, Primitive } from "../define.ts";
import { mismatch, wrongRank } from "../kit/checks.ts";
import { noAttrs, sampleShape } from "../kit/elementwise.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** The row an id means: floored, then clamped to 0..rows−1; NaN means row 0. */
export const rowOf = (id: number, rows: number): number => (id >= 1 ? Math.min(Math.floor(id), rows - 1) : 0);

/** The rows of `table` [V, …r] that `ids` […i] name, […i, …r]. The table's cotangent is a `scatterAdd`; ids have none. */
export const gather: Primitive<NoAttrs> = {
  kind: "primitive",
  name: "gather",
  says: "Rows of a table [V, ...rest] by ids: ids.shape + rest. Ids are floored, then clamped to 0..V−1; NaN means row 0. Ids get no gradient.",
  arity: 2,
  attrs: noAttrs,
  type: ([table, ids]) => {
    const [rows, ...rest] = table.shape;
    if (rows === undefined) wrongRank("gather", "a table of at least 1 axis", "[]");
    if (rows === "n" || rows === 0) mismatch("gather", "a table with a known number of rows, at least 1", showShape(table.shape));
    return { shape: [...ids.shape, ...rest] };
  },
  eval: ([table, ids], _attrs, { shape }) => {
    const rank = ids.shape.length;
    return tabulate(shape, (coords) =>
      element(table, [rowOf(element(ids, coords.slice(0, rank)), table.shape[0]), ...coords.slice(rank)]),
    );
  },
  rounding: "none",
  vjp: (g, { inputs: [table, ids], ct }) => [g.scatterAdd(ids, ct, { rows: table.type.shape[0] as number }), null],
  lower: { kind: "nest", fusable: true, cores },
  sample: (random) => {
    const rows = random.integer(1, 4);
    const rest = sampleShape(random).shape.filter((size) => size !== "n");
    return { inputs: [{ shape: [rows, ...rest] }, sampleShape(random)], attrs: {}, integers: [undefined, rows] };
  },
  examples: [
    {
      inputs: [array([3, 2], [1, 2, 3, -0, 5, 6]), array([5], [1, 7, -1, 0.9, Number.NaN])],
      attrs: {},
      output: array([5, 2], [3, -0, 5, 6, 1, 2, 1, 2, 1, 2]),
    },
  ],
};

// Where the table is one number everywhere (a constant), so is every row.
function cores({ inputs: [table, ids], shape, fmt }: NestSite<NoAttrs>): readonly Core[] {
  const coords = pointOf(shape);
  const rank = ids.shape.length;
  const from = [fixed(0), ...coords.slice(rank)];
  let value: Value = readAt(table, from, fmt);
  if (table.kind === "view") {
    const row = { index: readAt(ids, coords.slice(0, rank), fmt), limit: table.shape[0] as number, stride: table.strides[0] };
    value = convert(load(table.buffer, { ...indexOf(table, from), row }), fmt);
  }
  return [fillCore(shape, value)];
}
