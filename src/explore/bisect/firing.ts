// Which firing of a rule made a Graph wrong. In: the Graph before a pass of rules, what fired, and who tells whether a Graph is wrong. Out: the first
// firing after which it is. Guarantee: found by halving, with the same rules on less and less fuel, so that each Graph tried is one that the pass went through.
import type { Graph } from "../../../compiler/graph/graph.ts";
import { showOrigin } from "../../../compiler/graph/origin.ts";
import { type RewriteEvent, rewrite } from "../../../compiler/rewrite/engine.ts";
import type { Rule } from "../../../compiler/rewrite/pattern.ts";

/** A firing, and the layer it came from. */
export interface Fired {
  /** The rule after which the Graph is another; `firing` of `of` counts from 1. */
  readonly rule: { readonly name: string; readonly firing: number; readonly of: number };
  readonly layer?: string;
}

/** The first of `events` after which `isWrong` holds; it holds after all of them. */
export function firstFiring(
  before: Graph,
  events: readonly RewriteEvent[],
  rules: readonly Rule[],
  isWrong: (graph: Graph) => boolean,
): Fired {
  let [right, wrong] = [0, events.length];
  while (wrong - right > 1) {
    const middle = (right + wrong) >> 1;
    if (isWrong(rewrite(before, fuelled(rules, middle)).graph)) wrong = middle;
    else right = middle;
  }
  const { rule: name, origin } = events[wrong - 1];
  return {
    rule: { name, firing: wrong, of: events.length },
    ...(origin === undefined ? {} : { layer: showOrigin(origin) }),
  };
}

/** The same rules, which fire so many times in all. */
function fuelled(rules: readonly Rule[], firings: number): readonly Rule[] {
  let left = firings;
  return rules.map((rule) => ({
    ...rule,
    to: (g, bound, node, facts) => {
      const after = left > 0 ? rule.to(g, bound, node, facts) : undefined;
      if (after !== undefined && after !== node) left--;
      return after;
    },
  }));
}
