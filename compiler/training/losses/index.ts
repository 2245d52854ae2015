// The losses as a table, and what a spec means for an output. Derived from the list; nothing to add here.
import type { Loss, LossConfig } from "../define.ts";
import { named, parseNamed } from "../named.ts";
import * as list from "./list.ts";

/** A loss whose config is known only at run time. */
// biome-ignore lint/suspicious/noExplicitAny: configs are contravariant in `lower`, which only sees what the schema has checked.
export type AnyLoss = Loss<any>;
/** Every loss by its Keras name and its aliases, in snake_case and camelCase. */
export const losses: ReadonlyMap<string, AnyLoss> = named<AnyLoss>(Object.values(list));

/** The loss that a spec names for an output of `shape` (without the batch axis), and its checked config. Throws CompileError training/spec. */
export function lossOf(
  spec: unknown,
  shape: readonly number[],
  path: string,
): { readonly item: AnyLoss; readonly config: LossConfig } {
  const { item, config } = parseNamed(losses, spec, { kind: "loss", path });
  // Every row's schema has the common options: its type says so.
  if (item.means === undefined) return { item, config: config as LossConfig };
  return lossOf(item.means(shape, config), shape, path);
}
