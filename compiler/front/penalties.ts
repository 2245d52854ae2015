// What regularizers add to the loss. In: the weights that have one, and what layers give. Out: scalars.
// Guarantee: a weight counts once, however often it is read, and only while it is trained; what a layer gives counts at each call,
// divided by the rows of the batch, as in Keras.
import { CompileError, joinPath } from "../diagnostics/error.ts";
import type { Node, Shape } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import type { Origin } from "../graph/origin.ts";
import type { G } from "../ops/index.ts";
import type { RegularizerSpec } from "../training/define.ts";
import { regularize, regularizerNeeds } from "../training/regularizers/index.ts";

/** A trained weight with a regularizer. */
export interface Regularized {
  /** Full name. */
  readonly name: string;
  /** Its name in the layer. */
  readonly part: string;
  readonly shape: Shape;
  readonly regularizer: RegularizerSpec;
  /** The layer's. */
  readonly origin: Origin;
}

/** The losses of weights as they stand after all calls; `assigned`: by name, where a layer has given one another value. */
export function weightLosses(g: G, weights: readonly Regularized[], assigned: ReadonlyMap<string, Node>): readonly Node[] {
  const outer = g.builder.origin;
  const losses = weights.map(({ name, part, shape, regularizer, origin }) => {
    g.builder.origin = origin;
    const weight = assigned.get(name) ?? g.as(part, () => g.param({ name, shape }));
    return g.as(`${part} regularizer`, () => measured(g, regularizer, weight, origin.path));
  });
  g.builder.origin = outer;
  return losses;
}

/** The losses of what a layer gives. Throws layer/config where the regularizer is for values of another shape. */
export function activityLosses(g: G, spec: RegularizerSpec, values: readonly Node[], path: string): readonly Node[] {
  return values.map((value) => {
    const needs = regularizerNeeds(spec, value.type.shape);
    if (needs !== undefined) {
      const name = typeof spec === "string" ? spec : spec.name;
      const message = `${name} on what the layer gives needs ${needs}`;
      const at = joinPath(path, "activityRegularizer");
      throw new CompileError({ code: "layer/config", path: at, message, hint: "give null, or another one" });
    }
    return g.as("activityRegularizer", () => g.div(measured(g, spec, value, path), g.rows()));
  });
}

/** A regularizer's loss, whose parts may be larger than what it is of. */
function measured(g: G, spec: RegularizerSpec, value: Node, path: string): Node {
  const earlier = g.builder.made.length;
  const loss = regularize(g, spec, value);
  for (const { type } of g.builder.made.slice(earlier))
    checkSize("a value of its regularizer", type.shape.filter((size) => size !== "n") as number[], path);
  return loss;
}
