// The regularizers as a table, the schema of a config key that names one, and the loss that a spec makes. Derived from the list;
// nothing to add here.
import * as z from "zod";
import type { Node, Shape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Regularizer, RegularizerSpec } from "../define.ts";
import { named, parseNamed, specSchema } from "../named.ts";
import type { RegularizerInput } from "../specs/regularizers.ts";
import * as list from "./list.ts";

// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules, which only see what the schema has checked.
type AnyRegularizer = Regularizer<any>;
/** Every regularizer by its Keras name and its aliases. */
export const regularizers: ReadonlyMap<string, AnyRegularizer> = named<AnyRegularizer>(Object.values(list));

/** "l2", {name: "l2", l2: 0.001}, or null for none, which is the default. */
export const regularizerSchema: z.ZodDefault<z.ZodNullable<z.ZodType<RegularizerSpec, RegularizerInput>>> = z
  .nullable(specSchema<AnyRegularizer, RegularizerInput>(regularizers))
  .default(null);

const parsed = (spec: RegularizerSpec): { readonly item: AnyRegularizer; readonly config: object } =>
  parseNamed(regularizers, spec, { kind: "regularizer", path: "" });

/** What a regularizer needs of a value, where one of that shape lacks it, in words that stand after "needs". */
export function regularizerNeeds(spec: RegularizerSpec, shape: Shape): string | undefined {
  const { item, config } = parsed(spec);
  return item.needs?.(shape, config);
}

/** What a value adds to the loss, a scalar. */
export function regularize(g: G, spec: RegularizerSpec, x: Node): Node {
  const { item, config } = parsed(spec);
  return item.loss(g, x, config);
}
