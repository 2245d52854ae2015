// Reading and filling concrete tensors by coordinates: the vocabulary of the ops' `eval`. Nothing that lowers uses it.
import { sizeOf } from "../../graph/graph.ts";
import type { Example, Tensor } from "../define.ts";

/** Calls `visit` for every point of `shape` in row-major order; one array of coordinates is reused. */
export function eachPoint(shape: readonly number[], visit: (coords: readonly number[], position: number) => void): void {
  const coords = shape.map(() => 0);
  for (let i = 0, size = sizeOf(shape); i < size; i++) {
    visit(coords, i);
    for (let axis = shape.length - 1; axis >= 0 && ++coords[axis] === shape[axis]; axis--) coords[axis] = 0;
  }
}

/** The tensor whose element at `coords` is `value(coords)`, row-major. */
export function tabulate(shape: readonly number[], value: (coords: readonly number[]) => number): Tensor {
  const data = new Float64Array(sizeOf(shape));
  eachPoint(shape, (coords, position) => {
    data[position] = value(coords);
  });
  return { shape, data };
}

/** Σ coordinate · step of every point of `sizes`, in row-major order: where the points of a strided block stand. */
export function offsetsOver(sizes: readonly number[], steps: readonly number[]): Int32Array {
  // An axis at a time: each point so far becomes a row of points.
  return sizes.reduce((outer, size, axis) => {
    const offsets = new Int32Array(outer.length * size);
    for (let i = 0, to = 0; i < outer.length; i++) for (let k = 0; k < size; k++) offsets[to++] = outer[i] + k * steps[axis];
    return offsets;
  }, Int32Array.of(0));
}

/** Where the element at `coords` stands in row-major order. */
export function positionOf(shape: readonly number[], coords: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) position = position * shape[axis] + coords[axis];
  return position;
}

/** The element at `coords`. */
export const element = (x: Tensor, coords: readonly number[]): number => x.data[positionOf(x.shape, coords)];

/** A worked example's numbers: `array([2, 1], [5, 6])`. */
export const array = (shape: readonly number[], values: readonly number[]): Example<unknown>["output"] => ({ shape, values });
