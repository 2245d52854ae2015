// Merges number by number: add, subtract, multiply, average, maximum, minimum. In: inputs whose shapes fit one another: those of fewer
// axes get axes of 1 behind the batch, as in Keras, and what is 1 is repeated. Out: one value of the shape they have together.
//
//   [n, 3, 1] and [n, 4]  →  [n, 3, 1] and [n, 1, 4]  →  [n, 3, 4]
//
// A result is masked where every input is: a step is kept that one of them keeps. Keras lets masks decide about numbers too where no
// number is neutral: a product takes 1 for a masked one, a maximum the other side (`heeds`).
import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import { type Node, type Shape, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type Context, type LayerResult, layer, type Problem } from "../define.ts";
import { batched, sampleShape } from "../shared.ts";
import { together } from "../stream.ts";
import { either, joined, stepsOf } from "./masks.ts";

/** An input in the shape of the result; `keep` over all its numbers, of an input that has as many axes and a mask. */
interface Part {
  readonly x: Node;
  readonly keep?: Node;
}
/** How a merge goes: by the numbers alone, or by numbers with their masks. */
type Merge = { readonly of: (g: G, xs: readonly Node[]) => Node } | { readonly heeds: (g: G, parts: readonly Part[]) => Node };

interface Member {
  readonly name: string;
  readonly keras: string;
  readonly says: string;
  readonly takes?: readonly [least: number, most: number];
  readonly merge: Merge;
}

const merge = ({ takes = [1, Number.POSITIVE_INFINITY], merge: how, ...member }: Member) =>
  layer({
    ...member,
    config: z.strictObject({}),
    takes,
    legal: (_config, _input, inputs) => badShapes(inputs),
    weights: () => [],
    stream: together,
    lower: (g, context) => lower(g, context, how),
  });

/** Σ xᵢ. https://keras.io/api/layers/merging_layers/add/ */
export const add = merge({
  name: "add",
  keras: "Add",
  says: "The sum of its inputs, number by number; axes of 1 are repeated.",
  merge: { of: (g, xs) => xs.reduce((a, b) => g.add(a, b)) },
});

/** a − b. https://keras.io/api/layers/merging_layers/subtract/ */
export const subtract = merge({
  name: "subtract",
  keras: "Subtract",
  says: "The first input less the second, number by number; axes of 1 are repeated.",
  takes: [2, 2],
  merge: { of: (g, [a, b]) => g.sub(a, b) },
});

/** Σ xᵢ / count. https://keras.io/api/layers/merging_layers/average/ */
export const average = merge({
  name: "average",
  keras: "Average",
  says: "The mean of its inputs, number by number; axes of 1 are repeated.",
  merge: {
    of: (g, xs) => {
      const sum = xs.reduce((a, b) => g.add(a, b));
      return g.div(sum, g.like(sum, xs.length));
    },
  },
});

/** Π xᵢ. https://keras.io/api/layers/merging_layers/multiply/ */
export const multiply = merge({
  name: "multiply",
  keras: "Multiply",
  says: "The product of its inputs, number by number; a masked number counts as 1, and as 0 where all inputs are masked.",
  merge: {
    heeds: (g, parts) => {
      const product = parts
        .map(({ x, keep }) => (keep === undefined ? x : g.select(keep, x, g.like(x, 1))))
        .reduce((a, b) => g.mul(a, b));
      const keeps = parts.flatMap(({ keep }) => keep ?? []);
      return keeps.length < parts.length ? product : g.select(either(g, keeps), product, g.like(product, 0));
    },
  },
});

/** max xᵢ. https://keras.io/api/layers/merging_layers/maximum/ */
export const maximum = merge({
  name: "maximum",
  keras: "Maximum",
  says: "The largest of its inputs, number by number, of those not masked; NaN wins, of −0 and 0 it is either, at a tie the earlier input has the slope.",
  merge: { heeds: (g, parts) => extreme(g, parts, (a, b) => g.max(a, b)) },
});

/** min xᵢ. https://keras.io/api/layers/merging_layers/minimum/ */
export const minimum = merge({
  name: "minimum",
  keras: "Minimum",
  says: "The smallest of its inputs, number by number, of those not masked; NaN wins, of −0 and 0 it is either, at a tie the earlier input has the slope.",
  merge: { heeds: (g, parts) => extreme(g, parts, (a, b) => g.min(a, b)) },
});

/** A masked number stands back behind the other side. The op gives the slope of a tie to its second operand. */
function extreme(g: G, parts: readonly Part[], op: (a: Node, b: Node) => Node): Node {
  return parts.reduce(({ x: so, keep: kept }, { x, keep }) => {
    const next = keep === undefined ? x : g.select(keep, x, so);
    const before = kept === undefined ? so : g.select(kept, so, next);
    return { x: op(next, before), ...(kept === undefined || keep === undefined ? {} : { keep: either(g, [kept, keep]) }) };
  }).x;
}

/** A mask of steps over the numbers of `shape`. */
const overNumbers = (g: G, mask: Node, shape: Shape): Node =>
  g.broadcastTo(g.reshape(mask, { shape: [...mask.type.shape, 1] }), shape);

/** The inputs with axes of 1 behind the batch, as many as the longest has more. */
function lengthened(inputs: readonly (readonly number[])[]): readonly (readonly number[])[] {
  const most = Math.max(...inputs.map(({ length }) => length));
  return inputs.map((shape) => [...Array.from({ length: most - shape.length }, () => 1), ...shape]);
}

function badShapes(inputs: readonly (readonly number[])[]): Problem | undefined {
  if (joined(lengthened(inputs)) !== undefined) return undefined;
  return {
    path: "inputs",
    code: "shape/mismatch",
    message: `the inputs need shapes that fit one another from the last axis on, found ${inputs.map((shape) => showShape(shape)).join(" and ")}`,
    hint: "sizes are equal, or 1, which is repeated; a dense layer before one of them can change its last axis",
  };
}

function lower(g: G, { xs, masks }: Context<object>, how: Merge): LayerResult {
  const longer = lengthened(xs.map(sampleShape));
  const shape = batched(joined(longer) ?? internal("shapes that `legal` has passed do not fit"));
  // Keras lengthens a shorter input into another tensor, which has no mask; the result's still knows it.
  const parts = xs.map((x, i): Part => {
    const mask = "heeds" in how && x.type.shape.length === shape.length ? masks[i] : undefined;
    return {
      x: g.broadcastTo(g.reshape(x, { shape: batched(longer[i]) }), shape),
      ...(mask === undefined ? {} : { keep: overNumbers(g, stepsOf(g, x, mask), shape) }),
    };
  });
  const known = masks.flatMap((mask) => mask ?? []);
  return {
    y: "heeds" in how ? how.heeds(g, parts) : how.of(g, parts.map(({ x }) => x)), // biome-ignore format: one line
    mask: known.length < masks.length ? null : g.as("mask", () => either(g, known)),
  };
}
