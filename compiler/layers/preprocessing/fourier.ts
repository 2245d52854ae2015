// The discrete Fourier transform of frames with constant matrices, in two steps (Cooley and Tukey): a frame of N = A · B points as a table
// of A rows, a transform down its columns, a turn of each point, and a transform along its rows. So N (A + B) products take the place of
// N², and the matrices are as small as A and B.
//
//   t = B a + b,  k = c + A d:     X[k] = Σ_b ( turn(b c / N) · Σ_a x[B a + b] · turn(a c / A) ) · turn(b d / B)       turn(z) = e^(−2πiz)
import { cosOf, sinOf } from "../../base/angles.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** The largest divisor up to the root: A. 1 for a prime number, which is one step. */
function rowsOf(size: number): number {
  let rows = Math.floor(Math.sqrt(size));
  while (size % rows !== 0) rows--;
  return rows;
}

/** Numbers of `of(i, j)` as a constant [height, width]. */
const table = (g: G, height: number, width: number, of: (i: number, j: number) => number): Node =>
  g.constant({
    shape: [height, width],
    values: Array.from({ length: height * width }, (_, i) => Math.fround(of(Math.floor(i / width), i % width))),
  });

/** Both parts of the frequencies 0 … ⌊N / 2⌋ of frames [n, …, N]. */
export function spectrum(g: G, frames: Node): readonly [real: Node, imag: Node] {
  const shape = frames.type.shape;
  const lead = shape.slice(0, -1);
  const size = shape[shape.length - 1] as number;
  const rows = rowsOf(size);
  const columns = size / rows;
  const bins = Math.floor(size / 2) + 1;
  const axis = lead.length;
  // Only so many of the frequencies d are asked for.
  const wanted = Math.ceil(bins / rows);
  const points = g.transpose(g.reshape(frames, { shape: [...lead, rows, columns] }), {
    perm: [...lead.map((_, i) => i), axis + 1, axis],
  });
  const down = (of: (k: number, n: number) => number): Node =>
    g.dot(
      points,
      table(g, rows, rows, (a, c) => of(a * c, rows)),
      { batch: [[], []], contract: [[axis + 1], [0]] },
    );
  const [real, imag] = [down(cosOf), g.neg(down(sinOf))];
  const spread = (of: (k: number, n: number) => number): Node =>
    g.broadcast(
      table(g, columns, rows, (b, c) => of(b * c, size)),
      { shape: real.type.shape, axes: [axis, axis + 1] },
    );
  const [cos, sin] = [spread(cosOf), spread(sinOf)];
  const turnedReal = g.add(g.mul(real, cos), g.mul(imag, sin));
  const turnedImag = g.sub(g.mul(imag, cos), g.mul(real, sin));
  // [n, …, columns, rows] with [columns, wanted] gives [n, …, rows, wanted].
  const along = (x: Node, of: (k: number, n: number) => number): Node =>
    g.dot(
      x,
      table(g, columns, wanted, (b, d) => of(b * d, columns)),
      { batch: [[], []], contract: [[axis], [0]] },
    );
  const asBins = (x: Node): Node => {
    const turned = g.transpose(x, { perm: [...lead.map((_, i) => i), axis + 1, axis] });
    const flat = g.reshape(turned, { shape: [...lead, wanted * rows] });
    return g.slice(flat, { starts: [...lead.map(() => 0), 0], sizes: [...lead, bins] });
  };
  return [
    asBins(g.add(along(turnedReal, cosOf), along(turnedImag, sinOf))),
    asBins(g.sub(along(turnedImag, cosOf), along(turnedReal, sinOf))),
  ];
}
