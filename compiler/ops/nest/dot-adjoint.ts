// The gradient of dot, in dots and transposes. In: the operands and the cotangent. Out: the cotangent of one operand, in its
// own axis order, with n on axis 0 wherever the operand has it.
//
//   y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]      ȳ is the cotangent of y
//   left̄[b, i, k]  = Σ_j ȳ[b, i, j] · right[b, j, k]     summed over the free axes of right
//   right̄[b, j, k] = Σ_i ȳ[b, i, j] · left[b, i, k]      summed over the free axes of left
//
// In the code `gone` are the other's free axes, which the sum takes away, and `summed` are its contracted ones, which reappear.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../define.ts";
import { type DotAttrs, freeAxes, placesOf } from "./dot-axes.ts";

/**
 * The cotangent of one side: ct · other over the other's free axes. Both orders of that dot are right; taken is the one
 * that leaves n on axis 0, and else the one that lists axes as the operand does.
 */
export function adjoint(g: G, side: 0 | 1, x: Node, other: Node, ct: Node, attrs: DotAttrs): Node {
  const away = side === 0 ? 1 : 0;
  const [rank, otherRank] = [x.type.shape.length, other.type.shape.length];
  const places = side === 0 ? placesOf(rank, otherRank, attrs) : placesOf(otherRank, rank, attrs);
  const free = freeAxes(rank, side, attrs);
  const gone = freeAxes(otherRank, away, attrs);
  const goneInCt = side === 0 ? places.right : places.left;
  // The other's contracted axes in its own order, and the axis of x each belongs to.
  const summed = [...attrs.contract[away]].sort((a, b) => a - b);
  const partners = summed.map((axis) => attrs.contract[side][attrs.contract[away].indexOf(axis)]);
  const nSummed = other.type.shape[0] === "n" && summed[0] === 0;
  const isSwapped = nSummed || (x.type.shape[free[0]] !== "n" && stands(partners, free, side === 1));
  const listed = isSwapped ? [...partners, ...free] : [...free, ...partners];
  const own = attrs.batch[side];
  const at = batchPlace(x, own, listed);
  const pairs = { batch: [places.batch, attrs.batch[away]], contract: [goneInCt, gone], at } as const;
  const y = isSwapped
    ? g.dot(other, ct, { batch: swap(pairs.batch), contract: swap(pairs.contract), at })
    : g.dot(ct, other, pairs);
  return arrange(g, y, listed.toSpliced(at, 0, ...own));
}

/** Whether an operand lists the axes `a` before the axes `b`; `otherwise`: where they are mixed, or one is none. */
function stands(a: readonly number[], b: readonly number[], otherwise: boolean): boolean {
  if (a.length === 0 || b.length === 0) return otherwise;
  if (Math.max(...a) < Math.min(...b)) return true;
  return Math.max(...b) < Math.min(...a) ? false : otherwise;
}

const swap = <T>([a, b]: readonly [T, T]): readonly [T, T] => [b, a];

/**
 * Where among the `listed` axes those of the batch stand: as in x before the axis that follows them there, else last. The channels of
 * a group then lie behind the group, and channels by themselves lie side by side. An n among them is first.
 */
function batchPlace(x: Node, own: readonly number[], listed: readonly number[]): number {
  const last = own.at(-1);
  if (last === undefined || (own.includes(0) && x.type.shape[0] === "n")) return 0;
  const next = listed.indexOf(last + 1);
  return next < 0 ? listed.length : next;
}

/** Axis i of y belongs to axis axes[i] of the operand: put it there. */
function arrange(g: G, y: Node, axes: readonly number[]): Node {
  return axes.every((axis, i) => axis === i) ? y : g.transpose(y, { perm: axes.map((_, axis) => axes.indexOf(axis)) });
}
