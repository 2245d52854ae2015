// The layers as a table. Derived from the list; nothing to add here.
import type { AnyLayer } from "./define.ts";
import * as list from "./list.ts";

/** Every layer by its name in camelCase. */
export const layers: ReadonlyMap<string, AnyLayer> = new Map(Object.entries(list));
