// The optimizers as a table. Derived from the list; nothing to add here.
import type { Optimizer } from "../define.ts";
import { named } from "../named.ts";
import * as list from "./list.ts";

/** An optimizer whose config is known only at run time. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in the rules, which only see what the schema has checked.
export type AnyOptimizer = Optimizer<any>;
/** Every optimizer by its Keras name. */
export const optimizers: ReadonlyMap<string, AnyOptimizer> = named<AnyOptimizer>(Object.values(list));
