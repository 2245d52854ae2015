// What the way back of a scan needs of the way forward: the carries before each step, and of each step what is dear to compute again.
// In: the scan and nodes of its body. Out: stacks over time in the order of t, from one scan of the same loop that keeps more.
//
//   gates = h·U + x[t]      dear: a sum            asked for by nobody on the way back, so not kept
//   i, f, o = σ(gates)      dear: exponentials     kept: σ's slope reads σ
//   c′ = f·c + i·g          light                  computed again from what is kept
import { type Graph, graph, type Node } from "../../graph/graph.ts";
import type { G, VjpSite } from "../define.ts";
import { isLight } from "../kit/work.ts";
import { type ScanAttrs, stackedShape, timeAxis } from "./attrs.ts";

/** Whether a node costs more to compute again than to read: what folds or gathers, and what takes many steps at a point. */
export function isDear({ ops }: G, node: Node): boolean {
  const op = ops[node.op];
  if (op.kind !== "primitive") return false;
  return op.lower.kind === "nest" || (op.lower.kind === "pointwise" && !isLight(op, node)) || node.op === "pick";
}

/** The first nodes on the way down from `roots` for which `ends` holds, in the order in which they are met. */
export function frontier(roots: readonly Node[], ends: (node: Node) => boolean): readonly Node[] {
  const [found, seen] = [new Set<Node>(), new Set<Node>()];
  // A stack instead of recursion: a step may be a long chain.
  for (const stack = roots.toReversed(); stack.length > 0; ) {
    const node = stack.pop() as Node;
    if (seen.has(node)) continue;
    seen.add(node);
    if (ends(node)) found.add(node);
    else stack.push(...node.inputs.toReversed());
  }
  return [...found];
}

/** Stacks of the forward loop. */
export interface Kept {
  /** Carry i before each step. */
  readonly before: (i: number) => Node;
  /** A node of the body at each step. */
  readonly each: (node: Node) => Node;
}

/** The scan of `site` once more, asked to keep all steps of these carries and nodes of its body. */
export function forwardKeeping(
  g: G,
  { inputs, attrs }: VjpSite<ScanAttrs>,
  carries: ReadonlySet<number>,
  nodes: readonly Node[],
): Kept {
  const { body, length, reverse } = attrs;
  const known = body.results.map(([, node]) => node);
  const more = nodes.filter((node) => !known.includes(node));
  const results = [...body.results, ...more.map((node, k) => [`kept${k}`, node] as const)];
  const values = results.map(([, node]) => node);
  // Of a result that is another one under another name, that which is stacked already.
  const place = (node: Node): number => {
    const stacked = values.findIndex((other, j) => other === node && attrs.keep[j] === "all");
    return stacked < 0 ? values.indexOf(node) : stacked;
  };
  const needed = new Set([...[...carries].map((i) => place(values[i])), ...nodes.map(place)]);
  const keep = values.map((_, i) => (needed.has(i) ? "all" : (attrs.keep[i] ?? "all")));
  const grown: Graph = more.length === 0 ? body : graph(body.name, results, [], body.origins);
  const all = g.node("scan", inputs, { ...attrs, body: grown, keep });
  const each = (node: Node): Node => g.pick(all, { index: place(node) });
  const before = (i: number): Node => {
    const { shape } = inputs[i].type;
    const first = g.reshape(inputs[i], { shape: stackedShape(shape, 1) });
    if (length === 1) return first;
    const axis = timeAxis(shape);
    const sizes = stackedShape(shape, length - 1);
    const starts = sizes.map((_, a) => (a === axis && reverse ? 1 : 0));
    const others = g.slice(each(values[i]), { starts, sizes });
    return reverse ? g.concat(others, first, { axis }) : g.concat(first, others, { axis });
  };
  return { before, each };
}
