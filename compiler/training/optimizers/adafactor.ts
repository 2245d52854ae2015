import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Optimizer, Slot, Trained, UpdateSite } from "../define.ts";
import { rateSchema } from "../schedules/index.ts";
import { everywhere } from "./shared.ts";

const schema = z.strictObject({
  learningRate: rateSchema(0.001),
  beta2Decay: z.number().default(-0.8),
  epsilon1: z.number().min(0).default(1e-30),
  epsilon2: z.number().min(0).default(1e-3),
  clipThreshold: z.number().positive().default(1),
  // The rate is held below 1 / √t anyway, so it says nothing.
  relativeStep: z.boolean().default(true),
});

const mean = (g: G, x: Node): Node => g.mean(x, { axes: x.type.shape.map((_, axis) => axis) });

/** A weight of two axes or more has means over its rows and columns, whose product stands for all its numbers. */
function slots({ shape }: Trained): readonly Slot[] {
  if (shape.length < 2) return [{ name: "v", initial: 0 }];
  return [
    { name: "r", initial: 0, shape: shape.slice(0, -1) },
    { name: "c", initial: 0, shape: [...shape.slice(0, -2), shape[shape.length - 1]] },
  ];
}

/** The running mean of the squares, and the slots that it is made of. */
function squares(g: G, { weight, slots }: UpdateSite, now: Node, rest: Node): { v: Node; slots: Record<string, Node> } {
  const blend = (old: Node, next: Node): Node =>
    g.add(g.mul(everywhere(g, rest, old), old), g.mul(everywhere(g, g.sub(g.fill(1, []), rest), old), next));
  const { shape } = weight.type;
  const rank = shape.length;
  if (rank < 2) {
    const v = blend(slots.v, now);
    return { v, slots: { v } };
  }
  const [row, column] = [rank - 2, rank - 1];
  const r = blend(slots.r, g.mean(now, { axes: [column] }));
  const c = blend(slots.c, g.mean(now, { axes: [row] }));
  const axes = shape.map((_, axis) => axis);
  const whole = g.broadcast(g.mean(r, { axes: [row] }), { shape: r.type.shape, axes: axes.slice(0, row) });
  const rows = g.broadcast(g.div(r, whole), { shape, axes: axes.filter((axis) => axis !== column) });
  const columns = g.broadcast(c, { shape, axes: axes.filter((axis) => axis !== row) });
  return { v: g.mul(rows, columns), slots: { r, c } };
}

/**
 * u = g / √v, v the running mean of g² + ε₁ with 1 − t^decay for β, of rank one in the last two axes; held to an rms of clipThreshold.
 * w ← w − max(ε₂, rms w) · min(lr, 1/√t) · u. https://keras.io/api/optimizers/adafactor/
 */
export const adafactor: Optimizer<z.output<typeof schema>> = {
  name: "adafactor",
  says: "w −= max(ε₂, rms w)·min(lr, 1/√t)·u/max(1, rms u/clip), u = g/√v, v the mean of g² + ε₁ (β = 1 − t^decay), from rows and columns.",
  config: schema,
  globals: () => [],
  advance: () => ({}),
  slots: (_, weight) => slots(weight),
  update: (g, site) => {
    const { weight, gradient, each, learningRate, count, config } = site;
    const [one, t] = [g.fill(1, []), count()];
    const rest = g.sub(one, g.pow(t, g.fill(config.beta2Decay, [])));
    const own = each(g.square);
    const { v, slots } = squares(g, site, g.add(own, g.like(weight, config.epsilon1)), rest);
    const u = g.div(gradient, g.sqrt(v));
    const size = g.sqrt(mean(g, g.div(own, v)));
    const held = g.max(one, g.div(size, g.fill(config.clipThreshold, [])));
    const rate = g.min(learningRate, g.div(one, g.sqrt(t)));
    const alpha = g.mul(g.max(g.fill(config.epsilon2, []), g.sqrt(mean(g, g.square(weight)))), rate);
    const step = g.mul(everywhere(g, alpha, weight), g.div(u, everywhere(g, held, weight)));
    return { weight: g.sub(weight, step), slots };
  },
};
