// LSTM: a scan over time, t on axis 1. What does not depend on h is computed before it, for all steps in one product:
//
//   x [n, T, F] · kernel [F, 4u] + bias [4u]  =  gates [n, T, 4u], columns i | f | c | o
//   for t:  h, c [n, u]  =  step(h, c, gates[:, t, :], recurrent_kernel [u, 4u])                       (lstm-step.ts)
//   out:    h of the last step [n, u], or of every step [n, T, u]
//
// goBackwards turns gates and mask round, not the result: the last output is that of the first step, as in Keras.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import { activationSchema } from "../activations.ts";
import { layer } from "../define.ts";
import { count, dropMask, initializer, matmul, needsRank, noPenalty, rate, sampleShape } from "../shared.ts";
import { lstmStep } from "./lstm-step.ts";

const keepsShape = activationSchema.unwrap().refine((name) => name !== "glu", "an activation that keeps the shape");

/**
 * Long short-term memory: [n, steps, features] to [n, units], or [n, steps, units] with `returnSequences`.
 * https://keras.io/api/layers/recurrent_layers/lstm/
 */
export const lstm = layer({
  name: "lstm",
  keras: "LSTM",
  says: "c = f·c + i·a(x·Wc + h·Uc + bc), h = o·a(c); gates i, f, o use recurrentActivation; masked steps keep h and c; gives the last h, or all.",
  config: z.strictObject({
    units: count,
    activation: keepsShape.default("tanh"),
    recurrentActivation: keepsShape.default("sigmoid"),
    useBias: z.boolean().default(true),
    kernelInitializer: initializer("glorot_uniform"),
    recurrentInitializer: initializer("orthogonal"),
    biasInitializer: initializer("zeros"),
    unitForgetBias: z.boolean().default(true),
    dropout: rate,
    recurrentDropout: rate,
    returnSequences: z.boolean().default(false),
    goBackwards: z.boolean().default(false),
    seed: z.int().nullable().default(null),
  }),
  fixed: {
    ...noPenalty("kernel", "recurrent", "bias"),
    activityRegularizer: [null],
    returnState: [false],
    stateful: [false],
    unroll: "any",
    implementation: [2],
    useCudnn: "any",
    zeroOutputForMask: [false],
    timeMajor: [false],
  },
  legal: (_config, input) => needsRank(2, "steps, features", input),
  weights: (config, [, features]) => {
    const { units } = config;
    // Columns u..2u are the forget gate's: it starts open.
    const forget = config.unitForgetBias ? { except: { from: units, to: 2 * units, initializer: "ones" } } : {};
    const bias = { name: "bias", shape: [4 * units], initializer: config.biasInitializer, ...forget, trainable: true };
    return [
      { name: "kernel", shape: [features, 4 * units], initializer: config.kernelInitializer, trainable: true },
      { name: "recurrent_kernel", shape: [units, 4 * units], initializer: config.recurrentInitializer, trainable: true },
      ...(config.useBias ? [bias] : []),
    ];
  },
  lower: (g, { x, mask, weights: { kernel, recurrent_kernel: recurrent, bias }, config, noise }) => {
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
    const xs = mask === undefined ? [inputs] : [inputs, inTime(mask)];
    const closed = dropH === undefined ? [recurrent] : [recurrent, dropH];
    const run = g.scan(zero, zero, ...xs, ...closed, { body, carries: 2, xs: xs.length, length, reverse: false, keep });
    const y = g.pick(run, { index: 0 });
    return returnSequences ? { y } : { y, mask: null };
  },
});
