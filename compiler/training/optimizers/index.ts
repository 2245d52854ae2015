// The optimizers as a table. Derived from the list; nothing to add here.
import type * as z from "zod";
import type { Optimizer } from "../define.ts";
import { named } from "../named.ts";
import { withCommon } from "./common.ts";
import * as list from "./list.ts";

/** An optimizer whose config is known only at run time: its own keys, and those of all. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules, which only see what the schema has checked.
export type AnyOptimizer = Omit<Optimizer<any>, "config"> & { readonly config: z.ZodObject };
const rows: readonly AnyOptimizer[] = Object.values(list);
/** Every optimizer by its Keras name. */
export const optimizers: ReadonlyMap<string, AnyOptimizer> = named(
  rows.map((row): AnyOptimizer => ({ ...row, config: withCommon(row.config) })),
);
