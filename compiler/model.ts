// The Model: plain JSON plus named Float32Arrays. No functions, no classes: what a file holds and what a factory returns.
import type { LossSpec, OptimizerSpec } from "./training/define.ts";

/** One line of the list. `layer` is Keras' name in camelCase; `inputs` absent means the line before. */
export interface LayerSpec {
  /** Unique in the model; given by us (dense, dense_1, …) when the user gave none. */
  readonly name?: string;
  readonly layer: string;
  readonly config: Readonly<Record<string, unknown>>;
  readonly inputs?: readonly string[];
}

/** A network as data: its lines in order, its seed, and its numbers where it has some. */
export interface Model {
  readonly name: string;
  /** The initial weights are a function of it. */
  readonly seed: number;
  readonly layers: readonly LayerSpec[];
  /** By `layer name/weight name`; absent: the seeded initial weights. */
  readonly weights?: Readonly<Record<string, Float32Array>>;
  /** Path of a weights file, relative to the model file. */
  readonly weightsFile?: string;
  readonly training?: { readonly loss: LossSpec; readonly optimizer: OptimizerSpec };
}
