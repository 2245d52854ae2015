// A matrix with orthonormal rows or columns (whichever are fewer): the Q of a normal matrix whose R has a positive diagonal.
// https://keras.io/api/layers/initializers/
import * as z from "zod";
import type { Initializer } from "../define.ts";
import { drawn, normal, seed } from "./distributions.ts";

const schema = z.strictObject({ gain: z.number().default(1), seed });

/** `w · wᵀ` or `wᵀ · w` is gain² · I, for w as a matrix [all axes but the last, last]. */
export const orthogonal: Initializer<z.output<typeof schema>> = {
  name: "orthogonal",
  aliases: ["orthogonal_initializer"],
  says: "`gain` times a random matrix with orthonormal rows or columns; a kernel of more axes is flattened to (all but last, last).",
  config: schema,
  fill: (shape, random, { gain }) => {
    const columns = shape.at(-1) ?? 1;
    const rows = shape.slice(0, -1).reduce((a, b) => a * b, 1);
    const basis = orthonormal(Math.min(rows, columns), Math.max(rows, columns), () => normal(random));
    let i = 0;
    return drawn(shape, () => {
      const [row, column] = [Math.floor(i / columns), i++ % columns];
      return gain * (rows < columns ? basis[row][column] : basis[column][row]);
    });
  },
};

/** `count` orthonormal vectors of `length` numbers. Gram-Schmidt, each vector twice: that makes it as good as Householder's. */
function orthonormal(count: number, length: number, draw: () => number): Float64Array[] {
  const basis: Float64Array[] = [];
  while (basis.length < count) {
    const v = Float64Array.from({ length }, draw);
    for (let pass = 0; pass < 2; pass++) {
      for (const q of basis) {
        const along = q.reduce((sum, value, k) => sum + value * v[k], 0);
        for (let k = 0; k < length; k++) v[k] -= along * q[k];
      }
    }
    const norm = Math.sqrt(v.reduce((sum, value) => sum + value * value, 0));
    if (norm > 1e-6) basis.push(v.map((value) => value / norm));
  }
  return basis;
}
