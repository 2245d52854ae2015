// SimpleRNN and its cell: h′ = a(x · W + h · U + b), one product a step; the inputs of all steps are multiplied before the loop.
//
//   x [n, t, f] · kernel [f, u] + bias [u]   =   [n, t, u]            step:  a(x[t] + h · recurrent_kernel [u, u])
import * as z from "zod";
import { activate } from "../activations.ts";
import type { Cell } from "../cell.ts";
import { layer } from "../define.ts";
import { biasOf, matmul, weightOf } from "../shared.ts";
import { cellLayer } from "./cells.ts";
import { atEveryStep, cellKeys } from "./gates.ts";
import { recurrentLayer } from "./layer.ts";
import { sequenceKeys } from "./recurrence.ts";

const config = z.strictObject(cellKeys);
type Config = z.output<typeof config>;

const cell: Cell<Config> = {
  states: ({ units }) => [{ name: "h", shape: [units] }],
  lower: (g, { x, weights: { kernel, recurrent_kernel: recurrent, bias }, config: { units, activation }, drop }) => {
    const [noise] = drop({ use: "dropout", shape: [x.type.shape[2] as number], count: 1 }) ?? [];
    const onState = drop({ use: "recurrentDropout", shape: [units], count: 1 }) ?? [];
    const inputs = g.as("inputs", () => {
      const product = matmul(g, noise === undefined ? x : atEveryStep(g, x, noise), kernel);
      return bias === undefined ? product : g.add(product, g.broadcastTo(bias, product.type.shape));
    });
    return {
      xs: [inputs],
      closed: [recurrent, ...onState],
      next: (b, { states: [h], xs: [input], closed: [u, own] }) => {
        const seen = own === undefined ? h : b.mul(h, own);
        return [b.as("h", () => activate(b, activation, b.add(input, matmul(b, seen, u))))];
      },
    };
  },
};

const weights = (own: Config, [, features]: readonly number[]) => [
  weightOf(own, "kernel", [features, own.units]),
  weightOf(own, "recurrent", [own.units, own.units], { name: "recurrent_kernel" }),
  ...biasOf(own, [own.units]),
];

/**
 * One step of a SimpleRNN, for `rnn`: [n, features] and h to h.
 * https://keras.io/api/layers/recurrent_layers/simple_rnn_cell/
 */
export const simpleRNNCell = cellLayer({
  name: "simpleRNNCell",
  keras: "SimpleRNNCell",
  says: "One step of simpleRNN, for rnn.",
  config,
  weights,
  cell,
});

/**
 * Fully connected recurrence: [n, steps, features] to [n, units], or [n, steps, units] with `returnSequences`; with `returnState` the last h is
 * its result 1. A second input is the h it begins with.
 * https://keras.io/api/layers/recurrent_layers/simple_rnn/
 */
export const simpleRNN = layer({
  name: "simpleRNN",
  keras: "SimpleRNN",
  says: "h = a(x·W + h·U + b); masked steps keep h; gives the last h, or all, and with returnState the last h besides.",
  config: z.strictObject({ ...cellKeys, ...sequenceKeys }),
  ...recurrentLayer({ name: "simpleRNN", cell, weights, states: 1 }),
});
