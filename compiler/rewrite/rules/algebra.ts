// Identities of one or two elementwise ops. Each holds for every float32, NaN, ±0 and ±∞ included, as its promise says.
// What one misses here is not true of every float32: x − x = 0 (∞, NaN), 0 · x = 0 (these, and −0), a·b + a·c = a·(b + c) (rounding).
import { any, anySplat, as, op, type Rule, rule, splat, splatOf, where } from "../pattern.ts";
import { input, inputs } from "./sample.ts";

const [a, b, c, x] = ["a", "b", "c", "x"].map(any);
const notSplat = (name: string) => where(any(name), (node) => splatOf(node) === undefined);

/** 2^k whose reciprocal is a normal float32 too: multiplying by that is dividing, to the bit. */
function isPowerOfTwo(value: number): boolean {
  const magnitude = Math.abs(value);
  if (!(magnitude >= 2 ** -126 && magnitude <= 2 ** 126)) return false;
  let power = 1;
  while (power < magnitude) power *= 2;
  while (power > magnitude) power /= 2;
  return power === magnitude;
}
const powerOfTwo = (name: string) =>
  where(any(name), (node) => isPowerOfTwo(splatOf(node) ?? 0) && Math.abs(splatOf(node) ?? 1) !== 1);

// biome-ignore format: a table, one rule a line
export const algebra: readonly Rule[] = [
  ...["add", "mul", "max", "min"].map((name) =>
    rule(`constant-operand-of-${name}-goes-right`, "bits", op(name, anySplat("c"), notSplat("x")), (g, { c, x }) => g.node(name, [x, c]), (g, r) => { const x = input(g, r); return g.node(name, [g.like(x, 2.5), x]); })),
  ...["most", "least"].map((name) =>
    rule(`constant-operand-of-${name}-goes-right`, "value", op(name, anySplat("c"), notSplat("x")), (g, { c, x }) => g.node(name, [x, c]), (g, r) => { const x = input(g, r); return g.node(name, [g.like(x, r.pick([0, -0, 2.5])), x]); })),
  rule("times-one-is-itself", "bits", op("mul", x, splat(1)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.mul(x, g.like(x, 1)); }),
  rule("times-minus-one-is-neg", "bits", op("mul", x, splat(-1)), (g, { x }) => g.neg(x), (g, r) => { const x = input(g, r); return g.mul(x, g.like(x, -1)); }),
  rule("over-one-is-itself", "bits", op("div", x, splat(1)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.div(x, g.like(x, 1)); }),
  rule("over-power-of-two-is-times", "bits", op("div", x, powerOfTwo("c")), (g, { x, c }) => g.mul(x, g.like(c, 1 / (splatOf(c) as number))), (g, r) => { const x = input(g, r); return g.div(x, g.like(x, r.pick([4, -0.5, 2 ** 100, 2 ** -126]))); }),
  rule("plus-minus-zero-is-itself", "bits", op("add", x, splat(-0)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.add(x, g.like(x, -0)); }),
  rule("plus-zero-is-itself", "value", op("add", x, splat(0)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.add(x, g.like(x, 0)); }),
  rule("minus-zero-is-itself", "bits", op("sub", x, splat(0)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.sub(x, g.like(x, 0)); }),
  rule("minus-minus-zero-is-itself", "value", op("sub", x, splat(-0)), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.sub(x, g.like(x, -0)); }),
  rule("minus-zero-less-x-is-neg", "bits", op("sub", splat(-0), x), (g, { x }) => g.neg(x), (g, r) => { const x = input(g, r); return g.sub(g.like(x, -0), x); }),
  rule("zero-less-x-is-neg", "value", op("sub", splat(0), x), (g, { x }) => g.neg(x), (g, r) => { const x = input(g, r); return g.sub(g.like(x, 0), x); }),
  rule("neg-of-neg-is-itself", "bits", op("neg", op("neg", x)), (_, { x }) => x, (g, r) => g.neg(g.neg(input(g, r)))),
  rule("neg-of-difference-turns-it", "value", op("neg", op("sub", a, b)), (g, { a, b }) => g.sub(b, a), (g, r) => { const [a, b] = inputs(g, r, 2); return g.neg(g.sub(a, b)); }),
  rule("plus-neg-is-minus", "bits", op("add", a, op("neg", b)), (g, { a, b }) => g.sub(a, b), (g, r) => { const [a, b] = inputs(g, r, 2); return g.add(a, g.neg(b)); }),
  rule("neg-plus-is-minus", "bits", op("add", op("neg", a), b), (g, { a, b }) => g.sub(b, a), (g, r) => { const [a, b] = inputs(g, r, 2); return g.add(g.neg(a), b); }),
  rule("minus-neg-is-plus", "bits", op("sub", a, op("neg", b)), (g, { a, b }) => g.add(a, b), (g, r) => { const [a, b] = inputs(g, r, 2); return g.sub(a, g.neg(b)); }),
  rule("neg-times-neg-is-times", "bits", op("mul", op("neg", a), op("neg", b)), (g, { a, b }) => g.mul(a, b), (g, r) => { const [a, b] = inputs(g, r, 2); return g.mul(g.neg(a), g.neg(b)); }),
  rule("neg-times-constant-negates-it", "bits", op("mul", op("neg", a), anySplat("c")), (g, { a, c }) => g.mul(a, g.like(c, -(splatOf(c) as number))), (g, r) => { const a = input(g, r); return g.mul(g.neg(a), g.like(a, 3)); }),
  ...["max", "min", "most", "least"].map((name) => rule(`${name}-of-one-is-itself`, "bits", op(name, x, x), (_, { x }) => x, (g, r) => { const x = input(g, r); return g.node(name, [x, x]); })),
  rule("select-between-equals", "bits", op("select", c, x, x), (_, { x }) => x, (g, r) => { const [m, x] = inputs(g, r, 2); return g.select(m, x, x); }),
  rule("select-by-constant", "bits", op("select", anySplat("c"), a, b), (_, { a, b, c }) => (splatOf(c) === 0 ? b : a), (g, r) => { const [a, b] = inputs(g, r, 2); return g.select(g.like(a, r.pick([0, -0, 1, Number.NaN])), a, b); }),
  rule("sum-over-nothing-is-itself", "value", as("s", op("reduceSum", x)), (_, { s, x }) => ((s.attrs.axes as readonly number[]).length === 0 ? x : undefined), (g, r) => g.reduceSum(input(g, r), { axes: [] })),
  ...["reduceMax", "reduceMost"].map((name) => rule(`${name}-over-nothing-is-itself`, "bits", as("s", op(name, x)), (_, { s, x }) => ((s.attrs.axes as readonly number[]).length === 0 ? x : undefined), (g, r) => g.node(name, [input(g, r)], { axes: [] }))),
  rule("sum-of-zeros-is-zero", "bits", as("s", op("reduceSum", where(x, (node) => splatOf(node) === 0))), (g, { s }) => g.like(s, 0), (g, r) => g.reduceSum(g.like(input(g, r, 1), r.pick([0, -0])), { axes: [0] })),
  rule("stop-gradient-is-itself", "bits", op("stopGradient", x), (_, { x }) => x, (g, r) => g.stopGradient(input(g, r))),
];
