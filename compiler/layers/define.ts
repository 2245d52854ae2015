// What a layer is: Keras' name, a schema, its weights, and how it is lowered to Graph. There is no shape function: the
// output shape is the type of what `lower` builds. The schema gives the factory's type, the validation, the documentation
// and the test generator.
import type * as z from "zod";
import type { LayerSpec } from "../model.ts";
import type { Node } from "../ir/graph.ts";
import type { G } from "../ops/index.ts";

/** A weight of a layer. `shape` has no batch axis; `initializer` as in Keras: a name or {name, ...config}. */
export interface WeightSpec {
  /** Keras' name: kernel, bias, gamma, … */
  readonly name: string;
  readonly shape: readonly number[];
  readonly initializer: InitializerSpec;
  readonly trainable: boolean;
}
export type InitializerSpec = string | { readonly name: string; readonly [key: string]: unknown };

/** A problem with a config: where in it, what, and what to do. */
export interface Problem {
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  /** Defaults to `layer/config`. */
  readonly code?: "layer/config" | "shape/mismatch" | "shape/rank";
}

export interface Context<C> {
  /** The layer's input, [n, ...]. */
  readonly x: Node;
  /** Keras' mask, [n, steps], 1 = keep. */
  readonly mask?: Node;
  /** By the names of `weights`; moving statistics included. */
  readonly weights: Readonly<Record<string, Node>>;
  readonly config: C;
  /** The layer runs in training mode (false for a frozen layer where Keras says so). */
  readonly training: boolean;
  /** Seed of this layer's noise, and the step counter as a Graph value (training only). */
  readonly noise: { readonly seed: number; readonly step: Node };
  /** Lowers a wrapped layer; `role` names it in weights and paths, e.g. "layer" or "forward_layer". */
  readonly child: (role: string, spec: LayerSpec, x: Node, mask?: Node) => Lowered;
}

export interface Lowered {
  readonly y: Node;
  /** undefined: the mask passes through; null: it ends here. */
  readonly mask?: Node | null;
  /** Scalars that join the loss. */
  readonly losses?: readonly Node[];
  /** New values of non-trainable weights, by name. */
  readonly updates?: Readonly<Record<string, Node>>;
}

export interface Layer<C extends object = object> {
  /** Keras' class name in camelCase. */
  readonly name: string;
  /** Keras' class name, e.g. MaxPooling2D. */
  readonly keras: string;
  /** One line for the documentation. */
  readonly says: string;
  readonly config: z.ZodType<C>;
  /** Constraints across fields or on the input (shape without the batch axis); undefined when all is well. */
  readonly legal?: (config: C, input: readonly number[]) => Problem | undefined;
  readonly weights: (config: C, input: readonly number[]) => readonly WeightSpec[];
  readonly lower: (g: G, context: Context<C>) => Lowered;
}
