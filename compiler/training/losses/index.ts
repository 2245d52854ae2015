// The losses as a table. Derived from the list; nothing to add here.
import type { Loss } from "../define.ts";
import { named } from "../named.ts";
import * as list from "./list.ts";

/** A loss whose config is known only at run time. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in `lower`, which only sees what the schema has checked.
export type AnyLoss = Loss<any>;
/** Every loss by its Keras name and its aliases, in snake_case and camelCase. */
export const losses: ReadonlyMap<string, AnyLoss> = named<AnyLoss>(Object.values(list));
