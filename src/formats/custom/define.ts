// What a definition of a custom layer is: the user's own function from a layer of the file, which layerc does not have, to lines that it
// has. It is code of the user's, given beside the file; of the file itself nothing is ever run.
import type { LayerSpec, Model } from "../../../compiler/model.ts";
import type { RowsLike } from "../../../runtime/trainable.ts";

/** A variable that the file holds for a custom layer. */
export interface Variable {
  /** As the file has it below the layer: `0`, `dense/0` in a .keras file, `gain`, `dense_1/kernel` in others. */
  readonly name: string;
  readonly shape: readonly number[];
  /** Row-major. */
  readonly values: Float32Array;
}

/** Which layer of the file is meant. */
export interface CustomLayer {
  readonly name: string;
  readonly className: string;
  /** What the layer is called with beside its inputs, by name. */
  readonly call: Readonly<Record<string, unknown>>;
}

type Lines = LayerSpec | Model | readonly (LayerSpec | Model)[];

/** Lines, and whose their weights are where neither names nor order say it. */
export interface Defined {
  readonly layers: Lines;
  /** From the file's variables of the layer: every weight of the lines, by `line/weight` (of a single line by its name alone). */
  readonly weights?: (variables: readonly Variable[]) => Readonly<Record<string, RowsLike>>;
}

interface Methods {
  // A method, so that a definition may say what its config holds: `(config: { units: number }) => dense(config)`.
  define(config: object, layer: CustomLayer): Lines | Defined;
}
/**
 * From a layer's config as in the file to one line, a list of lines (a chain), or a model with several inputs. Without `weights`, the
 * file's variables go to lines of their sublayers' names, and the others in order.
 */
export type LayerDefinition = Methods["define"];

/** Definitions by class: `MyLayer`, or with its package, `my>MyLayer`. */
export type LayerDefinitions = Readonly<Record<string, LayerDefinition>>;

/** A custom layer of a file, defined. */
export interface Custom extends CustomLayer {
  /** What the names of its weights begin with; "" where it is the whole model. */
  readonly owner: string;
  /** Where its variables lie. */
  readonly folder: string;
  readonly path: string;
  /** What of the file it stands for; a layer if nothing is said. */
  readonly part?: "layer" | "node";
  /** Whether nothing of it is trained, which changes Keras' order. */
  readonly isFrozen: boolean;
  /** Weights that the definition brings along, for a layer without variables. */
  readonly own?: Readonly<Record<string, Float32Array>>;
  readonly weights?: Defined["weights"];
}
