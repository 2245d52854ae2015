// Maxima as machines have them. IEEE's puts 0 above −0, which costs eight instructions for four numbers on x86; `most` and `least`
// take the first of two equal ones, which costs one where an operand is known to be a number, else three. Only the sign of a zero
// may differ, hence the promise. Scalars have IEEE's as an instruction of its own, so it is for lanes.
import { any, op, type Rule, rule } from "../pattern.ts";
import { input, inputs } from "./sample.ts";

const [a, b, x] = ["a", "b", "x"].map(any);

// biome-ignore format: a table, one rule a line
const rules: readonly Rule[] = [
  rule("max-is-most", "value", op("max", a, b), (g, { a, b }) => g.most(a, b), (g, r) => { const [a, b] = inputs(g, r, 2); return g.max(a, r.pick([b, g.like(b, 0), g.like(b, -0)])); }),
  rule("min-is-least", "value", op("min", a, b), (g, { a, b }) => g.least(a, b), (g, r) => { const [a, b] = inputs(g, r, 2); return g.min(a, r.pick([b, g.like(b, 0), g.like(b, -0)])); }),
  rule("reduceMax-is-reduceMost", "value", op("reduceMax", x), (g, { x }, { attrs }) => g.node("reduceMost", [x], attrs), (g, r) => g.reduceMax(input(g, r, 1), { axes: [0] })),
];

export const extremes: readonly Rule[] = rules.map((one) => ({ ...one, forLanes: true }));
