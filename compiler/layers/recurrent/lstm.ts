// LSTM: a scan over time, t on axis 1. What does not depend on h is computed before it, for all steps in one product:
//
//   x [n, T, F] · kernel [F, 4u] + bias [4u]  =  gates [n, T, 4u], columns i | f | c | o
//   for t:  h, c [n, u]  =  step(h, c, gates[:, t, :], recurrent_kernel [u, 4u])                       (lstm-step.ts)
//   out:    h of the last step [n, u], or of every step [n, T, u]
//
// Two more inputs are the h and c it begins with; without them those are zeros.
// goBackwards turns gates and mask round, not the result: the last output is that of the first step, as in Keras.
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { activationSchema } from "../activations.ts";
import { layer, type Problem } from "../define.ts";
import { count, dropMask, matmul, needsRank, rate, sampleShape, weightKeys, weightOf } from "../shared.ts";
import { lstmStep } from "./lstm-step.ts";

/** Keras' layer holds a cell, and the cell the weights. */
const within = "cell";
const keepsShape = activationSchema.unwrap().refine((name) => name !== "glu", "an activation that keeps the shape");

/**
 * Long short-term memory: [n, steps, features] to [n, units], or [n, steps, units] with `returnSequences`; with `returnState` the
 * last h and c are its results 1 and 2, `"lstm:1"` and `"lstm:2"`.
 * https://keras.io/api/layers/recurrent_layers/lstm/
 */
export const lstm = layer({
  name: "lstm",
  keras: "LSTM",
  says: "c = f·c + i·a(x·Wc + h·Uc + bc), h = o·a(c); gates i, f, o use recurrentActivation; masked steps keep h and c; gives the last h, or all, and with returnState the last h and c besides.",
  config: z.strictObject({
    units: count,
    activation: keepsShape.default("tanh"),
    recurrentActivation: keepsShape.default("sigmoid"),
    useBias: z.boolean().default(true),
    ...weightKeys("kernel", "glorot_uniform"),
    ...weightKeys("recurrent", "orthogonal"),
    ...weightKeys("bias", "zeros"),
    unitForgetBias: z.boolean().default(true),
    dropout: rate,
    recurrentDropout: rate,
    returnSequences: z.boolean().default(false),
    returnState: z.boolean().default(false),
    goBackwards: z.boolean().default(false),
    seed: z.int().nullable().default(null),
  }),
  fixed: {
    stateful: [false],
    unroll: "any",
    implementation: [2],
    useCudnn: "any",
    zeroOutputForMask: [false],
    timeMajor: [false],
  },
  takes: [1, 3],
  legal: ({ units }, input, inputs) => needsRank(2, "steps, features", input) ?? badState(units, inputs),
  weights: (config, [, features]) => {
    const { units } = config;
    // Columns u..2u are the forget gate's: it starts open.
    const forget = config.unitForgetBias ? { except: { from: units, to: 2 * units, initializer: "ones" } } : {};
    return [
      weightOf(config, "kernel", [features, 4 * units], { within }),
      weightOf(config, "recurrent", [units, 4 * units], { name: "recurrent_kernel", within }),
      ...(config.useBias ? [weightOf(config, "bias", [4 * units], { ...forget, within })] : []),
    ];
  },
  lower: (g, { x, xs: [, givenH, givenC], mask, weights: { kernel, recurrent_kernel: recurrent, bias }, config, noise }) => {
    const [length, features] = sampleShape(x);
    const { units, returnSequences } = config;
    const inTime = (value: Node): Node => (config.goBackwards ? g.reverse(value, { axes: [1] }) : value);
    // One noise mask per sequence, the same at every step.
    const drop = (use: "dropout" | "recurrentDropout", size: number): Node | undefined =>
      noise === undefined || config[use] === 0
        ? undefined
        : dropMask(g, noise, { rate: config[use], shape: ["n", size], seed: config.seed, use });
    const dropX = drop("dropout", features);
    const dropped = dropX === undefined ? x : g.mul(x, g.broadcast(dropX, { shape: x.type.shape, axes: [0, 2] }));
    // The inputs of all steps and gates in one product: [n, steps, 4·units].
    const inputs = g.as("inputs", () => {
      const product = matmul(g, dropped, kernel);
      return inTime(bias === undefined ? product : g.add(product, g.broadcastTo(bias, product.type.shape)));
    });
    const dropH = drop("recurrentDropout", units);
    const zero = g.fill(0, ["n", units]);
    const keep = [returnSequences ? "all" : "last", "last"] as const;
    const { origin } = g.builder;
    const body = lstmStep(config, { isMasked: mask !== undefined, drops: dropH !== undefined, origin });
    const overTime = mask === undefined ? [inputs] : [inputs, inTime(mask)];
    const closed = dropH === undefined ? [recurrent] : [recurrent, dropH];
    const run = g.scan(givenH ?? zero, givenC ?? zero, ...overTime, ...closed, {
      body,
      carries: 2,
      xs: overTime.length,
      length,
      reverse: false,
      keep,
    });
    const y = g.pick(run, { index: 0 });
    // A masked step repeats h, so the last of all outputs is the state as well.
    const h = (): Node => (returnSequences ? lastStep(g, y) : y);
    const more = config.returnState ? { more: [h(), g.pick(run, { index: 1 })] } : {};
    return returnSequences ? { y, ...more } : { y, mask: null, ...more };
  },
});

const lastStep = (g: G, y: Node): Node => {
  const [length, units] = sampleShape(y);
  return g.reshape(g.slice(y, { starts: [0, length - 1, 0], sizes: ["n", 1, units] }), { shape: ["n", units] });
};

/** The problem of h and c that it is to begin with. */
function badState(units: number, [, ...states]: readonly (readonly number[])[]): Problem | undefined {
  const fits = states.length !== 1 && states.every((shape) => shape.length === 1 && shape[0] === units);
  if (fits) return undefined;
  return {
    path: "inputs",
    code: "shape/mismatch",
    message: `after the sequence it takes the states h and c, each ${showShape([units])}, found ${states.map((shape) => showShape(shape)).join(" and ")}`,
    hint: 'name both: inputs: ["x", "encoder:1", "encoder:2"], or neither, for zeros',
  };
}
