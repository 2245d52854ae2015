// Things a spec names: losses, optimizers, initializers. In: "mse" or {name: "huber", delta: 2}. Out: the thing and its
// checked config. Errors are `training/spec` with the nearest known name.
import type * as z from "zod";
import { camelCase, check, distinct, type FixedKeys, showValue, withoutFixed } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { suggestionFor } from "../diagnostics/suggest.ts";

interface Named {
  readonly name: string;
  readonly aliases?: readonly string[];
  readonly config: z.ZodType<object>;
  readonly fixed?: FixedKeys;
}

/** By name and alias, as Keras writes them and in camelCase. */
export function named<T extends Named>(items: readonly T[]): ReadonlyMap<string, T> {
  const table = new Map<string, T>();
  for (const item of items) {
    for (const name of [item.name, ...(item.aliases ?? [])]) {
      table.set(name, item);
      table.set(camelCase(name), item);
    }
  }
  return table;
}

/** Finds what a spec names and checks its config. Throws CompileError `training/spec`. */
export function parseNamed<T extends Named>(
  table: ReadonlyMap<string, T>,
  spec: unknown,
  { kind, path }: { kind: string; path: string },
): { readonly item: T; readonly config: object } {
  const given: unknown = typeof spec === "object" && spec !== null && !Array.isArray(spec) ? spec : { name: spec };
  const { name, ...config } = given as { name?: unknown; [key: string]: unknown };
  const item = typeof name === "string" ? table.get(name) : undefined;
  if (item === undefined) {
    const hint = suggestionFor(typeof name === "string" ? name : "", distinct([...table.keys()]));
    throw new CompileError({ code: "training/spec", path, message: `there is no ${kind} ${showValue(name)}`, hint });
  }
  const place = { code: "training/spec", path, subject: item.name } as const;
  return { item, config: check(item.config, withoutFixed(config, item.fixed ?? {}, place), place) };
}
