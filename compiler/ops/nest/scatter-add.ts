// Scatter-add: the adjoint of gather. Rows are added up where gather read them:
//
//   y[v, …r] = Σ over …i with row(ids[…i]) = v of updates[…i, …r]
//
// Points are visited in row-major order of the updates, so that rows hit several times have one order of their sum.
import * as z from "zod";
import { sameShape, showShape } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { copyCore, fillCore, pointOf } from "../../program/nest/core.ts";
import { fixed, readAt } from "../../program/nest/view.ts";
import * as v from "../../program/value.ts";
import type { NestSite, Primitive, Tensor } from "../define.ts";
import { mismatch } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { magnitudeOf, sumsOf } from "../kit/rounding.ts";
import { array, eachPoint, element, positionOf, tabulate } from "../kit/tensor.ts";
import { rowOf } from "./gather.ts";

/** The number of rows of the result: the table's. */
export type ScatterAddAttrs = { readonly rows: number };

/** `updates` […ids.shape, …rest] summed by row, [rows, …rest]. The cotangent of the updates is `gather`. */
export const scatterAdd: Primitive<ScatterAddAttrs> = {
  kind: "primitive",
  name: "scatterAdd",
  says: "Adjoint of gather: updates [...ids, ...rest] are added to row id of zeros [rows, ...rest], in row-major order; ids as in gather, NaN wins.",
  arity: 2,
  attrs: z.strictObject({ rows: z.int().min(1) }),
  type: ([ids, updates], { rows }) => {
    const rank = ids.shape.length;
    const rest = updates.shape.slice(rank);
    if (!sameShape(updates.shape.slice(0, rank), ids.shape) || rest[0] === "n") {
      mismatch(
        "scatterAdd",
        "updates that begin with the axes of ids and have n nowhere else",
        `${showShape(ids.shape)} and ${showShape(updates.shape)}`,
      );
    }
    return { shape: [rows, ...rest] };
  },
  eval: ([ids, updates], _attrs, { shape }) => scatter(ids, updates, shape),
  rounding: ([ids, updates], { shape }) => sumsOf(scatter(ids, magnitudeOf(updates), shape), ids.data.length),
  vjp: (g, { inputs: [ids], ct }) => [null, g.gather(ct, ids)],
  lower: { kind: "nest", fusable: false, cores },
  sample: (random) => {
    const rows = random.integer(1, 4);
    const ids = sampleShape(random);
    const rest = sampleShape(random).shape.filter((size) => size !== "n");
    return { inputs: [ids, { shape: [...ids.shape, ...rest] }], attrs: { rows }, integers: [rows, undefined] };
  },
  examples: [
    { inputs: [array([4], [1, 1, 9, Number.NaN]), array([4], [1, 2, 3, -0])], attrs: { rows: 3 }, output: array([3], [0, 3, 3]) },
  ],
};

function scatter(ids: Tensor, updates: Tensor, shape: readonly number[]): Tensor {
  const result = tabulate(shape, () => 0);
  const rank = ids.shape.length;
  eachPoint(updates.shape, (coords) => {
    const row = rowOf(element(ids, coords.slice(0, rank)), shape[0]);
    result.data[positionOf(shape, [row, ...coords.slice(rank)])] += element(updates, coords);
  });
  return result;
}

// Sequential over the updates, so that rows hit twice sum in their order.
function cores({ inputs: [ids, updates], shape, fmt }: NestSite<ScatterAddAttrs>): readonly Core[] {
  const rank = ids.shape.length;
  const coords = pointOf(updates.shape);
  const row = readAt(ids, coords.slice(0, rank), fmt);
  return [fillCore(shape, v.lit(0, fmt)), { ...copyCore(updates, [fixed(0), ...coords.slice(rank)], fmt), row, into: "add" }];
}
