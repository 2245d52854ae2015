// What a recurrent cell is: its states, and one step as a Graph. All that recurrent layers share (the loop, masks, reversal, dropout, initial
// and final states) is written once around it, in `recurrent/recurrence.ts`. In and out: types only.
import type { Node } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";

/** A state; `shape` is without the batch axis. The first one of a cell is what a step gives. */
export interface CellState {
  readonly name: string;
  readonly shape: readonly number[];
}

/** What to drop, and how: noise to multiply by, one of each sequence and the same at every step. */
export interface CellDrop {
  readonly use: "dropout" | "recurrentDropout";
  readonly shape: readonly number[];
  /** Draws of their own, such as one for each gate. */
  readonly count: number;
}

/** What a cell is lowered with: the inputs of all steps, and its weights by name. */
export interface CellContext<C> {
  /** [n, steps, ...step] */
  readonly x: Node;
  readonly weights: Readonly<Record<string, Node>>;
  readonly config: C;
  /** Undefined where nothing is dropped. */
  readonly drop: (what: CellDrop) => readonly Node[] | undefined;
}

/** A cell as a loop. What does not depend on a state is computed before it, for all steps at once. */
export interface CellLoop {
  /** Read step by step: [n, steps, ...]. */
  readonly xs: readonly Node[];
  /** Read whole at every step. */
  readonly closed: readonly Node[];
  /** The next states, in the order of `states`, built in the body of the loop. */
  readonly next: (g: G, now: CellNow) => readonly Node[];
}

/** What a step reads: the states before it, its slices of `xs`, and `closed`. */
export interface CellNow {
  readonly states: readonly Node[];
  readonly xs: readonly Node[];
  readonly closed: readonly Node[];
}

/** A cell as columns of a layer. `step` is the shape of one step of the sequence, without the batch axis. */
export interface Cell<C extends object> {
  readonly states: (config: C, step: readonly number[]) => readonly CellState[];
  readonly lower: (g: G, context: CellContext<C>) => CellLoop;
}
