// The mean of how far rows (or columns) of a matrix are from being orthogonal:
//
//   u[i] = row i of x, of length 1;  loss = factor · Σ over i ≠ j of |u[i] · u[j]| / 2  /  (size · (size − 1) / 2)
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import type { Regularizer } from "../define.ts";
import { magnitude, strength, sumOf } from "./shared.ts";

const schema = z.strictObject({ factor: strength.default(0.01), mode: z.enum(["rows", "columns"]).default("rows") });
/** A row whose square is smaller counts as this long: a row of zeros stays zeros, and its gradient finite. */
const smallest = 1e-14;

/** The penalty of products between rows or columns. https://keras.io/api/layers/regularizers/#orthogonalregularizer-class */
export const orthogonal: Regularizer<z.output<typeof schema>> = {
  name: "orthogonal_regularizer",
  aliases: [],
  says: 'factor times the mean of |u · v| over all pairs of rows (or with `mode: "columns"` columns) of a matrix, each of length 1',
  config: schema,
  needs: (shape, { mode }) => {
    const own = mode === "rows" ? 0 : 1;
    if (shape.length !== 2) return `a matrix, found ${showShape(shape)}`;
    // The product of all pairs of rows of a batch would be n by n.
    if (shape[own] === "n") return `mode: "columns" where it is of a layer's output`;
    return Number(shape[own]) >= 2 ? undefined : `two ${mode} or more, found ${showShape(shape)}`;
  },
  loss: (g, x, { factor, mode }) => {
    const [own, along] = mode === "rows" ? [0, 1] : [1, 0];
    const size = x.type.shape[own] as number;
    const squares = g.max(g.reduceSum(g.square(x), { axes: [along] }), g.fill(smallest, [size]));
    const unit = g.div(x, g.broadcast(g.sqrt(squares), { shape: x.type.shape, axes: [own] }));
    const products = g.dot(unit, unit, { batch: [[], []], contract: [[along], [along]] });
    const { shape } = products.type;
    const isSelf = g.equal(g.iota({ shape, axis: 0 }), g.iota({ shape, axis: 1 }));
    // Each pair is there twice, and half of it counts.
    return sumOf(g, factor / (size * (size - 1)), g.mul(magnitude(g, products), g.sub(g.like(products, 1), isSelf)));
  },
};
