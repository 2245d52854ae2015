// What turns a forward pass into a training step: the loss of a batch, and the optimizer's update. In: Graphs. Out: Graphs.
// Guarantee: sums run over exactly n rows, so a last partial batch is exact; updates read old values only.
import type { Port } from "../artifact.ts";
import { CompileError, internal } from "../diagnostics/error.ts";
import { isPlain, plainData } from "../diagnostics/plain.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { type Graph, graph, type Node, type Shape } from "../graph/graph.ts";
import { type Origin, withRole } from "../graph/origin.ts";
import { copyInto } from "../graph/rebuild.ts";
import type { Training } from "../model.ts";
import { begin, type G } from "../ops/index.ts";
import { constrain } from "../training/constraints/index.ts";
import type { ConstraintSpec, Metric } from "../training/define.ts";
import { type AnyLoss, losses } from "../training/losses/index.ts";
import { metricOf } from "../training/metrics/index.ts";
import { parseNamed } from "../training/named.ts";
import { type AnyOptimizer, optimizers } from "../training/optimizers/index.ts";

/** The loss of one output, and how much it counts. */
export interface PortLoss {
  /** The output. */
  readonly port: string;
  readonly item: AnyLoss;
  readonly config: object;
  readonly weight: number;
  /** `training.loss` or `training.loss.price`. */
  readonly path: string;
}

/** The losses a spec names: one for every output, or by output; an output without one is not trained. Throws CompileError training/spec. */
export function lossesOf({ loss, lossWeights = {} }: Training, outputs: readonly string[]): readonly PortLoss[] {
  const byPort = lossMap(loss, outputs);
  const parse = (spec: unknown, port: string, path: string): PortLoss => {
    const weight = Object.hasOwn(lossWeights, port) ? lossWeights[port] : 1;
    return { port, ...parseNamed(losses, spec, { kind: "loss", path }), weight, path };
  };
  const found = outputs.flatMap((port) => {
    if (byPort === undefined) return [parse(loss, port, "training.loss")];
    return Object.hasOwn(byPort, port) ? [parse(byPort[port], port, `training.loss.${port}`)] : [];
  });
  for (const [port, weight] of Object.entries(lossWeights)) {
    const path = `training.lossWeights.${port}`;
    if (!found.some((one) => one.port === port)) throw unknownPort("lossWeights", port, path, outputs);
    if (!Number.isFinite(Math.fround(weight)))
      throw new CompileError({ code: "training/spec", path, message: `a loss's weight is a finite number, found ${weight}` });
  }
  return found;
}

/** A metric of one output. */
export interface PortMetric {
  /** Keras' name: as it was given, with the output before it where there are several. */
  readonly key: string;
  readonly port: string;
  readonly item: Pick<Metric, "name" | "values">;
  readonly path: string;
}

/** The metrics a spec names, of outputs that have a target. Throws CompileError training/spec. */
export function metricsOf({ metrics = [] }: Training, outputs: readonly Port[], targets: readonly Port[]): readonly PortMetric[] {
  const names = outputs.map(({ name }) => name);
  const byPort: Readonly<Record<string, readonly string[]>> = isList(metrics)
    ? Object.fromEntries(targets.map(({ name }) => [name, metrics]))
    : metrics;
  const keys = new Set(["loss", ...targets.map(({ name }) => `${name}_loss`)]);
  return Object.entries(byPort).flatMap(([port, list]) => {
    const at = isList(metrics) ? "training.metrics" : `training.metrics.${port}`;
    const target = targets.find(({ name }) => name === port);
    const output = outputs.find(({ name }) => name === port);
    if (target === undefined || output === undefined) throw unknownPort("metrics", port, at, names);
    return list.map((name, i): PortMetric => {
      const path = `${at}[${i}]`;
      const key = outputs.length === 1 ? name : `${port}_${name}`;
      if (keys.has(key))
        throw new CompileError({
          code: "training/spec",
          path,
          message: `${JSON.stringify(key)} is there twice`,
          hint: "name each metric once",
        });
      keys.add(key);
      return { key, port, item: metricOf(name, output.shape, target.shape, path), path };
    });
  });
}
const isList = (value: NonNullable<Training["metrics"]>): value is readonly string[] => Array.isArray(value);

/** Losses by output; undefined where the spec is a loss for all of them. */
function lossMap(loss: unknown, outputs: readonly string[]): Readonly<Record<string, unknown>> | undefined {
  if (!isPlain(loss)) return undefined;
  const map = plainData(loss, { code: "training/spec", path: "training.loss", subject: "loss" }) as Readonly<
    Record<string, unknown>
  >;
  const keys = Object.keys(map);
  const strange = keys.find((key) => !outputs.includes(key));
  if (keys.length > 0 && strange === undefined) return map;
  // What has a name is a loss with its config.
  if (typeof map.name === "string" || strange === undefined || outputs.length === 1) return undefined;
  throw unknownPort("loss", strange, `training.loss.${strange}`, outputs);
}

function unknownPort(subject: string, port: string, path: string, outputs: readonly string[]): CompileError {
  const message = `${subject} names the output ${JSON.stringify(port)}, and the model has ${outputs.join(", ")}`;
  return new CompileError({ code: "training/spec", path, message, hint: suggestionFor(port, outputs) });
}

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

/** Throws CompileError training/spec where loss or optimizer is unknown, has a config that it does not take, or does not fit. */
export function checkTraining(training: Training, outputs: readonly Port[]): readonly PortLoss[] {
  optimizerOf(training.optimizer);
  const found = lossesOf(training, outputs.map(({ name }) => name)); // biome-ignore format: one line
  const targets = found.map((loss) => targetPort(loss, outputs));
  metricsOf(training, outputs, targets);
  return found;
}

/** What a sample's target looks like for the output that a loss is of. Throws CompileError training/spec where the loss does not fit. */
export function targetPort({ port, item, config, path }: PortLoss, outputs: readonly Port[]): Port {
  const { shape: output, type } = outputs.find(({ name }) => name === port) ?? internal(`there is no output ${port}`);
  if (type === "string") {
    const message = `${JSON.stringify(port)} gives text, which has no ${item.name}`;
    throw new CompileError({
      code: "training/spec",
      path,
      message,
      hint: "train on the numbers, and let words be an output beside them",
    });
  }
  if (output.length === 0) {
    const message = `${item.name} takes a mean over the last axis of the output, but a sample's output is a single number`;
    throw new CompileError({ code: "training/spec", path, message, hint: "end the model with flatten()" });
  }
  const range = item.labels?.(output, config);
  return { name: port, shape: item.target(output, config), ...(range === undefined ? {} : { range }) };
}

/**
 * The loss of a batch, a scalar: Σ values · weights / number of values; where masks say so, masked values count neither above
 * nor below. `weights` is [n].
 */
export function batchLoss(
  g: G,
  { item, config }: Pick<PortLoss, "item" | "config">,
  { y, mask, target, weights }: { y: Node; mask?: Node; target: Node; weights: Node },
): Node {
  const { values, mask: own } = item.lower(g, { y, target, config });
  const { shape } = values.type;
  const all = shape.map((_, axis) => axis);
  const masks = [mask, own].filter((part) => part !== undefined).map((part) => alongFirst(g, part, shape));
  const weighted = g.mul(values, alongFirst(g, weights, shape));
  if (masks.length === 0) {
    const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
    const count = g.mul(g.rows(), g.fill(positions, []));
    return g.div(g.reduceSum(weighted, { axes: all }), count);
  }
  const keep = masks.reduce((a, b) => g.mul(a, b));
  // select, not a product: a masked value may be infinite. A batch without a single value has loss 0.
  const total = g.reduceSum(g.select(keep, weighted, g.like(weighted, 0)), { axes: all });
  const count = g.max(g.reduceSum(keep, { axes: all }), g.fill(1, []));
  return g.div(total, count);
}

/** The sum of values [n, …], and how many there are; where a mask says so, masked values are in neither. */
export function sumOver(g: G, values: Node, mask: Node | undefined): { readonly total: Node; readonly count: Node } {
  const { shape } = values.type;
  const axes = shape.map((_, axis) => axis);
  if (mask === undefined) {
    const positions = shape.slice(1).reduce<number>((product, size) => product * (size as number), 1);
    return { total: g.reduceSum(values, { axes }), count: g.mul(g.rows(), g.fill(positions, [])) };
  }
  const keep = alongFirst(g, mask, shape);
  return { total: g.reduceSum(g.select(keep, values, g.like(values, 0)), { axes }), count: g.reduceSum(keep, { axes }) };
}

/** A value over the first axes of `shape`, the same along the rest. */
function alongFirst(g: G, value: Node, shape: Shape): Node {
  return g.broadcast(value, { shape, axes: value.type.shape.map((_, axis) => axis) });
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
 * new params, and the optimizer's state (`adam/m:dense/kernel`, `adam/beta1Power`). The input `learningRate` is a scalar. A param that
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
    globals[name] = g.state({ name: `${item.name}/${name}`, shape: [], initial });
  // A slot's next value is made on the way to the weight's, and is a part of its own.
  const moved = (part: string, node: Node): void => {
    if (g.builder.origins.get(node)?.path === optimizer.path) g.builder.origins.set(node, withRole(optimizer, part));
    updates.push([`${item.name}/${part}`, node]);
  };
  const advanced = item.advance(g, globals, config);
  for (const [name, node] of Object.entries(advanced)) moved(name, node);

  for (const name of trainable) {
    const gradient = result(`gradient:${name}`);
    const { shape } = gradient.type;
    const weight = assigned.get(name) ?? g.param({ name, shape });
    const slots: Record<string, Node> = {};
    for (const slot of item.slots(config))
      slots[slot.name] = g.state({ name: `${item.name}/${slot.name}:${name}`, shape, initial: slot.initial });
    const next = g.as(name, () => item.update(g, { weight, gradient, slots, globals: advanced, learningRate, config }));
    const constraint = constraints?.get(name);
    const held = constraint === undefined ? next.weight : g.as(`${name} constraint`, () => constrain(g, constraint, next.weight));
    updates.push([name, held]);
    for (const slot of item.slots(config)) moved(`${slot.name}:${name}`, next.slots[slot.name]);
  }
  g.builder.origin = outer;
  const kept = source.results.flatMap(([name, node]): Graph["results"] =>
    name.startsWith("gradient:") ? [] : [[name, copied(node)]],
  );
  return graph(source.name, kept, updates, g.builder.origins);
}
