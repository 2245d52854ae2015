// Applies named rules to a Graph until none fires, and tells which fired. In: a Graph of primitives and a list of rules, the
// first that matches wins. Out: the Graph in normal form and the events in order.
// Guarantee: deterministic and idempotent; each node is visited once; a list of rules that does not come to an end is an
// internal error that names the rule. Scan bodies are rewritten with the same rules.
import { internal } from "../diagnostics/error.ts";
import { type Graph, isGraph, type Node } from "../graph/graph.ts";
import type { Origin } from "../graph/origin.ts";
import { copyInto, regraph } from "../graph/rebuild.ts";
import { begin } from "../ops/index.ts";
import type { Facts, Rule } from "./pattern.ts";

/** A rule fired: `before` became `after`. */
export interface RewriteEvent {
  /** Counts the events of one rewriting from 0. */
  readonly id: number;
  readonly rule: string;
  readonly before: Node;
  readonly after: Node;
  /** The layer of `before`. */
  readonly origin: Origin | undefined;
}
/** The Graph in normal form, and every rule that fired on the way, in order. */
export interface Rewritten {
  readonly graph: Graph;
  readonly events: readonly RewriteEvent[];
}

/** Rewrites until a pass fires nothing; the source itself where none did. */
export function rewrite(source: Graph, rules: readonly Rule[]): Rewritten {
  const events: RewriteEvent[] = [];
  let current = source;
  // Rules see single uses as they were before the pass; a second pass sees what the first one left.
  for (let pass = 0; ; pass++) {
    const step = rewriteOnce(current, rules);
    events.push(...step.events);
    current = step.graph;
    if (step.events.length === 0)
      return { graph: pass === 0 ? source : current, events: events.map((event, id) => ({ ...event, id })) };
    if (pass === 100) internal(`the rule ${events.at(-1)?.rule} still fires after ${pass} passes`);
  }
}

function rewriteOnce(source: Graph, rules: readonly Rule[]): Rewritten {
  const g = begin();
  const events: RewriteEvent[] = [];
  const limit = 1000 + 50 * source.nodes.length;
  const byOp = new Map<string, readonly Rule[]>();
  const rulesFor = (op: string): readonly Rule[] => {
    const found = byOp.get(op) ?? rules.filter(({ from }) => from.op === undefined || from.op === op);
    byOp.set(op, found);
    return found;
  };
  const uses = new Map<Node, number>();
  const facts: Facts = { isFixed: fixedness(), isSingle: (node) => (uses.get(node) ?? 1) <= 1 };

  /** The first rule that fires on a node whose operands are normal. */
  const fire = (node: Node): Node | undefined => {
    for (const { name, from, to } of rulesFor(node.op)) {
      const bound: Record<string, Node> = {};
      if (!from.match(node, bound, facts)) continue;
      const after = to(g, bound, node, facts);
      if (after === undefined || after === node) continue;
      events.push({ id: events.length, rule: name, before: node, after, origin: g.builder.origin });
      if (events.length > limit) internal(`the rule ${name} does not come to an end on ${node.op}`);
      return after;
    }
    return undefined;
  };
  const normal = new Map<Node, Node>();
  const normalize = (node: Node, depth: number): Node => {
    const known = normal.get(node);
    if (known !== undefined) return known;
    if (depth > 1000) internal(`the rule ${events.at(-1)?.rule} does not come to an end on ${node.op}`);
    // What a rule builds has few new nodes above normal ones: this recursion is as deep as the rule's right side.
    const ready = node.inputs.every((input) => normal.get(input) === input)
      ? node
      : g.builder.copy(
          node,
          node.inputs.map((input) => normalize(input, depth + 1)),
        );
    // Asked here, operands first, so that its recursion stays one level deep.
    facts.isFixed(ready);
    const after = fire(ready);
    const result = after === undefined ? ready : normalize(after, depth + 1);
    // A normal form is its own: a node that comes back from a rule is not rewritten again.
    normal.set(node, result).set(ready, result).set(result, result);
    return result;
  };

  const bodies = new Map<Graph, Graph>();
  const bodyOf = (body: Graph): Graph => {
    const done = bodies.get(body) ?? rewriteBody(body, rules, events);
    bodies.set(body, done);
    return done;
  };
  const count = countUses(source);
  const made = copyInto(g.builder, source, (node, inputs) => {
    const { body } = node.attrs;
    const copied = isGraph(body) ? g.node(node.op, inputs, { ...node.attrs, body: bodyOf(body) }) : g.builder.copy(node, inputs);
    const result = normalize(copied, 0);
    uses.set(result, (uses.get(result) ?? 0) + (count.get(node) ?? 0));
    return result;
  });
  return { graph: regraph(g.builder, source, made), events };
}

// A closed value of a body comes from outside, so inside nothing that reads one is fixed: `input` is not.
function rewriteBody(body: Graph, rules: readonly Rule[], events: RewriteEvent[]): Graph {
  const inner = rewrite(body, rules);
  events.push(...inner.events);
  return inner.graph;
}

function countUses({ nodes, results, updates }: Graph): Map<Node, number> {
  const uses = new Map<Node, number>();
  const use = (node: Node) => uses.set(node, (uses.get(node) ?? 0) + 1);
  for (const node of nodes) for (const input of node.inputs) use(input);
  for (const [, node] of [...results, ...updates]) use(node);
  return uses;
}

const varies: ReadonlySet<string> = new Set(["input", "state", "rows", "random", "scan", "pick"]);

/** A memo of: depends on params and constants alone. Asked operands first, it is never more than one level deep. */
export function fixedness(): (node: Node) => boolean {
  const memo = new Map<Node, boolean>();
  const isFixed = (node: Node): boolean => {
    const is = memo.get(node) ?? (!varies.has(node.op) && node.inputs.every(isFixed));
    memo.set(node, is);
    return is;
  };
  return isFixed;
}
