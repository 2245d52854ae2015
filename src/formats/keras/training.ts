// What Keras says of training, in layerc's terms. In: a loss, an optimizer, a schedule or a metric as Keras writes it in a file: a name, or
// a class with its config. Out: a spec, whose names the compiler knows or refuses. Keys are camelCase; what is null is left out.
import { snakeCase } from "../../../compiler/base/words.ts";
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";

type Keys = Readonly<Record<string, unknown>>;
/** A spec as `training` takes it. */
export type Spec = string | { readonly name: string; readonly [key: string]: unknown };

/** How a kind of thing is called here, from its class in Keras. */
const lower = (name: string): string => name.toLowerCase();

/** An object of Keras as it is saved: a class and its config. */
interface Saved {
  readonly name: string;
  readonly config: Keys;
}

/** The class and config of a value; undefined where it is none. TensorFlow 2.11 to 2.13 wrote `Custom>Adam`. */
function savedOf(value: unknown): Saved | undefined {
  if (!isPlain(value) || typeof value.class_name !== "string") return undefined;
  return { name: value.class_name.replace(/^.*>/, ""), config: isPlain(value.config) ? value.config : {} };
}

/** What null says where it is not the default: a loss whose values stay as they are. */
const nulls: Keys = { reduction: "none" };

/** A config in our terms: what Keras needs for itself is gone, objects in it are specs of their own. */
export function configOf(config: Keys): Record<string, unknown> {
  const entries = Object.entries(config)
    .map(([key, value]): [string, unknown] => [key, value ?? nulls[key] ?? null])
    .filter(([key, value]) => value !== null && key !== "name" && key !== "dtype");
  return Object.fromEntries(entries.map(([key, value]) => [camelCase(key), specOf(value) ?? value]));
}

/** A loss, a schedule or a metric; undefined where the value is no object of Keras. */
export function specOf(value: unknown): Spec | undefined {
  const saved = savedOf(value);
  return saved && { ...configOf(saved.config), name: snakeCase(saved.name) };
}

/** A loss: a name of a function or class, or a class with its config. */
export const lossSpec = (value: unknown): Spec | undefined => (typeof value === "string" ? snakeCase(value) : specOf(value));

/** An optimizer: a name, or a class with its config. */
export function optimizerSpec(value: unknown): Spec | undefined {
  if (typeof value === "string") return lower(value);
  const saved = savedOf(value);
  return saved && { ...configOf(saved.config), name: lower(saved.name) };
}
