// Support vectors: a weighted sum of kernels between a row and the vectors of the model.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { type Made, type Operator, operator, type Site } from "../../define.ts";
import { known, type Value } from "../../values.ts";
import { joined, reshapeTo } from "../moves.ts";
import { matMul } from "../products.ts";
import { reduced } from "../reductions.ts";
import { coupled, pairsOf } from "./coupling.ts";
import { tableOf } from "./linear.ts";
import { labelsOf, largestLabel, transformed } from "./scores.ts";

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

/** For each pair of classes a weighted sum over the vectors of both, [N, pairs]: above 0 it is the first. */
function decisions(site: Site, x: Value, counts: readonly number[]): Value {
  const vectors = counts.reduce((a, b) => a + b, 0);
  const coefficients = site.floats("coefficients") ?? [];
  const pairs = pairsOf(counts.length);
  const rho = site.floats("rho") ?? [];
  if (coefficients.length !== vectors * (counts.length - 1) || rho.length !== pairs.length)
    site.refuse(
      `with ${coefficients.length} coefficients and ${rho.length} constants for ${vectors} vectors of ${counts.length} classes`,
    );
  const begins = counts.map((_, i) => counts.slice(0, i).reduce((a, b) => a + b, 0));
  const table = new Float32Array(vectors * pairs.length);
  for (const [k, [i, j]] of pairs.entries())
    for (const [own, other] of [[i, j - 1], [j, i]]) // biome-ignore format: one list
      for (let at = begins[own]; at < begins[own] + counts[own]; at++)
        table[at * pairs.length + k] = coefficients[other * vectors + at];
  const given = kernels(site, x, site.floats("support_vectors") ?? [], vectors);
  const sums = matMul(site, given, { ...known("float32", [vectors, pairs.length], table), name: "coefficients" });
  return site.elementwise([sums, known("float32", [pairs.length], Float32Array.from(rho))], (g, a, b) => g.add(a, b));
}

/** Who wins most pairs, the first of equals. */
function mostWins(site: Site, sums: Value, labels: Value): Value {
  const classes = labels.shape[0];
  const pairs = pairsOf(classes);
  const isFirst = site.elementwise([sums], (g, a) => g.less(g.like(a, 0), a));
  const table = pairs.flatMap(([i, j]) => Array.from({ length: classes }, (_, k) => Number(k === i) - Number(k === j)));
  const lost = Array.from({ length: classes }, (_, k) => pairs.filter(([, j]) => j === k).length);
  const wins = matMul(site, isFirst, known("float32", [pairs.length, classes], Float32Array.from(table)));
  const votes = site.elementwise([wins, known("float32", [classes], Float32Array.from(lost))], (g, a, b) => g.add(a, b));
  return largestLabel(site, votes, labels);
}

/** Of each pair the share of the first, by two numbers a pair; and of all classes. */
function probabilities(site: Site, sums: Value, classes: number): Value {
  const [slopes, shifts] = ["prob_a", "prob_b"].map((name) => site.floats(name) ?? []);
  if ([slopes, shifts].some(({ length }) => length !== sums.shape[1])) site.refuse("with probabilities of other pairs");
  const list = (values: readonly number[]): Value => known("float32", [values.length], Float32Array.from(values));
  const shares = site.elementwise([sums, list(slopes), list(shifts)], (g, a, slope, shift) =>
    g.clip(g.sigmoid(g.neg(g.add(g.mul(a, slope), shift))), { low: 1e-7, high: 1 - 1e-7 }),
  );
  return site.made(coupled(site.g, site.node(shares), classes), shares.at, "float32");
}

const classifier = (site: Site): Made => {
  const x = tableOf(site, site.input(0));
  const labels = labelsOf(site, "classlabels_ints", "classlabels_strings");
  const [classes] = labels.shape;
  const counts = site.ints("vectors_per_class") ?? [];
  if (counts.length !== classes || classes < 2) site.refuse(`of ${classes} labels with vectors for ${counts.length}`);
  const sums = decisions(site, x, counts);
  const label = mostWins(site, sums, labels);
  if (site.floats("prob_a")?.length) return [label, transformed(site, probabilities(site, sums, classes))];
  if (classes > 2) return [label, transformed(site, sums)];
  // onnxruntime has both signs of the only number there.
  const name = site.string("post_transform", "NONE");
  if (name !== "NONE" && name !== "LOGISTIC") site.refuse(`with the transform ${name} of a single number`);
  const both = joined(site, [site.elementwise([sums], (g, a) => g.neg(a)), sums], 1);
  return [label, transformed(site, both)];
};

/** Rows of the group. */
export const supportVectors: readonly Operator[] = [
  operator("SVMRegressor", 1, regressor),
  operator("SVMClassifier", 1, classifier),
];
