// Operators that onnxruntime's optimizer puts in the place of several: a product, a convolution or a sum with what follows it. Each is its
// parts again here; which of them are computed together the compiler decides.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../../define.ts";
import { axesOf, type Value } from "../../values.ts";
import { activationNamed } from "../cell-activations.ts";
import { convolved } from "../convolution.ts";
import { transposeTo } from "../moves.ts";
import { gemm, matMul } from "../products.ts";

const plus = (site: Site, a: Value, b: Value | undefined): Value =>
  b === undefined ? a : site.elementwise([a, b], (g, x, y) => g.add(x, y));
const each = (site: Site, x: Value, build: (g: G, x: Node) => Node): Value => site.elementwise([x], build);

/** Names of fused activations that the recurrent operators do not have; parameters are alpha and beta, or bounds. */
const others: Readonly<Record<string, (g: G, x: Node, numbers: readonly number[]) => Node>> = {
  Clip: (g, x, [low, high]) => g.min(g.max(x, g.like(x, low)), g.like(x, high)),
  HardSwish: (g, x) => g.hardSilu(x),
};

/** What the node does with its sums. `prefix`: of its attributes for the activation. */
function activated(site: Site, x: Value, numbers: readonly number[]): Value {
  const name = site.string("activation", "");
  if (name === "") return x;
  const other = others[name];
  if (other !== undefined) return each(site, x, (g, a) => other(g, a, numbers));
  const build = activationNamed(site, name, numbers);
  return each(site, x, build);
}

/** A convolution, plus a value of its own shape, then an activation. */
const fusedConv = (site: Site): Value => {
  const sums = convolved(site, site.input(0), site.input(1), site.optional(2));
  return activated(site, plus(site, sums, site.optional(3)), site.floats("activation_params") ?? []);
};

const fusedGemm = (site: Site): Value => {
  const numbers = ["activation_alpha", "activation_beta", "activation_gamma"].flatMap((name) => {
    const found = site.attribute(name);
    return found === undefined ? [] : [found.float];
  });
  return activated(site, gemm(site), numbers);
};

/** α · A · B, where either matrix may be turned; `transBatch` has its rows in front of the stacks. */
const fusedMatMul = (site: Site): Value => {
  const turned = (index: number, side: "A" | "B"): Value => {
    const x = site.input(index);
    const rank = x.shape.length;
    if (rank < 2) return x;
    const last = [rank - 2, rank - 1];
    // [rows, …stacks, columns] with transBatch.
    const stacked = site.int(`transBatch${side}`, 0) === 1 ? [...axesOf(rank - 2, 1), 0, rank - 1] : axesOf(rank);
    const perm = site.int(`trans${side}`, 0) === 1 ? [...stacked.slice(0, -2), stacked[last[1]], stacked[last[0]]] : stacked;
    return perm.every((axis, i) => axis === i) ? x : transposeTo(site, x, perm);
  };
  const product = matMul(site, turned(0, "A"), turned(1, "B"));
  const alpha = site.float("alpha", 1);
  return alpha === 1 ? product : each(site, product, (g, a) => g.mul(g.like(a, alpha), a));
};

/** A function of x, or of x plus a bias. */
const biased = (name: string, build: (g: G, x: Node, site: Site) => Node): Operator =>
  operator(name, 1, (site) => each(site, plus(site, site.input(0), site.optional(1)), (g, x) => build(g, x, site)));

/** Rows of the group. */
export const fused: readonly Operator[] = [
  operator("FusedConv", 1, fusedConv),
  operator("FusedGemm", 1, fusedGemm),
  operator("FusedMatMul", 1, fusedMatMul),
  operator("TransposeMatMul", 1, fusedMatMul),
  biased("Gelu", (g, x) => g.gelu(x)),
  biased("BiasGelu", (g, x) => g.gelu(x)),
  biased("FastGelu", (g, x) => g.geluTanh(x)),
  biased("QuickGelu", (g, x, site) => g.mul(x, g.sigmoid(g.mul(g.like(x, site.float("alpha", 1.702)), x)))),
];
