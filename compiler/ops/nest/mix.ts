// Mix: along one axis, each element of the result is a sum of the operand's, weighed by numbers that are known when a model is compiled:
//
//   y[…, j, …] = Σ_k matrix[j][k] · x[…, k, …]
//
//   matrix  [[1, 0, −1, 0], [0, 1, 1, 0]]       y[0] = x[0] − x[2]       y[1] = x[1] + x[2]
//
// What a `dot` with a constant would be, but that a weight of 0 is no term (so that an infinity there does no harm), one of ±1 is no
// product, and the axis stays where it is: the transforms of a fast convolution, which are small and mostly zeros. One core per j.
import * as z from "zod";
import { showShape } from "../../graph/graph.ts";
import type { Core } from "../../program/nest/core.ts";
import { dimsOf, pointOf } from "../../program/nest/core.ts";
import { fixed, readAt } from "../../program/nest/view.ts";
import type { Value } from "../../program/program.ts";
import * as v from "../../program/value.ts";
import type { NestSite, Primitive, Tensor } from "../define.ts";
import { mismatch, wrongRank } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { magnitudeOf, sumsOf } from "../kit/rounding.ts";
import { array, element, tabulate } from "../kit/tensor.ts";

/** The rows of `matrix` are the result's elements along `axis`, its columns the operand's. */
export type MixAttrs = { readonly axis: number; readonly matrix: readonly (readonly number[])[] };

const rowsSchema = z
  .array(z.array(z.number()).min(1).readonly())
  .min(1)
  .refine((rows) => rows.every((row) => row.length === rows[0].length), "every row has as many numbers")
  .readonly();

/** Sums along an axis with constant weights; the cotangent is mixed by the transposed matrix. */
export const mix: Primitive<MixAttrs> = {
  kind: "primitive",
  name: "mix",
  says: "Σ_k matrix[j][k] · x[k] along `axis`, in the order of k; weights of 0 are left out, also where x is NaN or infinite.",
  arity: 1,
  attrs: z.strictObject({ axis: z.int().min(0), matrix: rowsSchema }),
  type: ([{ shape }], { axis, matrix }) => {
    if (axis >= shape.length) wrongRank(`mix along axis ${axis}`, `at least ${axis + 1} axes`, showShape(shape));
    if (shape[axis] !== matrix[0].length) mismatch(`mix along axis ${axis}`, `${matrix[0].length} elements there`, showShape(shape));
    return { shape: shape.with(axis, matrix.length) };
  },
  eval: ([x], attrs, { shape }) => mixed(x, attrs.axis, attrs.matrix, shape),
  rounding: ([x], { shape }, { axis, matrix }) => {
    const magnitudes = matrix.map((row) => row.map(Math.abs));
    return sumsOf(mixed(magnitudeOf(x), axis, magnitudes, shape), matrix[0].length + 1);
  },
  vjp: (g, { ct, attrs: { axis, matrix } }) => [g.mix(ct, { axis, matrix: matrix[0].map((_, k) => matrix.map((row) => row[k])) })],
  lower: { kind: "nest", fusable: true, cores },
  sample: (random) => {
    const { shape } = sampleShape(random, 1);
    const axis = random.integer(shape[0] === "n" ? 1 : 0, shape.length - (shape.length > 1 || shape[0] !== "n" ? 1 : 0));
    const grown = axis === shape.length ? [...shape, 2] : shape;
    const weights = [0, 0, 1, -1, 0.5, -2.25];
    const matrix = Array.from({ length: random.integer(1, 3) }, () =>
      Array.from({ length: grown[axis] as number }, () => random.pick(weights)),
    );
    return { inputs: [{ shape: grown }], attrs: { axis, matrix } };
  },
  examples: [
    {
      inputs: [array([4, 2], [1, 10, 2, 20, 3, 30, 4, 40])],
      attrs: { axis: 0, matrix: [[1, 0, -1, 0], [0, 1, 1, 0], [0, 0, 0, 0]] },
      output: array([3, 2], [-2, -20, 5, 50, 0, 0]),
    },
    { inputs: [array([2], [Number.NaN, 3])], attrs: { axis: 0, matrix: [[0, 2]] }, output: array([1], [6]) },
  ],
}; // biome-ignore format: matrices

/** Weights are float32 numbers, as all constants are. */
function mixed(x: Tensor, axis: number, matrix: readonly (readonly number[])[], shape: readonly number[]): Tensor {
  return tabulate(shape, (coords) =>
    matrix[coords[axis]].reduce(
      (sum, weight, k) => (weight === 0 ? sum : sum + Math.fround(weight) * element(x, coords.with(axis, k))),
      0,
    ),
  );
}

function cores({ attrs: { axis, matrix }, inputs: [x], shape, fmt }: NestSite<MixAttrs>): readonly Core[] {
  const others = dimsOf(shape).filter((_, i) => i !== axis);
  return matrix.map((row, j): Core => {
    const value = row.reduce<Value | undefined>((sum, weight, k) => {
      if (weight === 0) return sum;
      const element = readAt(x, pointOf(x.shape).with(axis, fixed(k)), fmt);
      if (sum === undefined) return weight === 1 ? element : v.mul(element, v.lit(weight, fmt));
      if (weight === 1) return v.add(sum, element);
      return weight === -1 ? v.sub(sum, element) : v.madd(element, v.lit(weight, fmt), sum);
    }, undefined);
    return {
      map: others,
      reduce: [],
      value: value ?? v.lit(0, fmt),
      coords: pointOf(shape).with(axis, fixed(j)),
      into: "store",
    };
  });
}
