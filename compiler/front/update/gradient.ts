// The gradient of a weight on its way to the optimizer. In: a node that differentiation made. Out: its sum, its parts changed alike, and
// sums of functions of the parts.
// Guarantee: what adds up rows of a table (the gradient of an embedding) stays a list of rows while it is scaled and clipped, as Keras on
// TensorFlow keeps it: there a row that occurs twice counts twice in a norm, and in the squares that adaptive optimizers take.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** A gradient: a whole, or rows that are added up. */
export interface Gradient {
  /** Of the weight's shape. */
  readonly sum: Node;
  /** Σ f over the parts, for an f that is 0 at 0. */
  readonly each: (f: (part: Node) => Node) => Node;
  /** The gradient whose parts are those of f. */
  readonly map: (f: (part: Node) => Node) => Gradient;
  /** What is added up: the whole, or the rows of each lookup. */
  readonly parts: readonly Node[];
}

/** A gradient that is one tensor. */
export const whole = (sum: Node): Gradient => ({ sum, each: (f) => f(sum), map: (f) => whole(f(sum)), parts: [sum] });

/** A gradient as it was made. */
export function gradientOf(g: G, node: Node): Gradient {
  const rows = rowsOf(node);
  return rows === undefined ? whole(node) : ofRows(g, rows);
}

/** The sums of rows that a node adds up; undefined where anything else is in it. */
function rowsOf(node: Node): readonly Node[] | undefined {
  if (node.op === "scatterAdd") return [node];
  if (node.op !== "add") return undefined;
  const [left, right] = node.inputs.map(rowsOf);
  return left === undefined || right === undefined ? undefined : [...left, ...right];
}

function ofRows(g: G, rows: readonly Node[]): Gradient {
  const mapped = (f: (part: Node) => Node): readonly Node[] =>
    rows.map(({ inputs: [ids, values], attrs }) => g.node("scatterAdd", [ids, f(values)], attrs));
  const added = (all: readonly Node[]): Node => all.reduce((a, b) => g.add(a, b));
  return {
    sum: added(rows),
    each: (f) => added(mapped(f)),
    map: (f) => ofRows(g, mapped(f)),
    parts: rows.map(({ inputs: [, values] }) => values),
  };
}
