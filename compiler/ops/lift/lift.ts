// A Graph for one step as the same for all steps at once. In: nodes over holes, and what fills each hole. Out: the nodes with one more
// axis, time, on which each step is computed as if alone. Time stands where a scan stacks it: axis 1 of a batched value, axis 0 of any other.
//
//   one step     [n, 3] · W [3, 4]       + b [4]             all steps    [n, t, 3] · W [3, 4]  + b [4]
//   statistics   mean over n of [n, 3]   [3]                              mean over n           [t, 3]
//
// Guarantee: step k of what comes out is what the nodes give for step k of what comes in, to the order of every sum. What does not depend on
// a step (weights) keeps its shape; what has rows always has time, so that each step draws noise of its own.
import { internal } from "../../diagnostics/error.ts";
import { type Graph, graph, type Node } from "../../graph/graph.ts";
import type { Origin } from "../../graph/origin.ts";
import type { G } from "../define.ts";
import { type ScanAttrs, stackedShape } from "../scan/attrs.ts";
import { type Lifted, ruleOf, swapTime, timed } from "./rules.ts";

export { type Lifted, timed } from "./rules.ts";

/** What stands in the place of a source: a hole's filling, or nothing where it is the same at every step. */
type Fill = (source: Node) => Lifted | undefined;

/** The values of all steps of `roots`, in `g`; `fillings` gives each hole's values of all `length` steps. */
export function lift(g: G, roots: readonly Node[], fillings: ReadonlyMap<Node, Node>, length: number): readonly Lifted[] {
  const fill: Fill = (source) => {
    const filling = fillings.get(source);
    return filling === undefined ? undefined : { node: filling, has: true };
  };
  return liftInto(g, roots, { length, origins: g.builder.origins, fill });
}

interface Lifting {
  readonly length: number;
  readonly origins: ReadonlyMap<Node, Origin>;
  readonly fill: Fill;
}

function liftInto(g: G, roots: readonly Node[], lifting: Lifting): readonly Lifted[] {
  const made = new Map<Node, Lifted>();
  const outer = g.builder.origin;
  for (const node of graph(
    "steps",
    roots.map((root, i) => [`y${i}`, root]),
  ).nodes) {
    // biome-ignore format: one line
    g.builder.origin = lifting.origins.get(node) ?? outer;
    made.set(node, liftNode(g, node, node.inputs.map((input) => made.get(input) as Lifted), lifting)); // biome-ignore format: one line
  }
  g.builder.origin = outer;
  return roots.map((root) => made.get(root) as Lifted);
}

function liftNode(g: G, node: Node, inputs: readonly Lifted[], lifting: Lifting): Lifted {
  const filled = node.inputs.length === 0 ? lifting.fill(node) : undefined;
  if (filled !== undefined) return filled;
  const isBatched = node.type.shape[0] === "n";
  // A bundle says by item what has time.
  if (node.op === "pick" && inputs[0].items !== undefined) return pickStep(g, node, inputs[0].node, inputs[0].items);
  if (!isBatched && !inputs.some(({ has }) => has))
    return { node: g.builder.copy(node, inputs.map((input) => input.node)), has: false }; // biome-ignore format: one line
  if (node.op === "scan") return liftScan(g, node, inputs, lifting.length);
  const rule = ruleOf(g, node) ?? internal(`no rule says what ${node.op} is of many steps at once`);
  return { node: rule({ g, node, inputs, length: lifting.length }), has: true };
}

/** A loop within each step: one loop whose values have one more axis. Its own time stands before ours, so that it can be sliced. */
function liftScan(g: G, node: Node, inputs: readonly Lifted[], length: number): Lifted {
  const attrs = node.attrs as unknown as ScanAttrs;
  const { carries, xs } = attrs;
  const flags = inputs.map(({ has }) => has);
  // A carry has time from the first turn on where a later one gives it.
  for (;;) {
    const { body, has } = liftBody(g, attrs, flags, length);
    const late = has.findIndex((is, i) => i < carries && is && !flags[i]);
    if (late >= 0) {
      flags[late] = true;
      continue;
    }
    const nodes = inputs.map((input, i) => {
      const given = flags[i] ? timed(g, input, node.inputs[i].type.shape, length) : input.node;
      return flags[i] && i >= carries && i < carries + xs ? swapTime(g, given) : given;
    });
    return { node: g.node("scan", nodes, { ...attrs, body }), has: has.some((is) => is), items: has };
  }
}

function liftBody(g: G, attrs: ScanAttrs, flags: readonly boolean[], length: number): { body: Graph; has: readonly boolean[] } {
  const { body, carries, xs } = attrs;
  const b = g.fresh();
  const indexOf = (name: string): number => {
    const [, kind, k] = /^(carry|x|closed)(\d+)$/.exec(name) ?? internal(`a body reads ${name}`);
    return Number(k) + (kind === "carry" ? 0 : kind === "x" ? carries : carries + xs);
  };
  const fill: Fill = (source) => {
    if (source.op !== "input") return undefined;
    const name = source.attrs.name as string;
    const has = flags[indexOf(name)];
    const { shape } = source.type;
    return { node: b.input({ name, shape: has ? stackedShape(shape, length) : shape }), has };
  };
  const roots = body.results.map(([, root]) => root);
  const results = liftInto(b, roots, { length, origins: body.origins, fill });
  // A carry that came with time goes on with it.
  const has = results.map((result, i) => result.has || (i < carries && flags[i]));
  const nodes = results.map((result, i) => (has[i] ? timed(b, result, roots[i].type.shape, length) : result.node));
  const named = body.results.map(([name], i) => [name, nodes[i]] as const);
  return { body: graph(body.name, named, [], b.builder.origins), has };
}

function pickStep(g: G, node: Node, bundle: Node, items: readonly boolean[]): Lifted {
  const index = node.attrs.index as number;
  const picked = g.pick(bundle, { index });
  if (!items[index]) return { node: picked, has: false };
  const isStack = (bundle.attrs as unknown as ScanAttrs).keep[index] === "all";
  return { node: isStack ? swapTime(g, picked) : picked, has: true };
}
