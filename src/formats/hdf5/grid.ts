// How a dataset is cut into chunks. In: its shape and that of a chunk. Out: the chunks' places, and their values where they belong.
// A chunk at the border is stored whole; what of it lies outside of the dataset means nothing.

/** One stored chunk. */
export interface Chunk {
  /** Its first value in the dataset, along each axis. */
  readonly offset: readonly number[];
  readonly address: number;
  /** Bytes in the file. */
  readonly stored: number;
  /** Filters that were not applied, a bit each. */
  readonly mask: number;
}

/** The cut. */
export interface Grid {
  readonly shape: readonly number[];
  /** Sizes that the shape may grow to; undefined without end. */
  readonly most: readonly (number | undefined)[];
  readonly chunk: readonly number[];
  /** Bytes of a value. */
  readonly size: number;
}

/** Bytes of a chunk as the dataset has them. */
export const bytesOf = ({ chunk, size }: Grid): number => chunk.reduce((product, extent) => product * extent, size);

/** Whether a part of a chunk lies outside of the dataset. */
export const isPartial = ({ shape, chunk }: Grid, { offset }: Chunk): boolean =>
  shape.some((extent, axis) => offset[axis] + chunk[axis] > extent);

/**
 * The chunks of the dataset, with their number among all that it could have: the last axis runs fastest, and an axis that may grow
 * without end is the slowest, so that numbers stay when it grows.
 */
export function* numbered({
  shape,
  most,
  chunk,
}: Grid): Iterable<{ readonly offset: readonly number[]; readonly index: number }> {
  const axes = shape.map((_, axis) => axis);
  const slowFirst = [...axes.filter((axis) => most[axis] === undefined), ...axes.filter((axis) => most[axis] !== undefined)];
  const strides: number[] = shape.map(() => 1);
  let stride = 1;
  for (const axis of slowFirst.reverse()) {
    strides[axis] = stride;
    stride *= Math.ceil((most[axis] ?? 0) / chunk[axis]);
  }
  const offset = shape.map(() => 0);
  do yield { offset: [...offset], index: offset.reduce((sum, at, axis) => sum + (at / chunk[axis]) * strides[axis], 0) };
  while (next(offset, shape, chunk));
}

/** Goes to the next place, the last axis fastest; false behind the last one. */
function next(place: number[], shape: readonly number[], step: readonly number[]): boolean {
  for (let axis = place.length - 1; axis >= 0; axis--) {
    place[axis] += step[axis];
    if (place[axis] < shape[axis]) return true;
    place[axis] = 0;
  }
  return false;
}

/** Copies what of a chunk lies in the dataset, a run along the last axis at a time. */
export function place({ shape, chunk, size }: Grid, offset: readonly number[], from: Uint8Array, to: Uint8Array): void {
  const extents = shape.map((extent, axis) => Math.min(chunk[axis], extent - offset[axis]));
  const run = extents[extents.length - 1];
  const steps = extents.map((_, axis) => (axis === extents.length - 1 ? run : 1));
  const at = extents.map(() => 0);
  do {
    let source = 0;
    let target = 0;
    for (let axis = 0; axis < at.length; axis++) {
      source = source * chunk[axis] + at[axis];
      target = target * shape[axis] + offset[axis] + at[axis];
    }
    to.set(from.subarray(source * size, (source + run) * size), target * size);
  } while (next(at, extents, steps));
}
