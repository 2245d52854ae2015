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
import { type Labelled, labelled, ordered, over, product } from "../labels.ts";
import { count, weightKeys, weightOf } from "../shared.ts";
import { badBias, type Equation, equationOf, named } from "./equation.ts";

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
  stream: {
    says: "where the kernel leaves time alone",
    of: ({ equation, outputShape, biasAxes }, [input]) => {
      const found = equationOf(equation, outputShape, input);
      if ("message" in found) return { refused: found.message, hint: "null in outputShape is the input's own size" };
      const { x, kernel, y } = found;
      const isFree = x[1] === y[1] && !kernel.includes(x[1]) && !named(biasAxes, found).includes(x[1]);
      return isFree ? "steps" : { refused: "its kernel works along time" };
    },
  },
  lower: (g, { x, weights: { kernel, bias }, config }) => {
    const equation = onInput(config, x.type.shape.slice(1) as number[]);
    const sum = product(g, labelled(x, equation.x), labelled(kernel, equation.kernel), equation.y);
    const biased = bias === undefined ? sum.y : g.add(sum.y, over(g, biasOf(g, bias, config.biasAxes, equation), sum));
    return { y: activate(g, config.activation, ordered(g, { ...sum, y: biased }, equation.y)), mask: null };
  },
});

function onInput({ equation, outputShape }: Config, input: readonly number[]): Equation {
  const found = equationOf(equation, outputShape, input);
  return "message" in found ? internal("an equation that `legal` has passed does not fit") : found;
}

const sizeOf = ({ sizes }: Equation, label: string): number => sizes.get(label) ?? internal(`no size of ${label}`);

/** Kernel and bias, with the fans that the axes say. */
function weightsOf(config: Config, equation: Equation): readonly WeightSpec[] {
  const numbers = (labels: readonly string[]) => labels.reduce((all, label) => all * sizeOf(equation, label), 1);
  const { kernel, y, trailing } = equation;
  const fans = {
    in: numbers(kernel.filter((label) => !y.includes(label))),
    out: numbers(kernel.filter((label) => y.includes(label))),
  };
  const shape = kernel.map((label) => sizeOf(equation, label));
  const weight = weightOf(config, "kernel", shape, { fans });
  if (config.biasAxes === null) return [weight];
  const biased = named(config.biasAxes, equation);
  // From the first of its axes on, 1 where the output has another.
  const until = y.length - trailing;
  const own = y.slice(y.indexOf(biased[0]), until).map((label) => (biased.includes(label) ? sizeOf(equation, label) : 1));
  return [weight, weightOf(config, "bias", [...own, ...Array.from({ length: trailing }, () => 1)])];
}

/** The bias without its axes of 1. */
function biasOf(g: G, bias: Node, biasAxes: string | null, equation: Equation): Labelled {
  const axes = named(biasAxes, equation);
  return labelled(g.reshape(bias, { shape: axes.map((label) => sizeOf(equation, label)) }), axes);
}
