// Pieces that several schedules share. Keras computes in float32, where a quotient that is almost a whole number is one: what floors
// such a quotient in doubles has to see it so too.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** A learning rate within a schedule's config. */
export const rate: z.ZodNumber = z.number().min(0);
/** How many batches something takes. */
export const steps: z.ZodNumber = z.number().positive();

/** A scalar. */
export const number = (g: G, value: number): Node => g.fill(value, []);

/** Half a unit in the last place of a float32 at most: added to one, it rounds away. */
const half = 2 ** -25;
/** ⌊x⌋ of an x ≥ 0 as float32 has it. */
export const floored = (g: G, x: Node): Node => g.floor(g.add(x, g.mul(x, number(g, half))));
/** ⌈x⌉ of an x ≥ 0 likewise. */
export const ceiled = (g: G, x: Node): Node => g.neg(g.floor(g.neg(g.sub(x, g.mul(x, number(g, half))))));
/** The same of numbers. */
export const floor32 = (x: number): number => Math.floor(x + x * half);
export const ceil32 = (x: number): number => Math.ceil(x - x * half);

/** Half of a cosine's way from 1 to 0, for x from 0 to 1: there it is 0, which it is not of a π that was rounded. */
export function halfCosine(g: G, x: Node): Node {
  const one = number(g, 1);
  const falling = g.mul(number(g, 0.5), g.add(one, g.cos(g.mul(number(g, Math.PI), x))));
  return g.select(g.less(x, one), falling, number(g, 0));
}
export const halfCosineAt = (x: number): number => 0.5 * (1 + Math.cos(Math.PI * x));
