// Patterns over nodes, and rules made of them. A rule is one line: a name, a promise, what it matches, what it becomes.
// A pattern looks downwards only (at a node and its operands), so that a node's normal form depends on nothing above it.

import type { Random } from "../base/random.ts";
import type { Node } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";

/**
 * bits: equal for every input, NaN and −0 included (NaNs are one value); value: equal up to the sign of zero;
 * approx: reassociates, so the last bits may differ; off with `exact`.
 */
export type Promised = "bits" | "value" | "approx";

/** Facts about the graph that a rule may ask for. */
export interface Facts {
  /** Depends on params and constants alone: the same number in every row of every call. */
  isFixed(node: Node): boolean;
  /** At most one node or result reads it. */
  isSingle(node: Node): boolean;
}
/** What the pattern's names stand for. */
export type Bound = Readonly<Record<string, Node>>;

/** A test of a node that binds names to nodes below it. */
export interface Pattern {
  /** The op a match must have, undefined for any. */
  readonly op: string | undefined;
  readonly match: (node: Node, bound: Record<string, Node>, facts: Facts) => boolean;
}

/** One rewrite: where `from` matches, the node becomes `to`. */
export interface Rule {
  readonly name: string;
  readonly promise: Promised;
  /** Gains something only where a target has lanes. */
  readonly forLanes?: true;
  /** The option that it asks for. */
  readonly knob?: "winograd";
  readonly from: Pattern;
  /** Undefined: a condition does not hold. The result has the type of `node`. */
  readonly to: (g: G, bound: Bound, node: Node, facts: Facts) => Node | undefined;
  /** A graph on which the rule must fire; the property test runs both sides of it. */
  readonly sample: (g: G, random: Random) => Node;
}

/** A rule by name; the sample comes last because it is not part of the thought. */
export const rule = (name: string, promise: Promised, from: Pattern, to: Rule["to"], sample: Rule["sample"]): Rule => ({
  name,
  promise,
  from,
  to,
  sample,
});

/** Anything; the same name twice asks for the same node twice. */
export const any = (name: string): Pattern => ({
  op: undefined,
  match: (node, bound) => {
    if (Object.hasOwn(bound, name)) return bound[name] === node;
    bound[name] = node;
    return true;
  },
});

/** One number everywhere: this number (0 and −0 differ). */
export const splat = (value: number): Pattern => ({
  op: "constant",
  match: (node) => {
    const found = splatOf(node);
    return found !== undefined && Object.is(found, value);
  },
});
/** One number everywhere. */
export const anySplat = (name: string): Pattern => where(any(name), (node) => splatOf(node) !== undefined);

/** A node of this op with these operands; without operands, any. */
export const op = (name: string, ...inputs: readonly Pattern[]): Pattern => ({
  op: name,
  match: (node, bound, facts) =>
    node.op === name &&
    (inputs.length === 0 ||
      (inputs.length === node.inputs.length && inputs.every((input, i) => input.match(node.inputs[i], bound, facts)))),
});

/** The pattern, and its node under a name. */
export const as = (name: string, pattern: Pattern): Pattern => ({
  op: pattern.op,
  match: (node, bound, facts) => any(name).match(node, bound, facts) && pattern.match(node, bound, facts),
});

/** The pattern where a condition holds. */
export const where = (pattern: Pattern, holds: (node: Node, facts: Facts) => boolean): Pattern => ({
  op: pattern.op,
  match: (node, bound, facts) => holds(node, facts) && pattern.match(node, bound, facts),
});

/** Depends on params and constants alone. */
export const fixed = (name: string): Pattern => where(any(name), (node, facts) => facts.isFixed(node));
/** Depends on more. */
export const varying = (name: string): Pattern => where(any(name), (node, facts) => !facts.isFixed(node));

/** The number a constant is everywhere, as f32; undefined where there is none. */
export function splatOf(node: Node): number | undefined {
  const values = node.op === "constant" ? (node.attrs.values as readonly number[]) : [];
  return values.length === 1 ? Math.fround(values[0]) : undefined;
}
/** An attribute that is a list of axes or sizes. */
export const list = (node: Node, name: string): readonly number[] => node.attrs[name] as readonly number[];
