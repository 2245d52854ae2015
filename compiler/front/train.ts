// Whether what a model is trained for fits it. In: a training spec and the model's outputs. Out: the loss of each.
import type { Port } from "../artifact.ts";
import type { Training } from "../model.ts";
import { lossesOf, type PortLoss, targetPort } from "./losses.ts";
import { metricsOf } from "./metrics.ts";
import { optimizerOf } from "./update.ts";

/** Throws CompileError training/spec where loss or optimizer is unknown, has a config that it does not take, or does not fit. */
export function checkTraining(training: Training, outputs: readonly Port[]): readonly PortLoss[] {
  optimizerOf(training.optimizer);
  const found = lossesOf(training, outputs);
  const targets = found.map((loss) => targetPort(loss, outputs));
  metricsOf(training, outputs, targets);
  return found;
}
