// What turns a forward pass into a training step: the loss of a batch, and the optimizer's update. In: Graphs. Out: Graphs.
// Guarantee: sums run over exactly n rows, so a last partial batch is exact; updates read old values only.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import { type Graph, graph, type Node, type Shape } from "../graph/graph.ts";
import { type Origin, withRole } from "../graph/origin.ts";
import { copyInto } from "../graph/rebuild.ts";
import { begin, type G } from "../ops/index.ts";
import type { LossSpec, OptimizerSpec } from "../training/define.ts";
import { type AnyLoss, losses } from "../training/losses/index.ts";
import { parseNamed } from "../training/named.ts";
import { type AnyOptimizer, optimizers } from "../training/optimizers/index.ts";

/** What a model is trained for: a loss and an optimizer, each a name or a name with config. */
export interface TrainingSpec {
  readonly loss: LossSpec;
  readonly optimizer: OptimizerSpec;
}

/** The loss a spec names, with its config. Throws CompileError training/spec. */
export function lossOf({ loss }: TrainingSpec): { readonly item: AnyLoss; readonly config: object } {
  return parseNamed(losses, loss, { kind: "loss", path: "training.loss" });
}

/** The optimizer a spec names, with its config. Throws CompileError training/spec. */
export function optimizerOf({ optimizer }: TrainingSpec): {
  readonly item: AnyOptimizer;
  readonly config: { readonly learningRate: number };
} {
  const { item, config } = parseNamed(optimizers, optimizer, { kind: "optimizer", path: "training.optimizer" });
  if (!("learningRate" in config) || typeof config.learningRate !== "number")
    internal(`optimizer ${item.name} has no learning rate`);
  return { item, config: { ...config, learningRate: config.learningRate } };
}

/** Throws CompileError training/spec where loss or optimizer is unknown, has a config that it does not take, or does not fit. */
export function checkTraining(training: TrainingSpec, output: readonly number[]): void {
  optimizerOf(training);
  targetPort(training, output);
}

/** One sample's target for a model that gives `output`. Throws CompileError training/spec where the loss does not fit. */
export function targetPort(training: TrainingSpec, output: readonly number[]): Port {
  const { item, config } = lossOf(training);
  if (output.length === 0) {
    const message = `${item.name} takes a mean over the last axis of the output, but a sample's output is a single number`;
    throw new CompileError({ code: "training/spec", path: "training.loss", message, hint: "end the model with flatten()" });
  }
  const range = item.labels?.(output, config);
  return { name: "y", shape: item.target(output, config), ...(range === undefined ? {} : { range }) };
}

/**
 * The loss of a batch, a scalar: Σ values · weights / number of values; where masks say so, masked values count neither above
 * nor below. `weights` is [n]; `extra` joins the result.
 */
export function batchLoss(
  g: G,
  training: TrainingSpec,
  { y, mask, target, weights, extra }: { y: Node; mask?: Node; target: Node; weights: Node; extra: readonly Node[] },
): Node {
  const { item, config } = lossOf(training);
  const { values, mask: own } = item.lower(g, { y, target, config });
  const { shape } = values.type;
  const all = shape.map((_, axis) => axis);
  const masks = [mask, own].filter((part) => part !== undefined).map((part) => alongFirst(g, part, shape));
  const weighted = g.mul(values, alongFirst(g, weights, shape));
  if (masks.length === 0) {
    const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
    const count = g.mul(g.rows(), g.fill(positions, []));
    return [g.div(g.reduceSum(weighted, { axes: all }), count), ...extra].reduce((a, b) => g.add(a, b));
  }
  const keep = masks.reduce((a, b) => g.mul(a, b));
  // select, not a product: a masked value may be infinite. A batch without a single value has loss 0.
  const total = g.reduceSum(g.select(keep, weighted, g.like(weighted, 0)), { axes: all });
  const count = g.max(g.reduceSum(keep, { axes: all }), g.fill(1, []));
  return [g.div(total, count), ...extra].reduce((a, b) => g.add(a, b));
}

/** A value over the first axes of `shape`, the same along the rest. */
function alongFirst(g: G, value: Node, shape: Shape): Node {
  return g.broadcast(value, { shape, axes: value.type.shape.map((_, axis) => axis) });
}

/**
 * The update of `params`: a Graph with results `loss` and `gradient:<param>` becomes one with the result `loss`, its old updates,
 * the new params, and the optimizer's state (`adam/m:dense/kernel`, `adam/beta1Power`). The input `learningRate` is a scalar.
 */
export function applyOptimizer(source: Graph, training: TrainingSpec, params: readonly string[]): Graph {
  const { item, config } = optimizerOf(training);
  const g = begin();
  const made = copyInto(g.builder, source);
  const copied = (node: Node): Node => made.get(node) ?? internal(`${source.name}: ${node.op} was not copied`);
  const results = new Map(source.results);
  const result = (name: string): Node => copied(results.get(name) ?? internal(`${source.name} has no result ${name}`));
  const outer = g.builder.origin;
  const learningRate = g.input({ name: "learningRate", shape: [] });
  const optimizer: Origin = { path: "training.optimizer", layer: item.name, name: item.name };
  g.builder.origin = optimizer;
  const updates = source.updates.map(([name, node]): [string, Node] => [name, copied(node)]);

  const globals: Record<string, Node> = {};
  for (const { name, initial } of item.globals(config))
    globals[name] = g.state({ name: `${item.name}/${name}`, shape: [], initial });
  // A slot's next value is made on the way to the weight's, and is a part of its own.
  const moved = (part: string, node: Node): void => {
    if (g.builder.origins.get(node)?.path === optimizer.path) g.builder.origins.set(node, withRole(optimizer, part));
    updates.push([`${item.name}/${part}`, node]);
  };
  const advanced = item.advance(g, globals, config);
  for (const [name, node] of Object.entries(advanced)) moved(name, node);

  for (const name of params) {
    const gradient = result(`gradient:${name}`);
    const { shape } = gradient.type;
    const weight = g.param({ name, shape });
    const slots: Record<string, Node> = {};
    for (const slot of item.slots(config))
      slots[slot.name] = g.state({ name: `${item.name}/${slot.name}:${name}`, shape, initial: slot.initial });
    const next = g.as(name, () => item.update(g, { weight, gradient, slots, globals: advanced, learningRate, config }));
    updates.push([name, next.weight]);
    for (const slot of item.slots(config)) moved(`${slot.name}:${name}`, next.slots[slot.name]);
  }
  g.builder.origin = outer;
  return graph(source.name, [["loss", result("loss")]], updates, g.builder.origins);
}
