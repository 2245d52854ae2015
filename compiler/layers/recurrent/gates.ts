// What cells with gates share. Gates lie side by side in the columns of a kernel, in Keras' order, so that one product makes them all; only
// where each has dropout of its own (Keras' implementation 1) they are products apart.
//
//   x [n, t, f] · kernel [f, k·u] + bias [k·u]   =   [n, t, k·u], columns gate 0 | gate 1 | …
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { type ActivationName, activationSchema } from "../activations.ts";
import type { CellContext } from "../cell.ts";
import { biasKeys, count, matmul, rate, weightKeys } from "../shared.ts";
import type { Dropping } from "./recurrence.ts";

/** An activation that keeps the shape. */
export const keepsShape = activationSchema.unwrap().refine((name) => name !== "glu", "an activation that keeps the shape");

/** Keras' keys of noise. */
export const dropKeys = { dropout: rate, recurrentDropout: rate, seed: z.int().nullable().default(null) };
/** Keras' keys of every cell over features. */
export const cellKeys = {
  units: count,
  activation: keepsShape.default("tanh"),
  ...weightKeys("kernel", "glorot_uniform"),
  ...weightKeys("recurrent", "orthogonal"),
  ...biasKeys,
  ...dropKeys,
};
/** Of those with gates; `implementation` says in training whether each gate has dropout of its own (1), or all the same (2). */
export const gateKeys = { recurrentActivation: keepsShape.default("sigmoid"), implementation: z.literal([0, 1, 2]).default(2) };

/** A config with those keys. */
export interface Gated extends Dropping {
  readonly units: number;
  readonly activation: ActivationName | null;
  readonly recurrentActivation: ActivationName | null;
  readonly useBias: boolean;
  readonly implementation: 0 | 1 | 2;
}

/** Columns of a gate, or of several. */
export function gateOf(g: G, all: Node, units: number, first: number, gates = 1): Node {
  const { shape } = all.type;
  const axis = shape.length - 1;
  if (shape[axis] === gates * units) return all;
  return g.slice(all, { starts: shape.map((_, a) => (a === axis ? first * units : 0)), sizes: shape.with(axis, gates * units) });
}

/** Noise on the inputs, and on the state that the gates see: none, one for all gates, or one each. A rate of 1 drops nothing, as in Keras. */
export function gateNoise(
  { config, drop }: Pick<CellContext<Gated>, "config" | "drop">,
  use: "dropout" | "recurrentDropout",
  shape: readonly number[],
  gates: number,
): readonly Node[] | undefined {
  if (config[use] === 1) return undefined;
  const isApart = config.implementation === 1 || config.recurrentDropout > 0;
  return drop({ use, shape, count: isApart ? gates : 1 });
}

/** Noise [n, ...] on every step of x [n, t, ...]. */
export const atEveryStep = (g: G, x: Node, noise: Node): Node =>
  g.mul(x, g.broadcast(noise, { shape: x.type.shape, axes: x.type.shape.map((_, axis) => axis).filter((axis) => axis !== 1) }));

/** The inputs of all steps and gates in one product; a product a gate where each has noise of its own. */
export function gateInputs(g: G, { x, config, weights, drop }: CellContext<Gated>, bias: Node | undefined, gates: number): Node {
  const { kernel } = weights;
  const noise = gateNoise({ config, drop }, "dropout", [x.type.shape[2] as number], gates) ?? [];
  const apart = (): Node =>
    g.concat(...noise.map((one, k) => matmul(g, atEveryStep(g, x, one), gateOf(g, kernel, config.units, k))), { axis: 2 });
  const product = noise.length > 1 ? apart() : matmul(g, noise.length === 1 ? atEveryStep(g, x, noise[0]) : x, kernel);
  return bias === undefined ? product : g.add(product, g.broadcastTo(bias, product.type.shape));
}

/** The products of the state with the recurrent kernel: what the loop reads whole, and the columns of some gates at a step. */
export interface StateProducts {
  readonly closed: readonly Node[];
  /** `closed` is what a step reads of it, in the same order. */
  readonly product: (g: G, h: Node, closed: readonly Node[], group: number) => Node;
}

/** `groups` says how many gates are multiplied at a time, one after the other; together they are all gates. */
export function stateProducts(g: G, context: CellContext<Gated>, groups: readonly number[]): StateProducts {
  const { units } = context.config;
  const { recurrent_kernel: kernel } = context.weights;
  const gates = groups.reduce((sum, size) => sum + size, 0);
  const firsts = groups.map((_, k) => groups.slice(0, k).reduce((sum, size) => sum + size, 0));
  const noise = gateNoise(context, "recurrentDropout", [units], gates);
  if (noise === undefined) {
    const closed = groups.map((size, k) => gateOf(g, kernel, units, firsts[k], size));
    return { closed, product: (b, h, own, group) => matmul(b, h, own[group]) };
  }
  return {
    closed: [...noise.map((_, k) => gateOf(g, kernel, units, k)), ...noise],
    product: (b, h, own, group) => {
      const parts = Array.from({ length: groups[group] }, (_, i) => firsts[group] + i).map((k) =>
        matmul(b, b.mul(h, own[gates + k]), own[k]),
      );
      return parts.length === 1 ? parts[0] : b.concat(...parts, { axis: 1 });
    },
  };
}
