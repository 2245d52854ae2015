// EinsumDense: a dense layer whose axes an equation names. In: [n, …]; out: the axes of the output's term.
//
//   y[…] = activation(Σ x[…] · kernel[…] + bias[…])     abc,cd->abd: Σ over c, which is in the output no more
//
// One dot: labels of all three terms are batch axes, those of input and kernel alone are summed, the rest is free. A dot gives its
// axes in an order of its own; only where none of its orders is the output's, a view behind the bias says so.
import * as z from "zod";
import { internal } from "../../diagnostics/error.ts";
import type { Node } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import { activate, activationSchema, badActivation } from "../activations.ts";
import { layer, type WeightSpec } from "../define.ts";
import { count, noPenalty, weightKeys, weightOf } from "../shared.ts";
import { badBias, type Equation, equationOf } from "./equation.ts";

const schema = z.strictObject({
  equation: z.string(),
  outputShape: z.union([count, z.array(count.nullable()).max(mostAxes)]),
  activation: activationSchema,
  biasAxes: z.string().nullable().default(null),
  ...weightKeys("kernel", "glorot_uniform"),
  ...weightKeys("bias", "zeros"),
});
type Config = z.output<typeof schema>;

/**
 * activation(einsum(equation, x, kernel) + bias), the kernel's shape read off the equation.
 * https://keras.io/api/layers/core_layers/einsum_dense/
 */
export const einsumDense = layer({
  name: "einsumDense",
  keras: "EinsumDense",
  says: "activation(Σ x · kernel + bias) by an equation that names the axes (`abc,cd->abd`, `...x,xy->...y`); `biasAxes` are axes of the output.",
  config: schema,
  fixed: {
    ...noPenalty("kernel", "bias"),
    loraRank: [null],
    loraAlpha: "any",
    gptqUnpackedColumnSize: [null],
    quantizationConfig: [null],
  },
  legal: ({ equation, outputShape, biasAxes, activation }, input) => {
    const found = equationOf(equation, outputShape, input);
    if ("message" in found) return found;
    const last = found.sizes.get(found.y[found.y.length - 1]);
    return badBias(biasAxes, found) ?? (last === undefined ? undefined : badActivation(activation, last));
  },
  weights: (config, input) => weightsOf(config, onInput(config, input)),
  lower: (g, { x, weights: { kernel, bias }, config }) => {
    const equation = onInput(config, x.type.shape.slice(1) as number[]);
    const product = contracted(g, x, kernel, equation);
    const biased = bias === undefined ? product.y : g.add(product.y, overAxes(g, bias, config.biasAxes, product, equation));
    return { y: activate(g, config.activation, ordered(g, biased, product.axes, equation.y)), mask: null };
  },
});

function onInput({ equation, outputShape }: Config, input: readonly number[]): Equation {
  const found = equationOf(equation, outputShape, input);
  return "message" in found ? internal("an equation that `legal` has passed does not fit") : found;
}

const sizeOf = ({ sizes }: Equation, label: string): number => sizes.get(label) ?? internal(`no size of ${label}`);

function weightsOf(config: Config, equation: Equation): readonly WeightSpec[] {
  const product = (labels: readonly string[]) => labels.reduce((all, label) => all * sizeOf(equation, label), 1);
  const { kernel, y, trailing } = equation;
  const fans = { in: product(kernel.filter((label) => !y.includes(label))), out: product(kernel.filter((label) => y.includes(label))) };
  const shape = kernel.map((label) => sizeOf(equation, label));
  const weight = weightOf(config, "kernel", shape, { fans });
  const { biasAxes } = config;
  if (biasAxes === null) return [weight];
  // From the first of its axes on, 1 where the output has another.
  const named = y.slice(0, y.length - trailing);
  const from = named.findIndex((label) => biasAxes.includes(label));
  const own = named.slice(from).map((label) => (biasAxes.includes(label) ? sizeOf(equation, label) : 1));
  return [weight, weightOf(config, "bias", [...own, ...Array.from({ length: trailing }, () => 1)])];
}

/** A value, and the label of each of its axes. */
interface Labelled {
  readonly y: Node;
  readonly axes: readonly string[];
}

/** Σ x · kernel, with the axes of the output in one of the orders that a dot has. */
function contracted(g: G, x: Node, kernel: Node, equation: Equation): Labelled {
  const { kernel: own, y } = equation;
  // What neither kernel nor output has is summed first.
  const lost = equation.x.flatMap((label, axis) => (own.includes(label) || y.includes(label) ? [] : [axis]));
  const left = lost.length === 0 ? x : g.reduceSum(x, { axes: lost });
  const axes = equation.x.filter((_, axis) => !lost.includes(axis));
  const shared = y.filter((label) => axes.includes(label) && own.includes(label));
  const summed = own.filter((label) => !y.includes(label));
  const free = [axes, own].flatMap((term) => term.filter((label) => !shared.includes(label) && !summed.includes(label)));
  const orders = free.map((_, i) => [...free.slice(0, i + 1), ...shared, ...free.slice(i + 1)]);
  const isOutput = (order: readonly string[]) => order.every((label, i) => label === y[i]);
  const best = Math.max(orders.findIndex(isOutput), 0);
  const pair = (labels: readonly string[]) =>
    [labels.map((label) => axes.indexOf(label)), labels.map((label) => own.indexOf(label))] as const;
  const at = shared.length === 0 ? 0 : best + 1;
  return { y: g.dot(left, kernel, { batch: pair(shared), contract: pair(summed), at }), axes: orders[best] };
}

/** The bias over a value with the output's axes in another order. */
function overAxes(g: G, bias: Node, biasAxes: string | null, { y, axes }: Labelled, equation: Equation): Node {
  const has = (label: string): boolean => biasAxes?.includes(label) ?? false;
  const given = equation.y.filter(has);
  const wanted = axes.filter(has);
  const narrow = g.reshape(bias, { shape: given.map((label) => sizeOf(equation, label)) });
  return g.broadcast(ordered(g, narrow, given, wanted), { shape: y.type.shape, axes: wanted.map((label) => axes.indexOf(label)) });
}

/** A value with its axes in another order. */
const ordered = (g: G, y: Node, axes: readonly string[], wanted: readonly string[]): Node =>
  axes.every((label, i) => label === wanted[i]) ? y : g.transpose(y, { perm: wanted.map((label) => axes.indexOf(label)) });
