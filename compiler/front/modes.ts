// A model in training against the same at inference. A layer may give another shape in training (a piece of a picture); what follows must
// have the same weights and results all the same. In: both. Out: nothing, or a CompileError.
import { CompileError } from "../diagnostics/error.ts";
import { sameShape, showShape } from "../graph/graph.ts";
import type { Forward, Step } from "./forward.ts";

/** Throws CompileError layer/untrained at the first weight, or the output, whose shape depends on the mode. */
export function checkModes(inference: Forward, training: Forward): void {
  const first = training.steps.find((step, i) => !sameShape(step.output, inference.steps[i].output));
  if (first === undefined) return;
  for (const [i, { entry, weights }] of training.steps.entries()) {
    const changed = weights.find(({ shape }, k) => !sameShape(shape, inference.steps[i].weights[k].shape));
    if (changed === undefined) continue;
    const { name, path, shape } = changed;
    const other = inference.steps[i].weights.find((weight) => weight.name === name)?.shape ?? [];
    throw different(
      first,
      path,
      `${JSON.stringify(name)} of ${entry.layer.name} would be ${showShape(shape)}, at inference ${showShape(other)}`,
    );
  }
  for (const [i, { name, y }] of training.outputs.entries()) {
    const other = inference.outputs[i].y.type.shape;
    if (!sameShape(y.type.shape, other))
      throw different(
        first,
        first.entry.path,
        `the output ${JSON.stringify(name)} would be ${showShape(y.type.shape)}, at inference ${showShape(other)}`,
      );
  }
}

function different({ entry, output }: Step, path: string, message: string): CompileError {
  return new CompileError({
    code: "layer/untrained",
    path,
    message: `in training ${entry.layer.name} gives ${showShape(output)}, and then ${message}`,
    hint: "give it pictures of the size that it makes, or end what follows with global pooling",
  });
}
