// The optimizer's update. In: the Graph of a loss and its gradients. Out: one with the new weights and the optimizer's state.
// Guarantee: updates read old values only.
import { internal } from "../diagnostics/error.ts";
import { type Graph, graph, type Node } from "../graph/graph.ts";
import { type Origin, withRole } from "../graph/origin.ts";
import { copyInto } from "../graph/rebuild.ts";
import type { Training } from "../model.ts";
import { begin } from "../ops/index.ts";
import { constrain } from "../training/constraints/index.ts";
import type { ConstraintSpec } from "../training/define.ts";
import { parseNamed } from "../training/named.ts";
import { type AnyOptimizer, optimizers } from "../training/optimizers/index.ts";

/** The optimizer a spec names, with its config. Throws CompileError training/spec. */
export function optimizerOf(optimizer: Training["optimizer"]): {
  readonly item: AnyOptimizer;
  readonly config: { readonly learningRate: number };
} {
  const { item, config } = parseNamed(optimizers, optimizer, { kind: "optimizer", path: "training.optimizer" });
  if (!("learningRate" in config) || typeof config.learningRate !== "number")
    internal(`optimizer ${item.name} has no learning rate`);
  return { item, config: { ...config, learningRate: config.learningRate } };
}

/** Which params are moved, and how. */
export interface Movement {
  readonly optimizer: Training["optimizer"];
  readonly trainable: readonly string[];
  /** Where a param is moved to after each update, by name. */
  readonly constraints?: ReadonlyMap<string, ConstraintSpec>;
}

/**
 * The update of params: a Graph with results `loss` and `gradient:<param>` becomes one with its other results, its old updates, the
 * new params, and the optimizer's state (`optimizer/m/dense/kernel`, `optimizer/beta1Power`). The input `learningRate` is a scalar. A param that
 * the Graph updates itself goes on from there.
 */
export function applyOptimizer(source: Graph, { optimizer: spec, trainable, constraints }: Movement): Graph {
  const { item, config } = optimizerOf(spec);
  const g = begin();
  const made = copyInto(g.builder, source);
  const copied = (node: Node): Node => made.get(node) ?? internal(`${source.name}: ${node.op} was not copied`);
  const results = new Map(source.results);
  const result = (name: string): Node => copied(results.get(name) ?? internal(`${source.name} has no result ${name}`));
  const outer = g.builder.origin;
  const learningRate = g.input({ name: "learningRate", shape: [] });
  const optimizer: Origin = { path: "training.optimizer", layer: item.name, name: item.name };
  g.builder.origin = optimizer;
  const assigned = new Map(source.updates.map(([name, node]) => [name, copied(node)]));
  const isTrained = new Set(trainable);
  const updates = [...assigned].filter(([name]) => !isTrained.has(name));

  const globals: Record<string, Node> = {};
  for (const { name, initial } of item.globals(config))
    globals[name] = g.state({ name: `optimizer/${name}`, shape: [], initial });
  // A slot's next value is made on the way to the weight's, and is a part of its own.
  const moved = (part: string, node: Node): void => {
    if (g.builder.origins.get(node)?.path === optimizer.path) g.builder.origins.set(node, withRole(optimizer, part));
    updates.push([`optimizer/${part}`, node]);
  };
  const advanced = item.advance(g, globals, config);
  for (const [name, node] of Object.entries(advanced)) moved(name, node);

  for (const name of trainable) {
    const gradient = result(`gradient:${name}`);
    const { shape } = gradient.type;
    const weight = assigned.get(name) ?? g.param({ name, shape });
    const slots: Record<string, Node> = {};
    for (const slot of item.slots(config))
      slots[slot.name] = g.state({ name: `optimizer/${slot.name}/${name}`, shape, initial: slot.initial });
    const next = g.as(name, () => item.update(g, { weight, gradient, slots, globals: advanced, learningRate, config }));
    const constraint = constraints?.get(name);
    const held = constraint === undefined ? next.weight : g.as(`${name} constraint`, () => constrain(g, constraint, next.weight));
    updates.push([name, held]);
    for (const slot of item.slots(config)) moved(`${slot.name}/${name}`, next.slots[slot.name]);
  }
  g.builder.origin = outer;
  const kept = source.results.flatMap(([name, node]): Graph["results"] =>
    name.startsWith("gradient:") ? [] : [[name, copied(node)]],
  );
  return graph(source.name, kept, updates, g.builder.origins);
}
