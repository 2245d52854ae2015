// THE list of ops that are written. Adding one is a row in the file of its group. An op without a row is expanded where it is a composite,
// else refused by its name.
import { elementwise } from "./rows/elementwise.ts";
import { loops } from "./rows/loops.ts";
import { moves } from "./rows/moves.ts";
import { products } from "./rows/products.ts";
import { reductions } from "./rows/reductions.ts";
import type { Row } from "./writer.ts";

/** Rows by op. */
export const rows: ReadonlyMap<string, Row> = new Map(
  [...elementwise, ...moves, ...products, ...reductions, ...loops].map((row) => [row.op, row]),
);
