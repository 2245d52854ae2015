// The initializers as a table, and the schema of a config key that names one. Derived from the list; nothing to add here.
import type * as z from "zod";
import type { Random } from "../../base/random.ts";
import { random, seedFor } from "../../base/random.ts";
import type { Fans, Initializer, InitializerSpec } from "../define.ts";
import { named, parseNamed, specSchema } from "../named.ts";
import type { InitializerInput } from "../specs/initializers.ts";
import * as list from "./list.ts";

// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in `fill`, which only sees what the schema has checked.
type AnyInitializer = Initializer<any>;
/** Every initializer by its Keras name and its aliases. */
export const initializers: ReadonlyMap<string, AnyInitializer> = named<AnyInitializer>(Object.values(list));

/** "glorot_uniform", or {name: "constant", value: 3}. */
export const initializerSchema: z.ZodType<InitializerSpec, InitializerInput> = specSchema(initializers);

/** The initial value of a weight: a function of the model's seed and the weight's full name. */
export function initialize(
  spec: InitializerSpec,
  shape: readonly number[],
  seed: number,
  weight: string,
  fans?: Fans,
): Float32Array {
  const { item, config } = parseNamed(initializers, spec, { kind: "initializer", path: "" });
  const own: unknown = (config as { seed?: unknown }).seed;
  const source: Random = random(typeof own === "number" ? own : seedFor(seed, weight));
  return item.fill(shape, source, config, fans);
}
