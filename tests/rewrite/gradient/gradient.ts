// Central differences of a graph's scalar result "loss", in double precision: what a gradient is judged by.

import type { Random } from "../../../compiler/base/random.ts";
import { bindShape, type Graph, sizeOf } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { expandComposites } from "../../../compiler/rewrite/expand.ts";
import { differentiate } from "../../../compiler/rewrite/gradient/differentiate.ts";

/** Random numbers in [−1, 1) for everything the graph reads. */
export function valuesFor(source: Graph, noise: Random, rows: number): Record<string, Float32Array> {
  const values: Record<string, Float32Array> = {};
  for (const { op, attrs, type } of source.nodes) {
    if (op !== "input" && op !== "param" && op !== "state") continue;
    values[attrs.name as string] = Float32Array.from(
      { length: sizeOf(bindShape(type.shape, rows)) },
      () => 2 * noise.uniform() - 1,
    );
  }
  return values;
}

/**
 * The gradients of `params` through `differentiate`, and by central differences; both by name. A step of 2^−12 in f32 values
 * is exact near 1, and its error is about 2^−24 times the third derivative.
 */
export function gradients(
  source: Graph,
  params: readonly string[],
  { rows, values }: { rows: number; values: Record<string, Float32Array> },
): { actual: Record<string, Float64Array>; expected: Record<string, Float64Array> } {
  const { results } = runGraph(differentiate(expandComposites(source), "loss", params), { rows, values, precision: "double" });
  const actual = Object.fromEntries(params.map((name) => [name, results[`gradient:${name}`].data]));
  const expected = Object.fromEntries(
    params.map((name) => [
      name,
      Float64Array.from(values[name], (_, i) => {
        const at = (step: number): [number, number] => {
          const moved = Float32Array.from(values[name]);
          moved[i] += step;
          const run = runGraph(source, { rows, values: { ...values, [name]: moved }, precision: "double" });
          return [moved[i], run.results.loss.data[0]];
        };
        const [[x1, y1], [x0, y0]] = [at(2 ** -12), at(-(2 ** -12))];
        return (y1 - y0) / (x1 - x0);
      }),
    ]),
  );
  return { actual, expected };
}
