// The optimizer's update. In: the Graph of a loss and its gradients. Out: one with the new weights and the optimizer's state.
// Guarantee: updates read old values only; what a config does not ask for leaves no node behind.
import { internal } from "../diagnostics/error.ts";
import { type Graph, graph, type Node } from "../graph/graph.ts";
import { type Origin, withRole } from "../graph/origin.ts";
import { copyInto } from "../graph/rebuild.ts";
import type { Training } from "../model.ts";
import { begin, type G } from "../ops/index.ts";
import { constrain } from "../training/constraints/index.ts";
import type { ConstraintSpec, Trained } from "../training/define.ts";
import { parseNamed } from "../training/named.ts";
import type { Common } from "../training/optimizers/common.ts";
import { type AnyOptimizer, optimizers } from "../training/optimizers/index.ts";
import { hasKeyword } from "../training/optimizers/keywords.ts";
import { type Rate, rateAt, scheduled } from "../training/schedules/index.ts";
import { type Around, accumulated, averaged, begun, decayed, unscaled } from "./update/around.ts";
import { clipped } from "./update/clip.ts";
import { Counter } from "./update/counter.ts";
import { gradientOf } from "./update/gradient.ts";

type Config = Common & { readonly learningRate: Rate };

/** The optimizer a spec names, with its config. Throws CompileError training/spec. */
export function optimizerOf(optimizer: Training["optimizer"]): { readonly item: AnyOptimizer; readonly config: Config } {
  const { item, config } = parseNamed(optimizers, optimizer, { kind: "optimizer", path: "training.optimizer" });
  const checked = config as Config;
  rateAt(checked.learningRate, 0);
  return { item, config: checked };
}

/** Which params are moved, and how. */
export interface Movement {
  readonly optimizer: Training["optimizer"];
  readonly trainable: readonly string[];
  /** Where a param is moved to after each update, by name. */
  readonly constraints?: ReadonlyMap<string, ConstraintSpec>;
  /** By what the learning rate of a param is multiplied, by name. */
  readonly rates?: ReadonlyMap<string, number>;
}

/** By what the loss is multiplied before it is differentiated. */
export const lossScaleOf = ({ optimizer }: Movement): number => optimizerOf(optimizer).config.lossScaleFactor ?? 1;

/** The state that holds the learning rate of the next step, where a schedule makes it. */
export const rateState = "optimizer/learningRate";

/**
 * The learning rate that a step takes where its caller gives none: a number, or NaN where a schedule has it in the state `rateState`.
 */
export function learningRateOf(optimizer: Training["optimizer"]): number {
  const { learningRate } = optimizerOf(optimizer).config;
  return typeof learningRate === "number" ? learningRate : Number.NaN;
}

/**
 * The update of params: a Graph with results `loss` and `gradient:<param>` becomes one with its other results, its old updates, the
 * new params, and the optimizer's state (`optimizer/m/dense/kernel`, `optimizer/beta1Power`). The input `learningRate` is a scalar; with a
 * schedule NaN stands for the schedule's. A param that the Graph updates itself goes on from there.
 */
export function applyOptimizer(source: Graph, { optimizer: spec, trainable, constraints, rates }: Movement): Graph {
  const { item, config } = optimizerOf(spec);
  const g = begin();
  const made = copyInto(g.builder, source);
  const copied = (node: Node): Node => made.get(node) ?? internal(`${source.name}: ${node.op} was not copied`);
  const results = new Map(source.results);
  const result = (name: string): Node => copied(results.get(name) ?? internal(`${source.name} has no result ${name}`));
  const outer = g.builder.origin;
  const given = g.input({ name: "learningRate", shape: [] });
  const optimizer: Origin = { path: "training.optimizer", layer: item.name, name: item.name };
  g.builder.origin = optimizer;
  const assigned = new Map(source.updates.map(([name, node]) => [name, copied(node)]));
  const isTrained = new Set(trainable);
  const updates = [...assigned].filter(([name]) => !isTrained.has(name));

  const counter = new Counter(g, config);
  // A slot's next value is made on the way to the weight's, and is a part of its own.
  const keep = (part: string, node: Node): void => {
    if (g.builder.origins.get(node)?.path === optimizer.path) g.builder.origins.set(node, withRole(optimizer, part));
    updates.push([`optimizer/${part}`, node]);
  };
  const around: Around = { g, config, counter, keep };
  const learningRate = rateOf(around, config, given);
  const globals: Record<string, Node> = {};
  for (const { name, initial } of item.globals(config))
    globals[name] = g.state({ name: `optimizer/${name}`, shape: [], initial });
  const advanced = item.advance(g, globals, config);
  for (const [name, node] of Object.entries(advanced)) keep(name, counter.onUpdate(node, globals[name]));

  const collected = trainable.map((name) => {
    const gradient = unscaled(around, gradientOf(g, result(`gradient:${name}`)));
    return g.as(name, () => accumulated(around, gradient, name));
  });
  const gradients = g.as("clip", () => clipped(g, collected, config));
  for (const [i, name] of trainable.entries()) {
    const { sum: gradient, each } = gradients[i];
    const shape = gradient.type.shape as readonly number[];
    const old = assigned.get(name) ?? g.param({ name, shape });
    const rate = scaledRate(g, learningRate, rates?.get(name));
    const decay = decayOf(item, config, { name, shape });
    const slots = item.slots(config, { name, shape });
    const kept: Record<string, Node> = {};
    const states: Record<string, Node> = {};
    for (const { name: slot, initial, shape: own = shape } of slots) {
      const from = initial === "weight" ? 0 : initial;
      states[slot] = g.state({ name: `optimizer/${slot}/${name}`, shape: own, initial: from });
      kept[slot] = initial === "weight" ? begun(around, states[slot], old) : states[slot];
    }
    const next = g.as(name, () => {
      const weight = decayed(around, old, decay, rate);
      const count = () => counter.count;
      return item.update(g, { weight, name, gradient, each, slots: kept, globals: advanced, learningRate: rate, count, config });
    });
    const moved = g.as(name, () => averaged(around, counter.onUpdate(next.weight, old), name));
    const constraint = constraints?.get(name);
    updates.push([name, constraint === undefined ? moved : g.as(`${name} constraint`, () => constrain(g, constraint, moved))]);
    for (const { name: slot } of slots) keep(`${slot}/${name}`, counter.onUpdate(next.slots[slot], states[slot]));
  }
  if (counter.isUsed) keep("iteration", counter.next);
  g.builder.origin = outer;
  const shown = source.results.flatMap(([name, node]): Graph["results"] =>
    name.startsWith("gradient:") ? [] : [[name, copied(node)]],
  );
  return graph(source.name, shown, updates, g.builder.origins);
}

/** The learning rate of the step: the caller's, or what the schedule said before it; and what it says of the next. */
function rateOf({ g, counter, keep }: Around, { learningRate: spec }: Config, given: Node): Node {
  if (typeof spec === "number") return given;
  const planned = g.state({ name: rateState, shape: [], initial: rateAt(spec, 0) });
  keep("learningRate", scheduled(g, spec, counter.next));
  return g.select(g.equal(given, given), given, planned);
}

const scaledRate = (g: G, rate: Node, factor = 1): Node => (factor === 1 ? rate : g.mul(rate, g.fill(factor, [])));

/** How much of a weight decays; null: nothing. */
function decayOf(item: AnyOptimizer, config: Config, weight: Trained): number | null {
  if (hasKeyword(weight.name, config.excludeFromWeightDecay)) return null;
  return item.decay === undefined ? config.weightDecay : item.decay(config, weight);
}
