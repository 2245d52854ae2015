// RNN: a recurrent layer from cells. One cell, or several that a step goes through one after the other: their inputs, from the second on, are
// the outputs of the cell before. In Keras' files a cell lies in `cell`, those of a stack in `cell/cells/lstm_cell`, …
import * as z from "zod";
import { snakeCase } from "../../base/words.ts";
import type { LayerSpec } from "../../model.ts";
import type { CellState } from "../cell.ts";
import { type AnyLayer, layer, type Problem } from "../define.ts";
import { internalLower, keysOf, needsRank, wrapped } from "../shared.ts";
import * as list from "./cell-list.ts";
import { inRnn } from "./cells.ts";
import { needsSteps } from "./layer.ts";
import { badStates, recurrent, recurrentStream, runCell, sequenceKeys } from "./recurrence.ts";

const cells: ReadonlyMap<string, AnyLayer> = new Map(Object.entries(list));
const several = z.array(wrapped).min(1);
const stackName = "stackedRNNCells";

/** A cell of a stack: its folder in the file, and its place in the config. */
interface Placed {
  readonly spec: LayerSpec;
  readonly role: string;
  readonly key: string;
}

/** The cells that a step goes through; a stack may hold stacks. */
function stackOf(cell: unknown, role: string, key: string): readonly Placed[] {
  const isStack = !Array.isArray(cell) && (cell as LayerSpec).layer === stackName;
  const stack = several.safeParse(isStack ? keysOf(cell as LayerSpec).cells : cell);
  if (!stack.success) return [{ spec: cell as LayerSpec, role, key }];
  const counts = new Map<string, number>();
  return stack.data.flatMap((spec, i) => {
    const base = snakeCase(cells.get(spec.layer)?.keras ?? "StackedRNNCells");
    const k = counts.get(base) ?? 0;
    counts.set(base, k + 1);
    return stackOf(spec, `${role}/cells/${base}${k === 0 ? "" : `_${k}`}`, `${isStack ? `${key}.cells` : key}[${i}]`);
  });
}

/** The states of all cells on a sequence, or what one of them says of its input; undefined where a config does not fit, which its check will say. */
function statesOf(stack: readonly Placed[], [steps, ...step]: readonly number[]): readonly CellState[] | Problem | undefined {
  const all: CellState[] = [];
  let shape: readonly number[] = step;
  for (const { spec, key } of stack) {
    const row = cells.get(spec.layer);
    const parsed = row?.config.safeParse(keysOf(spec));
    if (row?.cell === undefined || parsed?.success !== true) return undefined;
    const problem = row.legal?.(parsed.data, [steps, ...shape], [[steps, ...shape]]);
    if (problem !== undefined) return { ...problem, path: problem.path === "" ? key : `${key}.${problem.path}` };
    const states = row.cell.states(parsed.data, shape);
    all.push(...states);
    [{ shape }] = states;
  }
  return all;
}

function noCell(stack: readonly Placed[]): Problem | undefined {
  const other = stack.find(({ spec }) => !cells.has(spec.layer));
  if (other === undefined) return undefined;
  const message = `${other.key} needs a cell, found ${other.spec.layer}`;
  return { path: other.key, message, hint: `a cell is one of ${[...cells.keys()].join(", ")}` };
}

/**
 * A recurrent layer over cells: [n, steps, features] to [n, units] of the last cell, or [n, steps, units] with `returnSequences`; with
 * `returnState` the states of all cells are its further results. Further inputs are the states it begins with.
 * https://keras.io/api/layers/recurrent_layers/rnn/
 */
export const rnn = layer({
  name: "rnn",
  keras: "RNN",
  says: "A recurrent layer over the cell, or over each of a list of cells in turn at every step; masked steps keep all states.",
  config: z.strictObject({ cell: z.union([wrapped, several]), ...sequenceKeys }),
  fixed: { timeMajor: [false] },
  takes: [1, Number.POSITIVE_INFINITY],
  legal: ({ cell }, input, inputs) => {
    const stack = stackOf(cell, "cell", "cell");
    const problem = needsRank(2, "steps, features", input) ?? needsSteps(input) ?? noCell(stack);
    const states = problem === undefined ? statesOf(stack, input) : undefined;
    if (states === undefined || "message" in states) return problem ?? states;
    return badStates(states, inputs.slice(1));
  },
  weights: () => [],
  stream: recurrentStream,
  isStateful: ({ stateful }) => stateful,
  lower: (g, context) =>
    recurrent(
      g,
      context,
      stackOf(context.config.cell, "cell", "cell").map(
        ({ spec, role, key }) =>
          (x, way) =>
            context.childCell({ role, key, spec, x }, (row, own) => runCell(g, row, own, way)),
      ),
    ),
});

/**
 * Several cells as one, for `rnn`: the same as a list of them.
 * https://keras.io/api/layers/recurrent_layers/stacked_rnn_cell/
 */
export const stackedRNNCells = layer({
  name: stackName,
  keras: "StackedRNNCells",
  says: "Several cells as one, for rnn, where a list of them says the same.",
  config: z.strictObject({ cells: several }),
  only: inRnn,
  weights: () => [],
  lower: internalLower(stackName),
});
