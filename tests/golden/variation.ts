// What the variations are written with: lines of a model, and how a case looks.

import type { Random } from "../../compiler/base/random.ts";
import type { LayerSpec } from "../../compiler/model.ts";
import type { Tensor } from "./reference.ts";

export type Weights = Readonly<Record<string, Tensor>>;
/** A model and the same as loops. */
export interface Variation {
  readonly name: string;
  readonly layers: readonly LayerSpec[];
  readonly reference: (x: Tensor, w: Weights) => Tensor;
  /** One number of the input; within ±2 without it. */
  readonly input?: (noise: Random) => number;
}

export const line = (layer: string, config: Record<string, unknown> = {}, name = layer): LayerSpec => ({ name, layer, config });
/** One layer on samples of a shape. */
export const alone = (layer: string, inputShape: readonly number[], config: Record<string, unknown> = {}) => [
  line(layer, { ...config, inputShape }),
];
/** The three weights of an LSTM. */
export const kernels = (w: Weights, name = "lstm") => ["kernel", "recurrent_kernel", "bias"].map((part) => w[`${name}/${part}`]);
export const relu = (x: number): number => Math.max(x, 0);
export const ids = (limit: number) => (noise: Random) => noise.integer(0, limit - 1);
