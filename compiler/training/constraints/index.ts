// The constraints as a table, the schema of a config key that names one, and what a spec makes of a weight. Derived from the list;
// nothing to add here.
import * as z from "zod";
import type { Node, Shape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import type { Constraint, ConstraintSpec } from "../define.ts";
import { named, parseNamed, specSchema } from "../named.ts";
import type { ConstraintInput } from "../specs/constraints.ts";
import * as list from "./list.ts";

// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules, which only see what the schema has checked.
type AnyConstraint = Constraint<any>;
/** Every constraint by its Keras name and its aliases. */
export const constraints: ReadonlyMap<string, AnyConstraint> = named<AnyConstraint>(Object.values(list));

/** "non_neg", {name: "max_norm", maxValue: 3}, or null for none, which is the default. */
export const constraintSchema: z.ZodDefault<z.ZodNullable<z.ZodType<ConstraintSpec, ConstraintInput>>> = z
  .nullable(specSchema<AnyConstraint, ConstraintInput>(constraints))
  .default(null);

const parsed = (spec: ConstraintSpec): { readonly item: AnyConstraint; readonly config: object } =>
  parseNamed(constraints, spec, { kind: "constraint", path: "" });

/** What a constraint needs of a weight, where one of that shape lacks it, in words that stand after "needs". */
export function constraintNeeds(spec: ConstraintSpec, shape: Shape): string | undefined {
  const { item, config } = parsed(spec);
  return item.needs?.(shape, config);
}

/** Where a weight is moved to after an update. */
export function constrain(g: G, spec: ConstraintSpec, weight: Node): Node {
  const { item, config } = parsed(spec);
  return item.project(g, weight, config);
}
