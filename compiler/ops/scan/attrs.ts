// What a scan's parts share: its attributes, and where time stands. A batched value has rows on axis 0, so time is its axis 1; any other value has time in front.
import type { Graph, Shape } from "../../graph/graph.ts";

export type ScanAttrs = {
  readonly body: Graph;
  readonly carries: number;
  readonly xs: number;
  readonly length: number;
  readonly reverse: boolean;
  /** One per result of the body: stacked over time, or its value after the final step. */
  readonly keep: readonly ("all" | "last")[];
};

/** Where time goes in a tensor whose one step has `shape`. */
export const timeAxis = (shape: Shape): number => (shape[0] === "n" ? 1 : 0);
/** `length` steps of `shape`, stacked. */
export const stackedShape = (shape: Shape, length: number): Shape => shape.toSpliced(timeAxis(shape), 0, length);
