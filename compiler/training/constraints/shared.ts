// Norms along axes of a weight, which all constraints but one are of. In: a weight and the axes that a norm runs over. Out: the norms,
// and the weight scaled to others.
import * as z from "zod";
import { type Node, type Shape, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** The axes a norm runs over: 0 for each column of a dense kernel, [0, 1, 2] for each filter of a conv2d; null for all of them. */
export const axis: z.ZodDefault<z.ZodNullable<z.ZodUnion<readonly [z.ZodInt, z.ZodArray<z.ZodInt>]>>> = z
  .union([z.int(), z.array(z.int()).min(1)])
  .nullable()
  .default(0);
type Axis = z.output<typeof axis>;

/** Keras' epsilon, which keeps a weight of norm 0 finite. */
const epsilon = 1e-7;

/** Ascending; undefined where the weight has no such axes. */
function axesOf({ length: rank }: Shape, given: Axis): readonly number[] | undefined {
  const axes = given === null ? Array.from({ length: rank }, (_, i) => i) : [given].flat().map((a) => (a < 0 ? a + rank : a));
  if (axes.some((a, i) => a < 0 || a >= rank || axes.indexOf(a) !== i)) return undefined;
  return axes.sort((a, b) => a - b);
}

/** What a constraint over axes needs, where a weight lacks them. */
export const needsAxes = (shape: Shape, { axis: given }: { readonly axis: Axis }): string | undefined =>
  axesOf(shape, given) === undefined
    ? `different axes of the weight, which is ${showShape(shape)}, found ${JSON.stringify(given)}`
    : undefined;

/** The weight times wanted / (epsilon + norm), where `wanted` makes another norm of each. */
export function scaleNorms(g: G, weight: Node, given: Axis, wanted: (norms: Node) => Node): Node {
  const { shape } = weight.type;
  const axes = axesOf(shape, given) ?? [];
  const norms = g.sqrt(g.reduceSum(g.square(weight), { axes }));
  const factors = g.div(wanted(norms), g.add(norms, g.like(norms, epsilon)));
  return g.mul(weight, g.broadcast(factors, { shape, axes: shape.map((_, a) => a).filter((a) => !axes.includes(a)) }));
}

/** A value held within bounds. */
export const within = (g: G, value: Node, least: number, most: number): Node =>
  g.min(g.max(value, g.like(value, least)), g.like(value, most));
