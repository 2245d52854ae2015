// A picture [n, H, W, C] of another size. In: sizes and a method. Out: [n, OH, OW, C]; each axis by itself (`interpolation.ts`), the
// one first that makes less of it. What keeps its size is not touched.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { largest, weighted } from "../bands.ts";
import { type Interpolation, interpolated } from "./interpolation.ts";

/** x at `size`, [height, width]. */
export function resampled(
  g: G,
  x: Node,
  size: readonly number[],
  { method, antialias = false }: { readonly method: Interpolation; readonly antialias?: boolean },
): Node {
  const axes = [1, 2].map((axis) => ({ axis, length: x.type.shape[axis] as number, output: size[axis - 1] }));
  const order = axes.toSorted((a, b) => a.output / a.length - b.output / b.length);
  return order.reduce((picture, { axis, length, output }) => {
    if (output === length) return picture;
    // Of one input alone nothing is computed, so that NaN and infinity stay where they are.
    if (method === "nearest" && output % length === 0) return repeated(g, picture, axis, output / length);
    const taps = interpolated(method, length, output, antialias);
    return method === "nearest" ? largest(g, picture, axis, taps) : weighted(g, picture, axis, taps);
  }, x);
}

/** Each point of an axis `times` times. */
export function repeated(g: G, x: Node, axis: number, times: number): Node {
  if (times === 1) return x;
  const { shape } = x.type;
  const apart = [...shape.slice(0, axis + 1), times, ...shape.slice(axis + 1)];
  const y = g.broadcast(x, { shape: apart, axes: apart.map((_, i) => i).filter((i) => i !== axis + 1) });
  return g.reshape(y, { shape: shape.map((size, i) => (i === axis ? (size as number) * times : size)) });
}
