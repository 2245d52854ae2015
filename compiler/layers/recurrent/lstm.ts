// LSTM and its cell. What does not depend on h is computed before the loop, for all steps and gates in one product:
//
//   x [n, t, f] · kernel [f, 4u] + bias [4u]  =  [n, t, 4u], columns i | f | c | o in Keras' order
//   step:  z = x[t] + h · recurrent_kernel [u, 4u]       i, f, o = ρ(z…)     ρ the recurrent activation, a the activation
//          c′ = f · c + i · a(z_c)                       h′ = o · a(c′)
import * as z from "zod";
import { activate } from "../activations.ts";
import type { Cell } from "../cell.ts";
import { layer } from "../define.ts";
import { biasOf, weightOf } from "../shared.ts";
import { cellLayer } from "./cells.ts";
import { cellKeys, gateInputs, gateKeys, gateOf, stateProducts } from "./gates.ts";
import { recurrentLayer } from "./layer.ts";
import { sequenceKeys } from "./recurrence.ts";

const keys = { ...cellKeys, ...gateKeys, unitForgetBias: z.boolean().default(true) };
const config = z.strictObject(keys);
type Config = z.output<typeof config>;

const cell: Cell<Config> = {
  states: ({ units }) => [
    { name: "h", shape: [units] },
    { name: "c", shape: [units] },
  ],
  lower: (g, context) => {
    const { units, activation, recurrentActivation } = context.config;
    const inputs = g.as("inputs", () => gateInputs(g, context, context.weights.bias, 4));
    const { closed, product } = stateProducts(g, context, [4]);
    return {
      xs: [inputs],
      closed,
      next: (b, { states: [h, c], xs: [input], closed: own }) => {
        const sums = b.as("gates", () => b.add(input, product(b, h, own, 0)));
        const gate = (role: string, k: number, by = recurrentActivation) =>
          b.as(role, () => activate(b, by, gateOf(b, sums, units, k)));
        const [i, f, o] = [gate("input_gate", 0), gate("forget_gate", 1), gate("output_gate", 3)];
        const candidate = gate("candidate", 2, activation);
        const nextC = b.as("c", () => b.add(b.mul(f, c), b.mul(i, candidate)));
        return [b.as("h", () => b.mul(o, activate(b, activation, nextC))), nextC];
      },
    };
  },
};

const weights = (own: Config, [, features]: readonly number[]) => {
  const { units } = own;
  // Columns u..2u are the forget gate's: it starts open.
  const forget = own.unitForgetBias ? { except: { from: units, to: 2 * units, initializer: "ones" } } : {};
  return [
    weightOf(own, "kernel", [features, 4 * units]),
    weightOf(own, "recurrent", [units, 4 * units], { name: "recurrent_kernel" }),
    ...biasOf(own, [4 * units], forget),
  ];
};

/**
 * One step of an LSTM, for `rnn`: [n, features], h and c to h and c.
 * https://keras.io/api/layers/recurrent_layers/lstm_cell/
 */
export const lstmCell = cellLayer({
  name: "lstmCell",
  keras: "LSTMCell",
  says: "One step of lstm, for rnn.",
  config,
  weights,
  cell,
});

/**
 * Long short-term memory: [n, steps, features] to [n, units], or [n, steps, units] with `returnSequences`; with `returnState` the
 * last h and c are its results 1 and 2, `"lstm:1"` and `"lstm:2"`. Two more inputs are the h and c it begins with.
 * https://keras.io/api/layers/recurrent_layers/lstm/
 */
export const lstm = layer({
  name: "lstm",
  keras: "LSTM",
  says: "c = f·c + i·a(x·Wc + h·Uc + bc), h = o·a(c); gates i, f, o use recurrentActivation; masked steps keep h and c; gives the last h, or all, and with returnState the last h and c besides.",
  config: z.strictObject({ ...keys, ...sequenceKeys }),
  ...recurrentLayer({ name: "lstm", cell, weights, states: 2 }),
});
