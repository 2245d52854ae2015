// Reshape without a copy. In: a view and another shape of as many elements. Out: the view under that shape, or undefined
// where no strides say it; exact in both directions (tests/laws/op-promises.test.ts).
//
// Axes are read from the front, and both shapes are cut where their products meet: [2, 6] and [4, 3] share the one group 12,
// [2, 6] and [2, 3, 2] the groups 2 and 6. A group of x may be regrouped iff it walks memory evenly, that is iff
// stride[k] = stride[k + 1] · size[k + 1] inside it; then any axes of the same product are row-major over its last stride.

import type { View } from "../../program/nest/view.ts";
import type { Extent } from "../../program/program.ts";

/** NumPy's reshape without a copy: axes of both shapes are grouped by equal size; a group must be evenly strided. */
export function reshapeView(input: View, shape: readonly Extent[]): View | undefined {
  const batch = typeof shape[0] === "object" ? 1 : 0; // both have it, or neither
  const to = shape.slice(batch) as number[];
  const kept = input.shape.map((_, axis) => axis).filter((axis) => axis >= batch && input.shape[axis] !== 1);
  const sizes = kept.map((axis) => input.shape[axis] as number);
  const steps = kept.map((axis) => input.strides[axis]);
  const strides = to.map(() => 0);
  if (!to.includes(0)) {
    for (let i = 0, j = 0; i < sizes.length; ) {
      let [endI, endJ] = [i + 1, j + 1];
      for (let [a, b] = [sizes[i], to[j]]; a !== b; ) {
        // The side with the smaller product takes its next axis, until both agree.
        if (a < b) a *= sizes[endI++];
        else b *= to[endJ++];
      }
      for (let k = i; k + 1 < endI; k++) if (steps[k] !== steps[k + 1] * sizes[k + 1]) return undefined;
      for (let k = endJ - 1, step = steps[endI - 1]; k >= j; k--) {
        strides[k] = step;
        step *= to[k];
      }
      [i, j] = [endI, endJ];
    }
  }
  return { ...input, shape, strides: [...input.strides.slice(0, batch), ...strides] };
}
