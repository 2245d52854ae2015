// GRU and its cell. The gates z, r, h lie side by side in Keras' order; the inputs of all steps are multiplied before the loop.
//
//   reset after the product    s = h · U + b′      z = ρ(x_z + s_z)   r = ρ(x_r + s_r)   k = a(x_h + r · s_h)          bias [2, 3u]: b, b′
//   before it                  z, r likewise of    h · U_zr           k = a(x_h + (r · h) · U_h)                       bias [3u]
//   both                       h′ = z · h + (1 − z) · k
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { activate } from "../activations.ts";
import type { Cell, CellContext, CellLoop } from "../cell.ts";
import { layer } from "../define.ts";
import { biasOf, weightOf } from "../shared.ts";
import { cellLayer } from "./cells.ts";
import { cellKeys, gateInputs, gateKeys, gateOf, stateProducts } from "./gates.ts";
import { recurrentLayer } from "./layer.ts";
import { sequenceKeys } from "./recurrence.ts";

const keys = { ...cellKeys, ...gateKeys, resetAfter: z.boolean().default(true) };
const config = z.strictObject(keys);
type Config = z.output<typeof config>;

/** h′ of the gates z, r and h at a step; `reset` gives what joins the third of them. */
function stepOf(g: G, config: Config, h: Node, input: Node, sums: Node, reset: (r: Node) => Node): Node {
  const { units, activation, recurrentActivation } = config;
  const [update, r] = ["update_gate", "reset_gate"].map((role, k) =>
    g.as(role, () => activate(g, recurrentActivation, g.add(gateOf(g, input, units, k), gateOf(g, sums, units, k)))),
  );
  const joined = reset(r);
  const candidate = g.as("candidate", () => activate(g, activation, g.add(gateOf(g, input, units, 2), joined)));
  return g.as("h", () => g.add(g.mul(update, h), g.mul(g.sub(g.like(update, 1), update), candidate)));
}

function resetAfter(g: G, context: CellContext<Config>): CellLoop {
  const { config, weights } = context;
  const { units } = config;
  const biasAt = (row: number): Node | undefined =>
    weights.bias === undefined
      ? undefined
      : g.reshape(g.slice(weights.bias, { starts: [row, 0], sizes: [1, 3 * units] }), { shape: [3 * units] });
  const inputs = g.as("inputs", () => gateInputs(g, context, biasAt(0), 3));
  const { closed, product } = stateProducts(g, context, [3]);
  const own = biasAt(1);
  return {
    xs: [inputs],
    closed: own === undefined ? closed : [...closed, own],
    next: (b, { states: [h], xs: [input], closed: given }) => {
      const sums = b.as("gates", () => {
        const made = product(b, h, given, 0);
        return own === undefined ? made : b.add(made, b.broadcastTo(given[closed.length], made.type.shape));
      });
      return [stepOf(b, config, h, input, sums, (r) => b.mul(r, gateOf(b, sums, units, 2)))];
    },
  };
}

function resetBefore(g: G, context: CellContext<Config>): CellLoop {
  const { config, weights } = context;
  const inputs = g.as("inputs", () => gateInputs(g, context, weights.bias, 3));
  const { closed, product } = stateProducts(g, context, [2, 1]);
  return {
    xs: [inputs],
    closed,
    next: (b, { states: [h], xs: [input], closed: given }) => {
      const sums = b.as("gates", () => product(b, h, given, 0));
      const reset = (r: Node): Node => {
        const seen = b.as("reset", () => b.mul(r, h));
        return b.as("candidate", () => product(b, seen, given, 1));
      };
      return [stepOf(b, config, h, input, sums, reset)];
    },
  };
}

const cell: Cell<Config> = {
  states: ({ units }) => [{ name: "h", shape: [units] }],
  lower: (g, context) => (context.config.resetAfter ? resetAfter(g, context) : resetBefore(g, context)),
};

const weights = (own: Config, [, features]: readonly number[]) => {
  const { units } = own;
  return [
    weightOf(own, "kernel", [features, 3 * units]),
    weightOf(own, "recurrent", [units, 3 * units], { name: "recurrent_kernel" }),
    ...biasOf(own, own.resetAfter ? [2, 3 * units] : [3 * units]),
  ];
};

/**
 * One step of a GRU, for `rnn`: [n, features] and h to h.
 * https://keras.io/api/layers/recurrent_layers/gru_cell/
 */
export const gruCell = cellLayer({
  name: "gruCell",
  keras: "GRUCell",
  says: "One step of gru, for rnn.",
  config,
  weights,
  cell,
});

/**
 * Gated recurrent unit: [n, steps, features] to [n, units], or [n, steps, units] with `returnSequences`; with `returnState` the last h is its
 * result 1. A second input is the h it begins with.
 * https://keras.io/api/layers/recurrent_layers/gru/
 */
export const gru = layer({
  name: "gru",
  keras: "GRU",
  says: "h = z·h + (1 − z)·a(x·Wh + r·(h·Uh + b′) + bh); gates z, r use recurrentActivation, r stands within the product unless resetAfter; masked steps keep h; gives the last h, or all, and with returnState the last h besides.",
  config: z.strictObject({ ...keys, ...sequenceKeys }),
  ...recurrentLayer({ name: "gru", cell, weights, states: 1 }),
});
