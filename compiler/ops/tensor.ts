// Reading and filling concrete tensors by coordinates: the vocabulary of the ops' `eval`. Nothing that lowers uses it.
import { sizeOf } from "../ir/graph.ts";
import type { Tensor } from "./define.ts";

/** The tensor whose element at `coords` is `value(coords)`, row-major; one array of coordinates is reused. */
export function tabulate(shape: readonly number[], value: (coords: readonly number[]) => number): Tensor {
  const data = new Float64Array(sizeOf(shape));
  const coords = shape.map(() => 0);
  for (let i = 0; i < data.length; i++) {
    data[i] = value(coords);
    for (let axis = shape.length - 1; axis >= 0 && ++coords[axis] === shape[axis]; axis--) coords[axis] = 0;
  }
  return { shape, data };
}

/** Where the element at `coords` stands in row-major order. */
export function positionOf(shape: readonly number[], coords: readonly number[]): number {
  let position = 0;
  for (let axis = 0; axis < shape.length; axis++) position = position * shape[axis] + coords[axis];
  return position;
}

/** The element at `coords`. */
export const element = (x: Tensor, coords: readonly number[]): number => x.data[positionOf(x.shape, coords)];
