// Values whose batch is a part of an axis, as in [B · T, F] where each step goes through a layer by itself. In: the value with axes in place
// of the one. Out: what is computed of it with those axes apart, put together again. Guarantee: whoever knows nothing of them and asks for
// their node takes the whole input as one row instead.
import { sizeOf } from "../../../compiler/graph/graph.ts";
import type { Layouts } from "./layouts.ts";
import { axesOf, shapeAt, type Value } from "./values.ts";

/** `count` axes from `axis` on as one. */
export function mergedOf(of: Layouts, inner: Value, axis: number, count: number): Value {
  if (count === 1) return inner;
  const { at, dtype } = inner;
  const shape = inner.shape.toSpliced(axis, count, sizeOf(inner.shape.slice(axis, axis + count)));
  if (at === "merged") return of.mixed();
  if (typeof at === "number" && at >= axis && at < axis + count)
    return { dtype, shape, at: "merged", merged: { inner, axis, count } };
  const to = typeof at === "number" && at > axis ? at - count + 1 : at;
  return { dtype, shape, at: to, node: of.g.reshape(of.node(inner), { shape: shapeAt(shape, to) }) };
}

/** An axis as several of these sizes, or as ones where it is 1; a value that does not have it stays. */
export function split(of: Layouts, value: Value, axis: number, sizes: readonly number[]): Value {
  if (axis < 0) return value;
  const { at, dtype } = value;
  if (at === "merged") {
    const { inner, count, axis: own } = value.merged ?? of.mixed();
    const isAlike = own === axis && count === sizes.length && sizes.every((size, i) => size === inner.shape[axis + i]);
    return isAlike ? inner : of.mixed();
  }
  if (at === axis || (value.shape[axis] !== 1 && at !== "none")) return of.mixed();
  const into = value.shape[axis] === 1 ? axesOf(sizes.length).map(() => 1) : sizes;
  const shape = value.shape.toSpliced(axis, 1, ...into);
  if (value.data !== undefined && value.name === undefined) return { ...value, shape };
  const to = typeof at === "number" && at > axis ? at + sizes.length - 1 : at;
  return { dtype, shape, at: to, node: of.g.reshape(of.node(value), { shape: shapeAt(shape, to) }) };
}

/** How a batch between `before` and the rest goes into one axis of `shape`: the sizes before, of, and behind it there. */
export function mergeInto(
  from: readonly number[],
  at: number,
  shape: readonly number[],
): { readonly axis: number; readonly sizes: readonly number[]; readonly place: number } | undefined {
  const before = sizeOf(from.slice(0, at));
  const rows = from[at];
  for (const [axis, size] of shape.entries()) {
    const outer = before / sizeOf(shape.slice(0, axis));
    const behind = size / (outer * rows);
    if (!Number.isInteger(outer) || !Number.isInteger(behind) || outer * behind === 1) continue;
    const sizes = [outer, rows, behind].filter((part, i) => i === 1 || part > 1);
    return { axis, sizes, place: axis + (outer > 1 ? 1 : 0) };
  }
  return undefined;
}
