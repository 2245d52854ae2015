// A picture [n, H, W, C] of another size. In: sizes and a method. Out: [n, OH, OW, C]; each axis by itself (`interpolation.ts`), the
// one first that makes less of it. What keeps its size is not touched.
import type { Node, Size } from "../../graph/graph.ts";
import { checkSize } from "../../graph/limits.ts";
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
  checkSize("the picture", size, "");
  const axes = [1, 2].map((axis) => ({ axis, length: x.type.shape[axis] as number, output: size[axis - 1] }));
  // Of one input alone nothing is computed.
  if (method === "nearest" && axes.every(({ length, output }) => output % length === 0))
    return repeated(g, x, axes.map(({ length, output }) => output / length)); // biome-ignore format: one line
  const order = axes.toSorted((a, b) => a.output / a.length - b.output / b.length);
  return order.reduce((picture, { axis, length, output }) => {
    if (output === length) return picture;
    const taps = interpolated(method, length, output, antialias);
    return method === "nearest" ? largest(g, picture, axis, taps) : weighted(g, picture, axis, taps);
  }, x);
}

/** Each point of the axes behind the batch as many times as `times` says. */
export function repeated(g: G, x: Node, times: readonly number[]): Node {
  const [n, ...sizes] = x.type.shape as [Size, ...number[]];
  checkSize(
    "the output",
    sizes.map((length, i) => length * (times[i] ?? 1)),
    "size",
  );
  const apart = sizes.flatMap((size, i) => (i < times.length ? [size, times[i]] : [size]));
  const axes = sizes.map((_, i) => 1 + i + Math.min(i, times.length));
  const y = g.broadcast(x, { shape: [n, ...apart], axes: [0, ...axes] });
  return g.reshape(y, { shape: [n, ...sizes.map((size, i) => size * (times[i] ?? 1))] });
}
