// Keras' activations by name. In: a value [n, ...]. Out: its activation; the same shape for all but glu, which halves the last axis.
// https://keras.io/api/layers/activations/
import * as z from "zod";
import { camelCase } from "../diagnostics/check.ts";
import type { Node } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";
import type { Problem } from "./define.ts";

type Activation = (g: G, x: Node) => Node;

const lastAxis = (x: Node) => ({ axis: x.type.shape.length - 1 });

/** By Keras' string names, with the constants a string stands for; `threshold` needs arguments and has no string. */
export const activations = {
  linear: (_g, x) => x,
  relu: (g, x) => g.relu(x),
  relu6: (g, x) => g.relu6(x),
  tanh: (g, x) => g.tanh(x),
  sigmoid: (g, x) => g.sigmoid(x),
  softplus: (g, x) => g.softplus(x),
  softsign: (g, x) => g.softsign(x),
  exponential: (g, x) => g.exp(x),
  softmax: (g, x) => g.softmax(x, lastAxis(x)),
  log_softmax: (g, x) => g.logSoftmax(x, lastAxis(x)),
  log_sigmoid: (g, x) => g.logSigmoid(x),
  elu: (g, x) => g.elu(x, { alpha: 1 }),
  celu: (g, x) => g.celu(x, { alpha: 1 }),
  selu: (g, x) => g.selu(x),
  gelu: (g, x) => g.gelu(x),
  leaky_relu: (g, x) => g.leakyRelu(x, { slope: 0.2 }),
  hard_sigmoid: (g, x) => g.hardSigmoid(x),
  /** No name of Keras 3: what `hard_sigmoid` meant before. */
  hard_sigmoid_keras2: (g, x) => g.hardSigmoidKeras2(x),
  silu: (g, x) => g.silu(x),
  swish: (g, x) => g.silu(x),
  hard_silu: (g, x) => g.hardSilu(x),
  hard_swish: (g, x) => g.hardSilu(x),
  mish: (g, x) => g.mish(x),
  tanh_shrink: (g, x) => g.tanhShrink(x),
  hard_tanh: (g, x) => g.hardTanh(x),
  soft_shrink: (g, x) => g.softShrink(x, { threshold: 0.5 }),
  hard_shrink: (g, x) => g.hardShrink(x, { threshold: 0.5 }),
  squareplus: (g, x) => g.squareplus(x),
  sparse_plus: (g, x) => g.sparsePlus(x),
  sparse_sigmoid: (g, x) => g.sparseSigmoid(x),
  sparsemax: (g, x) => g.sparsemax(x, lastAxis(x)),
  glu: (g, x) => g.glu(x, lastAxis(x)),
} satisfies Record<string, Activation>;

type Snake = keyof typeof activations;
type Camel<S extends string> = S extends `${infer Head}_${infer Tail}` ? `${Head}${Capitalize<Camel<Tail>>}` : S;
/** `leaky_relu` or `leakyRelu`. */
export type ActivationName = Snake | Camel<Snake>;

const table: ReadonlyMap<string, Activation> = new Map(
  Object.entries(activations).flatMap(([name, activation]) => [
    [name, activation],
    [camelCase(name), activation],
  ]),
);

/** A config key that names an activation; null is linear. */
export const activationSchema: z.ZodDefault<z.ZodNullable<z.ZodType<ActivationName, ActivationName>>> = z
  .enum([...table.keys()] as ActivationName[])
  .nullable()
  .default(null);

/** Applies an activation by name. */
export const activate = (g: G, name: ActivationName | null, x: Node): Node => (table.get(name ?? "linear") as Activation)(g, x);

/** The problem of an activation that does not fit values whose last axis has `size`. */
export function badActivation(name: ActivationName | null, size: number, key = "activation"): Problem | undefined {
  if (name !== "glu" || size % 2 === 0) return undefined;
  return {
    path: key,
    code: "shape/mismatch",
    message: `glu halves the last axis, which needs an even size, found ${size}`,
    hint: "make the size even, or take another activation",
  };
}
