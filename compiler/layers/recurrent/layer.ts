// A recurrent layer from its cell: the columns of its row that all of them have alike. In: the cell and its weights. Out: what it takes,
// what is legal, its weights in the folder of the cell, and the loop.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Cell } from "../cell.ts";
import type { Context, Layer, LayerResult, Problem, WeightSpec } from "../define.ts";
import { needsRank } from "../shared.ts";
import { badStates, type Dropping, recurrent, recurrentStream, runCell, type Sequence } from "./recurrence.ts";

interface Parts<C extends object> {
  readonly name: string;
  readonly cell: Cell<C>;
  readonly weights: (config: C, input: readonly number[]) => readonly WeightSpec[];
  /** How many states the cell has: one more input each. */
  readonly states: number;
  /** Axes of a sample, and what they are; steps and features without it. */
  readonly takes?: { readonly rank: number; readonly means: string };
  readonly fits?: (config: C, step: readonly number[]) => Problem | undefined;
}
type Columns<C extends object> = Pick<Layer<C>, "fixed" | "takes" | "legal" | "weights" | "lower" | "stream" | "isStateful">;

/** The columns, for the cell's config with the keys of a sequence. */
export function recurrentLayer<C extends object & Dropping>(parts: Parts<C>): Columns<C & Sequence> {
  const { cell, takes = { rank: 2, means: "steps, features" }, fits } = parts;
  return {
    fixed: { useCudnn: "any", timeMajor: [false] },
    takes: [1, 1 + parts.states],
    legal: (config, input, inputs) =>
      needsRank(takes.rank, takes.means, input) ??
      needsSteps(input) ??
      fits?.(config, input.slice(1)) ??
      badStates(cell.states(config, input.slice(1)), inputs.slice(1)),
    // Keras' layer holds a cell, and the cell the weights.
    weights: (config, input) => parts.weights(config, input).map((weight) => ({ ...weight, within: "cell" })),
    stream: recurrentStream,
    isStateful: ({ stateful }) => stateful,
    lower: (g, context) => alone(g, parts, context),
  };
}

/** Its only cell has the layer's weights and states. */
function alone<C extends object & Dropping>(g: G, parts: Parts<C>, context: Context<C & Sequence>): LayerResult {
  let states: LayerResult["states"];
  const run = (x: Node, way: Parameters<typeof runCell>[3]): LayerResult => {
    const ran = runCell(g, parts, { ...context, x }, way);
    states = ran.states;
    return ran;
  };
  const made = recurrent(g, context, [run]);
  return states === undefined ? made : { ...made, states };
}

/** The problem of a sequence without steps. */
export function needsSteps([steps]: readonly number[]): Problem | undefined {
  if (steps > 0) return undefined;
  return {
    path: "",
    code: "shape/mismatch",
    message: "the input needs at least one step, found 0",
    hint: "check inputShape",
  };
}
