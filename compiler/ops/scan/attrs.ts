// What a scan's parts share: its attributes, and where time stands. A batched value has rows on axis 0, so time is its axis 1; any other value has time in front.
//
//   one step   [n, d]     [d]        a value that has rows; one that has none
//   stacked    [n, t, d]  [t, d]     what `timeAxis` and `stackedShape` say
import type { Graph, Node, Shape } from "../../graph/graph.ts";

/** A loop of `length` steps: its body, and how many of the scan's inputs are carries and how many xs; the rest are closed. */
export type ScanAttrs = {
  /** Reads carry0.., x0.., closed0..; results are the next carries, then the ys. */
  readonly body: Graph;
  readonly carries: number;
  readonly xs: number;
  readonly length: number;
  /** t falls from length − 1 to 0; slices and stacks are still in the order of t. */
  readonly reverse: boolean;
  /** One per result of the body: stacked over time, or its value after the final step. */
  readonly keep: readonly ("all" | "last")[];
};

/** Where time goes in a tensor whose one step has `shape`. */
export const timeAxis = (shape: Shape): number => (shape[0] === "n" ? 1 : 0);
/** `length` steps of `shape`, stacked. */
export const stackedShape = (shape: Shape, length: number): Shape => shape.toSpliced(timeAxis(shape), 0, length);

/** What the body of a scan calls the scan's input i. */
export const inputName = (i: number, { carries, xs }: Pick<ScanAttrs, "carries" | "xs">): string =>
  i < carries ? `carry${i}` : i < carries + xs ? `x${i - carries}` : `closed${i - carries - xs}`;

/** The inputs of a scan's body in the order of the scan's; undefined where it does not read one. */
export function holesOf(scan: Node): readonly (Node | undefined)[] {
  const attrs = scan.attrs as unknown as ScanAttrs;
  const byName = new Map(attrs.body.nodes.flatMap((node) => (node.op === "input" ? [[node.attrs.name, node]] : [])));
  return scan.inputs.map((_, i) => byName.get(inputName(i, attrs)));
}
