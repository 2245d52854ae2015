// The axes of a dot: which go together, which are summed, which are free; and random legal cases of them.
//
//   axis of left     batch   free    contract          Each axis has one role. Pairs [left, right] list axes that have equal
//   axis of right    batch   contract        free      sizes: batch[0][i] with batch[1][i], contract[0][i] with contract[1][i].
//   axis of result   batch   left free   right free    Batch axes in the order of the list, free axes in their own order.
//     with `at` 2    left free, left free, batch, …    The batch axes stand behind so many free axes: n is first where it is free.
import * as z from "zod";
import type { Random } from "../../base/random.ts";
import { bindShape, type Node, type Shape, sizeOf } from "../../graph/graph.ts";
import type { Sample } from "../define.ts";
import { axesSchema } from "../kit/checks.ts";

type Pair = readonly [left: readonly number[], right: readonly number[]];
/** Axes that go together: position i of the left list with position i of the right one. */
export type DotAttrs = {
  readonly batch: Pair;
  readonly contract: Pair;
  /** How many free axes stand before the batch axes in the result; absent for 0. */
  readonly at?: number;
};

/** Two lists of axes, equally long. */
export const pairSchema: z.ZodType<Pair> = z
  .tuple([axesSchema, axesSchema])
  .refine(([left, right]) => left.length === right.length, "left and right need as many axes")
  .readonly();

/** The axes of one side that are neither batch nor contracted, ascending. */
export const freeAxes = (rank: number, side: 0 | 1, { batch, contract }: DotAttrs): number[] =>
  Array.from({ length: rank }, (_, axis) => axis).filter((axis) => !batch[side].includes(axis) && !contract[side].includes(axis));

/** Where the axes of each role stand in the result; `rank`: how many it has. */
export interface Places {
  readonly batch: readonly number[];
  readonly left: readonly number[];
  readonly right: readonly number[];
  readonly rank: number;
}

/** The result's axes by role, for operands of these ranks. */
export function placesOf(leftRank: number, rightRank: number, attrs: DotAttrs): Places {
  const { batch, at = 0 } = attrs;
  const size = batch[0].length;
  const [left, right] = [freeAxes(leftRank, 0, attrs).length, freeAxes(rightRank, 1, attrs).length];
  const free = Array.from({ length: left + right }, (_, k) => (k < at ? k : k + size));
  return { batch: batch[0].map((_, i) => at + i), left: free.slice(0, left), right: free.slice(left), rank: size + left + right };
}

/** Each axis is batch, contracted, or free on one side; n is a batch axis, contracted, or the first free axis, or absent. */
export function sampleDot(random: Random): Sample<DotAttrs> {
  const role = random.pick(["none", "batch", "contract", "left", "right"] as const);
  const some = () => Array.from({ length: random.integer(0, 2) }, () => random.integer(1, 3));
  const batch: Shape = role === "batch" ? ["n", ...some()] : some();
  const contract: Shape = role === "contract" ? ["n", ...some()] : some();
  const leftFree: Shape = role === "left" ? ["n", ...some()] : role === "right" ? [] : some();
  const rightFree: Shape = role === "right" ? ["n", ...some()] : some();
  const side = (free: Shape) => {
    const sizes: Shape = [...batch, ...contract, ...free];
    const order = sizes.map((size, i) => ({ i, key: size === "n" ? -1 : random.uniform() })).sort((a, b) => a.key - b.key);
    const place = (i: number) => order.findIndex((entry) => entry.i === i);
    return {
      type: { shape: order.map(({ i }) => sizes[i]) },
      batch: batch.map((_, i) => place(i)),
      contract: contract.map((_, i) => place(batch.length + i)),
    };
  };
  const [left, right] = [side(leftFree), side(rightFree)];
  const isFree = role === "left" || role === "right";
  // n stands first: a batch n before all free axes, a free n before the batch axes.
  const at = role === "batch" ? 0 : random.integer(isFree && batch.length > 0 ? 1 : 0, leftFree.length + rightFree.length);
  return {
    inputs: [left.type, right.type],
    attrs: { batch: [left.batch, right.batch], contract: [left.contract, right.contract], ...(at === 0 ? {} : { at }) },
  };
}

/**
 * What a number of a product's weights serves once it is in a register: many points of one row (a convolution), so that rows share nothing
 * more; or rows alone (a dense layer). Undefined of a node that is no product.
 */
export function servedBy({ op, inputs: [left], attrs }: Node): "points" | "rows" | undefined {
  if (op !== "dot") return undefined;
  const shape = bindShape(left.type.shape, 1);
  const points = sizeOf(freeAxes(shape.length, 0, attrs as DotAttrs).map((axis) => shape[axis]));
  return points >= fewPoints ? "points" : "rows";
}
/** Points that a weight in a register serves. */
const fewPoints = 8;
