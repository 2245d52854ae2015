// What training keeps from step to step, and what it goes on from. In: the Graph of a step as its passes left it, or the parts that make
// one; and the state that a model brings. Out: the states, and contents for those that do not begin as always. Guarantee: a state that
// the step does not have is an error, never dropped.
import type { WeightInfo } from "../artifact.ts";
import { showValue } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";
import { type Graph, graph, type Node, nodesOf, showShape, sizeOf } from "../graph/graph.ts";
import type { Model } from "../model.ts";
import { begin } from "../ops/index.ts";
import type { LossGraph } from "./steps.ts";
import { applyOptimizer, type Movement } from "./update.ts";

/** A state of a step: a slot of a weight, or a number of the optimizer's. */
export interface State {
  readonly name: string;
  readonly shape: readonly number[];
  /** What all of it begins as. */
  readonly initial: number;
}

/** A weight, as far as a state is made for it. */
type Named = Pick<WeightInfo, "name" | "shape">;

/** The states in a Graph. */
export const statesIn = (source: Graph): readonly State[] =>
  nodesOf(source, "state").map(({ attrs, type }) => ({
    name: String(attrs.name),
    shape: type.shape as readonly number[],
    initial: Number(attrs.initial),
  }));

/** The states that an optimizer keeps for these weights, without the step that it stands in. Throws CompileError training/spec. */
export function optimizerStates(movement: Movement, weights: readonly Named[]): readonly State[] {
  const g = begin();
  const moved = weights.filter(({ name }) => movement.trainable.includes(name));
  // What the gradients are does not matter: numbers of the weights' shapes.
  const results = moved.map(({ name, shape }): [string, Node] => [`gradient:${name}`, g.fill(0, [...shape])]);
  return statesIn(applyOptimizer(graph("states", results, [], g.builder.origins), movement));
}

/** Every state of a model's training step. Throws CompileError training/missing or training/spec. */
export function trainingStates(steps: { readonly weights: readonly Named[]; trainStep(): LossGraph }): readonly State[] {
  const step = steps.trainStep();
  return [...optimizerStates(step, steps.weights), ...statesIn(step.graph)];
}

/**
 * Contents of the states that the model's `state` gives another value than they begin with. Throws CompileError training/state where
 * it names one that there is not, or has another number of values.
 */
export function stateContents({ state = {} }: Pick<Model, "state">, states: readonly State[]): ReadonlyMap<string, Float32Array> {
  const known = new Map(states.map((one) => [one.name, one]));
  const contents = new Map<string, Float32Array>();
  for (const [name, value] of Object.entries(state as Readonly<Record<string, unknown>>)) {
    const path = `state[${JSON.stringify(name)}]`;
    const found = known.get(name);
    if (found === undefined) {
      const message = `what is trained keeps nothing called ${JSON.stringify(name)}`;
      const hint = `${suggestionFor(name, [...known.keys()])}; without state, training begins anew`;
      throw new CompileError({ code: "training/state", path, message, hint });
    }
    const { shape, initial } = found;
    const needed = `${JSON.stringify(name)} needs ${sizeOf(shape)} numbers (${showShape(shape)})`;
    const given = value instanceof Float32Array ? String(value.length) : showValue(value);
    if (!(value instanceof Float32Array) || value.length !== sizeOf(shape)) {
      const message = `${needed} in a Float32Array, found ${given}`;
      throw new CompileError({ code: "training/state", path, message, hint: "the state is that of another model or optimizer" });
    }
    if (value.some((number) => !Object.is(number, initial))) contents.set(name, value);
  }
  return contents;
}

/** Throws CompileError training/names where a weight is called like something that the step `loss` adds, or its update will. */
export function checkNames(loss: Movement & { readonly graph: Graph }, weights: readonly Named[]): void {
  const names = new Set(weights.map(({ name }) => name));
  const added = ["input", "state"].flatMap((op) => nodesOf(loss.graph, op).map(({ attrs }) => String(attrs.name)));
  // Which states there will be is asked where a weight may have such a name.
  const isNear = weights.some(({ name }) => name.startsWith("optimizer/"));
  const states = isNear ? optimizerStates(loss, weights).map(({ name }) => name) : [];
  const found = [...added, "learningRate", ...states].find((name) => names.has(name));
  if (found === undefined) return;
  const what = states.includes(found) ? "what the optimizer keeps" : "what a training step takes";
  const message = `the weight ${JSON.stringify(found)} is called like ${what}`;
  throw new CompileError({ code: "training/names", path: "weights", message, hint: "give the weight another name" });
}
