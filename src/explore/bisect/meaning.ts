// What everything that runs a model is held against. In: a model, and rows. Out: a Graph as it is meant, the numbers that it is given, and in doubles what it gives, with how far float32 may be off. Guarantee: nothing
// of the table of passes is asked: a step of training is differentiated and updated here by itself.

import { stateContents, statesIn } from "../../../compiler/front/states.ts";
import {
  applyOptimizer,
  type Inference,
  type LossGraph,
  lossScaleOf,
  type Movement,
  type Resolved,
} from "../../../compiler/front/steps.ts";
import { type Graph, sizeOf } from "../../../compiler/graph/graph.ts";
import type { PassName } from "../../../compiler/pipeline/passes.ts";
import { expandComposites } from "../../../compiler/rewrite/expand.ts";
import { differentiate } from "../../../compiler/rewrite/gradient/differentiate.ts";
import { boundsOf } from "./differ.ts";
import { type Contents, type Given, type Outputs, outputsOf, type Port, runStage } from "./executors.ts";

/** Numbers that are asked for, in doubles. */
export interface Asked {
  readonly ports: readonly Port[];
  readonly wanted: Outputs;
  readonly bounds: Outputs;
}
/** What is meant by an entry. */
export interface Meaning extends Asked {
  readonly given: Given;
  /** Contents that stand beside the weights. */
  readonly states: Contents;
  /** Passes that leave only a part of it, and what that part is: loss and gradients. What such a pass does not have yet is not asked for. */
  readonly before: Asked & { readonly passes: ReadonlySet<PassName> };
}
type Weights = Readonly<Record<string, Float32Array>>;

function askedOf(graph: Graph, weights: Weights, given: Given, ports: readonly Port[]): Asked {
  const wanted = outputsOf(runStage({ graph }, weights, given), ports);
  return { ports, wanted, bounds: boundsOf(graph, weights, given, wanted, ports) };
}

/** What `predict` means. */
export function meaningOfPredict({ graph, outputs }: Inference, weights: Weights, given: Given): Meaning {
  const asked = askedOf(graph, weights, given, outputs);
  return { ...asked, given, states: new Map(), before: { ...asked, passes: new Set() } };
}

/** What one step of training means: loss, updated weights and states. Throws CompileError where the model has no training. */
export function meaningOfStep(resolved: Resolved, weights: Weights, given: Given): Meaning {
  const loss: LossGraph & Movement = resolved.trainStep();
  const gradient = differentiate(expandComposites(loss.graph), "loss", loss.trainable, lossScaleOf(loss));
  const graph = expandComposites(applyOptimizer(gradient, loss));
  const planned = statesIn(graph);
  const begun = stateContents(resolved.model, planned);
  const states = new Map(
    planned.map(({ name, shape, initial }) => [name, begun.get(name) ?? new Float32Array(sizeOf(shape)).fill(initial)]),
  );
  const feeds = {
    ...given.feeds,
    ...Object.fromEntries(states),
    learningRate: Float32Array.of(loss.learningRate),
    ...Object.fromEntries(
      loss.targets.flatMap(({ y, sampleWeight, weights: each, unweighted }, i) => [
        [y, Float32Array.from(given.targets?.[i] as ArrayLike<number>)],
        [sampleWeight, new Float32Array(given.rows * sizeOf(each)).fill(unweighted === "share" ? 1 / given.rows : 1)],
      ]),
    ),
  };
  const full: Given = { ...given, feeds };
  return {
    ...askedOf(graph, weights, full, portsOf(graph)),
    given: full,
    states: begun,
    before: {
      ...askedOf(gradient, weights, full, portsOf(gradient)),
      passes: new Set<PassName>(["build", "expand", "differentiate"]),
    },
  };
}

/** Everything that a Graph gives and updates, whatever the number of rows. */
const portsOf = ({ results, updates }: Graph): readonly Port[] =>
  [...results, ...updates].flatMap(([name, { type }]) =>
    type.shape.every((length) => typeof length === "number") ? [{ name, shape: type.shape as readonly number[] }] : [],
  );
