// The gradient of dot, in dots and transposes. In: the operands and the cotangent. Out: the cotangent of one operand, in its
// own axis order, with n on axis 0 wherever the operand has it.
//
//   y[b, i, j] = Σ_k left[b, i, k] · right[b, j, k]      ȳ is the cotangent of y
//   left̄[b, i, k]  = Σ_j ȳ[b, i, j] · right[b, j, k]     summed over the free axes of right
//   right̄[b, j, k] = Σ_i ȳ[b, i, j] · left[b, i, k]      summed over the free axes of left
//
// In the code `gone` are the other's free axes, which the sum takes away, and `summed` are its contracted ones, which reappear.
import type { Node, Shape } from "../../graph/graph.ts";
import type { G } from "../define.ts";
import { type DotAttrs, freeAxes } from "./dot-axes.ts";

/**
 * The cotangent of one side: ct · other over the other's free axes. Both orders of that dot are right; taken is the one
 * that leaves n on axis 0, and else the one that lists axes as the operand does. Where n was contracted under batch
 * axes, neither does, and the sum is written out.
 */
export function adjoint(g: G, side: 0 | 1, x: Node, other: Node, ct: Node, attrs: DotAttrs): Node {
  const away = side === 0 ? 1 : 0;
  const free = freeAxes(x.type.shape.length, side, attrs);
  const gone = freeAxes(other.type.shape.length, away, attrs);
  const batch = attrs.batch[side].map((_, i) => i);
  const first = batch.length + (side === 0 ? 0 : gone.length);
  const inCt = free.map((_, i) => first + i);
  const goneInCt = gone.map((_, i) => batch.length + (side === 0 ? free.length : 0) + i);
  // The other's contracted axes in its own order, and the axis of x each belongs to.
  const summed = [...attrs.contract[away]].sort((a, b) => a - b);
  const partners = summed.map((axis) => attrs.contract[side][attrs.contract[away].indexOf(axis)]);
  const nSummed = other.type.shape[0] === "n" && summed[0] === 0;
  // x has n, but contracted under batch axes, and a dot would put those in front of it: the products are written out and summed.
  if (nSummed && batch.length > 0) {
    const order = [0, ...attrs.batch[away], ...gone, ...summed.slice(1)];
    const moved = g.transpose(other, { perm: order });
    const sizes = (node: Node, axes: readonly number[]) => axes.map((axis) => node.type.shape[axis]);
    const shape: Shape = ["n", ...sizes(ct, batch), ...sizes(ct, goneInCt), ...sizes(other, summed.slice(1)), ...sizes(ct, inCt)];
    const turned = g.transpose(ct, { perm: [...batch, ...goneInCt, ...inCt] });
    const late = inCt.map((_, i) => order.length + i);
    const wide = g.broadcast(turned, {
      shape,
      axes: [...batch.map((i) => i + 1), ...gone.map((_, i) => 1 + batch.length + i), ...late],
    });
    const terms = g.mul(wide, g.broadcast(moved, { shape, axes: order.map((_, i) => i) }));
    const sum = g.reduceSum(terms, { axes: gone.map((_, i) => 1 + batch.length + i) });
    return arrange(g, sum, [partners[0], ...attrs.batch[side], ...partners.slice(1), ...free]);
  }
  if (nSummed || (side === 1 && x.type.shape[free[0]] !== "n")) {
    const y = g.dot(other, ct, { batch: [attrs.batch[away], batch], contract: [gone, goneInCt] });
    return arrange(g, y, [...attrs.batch[side], ...partners, ...free]);
  }
  const y = g.dot(ct, other, { batch: [batch, attrs.batch[away]], contract: [goneInCt, gone] });
  return arrange(g, y, [...attrs.batch[side], ...free, ...partners]);
}

/** Axis i of y belongs to axis axes[i] of the operand: put it there. */
function arrange(g: G, y: Node, axes: readonly number[]): Node {
  return axes.every((axis, i) => axis === i) ? y : g.transpose(y, { perm: axes.map((_, axis) => axes.indexOf(axis)) });
}
