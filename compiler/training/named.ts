// Things a spec names: losses, optimizers, initializers, regularizers, constraints. In: "mse" or {name: "huber", delta: 2}. Out: the thing and its
// checked config. Errors are `training/spec` with the nearest known name.
import * as z from "zod";
import { camelCase, check, checkFloats, distinct, type FixedKeys, showValue, withoutFixed } from "../diagnostics/check.ts";
import { CompileError } from "../diagnostics/error.ts";
import { isPlain, plainData } from "../diagnostics/plain.ts";
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
  const data = plainData(spec, { code: "training/spec", path, subject: kind });
  const { name, ...config } = isPlain(data) ? data : { name: data };
  const item = typeof name === "string" ? table.get(name) : undefined;
  // For an error only: a model parses hundreds of these.
  const known = (): readonly string[] => distinct([...table.keys()]);
  if (typeof name !== "string") {
    const message =
      data === undefined ? `${kind} is missing` : `${kind} needs a name or an object with a name, found ${showValue(spec)}`;
    const [first] = known();
    const hint = `give ${JSON.stringify(first)}, or { name: ${JSON.stringify(first)}, … }; known: ${known().join(", ")}`;
    throw new CompileError({ code: "training/spec", path, message, hint });
  }
  if (item === undefined) {
    const message = `there is no ${kind} ${showValue(name)}`;
    throw new CompileError({ code: "training/spec", path, message, hint: suggestionFor(name, known()) });
  }
  const place = { code: "training/spec", path, subject: item.name } as const;
  const fixed = item.fixed ?? {};
  const parsed = check(item.config, withoutFixed(config, fixed, place), place, Object.keys(fixed));
  checkFloats(parsed, place);
  return { item, config: parsed };
}

/** The schema of a config key that names one of a table, so that a fault in it has the key's path. */
export function specSchema<T extends Named, I extends string | { readonly name: string }>(
  table: ReadonlyMap<string, T>,
): z.ZodType<string | { readonly name: string; readonly [key: string]: unknown }, I> {
  const names = [...table.keys()] as [string, ...string[]];
  const schema = z.union([z.enum(names), z.looseObject({ name: z.enum(names) })]).superRefine((spec, context) => {
    if (typeof spec === "string" || !table.has(spec.name)) return;
    const { name, ...config } = spec;
    const parsed = table.get(name)?.config.safeParse(config);
    for (const issue of parsed?.error?.issues ?? []) context.addIssue({ ...issue });
  });
  // What callers may write is typed by item (`specs/`), and checked here.
  return schema as unknown as z.ZodType<z.output<typeof schema>, I>;
}
