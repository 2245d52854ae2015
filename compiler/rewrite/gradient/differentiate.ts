// Reverse-mode differentiation: walks a Graph from its results to the wanted nodes, over the ops' vjp rules.
// In: a Graph of primitives. Out: a Graph that also yields gradients; ordinary Graph, so every later pass serves it.
// Guarantee: cotangents are summed in a fixed order; only nodes between `wrt` and the roots are touched.
//
//   v̄ = d result / d v:  result̄ = 1;  node by node from the result down, each input gets  x̄ += vjp(node, x)(n̄ode)
import { CompileError, internal, invariant } from "../../diagnostics/error.ts";
import { type Graph, graph, type Node, sameShape, showShape } from "../../graph/graph.ts";
import { type Origin, showOrigin } from "../../graph/origin.ts";
import { copyInto, regraph } from "../../graph/rebuild.ts";
import { begin, type G } from "../../ops/index.ts";
import { expandComposites } from "../expand.ts";
import { mergeScans } from "./merge-scans.ts";

/**
 * Cotangents of `wrt`, given those of `roots`: d Σ⟨root, ct⟩ / d wrt. null where none flows; a `wrt` may lie above another.
 * Throws CompileError autodiff/not-differentiable where a cotangent would have to pass an op that has no gradient.
 */
export function pullback(g: G, roots: readonly (readonly [Node, ct: Node])[], wrt: readonly Node[]): (Node | null)[] {
  const { nodes } = graph(
    "pullback",
    roots.map(([root]) => ["", root]),
  );
  // Forwards: whatever depends on a wanted node. Backwards, below, only these hand cotangents on.
  const wanted = new Set(wrt);
  for (const node of nodes) if (node.inputs.some((input) => wanted.has(input))) wanted.add(node);

  // One cotangent per item of a bundle, one for a tensor.
  const cotangents = new Map<Node, (Node | null)[]>();
  const accumulate = (node: Node, item: number, ct: Node) => {
    const type = node.type.items?.[item] ?? node.type;
    invariant(
      sameShape(ct.type.shape, type.shape),
      `a cotangent of ${node.op} ${showShape(type.shape)} has shape ${showShape(ct.type.shape)}`,
    );
    const items = cotangents.get(node) ?? Array<null>(node.type.items?.length ?? 1).fill(null);
    const old = items[item];
    items[item] = old === null ? ct : g.add(old, ct);
    cotangents.set(node, items);
  };

  const outer = g.builder.origin;
  for (const [root, ct] of roots) if (wanted.has(root)) accumulate(root, 0, ct);
  for (const node of [...nodes].reverse()) {
    const cts = cotangents.get(node);
    if (cts === undefined || !node.inputs.some((input) => wanted.has(input))) continue;
    const ct = cts.find((item) => item !== null) ?? internal(`${node.op} was reached without a cotangent`);
    const origin = g.builder.origins.get(node);
    g.builder.origin = origin && { ...origin, gradient: true };
    const op = g.ops[node.op];
    if (op.kind !== "primitive") internal(`${node.op} must be expanded before it is differentiated`);
    if (typeof op.vjp !== "function") throw notDifferentiable(node, op.vjp.notDifferentiable, origin);
    const isWanted = node.inputs.map((input) => wanted.has(input));
    const flows = op.vjp(g, { inputs: node.inputs, output: node, ct, cts, attrs: node.attrs, wanted: isWanted, pull: pullback });
    node.inputs.forEach((input, i) => {
      const flow = flows[i];
      // `pick` alone reads bundles: its cotangent belongs to the item it took.
      if (flow !== null && isWanted[i])
        accumulate(input, input.type.items === undefined ? 0 : (node.attrs.index as number), flow);
    });
  }
  g.builder.origin = outer;
  return wrt.map((node) => cotangents.get(node)?.[0] ?? null);
}

/** The gradient of a weight is that part of its layer's gradient which the weight is of the layer. */
function nameGradient({ builder: { origins } }: G, gradient: Node, weight: Node): void {
  const [own, from] = [origins.get(gradient), origins.get(weight)];
  if (own?.gradient && from?.role !== undefined && own.path === from.path) origins.set(gradient, { ...from, gradient: true });
}

const notDifferentiable = (node: Node, reason: string, origin: Origin | undefined): CompileError =>
  new CompileError({
    code: "autodiff/not-differentiable",
    path: origin?.path ?? "",
    message: `the gradient would have to pass ${node.op}, which has none: ${reason}`,
    notes: origin === undefined ? [] : [`in ${showOrigin(origin)}`],
    hint: "freeze the weights before it, or replace the layer",
  });

/**
 * The Graph with further results `gradient:<name>`, d result / d param, of the params' shapes: zeros where no gradient flows. A param
 * that the Graph updates has been assigned before it was read: the gradient is that for its new value.
 * `result` is a scalar, differentiated times `scale`. Results and updates stay; a gradient node's origin is that of what it differentiates, as gradient.
 */
export function differentiate(source: Graph, result: string, params: readonly string[], scale = 1): Graph {
  const g = begin();
  const primal = regraph(g.builder, source, copyInto(g.builder, source));
  const root =
    primal.results.find(([name]) => name === result)?.[1] ?? internal(`the graph ${source.name} has no result ${result}`);
  invariant(root.type.shape.length === 0, `only a scalar has a gradient; ${result} is ${showShape(root.type.shape)}`);
  const byName = new Map(primal.nodes.filter((node) => node.op === "param").map((node) => [node.attrs.name, node]));
  const assigned = new Map(primal.updates);
  const wrt = params.map(
    (name) => assigned.get(name) ?? byName.get(name) ?? internal(`the graph ${source.name} has no param ${name}`),
  );
  const gradients = pullback(g, [[root, g.fill(scale, [])]], wrt);
  for (const [i, gradient] of gradients.entries()) if (gradient !== null) nameGradient(g, gradient, wrt[i]);
  const named = params.map((name, i) => [`gradient:${name}`, gradients[i] ?? g.like(wrt[i], 0)] as const);
  return mergeScans(expandComposites(graph(primal.name, [...primal.results, ...named], primal.updates, g.builder.origins)));
}
