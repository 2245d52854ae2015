// The arc tangent: |x| above 1 by its inverse, what is near 1 by the angle from there, and the rest by a quotient of polynomials (Cephes').
import type { Node } from "../../graph/graph.ts";
import type { Composite, NoAttrs } from "../define.ts";
import { composite1 } from "../kit/elementwise.ts";

const above = [-0.8750608600031904, -16.157537187333652, -75.00855792314705, -122.88666844901361, -64.85021904942025];
const below = [1, 24.858464901423062, 165.02700983169885, 432.88106049129027, 485.3903996359137, 194.5506571482614];

/** `y = arctan x`, element by element, between ∓π/2. */
export const atan: Composite<NoAttrs> = composite1({
  name: "atan",
  says: "The angle in −π/2..π/2 whose tangent is x; ±0 stays, ±∞ gives ±π/2, NaN stays.",
  scalar: (x) => Math.atan(x),
  expand: (g, x) => {
    const like = (value: number): Node => g.like(x, value);
    const size = g.abs(x);
    const isLarge = g.less(like(1), size);
    // The maximum keeps what is not picked finite, and with it its gradient.
    const part = g.select(isLarge, g.div(like(1), g.max(size, like(1))), size);
    const isNear = g.less(like(0.66), part);
    const u = g.select(isNear, g.div(g.sub(part, like(1)), g.add(part, like(1))), part);
    const z = g.mul(u, u);
    const sum = (terms: readonly number[]): Node =>
      terms.slice(1).reduce((all, term) => g.add(g.mul(all, z), like(term)), like(terms[0]));
    const angle = g.add(u, g.mul(u, g.div(g.mul(z, sum(above)), sum(below))));
    const turned = g.select(isNear, g.add(angle, like(Math.PI / 4)), angle);
    const y = g.select(isLarge, g.sub(like(Math.PI / 2), turned), turned);
    return g.select(g.less(x, like(0)), g.neg(y), g.select(g.less(like(0), x), y, x));
  },
  examples: [
    [0, 0],
    [-0, -0],
    [1, Math.PI / 4],
    [Number.NEGATIVE_INFINITY, -Math.PI / 2],
    [Number.NaN, Number.NaN],
  ],
});
