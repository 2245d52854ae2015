// A wrapped layer at each step of a sequence. In: what the layer gave for one step, over a hole that stands for the step, and what it left
// behind on the way: losses, states, and new values of weights. Out: the same of all steps at once (`ops/lift`).
// Guarantee: a weight that each step moves on (a moving mean) goes from step to step in order, as if the layer were called so often.
import { CompileError } from "../diagnostics/error.ts";
import { graph, type Node } from "../graph/graph.ts";
import type { LayerResult } from "../layers/define.ts";
import type { G } from "../ops/index.ts";
import { lift, timed } from "../ops/lift/lift.ts";
import { Loop } from "../ops/scan/loop.ts";

/** A weight that the layer moves on: its value before the step, and after it. */
export interface Moved {
  readonly name: string;
  readonly old: Node;
  readonly now: Node;
}
/** What a layer leaves behind beside its result. */
export interface Left {
  readonly losses: readonly Node[];
  readonly moved: readonly Moved[];
}
interface Time {
  /** What stands for a step, and the steps. */
  readonly fillings: ReadonlyMap<Node, Node>;
  readonly length: number;
}

/** Inputs of the Graph that stand for a step, and what each of them is filled with. */
export function holes(g: G, at: string) {
  const fillings = new Map<Node, Node>();
  const hole = (name: string, filling: Node, shape: readonly number[]): Node => {
    const made = g.input({ name: `${at}:${name}`, shape: ["n", ...shape] });
    fillings.set(made, filling);
    return made;
  };
  return { hole, fillings };
}

/** The layer's result and what it left, of all steps. Throws CompileError where a step computes with a weight that the one before changed. */
export function atEachStep(
  g: G,
  made: LayerResult,
  left: Left,
  time: Time,
): { readonly result: LayerResult; readonly left: Left } {
  const { y, more = [], mask } = made;
  const values = [y, ...more, ...left.losses, ...(mask ? [mask] : [])];
  checkOrder(values, left.moved);
  const lifted = lift(g, values, time.fillings, time.length);
  const all = lifted.map((value, i) => timed(g, value, values[i].type.shape, time.length));
  // A loss that is the same at every step, as one on weights is, counts once.
  const losses = lifted.slice(1 + more.length, 1 + more.length + left.losses.length);
  return {
    result: {
      y: all[0],
      ...(more.length === 0 ? {} : { more: all.slice(1, 1 + more.length) }),
      ...(mask ? { mask: all[all.length - 1] } : mask === null ? { mask } : {}),
    },
    left: {
      losses: losses.map(({ node, has }) => (has ? g.reduceSum(node, { axes: [0] }) : node)),
      moved: inOrder(g, left.moved, time),
    },
  };
}

/** What depends on one of `from`, among the nodes that `roots` reach. */
function dependents(roots: readonly Node[], from: readonly Node[]): ReadonlySet<Node> {
  const found = new Set(from);
  for (const node of nodesOf(roots)) if (node.inputs.some((input) => found.has(input))) found.add(node);
  return found;
}

const nodesOf = (roots: readonly Node[]): readonly Node[] =>
  graph("step", roots.map((root, i) => [`y${i}`, root])).nodes; // biome-ignore format: one line

function checkOrder(values: readonly Node[], moved: readonly Moved[]): void {
  const reached = new Set(nodesOf(values));
  const early = moved.find(({ old }) => reached.has(old));
  if (early === undefined) return;
  const message = `each step would compute with the ${early.name} that the step before it leaves`;
  const hint = "put the layer outside, or freeze it: trainable: false";
  throw new CompileError({ code: "layer/untrained", path: "", message, hint });
}

/** The moved weights after all steps: a loop over what the steps add, which is computed for all of them before it. */
function inOrder(g: G, moved: readonly Moved[], { fillings, length }: Time): readonly Moved[] {
  if (moved.length === 0) return [];
  const roots = moved.map(({ now }) => now);
  const olds = moved.map(({ old }) => old);
  const inner = dependents(roots, olds);
  const nodes = nodesOf(roots);
  const isInner = (node: Node) => inner.has(node) || (node.op === "constant" && !roots.includes(node));
  const outer = [
    ...new Set([...nodes.filter(isInner).flatMap(({ inputs }) => inputs), ...roots].filter((node) => !isInner(node))),
  ];
  const loop = new Loop(g.fresh());
  const made = new Map<Node, Node>();
  const hole = (node: Node): Node => {
    const input = loop.g.input({ name: `hole${made.size}`, shape: node.type.shape });
    made.set(node, input);
    return input;
  };
  const holes = olds.map(hole);
  for (const [i, { node, has }] of lift(g, outer, fillings, length).entries()) {
    if (has) loop.slice(hole(outer[i]), node);
    else loop.close(hole(outer[i]), node);
  }
  for (const node of nodes.filter((one) => isInner(one) && !olds.includes(one)))
    made.set(node, loop.g.builder.copy(node, node.inputs.map((input) => made.get(input) as Node))); // biome-ignore format: one line
  const items = moved.map(({ old, now }, i) => loop.carry(holes[i], old, made.get(now) as Node));
  const itemOf = loop.finish(g, { length, reverse: false });
  return moved.map(({ name, old }, i) => ({ name, old, now: itemOf(items[i]) }));
}
