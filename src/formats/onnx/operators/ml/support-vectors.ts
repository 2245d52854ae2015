// Support vectors: a weighted sum of kernels between a row and the vectors of the model.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { reshapeTo } from "../moves.ts";
import { matMul } from "../products.ts";
import { reduced } from "../reductions.ts";
import { tableOf } from "./linear.ts";
import { transformed } from "./scores.ts";

/** Numbers of rows minus vectors. */
const mostNumbers = 2 ** 22;

/** What a kernel is computed of: x [N, columns], and `count` vectors of as many columns. */
interface Kernel {
  readonly x: Value;
  readonly vectors: readonly number[];
  readonly count: number;
  readonly gamma: number;
  readonly coef0: number;
  readonly degree: number;
}

/** A kernel that is a function of the products of rows and vectors. */
const ofProducts =
  (made: (g: G, dot: Node, kernel: Kernel) => Node) =>
  (site: Site, kernel: Kernel): Value => {
    const { x, vectors, count } = kernel;
    const columns = x.shape[1];
    const turned = Float32Array.from(
      { length: count * columns },
      (_, i) => vectors[(i % count) * columns + Math.floor(i / count)],
    );
    const dots = matMul(site, x, { ...known("float32", [columns, count], turned), name: "vectors" });
    return site.elementwise([dots], (g, dot) => made(g, dot, kernel));
  };

/** e^(−gamma · distance²). */
function radial(site: Site, { x, vectors, count, gamma }: Kernel): Value {
  const columns = x.shape[1];
  if (count * columns > mostNumbers) site.refuse(`of ${count} vectors of ${columns} columns`);
  const all = { ...known("float32", [1, count, columns], Float32Array.from(vectors)), name: "vectors" };
  const apart = site.elementwise([reshapeTo(site, x, [x.shape[0], 1, columns]), all], (g, a, b) => g.square(g.sub(a, b)));
  const far = reduced(site, apart, [2], false, (g, node, axes) => g.reduceSum(node, { axes }));
  return site.elementwise([far], (g, a) => g.exp(g.mul(g.like(a, -gamma), a)));
}

/** By ONNX's name. */
const byName: ReadonlyMap<string, (site: Site, kernel: Kernel) => Value> = new Map([
  ["LINEAR", ofProducts((_, dot) => dot)],
  [
    "POLY",
    ofProducts((g, dot, { gamma, coef0, degree }) =>
      g.pow(g.add(g.mul(g.like(dot, gamma), dot), g.like(dot, coef0)), g.like(dot, degree)),
    ),
  ],
  ["RBF", radial],
  ["SIGMOID", ofProducts((g, dot, { gamma, coef0 }) => g.tanh(g.add(g.mul(g.like(dot, gamma), dot), g.like(dot, coef0))))],
]);

/** Kernels of x with each of the vectors, [N, vectors]. */
function kernels(site: Site, x: Value, vectors: readonly number[], count: number): Value {
  const columns = x.shape[1];
  if (count < 1 || vectors.length !== count * columns)
    site.refuse(`with ${vectors.length} numbers for ${count} vectors of ${columns} columns`);
  const name = site.string("kernel_type", "LINEAR");
  const [gamma, coef0, degree] = site.floats("kernel_params") ?? [0, 0, 0];
  const kernel = byName.get(name) ?? site.refuse(`with the kernel ${name}`);
  return kernel(site, { x, vectors, count, gamma, coef0, degree });
}

/** Σ coefficient · kernel + rho; without vectors the coefficients are those of the columns. */
const regressor = (site: Site): Value => {
  const x = tableOf(site, site.input(0));
  const count = site.int("n_supports", 0);
  const coefficients = site.floats("coefficients") ?? [];
  const [rho = 0] = site.floats("rho") ?? [];
  if (site.int("one_class", 0) !== 0) site.refuse("of one class");
  const given = count > 0 ? kernels(site, x, site.floats("support_vectors") ?? [], count) : x;
  if (coefficients.length !== given.shape[1])
    site.refuse(`with ${coefficients.length} coefficients for ${given.shape[1]} numbers`);
  const weights = { ...known("float32", [coefficients.length, 1], Float32Array.from(coefficients)), name: "coefficients" };
  const sums = matMul(site, given, weights);
  return transformed(
    site,
    site.elementwise([sums], (g, a) => g.add(a, g.like(a, rho))),
  );
};

/** Rows of the group. */
export const supportVectors: readonly Operator[] = [operator("SVMRegressor", 1, regressor)];
