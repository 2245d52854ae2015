// Pieces that several optimizers share.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";

/** Keys of every optimizer that layerc honours at these values only. */
export const fixed = {
  name: "any",
  weightDecay: [null, 0],
  clipnorm: [null],
  clipvalue: [null],
  globalClipnorm: [null],
  useEma: [false],
  emaMomentum: "any",
  emaOverwriteFrequency: "any",
  lossScaleFactor: [null],
  gradientAccumulationSteps: [null],
} as const;

/** A scalar at every point of a weight. */
export const everywhere = (g: G, scalar: Node, weight: Node): Node => g.broadcast(scalar, { shape: weight.type.shape, axes: [] });
