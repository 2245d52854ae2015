// Tensors of a functional config: what its layers take, and what the model takes and gives. In: JSON. Out: which layer, which of its calls,
// which of that call's results.
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Keys, Serialized } from "./values.ts";

/** A tensor: the layer, which of its calls, which of that call's results. */
export type Reference = readonly [layer: string, call: number, result: number];

/** A call as it is listed. */
export interface Node {
  readonly args: readonly unknown[];
  readonly kwargs: Keys;
}
/** A layer of a functional config. */
export interface Listed extends Serialized {
  readonly name: string;
  readonly nodes: readonly Node[];
  readonly path: string;
}
/** What a model takes or gives. */
export interface Port {
  /** As in a dict; else the layer's. */
  readonly name: string;
  readonly from: Reference;
}

/** Whether a value names a tensor. */
export const isReference = (value: unknown): value is Reference =>
  Array.isArray(value) &&
  value.length === 3 &&
  typeof value[0] === "string" &&
  Number.isSafeInteger(value[1]) &&
  Number.isSafeInteger(value[2]);

/** The tensors within an argument, in order. */
export function tensorsIn(value: unknown, depth = 0): readonly Reference[] {
  if (depth > 16) return [];
  if (Array.isArray(value)) return value.flatMap((item) => tensorsIn(item, depth + 1));
  if (!isPlain(value)) return [];
  if (value.class_name === "__keras_tensor__" && isPlain(value.config)) {
    const from: unknown = value.config.keras_history;
    return isReference(from) ? [from] : [];
  }
  return Object.values(value).flatMap((item) => tensorsIn(item, depth + 1));
}

/** Whether a class is an operation of Keras', and no layer. */
export const isOperation = ({ module }: Pick<Serialized, "module">): boolean =>
  module.startsWith("keras.src.ops.") || module.startsWith("keras.ops");
