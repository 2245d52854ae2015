import * as z from "zod";
import { activate, activationSchema, badActivation } from "../activations.ts";
import { layer } from "../define.ts";
import { biasKeys, biasOf, count, matmul, needsAxes, weightKeys, weightOf } from "../shared.ts";
import { eachStep } from "../stream.ts";

/**
 * activation(x · kernel + bias), kernel [in, units]: [n, …, in] to [n, …, units].
 * https://keras.io/api/layers/core_layers/dense/
 */
export const dense = layer({
  name: "dense",
  keras: "Dense",
  says: "activation(x · kernel + bias) over the last axis of an input of any rank.",
  config: z.strictObject({
    units: count,
    activation: activationSchema,
    ...weightKeys("kernel", "glorot_uniform"),
    ...biasKeys,
  }),
  fixed: { loraRank: [null], quantizationConfig: [null] },
  legal: ({ units, activation }, input) => needsAxes(1, input) ?? badActivation(activation, units),
  weights: (config, input) => [
    weightOf(config, "kernel", [input[input.length - 1], config.units]),
    ...biasOf(config, [config.units]),
  ],
  stream: eachStep,
  lower: (g, { x, weights: { kernel, bias }, config }) => {
    const product = matmul(g, x, kernel);
    return {
      y: activate(g, config.activation, bias === undefined ? product : g.add(product, g.broadcastTo(bias, product.type.shape))),
    };
  },
});
