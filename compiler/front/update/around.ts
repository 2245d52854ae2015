// What is done around an optimizer's update, in Keras' order: unscale, accumulate, (clip,) decay, update, average. Each a function of a
// gradient or a weight, and the thing itself where the config does not ask for it.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Common } from "../../training/optimizers/common.ts";
import type { Counter } from "./counter.ts";
import { type Gradient, whole } from "./gradient.ts";

/** Where state goes: its next value by name. */
export type Keep = (name: string, next: Node) => void;
/** What all of them stand in. */
export interface Around {
  readonly g: G;
  readonly config: Common;
  readonly counter: Counter;
  readonly keep: Keep;
}

const scalar = (g: G, value: number): Node => g.fill(value, []);
const everywhere = (g: G, value: Node, { type: { shape } }: Node): Node => g.broadcast(value, { shape, axes: [] });

/** The gradient of the loss, which was differentiated times a factor. */
export function unscaled({ g, config: { lossScaleFactor: factor } }: Around, gradient: Gradient): Gradient {
  return factor === null ? gradient : gradient.map((part) => g.div(part, g.like(part, factor)));
}

/** The mean of the gradients since the last update; between updates it is none, and nothing is made of it. */
export function accumulated({ g, config, counter, keep }: Around, gradient: Gradient, name: string): Gradient {
  const { gradientAccumulationSteps: steps } = config;
  if (steps === null) return gradient;
  const { shape } = gradient.sum.type;
  const before = g.state({ name: `optimizer/gradient/${name}`, shape, initial: 0 });
  const sum = g.add(gradient.sum, before);
  keep(`gradient/${name}`, counter.onUpdate(g.like(sum, 0), sum));
  return whole(g.div(sum, g.like(sum, steps)));
}

/** w − w · decay · lr. */
export function decayed({ g }: Around, weight: Node, decay: number | null, learningRate: Node): Node {
  if (decay === null) return weight;
  return g.sub(weight, g.mul(g.mul(weight, g.like(weight, decay)), everywhere(g, learningRate, weight)));
}

/** A slot that begins as its weight: what it holds, or the weight where no update was made yet. */
export function begun({ counter }: Around, slot: Node, weight: Node): Node {
  return counter.pick(counter.isFirst, weight, slot);
}

/** The weight behind its running average: itself, or every so often the average. The first average is the weight. */
export function averaged({ g, config, counter, keep }: Around, weight: Node, name: string): Node {
  const { useEma, emaMomentum, emaOverwriteFrequency: every } = config;
  if (!useEma) return weight;
  const { shape } = weight.type;
  const before = g.state({ name: `optimizer/average/${name}`, shape, initial: 0 });
  const rest = g.select(counter.isFirst, scalar(g, 0), scalar(g, emaMomentum));
  const share = g.sub(scalar(g, 1), rest);
  const average = g.add(g.mul(everywhere(g, rest, before), before), g.mul(everywhere(g, share, weight), weight));
  keep(`average/${name}`, average);
  return every === null ? weight : counter.pick(counter.isTurn(counter.count, every), average, weight);
}
