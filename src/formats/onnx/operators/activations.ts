// Activation functions of networks, element by element. Attributes that are left out have the values that ONNX gives them.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../define.ts";
import { unary } from "./elementwise.ts";

type Parameter = (name: string, otherwise: number) => number;

/** A function with numbers of its own. */
const withNumbers = (name: string, since: number, build: (g: G, x: Node, number: Parameter) => Node): Operator =>
  operator(name, since, (site) =>
    site.elementwise([site.input(0)], (g, x) => build(g, x, (key, otherwise) => site.float(key, otherwise))),
  );

const hardSigmoid = (g: G, x: Node, alpha: number, beta: number): Node =>
  g.clip(g.add(g.mul(g.like(x, alpha), x), g.like(x, beta)), { low: 0, high: 1 });

/** x > 0: γx; else γ(αeˣ − α). */
const selu = (g: G, x: Node, number: Parameter): Node => {
  const [alpha, gamma] = [number("alpha", 1.6732631921768188), number("gamma", 1.0507010221481323)];
  const zero = g.like(x, 0);
  return g.mul(g.like(x, gamma), g.add(g.max(x, zero), g.mul(g.like(x, alpha), g.expm1(g.min(zero, x)))));
};

/** x < −λ: x + bias; x > λ: x − bias; else 0. */
const shrink = (g: G, x: Node, number: Parameter): Node => {
  const [lambda, bias] = [number("lambd", 0.5), g.like(x, number("bias", 0))];
  const above = g.select(g.less(g.like(x, lambda), x), g.sub(x, bias), g.like(x, 0));
  return g.select(g.less(x, g.like(x, -lambda)), g.add(x, bias), above);
};

const gelu = (site: Site) => {
  const isTanh = site.string("approximate", "none") === "tanh";
  return site.elementwise([site.input(0)], (g, x) => (isTanh ? g.geluTanh(x) : g.gelu(x)));
};

/** Rows of the group. */
export const activations: readonly Operator[] = [
  unary("Relu", 1, (g, x) => g.relu(x)),
  unary("Sigmoid", 1, (g, x) => g.sigmoid(x)),
  unary("Softplus", 1, (g, x) => g.softplus(x)),
  unary("Softsign", 1, (g, x) => g.softsign(x)),
  unary("Mish", 18, (g, x) => g.mish(x)),
  unary("HardSwish", 14, (g, x) => g.hardSilu(x)),
  operator("Gelu", 20, gelu),
  withNumbers("LeakyRelu", 1, (g, x, number) => g.leakyRelu(x, { slope: number("alpha", 0.01) })),
  withNumbers("Elu", 1, (g, x, number) => g.elu(x, { alpha: number("alpha", 1) })),
  withNumbers("Celu", 12, (g, x, number) => g.celu(x, { alpha: number("alpha", 1) })),
  withNumbers("Selu", 1, selu),
  withNumbers("HardSigmoid", 1, (g, x, number) => hardSigmoid(g, x, number("alpha", 0.2), number("beta", 0.5))),
  withNumbers("ThresholdedRelu", 10, (g, x, number) => g.threshold(x, { value: number("alpha", 1), default: 0 })),
  withNumbers("Swish", 24, (g, x, number) => g.mul(x, g.sigmoid(g.mul(g.like(x, number("alpha", 1)), x)))),
  withNumbers("Shrink", 9, shrink),
];
