// Convolutions of 3 x 3 with fewer products: a tile of m x m outputs is a product, point by point, of its (m + 2) x (m + 2) inputs and the
// kernel, both transformed. https://arxiv.org/abs/1509.09308
//
//   Y = A [ (G K Gᵀ) ∘ (B X Bᵀ) ] Aᵀ          m = 2: 4 products an output of 9,  m = 4: 2.25 of 9
//   x  windows [n, P, P, th, tw, C], P = m + 2, m apart   →  mix, mix         →  V [n, P, P, th, tw, C]
//   K  [3, 3, C, F]                                       →  mix, mix         →  U [P, P, C, F], once per set of weights
//   V · U  one dot, P x P its batch                       →  M [n, P, P, th, tw, F]  →  mix, mix, woven  →  [n, m·th, m·tw, F], cut
//
// The matrices come from P − 1 points at which polynomials are evaluated, and infinity. Errors grow with the spread of the points: with
// 0, ±3/4, ±3/2 a fourth of those of the usual 0, ±1, ±2, twice those of the plain sum. What is infinite spreads over a tile as NaN.
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { DotAttrs } from "../../ops/nest/dot-axes.ts";
import { any, list, op, type Rule, rule } from "../pattern.ts";

type Matrix = readonly (readonly number[])[];
/** The transforms of m outputs: of inputs, of kernels, of products. */
interface Transforms {
  readonly outputs: number;
  readonly input: Matrix;
  readonly kernel: Matrix;
  readonly output: Matrix;
}

const taps = 3;
/** Coefficients of Π (x − point), the constant first. */
const polynomial = (points: readonly number[]): readonly number[] =>
  points.reduce<readonly number[]>((all, point) => all.concat(0).map((_, i) => (all[i - 1] ?? 0) - point * (all[i] ?? 0)), [1]);

/** By Lagrange's interpolation: evaluation at the points, and the polynomials that are 0 at all others. */
function transformsAt(points: readonly number[]): Transforms {
  const size = points.length + 1;
  const outputs = size - taps + 1;
  const others = points.map((_, i) => points.toSpliced(i, 1));
  const powers = (point: number, count: number) => Array.from({ length: count }, (_, k) => point ** k);
  const last = (count: number) => Array.from({ length: count }, (_, k) => (k === count - 1 ? 1 : 0));
  const scales = points.map((point, i) => others[i].reduce((product, other) => product * (point - other), 1));
  return {
    outputs,
    input: [...others.map((rest) => [...polynomial(rest), 0]), polynomial(points)],
    kernel: [...points.map((point, i) => powers(point, taps).map((power) => power / scales[i])), last(taps)],
    output: Array.from({ length: outputs }, (_, k) => [...points.map((point) => point ** k), k === outputs - 1 ? 1 : 0]),
  };
}

const small = transformsAt([0, 1, -1]);
const large = transformsAt([0, 0.75, -0.75, 1.5, -1.5]);

/** Work of the transforms for a number that they make, in multiply-adds. */
const perNumber = 8;
/** The part of the products of the plain sum that is worth it. */
const worth = 0.8;
/** Tiles from which the transformed kernel, which is larger than the kernel, is read for enough points. */
const leastTiles = 9;

/** A convolution that a dot is: 3 x 3, every point, all channels. */
interface Convolution {
  readonly picture: Node;
  readonly kernel: Node;
  /** Of the result, and channels. */
  readonly sizes: readonly [height: number, width: number, channels: number, filters: number];
}

/** Of a dot [n, H, W, C, 3, 3] · [3, 3, C, F] over the taps and C, whose left side is a window. */
function convolutionOf({ inputs: [window, kernel], attrs, type }: Node): Convolution | undefined {
  const { batch, contract } = attrs as DotAttrs;
  const isSame = (name: string, wanted: readonly number[]) => list(window, name).join() === wanted.join();
  const isPlain =
    isSame("axes", [1, 2]) && isSame("sizes", [taps, taps]) && isSame("strides", [1, 1]) && isSame("dilations", [1, 1]);
  const { shape } = window.type;
  const fits = shape[0] === "n" && shape.length === 6 && batch[0].length === 0 && kernel.type.shape.length === 4;
  if (!isPlain || !fits || contract.join(";") !== "4,5,3;0,1,2") return undefined;
  const sizes = [...type.shape.slice(1, 3), ...kernel.type.shape.slice(2)] as [number, number, number, number];
  return { picture: window.inputs[0], kernel, sizes };
}

function isWorth({ sizes: [height, width, channels, filters] }: Convolution, { outputs }: Transforms): boolean {
  const tiles = Math.ceil(height / outputs) * Math.ceil(width / outputs);
  const points = tiles * (outputs + taps - 1) ** 2;
  const plain = height * width * taps * taps * channels * filters;
  return tiles >= leastTiles && points * (channels * filters + perNumber * (channels + filters)) < worth * plain;
}

/** How many times as large the roundings of a convolution by tiles of 4 are as those of its plain sum. */
export const tiledError = 4;
/** Whether a convolution would be computed by tiles. */
export function isTiled(node: Node): boolean {
  const convolution = node.op === "dot" && node.inputs[0].op === "window" ? convolutionOf(node) : undefined;
  return convolution !== undefined && [large, small].some((transforms) => isWorth(convolution, transforms));
}

/** A matrix from both sides, along two neighbouring axes. */
const both = (g: G, x: Node, axis: number, matrix: Matrix): Node => g.mix(g.mix(x, { axis, matrix }), { axis: axis + 1, matrix });

function fast(
  g: G,
  { picture, kernel, sizes: [height, width, , filters] }: Convolution,
  { outputs, ...matrices }: Transforms,
): Node {
  const [down, across] = [height, width].map((size) => Math.ceil(size / outputs));
  const size = outputs + taps - 1;
  const high = [0, down * outputs - height, across * outputs - width, 0];
  const wide = g.as("border", () => g.pad(picture, { low: [0, 0, 0, 0], high, value: 0 }));
  const tiles = g.window(wide, { axes: [1, 2], sizes: [size, size], strides: [outputs, outputs], dilations: [1, 1] });
  const seen = g.as("tiles", () => both(g, g.transpose(tiles, { perm: [0, 4, 5, 1, 2, 3] }), 1, matrices.input));
  const weights = g.as("kernel", () => both(g, kernel, 0, matrices.kernel));
  const products = g.as("products", () => g.dot(seen, weights, { batch: [[1, 2], [0, 1]], contract: [[5], [2]], at: 1 })); // biome-ignore format: one line
  const y = g.transpose(both(g, products, 1, matrices.output), { perm: [0, 3, 1, 4, 2, 5] });
  const woven = g.reshape(y, { shape: ["n", down * outputs, across * outputs, filters] });
  return g.slice(woven, { starts: [0, 0, 0, 0], sizes: ["n", height, width, filters] });
}

const winograd = (name: string, transforms: Transforms): Rule => ({
  ...rule(
    name,
    "approx",
    op("dot", op("window"), any("kernel")),
    (g, _, node) => {
      const convolution = convolutionOf(node);
      return convolution !== undefined && isWorth(convolution, transforms) ? fast(g, convolution, transforms) : undefined;
    },
    (g, r) => {
      const picture = g.input({ name: "x0", shape: ["n", 12, r.pick([12, 14]), 20] });
      const window = g.window(picture, { axes: [1, 2], sizes: [taps, taps], strides: [1, 1], dilations: [1, 1] });
      const kernel = g.param({ name: "k", shape: [taps, taps, 20, 24] });
      return g.dot(window, kernel, { batch: [[], []], contract: [[4, 5, 3], [0, 1, 2]] }); // biome-ignore format: one line
    },
  ),
  knob: "winograd",
});

/** Tiles of 2 x 2: errors as small as those of the plain sum, so that gradients may have them. */
export const smallTiles: readonly Rule[] = [winograd("convolution-by-tiles-of-2", small)];
/** Tiles of 4 x 4, for inference. */
export const largeTiles: readonly Rule[] = [winograd("convolution-by-tiles-of-4", large)];
