// Spectral normalization: a wrapper that keeps the largest stretch of a kernel at 1. In training, before a step, the kernel is divided
// by σ, which a few turns of power iteration estimate, and so is what the optimizer starts from; at inference the layer is as it is.
//
//   kernel as a matrix W [all axes but the last, last], u a row of its own that the steps carry on:
//   v = u · Wᵀ / |…|     u = v · W / |…|     σ = v · W · uᵀ     kernel ← kernel / σ
//
// A kernel of zeros stays. The gradient is that at the new kernel; neither σ nor u has one.
import * as z from "zod";
import { CompileError } from "../../diagnostics/error.ts";
import type { Node } from "../../graph/graph.ts";
import type { LayerSpec } from "../../model.ts";
import type { G } from "../../ops/index.ts";
import { layer } from "../define.ts";
import { count } from "../shared.ts";
import { eachNumber } from "../stream.ts";

/** What a layer's main weight is called. */
const kernels = ["kernel", "embeddings"];
/** Keras' epsilon: what is shorter is divided by that. */
const leastSquare = 1e-14;

const layerSchema: z.ZodType<LayerSpec, LayerSpec> = z.strictObject({
  layer: z.string(),
  name: z.string().optional(),
  config: z.looseObject({}).optional(),
}) as unknown as z.ZodType<LayerSpec, LayerSpec>;

/**
 * The wrapped layer, whose kernel (or embeddings) has spectral norm 1: after each training step's forward pass kernel / σ stands in its place.
 * https://keras.io/api/layers/normalization_layers/spectral_normalization/
 */
export const spectralNormalization = layer({
  name: "spectralNormalization",
  keras: "SpectralNormalization",
  says: "The wrapped `layer`; in training its kernel is divided by its largest singular value before every step, which `powerIterations` turns estimate.",
  config: z.strictObject({ layer: layerSchema, powerIterations: count.default(1) }),
  weights: () => [],
  stream: eachNumber,
  lower: (g, context) => {
    const { x, mask, config, noise } = context;
    const updates: Record<string, Node> = {};
    let hasKernel = false;
    const assigned = (name: string) => (kernel: Node) => {
      hasKernel = true;
      const size = kernel.type.shape[kernel.type.shape.length - 1] as number;
      const initializer = { name: "truncated_normal", stddev: 0.02 };
      // Before it, Keras' files hold the kernel once more.
      const u = context.weight({ name: "vector_u", shape: [1, size], initializer, trainable: false, at: 1 });
      if (noise === undefined) return undefined;
      const next = g.as(name, () => divided(g, kernel, u, config.powerIterations));
      updates.vector_u = next.u;
      return next.kernel;
    };
    const assign = Object.fromEntries(kernels.map((name) => [name, assigned(name)]));
    const made = context.child("layer", config.layer, x, mask, { assign });
    if (!hasKernel) throw noKernel(config.layer.layer);
    return { y: made.y, updates, ...(made.mask === undefined ? {} : { mask: made.mask }) };
  },
});

/** The kernel divided by σ, and the next u. */
function divided(g: G, kernel: Node, u: Node, turns: number): { readonly kernel: Node; readonly u: Node } {
  const { shape } = kernel.type;
  const columns = shape[shape.length - 1] as number;
  const rows = shape.slice(0, -1).reduce<number>((product, size) => product * (size as number), 1);
  const matrix = g.reshape(kernel, { shape: [rows, columns] });
  let right = g.reshape(u, { shape: [columns] });
  let left = right;
  for (let turn = 0; turn < turns; turn++) {
    left = unit(g, g.dot(matrix, right, { batch: [[], []], contract: [[1], [0]] }));
    right = unit(g, g.dot(left, matrix, { batch: [[], []], contract: [[0], [0]] }));
  }
  const along = g.dot(left, matrix, { batch: [[], []], contract: [[0], [0]] });
  const sigma = g.as("sigma", () => g.reduceSum(g.mul(along, right), { axes: [0] }));
  const size = g.reduceMax(g.abs(matrix), { axes: [0, 1] });
  // NaN is not 0: it spreads, as it should.
  const isZero = g.equal(size, g.fill(0, []));
  const factor = g.select(isZero, g.fill(1, []), g.div(g.fill(1, []), sigma));
  return {
    kernel: g.mul(kernel, g.broadcast(factor, { shape, axes: [] })),
    u: g.reshape(g.select(g.broadcast(isZero, { shape: [columns], axes: [] }), g.reshape(u, { shape: [columns] }), right), {
      shape: [1, columns],
    }),
  };
}

/** A vector of length 1. */
function unit(g: G, x: Node): Node {
  const square = g.reduceSum(g.mul(x, x), { axes: [0] });
  const factor = g.div(g.fill(1, []), g.sqrt(g.max(square, g.fill(leastSquare, []))));
  return g.mul(x, g.broadcast(factor, { shape: x.type.shape, axes: [] }));
}

function noKernel(name: string): CompileError {
  const message = `spectralNormalization needs a layer with a kernel or embeddings, and ${name} has none`;
  return new CompileError({ code: "layer/config", path: "layer", message, hint: "wrap dense, a convolution or embedding" });
}
