// THE table of engines that score files.
import type { Engine } from "./define.ts";
import { duckdb } from "./duckdb.ts";

/** In the order in which they are asked; the first that knows both files takes them. */
export const engines: readonly Engine[] = [duckdb];
