// What rounding the weights does to answers. In: a model whose weights are rounded, and rows. Out: for each output how far the answers are from those
// with the weights as they were given, both in doubles. Guarantee: nothing but the weights differs, so that this is no error of any target.
import type { OutputRounding } from "../artifact.ts";
import type { Steps } from "../front/steps.ts";
import { sizeOf } from "../graph/graph.ts";
import { type GraphRun, runGraph } from "../interpret/graph.ts";

/** Rows as the Graph's inputs take them. */
export interface GivenRows {
  readonly rows: number;
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
}

/** The Graph of predict with the weights as they were given. */
export const unrounded = (steps: Steps, { rows, values }: GivenRows): GraphRun =>
  runGraph(steps.predict.graph, { rows, values: { ...steps.givenWeights().values, ...values }, precision: "double" });

/** By output, how far two runs are apart. */
export function apart(
  { predict: { outputs } }: Pick<Steps, "predict">,
  rounded: GraphRun,
  given: GraphRun,
  rows: number,
): readonly OutputRounding[] {
  return outputs.map(({ name, shape }) => {
    const [a, b] = [rounded, given].map(({ results }) => results[name].data.map(Math.fround));
    let worst = 0;
    // What is NaN in both is no difference.
    for (let i = 0; i < a.length; i++) if (Math.abs(a[i] - b[i]) > worst) worst = Math.abs(a[i] - b[i]);
    const size = sizeOf(shape);
    // The largest of several numbers is a choice.
    if (shape.length !== 1 || size < 2) return { name, worst };
    const choice = (all: Float64Array, row: number): number => largestIn(all.subarray(row * size, (row + 1) * size));
    const moved = Array.from({ length: rows }, (_, row) => row).filter((row) => choice(a, row) !== choice(b, row)).length;
    return { name, worst, moved };
  });
}

const largestIn = (values: Float64Array): number => values.reduce((best, value, i) => (value > values[best] ? i : best), 0);

/** The same for rows of somebody's own. */
export function roundingAt(steps: Steps, { rows, values }: GivenRows): readonly OutputRounding[] {
  const rounded = runGraph(steps.predict.graph, {
    rows,
    values: { ...steps.modelWeights().values, ...values },
    precision: "double",
  });
  return apart(steps, rounded, unrounded(steps, { rows, values }), rows);
}
