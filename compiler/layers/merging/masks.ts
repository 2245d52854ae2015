// Keras' masks where several inputs meet. In: masks of 0 and 1, over all axes of their input but the last. Out: one mask.
// Guarantee: masks that Keras could not bring together are refused, in a message of their own.
import { CompileError } from "../../diagnostics/error.ts";
import { type Node, sameShape, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { batched, sampleShape } from "../shared.ts";

/** The shape of several that have as many axes, where sizes of 1 are repeated; undefined where others differ. */
export function joined(shapes: readonly (readonly number[])[]): readonly number[] | undefined {
  const [{ length }] = shapes;
  if (shapes.some((shape) => shape.length !== length)) return undefined;
  const most = Array.from({ length }, (_, axis) => Math.max(...shapes.map((shape) => shape[axis])));
  return shapes.every((shape) => shape.every((size, axis) => size === 1 || size === most[axis])) ? most : undefined;
}

/** 1 where one of the masks is. */
export function either(g: G, masks: readonly Node[]): Node {
  const shape = joined(masks.map(sampleShape));
  if (shape === undefined) {
    const found = masks.map((mask) => showShape(sampleShape(mask))).join(" and of ");
    throw misfit(`a mask of ${found} cannot be one: they cover other steps`);
  }
  return masks.map((mask) => g.broadcastTo(mask, batched(shape))).reduce((a, b) => g.max(a, b));
}

/** Which steps of `x` its mask keeps, over all axes but the last; all of them without one. */
export function stepsOf(g: G, x: Node, mask: Node | undefined): Node {
  const shape = x.type.shape.slice(0, -1);
  if (mask === undefined) return g.fill(1, shape);
  if (sameShape(mask.type.shape, shape)) return mask;
  throw misfit(`a mask of ${showShape(sampleShape(mask))} does not cover the steps of an input ${showShape(sampleShape(x))}`);
}

const misfit = (message: string): CompileError =>
  new CompileError({ code: "shape/mismatch", path: "", message, hint: "end one mask before: reshape, flatten and permute do" });
