// A schema as what an editor shows: its keys, each with a TypeScript type, a sentence and its default. In: zod's schemas and the tables
// of words. Out: text. Guarantee: a key without a sentence, or a schema whose type we cannot write, throws.
import type * as z from "zod";

// biome-ignore lint/suspicious/noExplicitAny: zod's definitions are a union over all kinds of schema, told apart by `type` below.
type Definition = any;
const definitionOf = (schema: z.ZodType): Definition => schema._zod.def;

/** The keys of an object schema, whatever is refined or transformed around it; undefined where it is no object. */
export function keysOf(schema: z.ZodType): Readonly<Record<string, z.ZodType>> | undefined {
  const { type, shape, innerType, in: inner } = definitionOf(schema);
  if (type === "object") return shape;
  const next: z.ZodType | undefined = innerType ?? inner;
  return next === undefined ? undefined : keysOf(next);
}

/** The default, as it is written in a config; undefined where there is none. */
export function defaultOf(schema: z.ZodType): string | undefined {
  const { type, defaultValue, innerType, in: inner } = definitionOf(schema);
  if (type === "default") return JSON.stringify(defaultValue);
  const next: z.ZodType | undefined = innerType ?? inner;
  return next === undefined ? undefined : defaultOf(next);
}

/** Whether a config may leave the key out. */
export const isOptional = (schema: z.ZodType): boolean => schema.safeParse(undefined).success;

/** A key's doc comment: what it means, and its default. */
export function docOf(sentence: string | undefined, schema: z.ZodType, key: string): string {
  if (sentence === undefined) throw new Error(`scripts/words has no sentence for ${key}`);
  const standard = defaultOf(schema);
  return `/** ${sentence}${standard === undefined ? "" : ` Default ${standard}.`} */`;
}

/** The type of what a config may hold, as TypeScript. */
export function typeOf(schema: z.ZodType): string {
  const { type, innerType, in: inner, options, element, entries, values, items } = definitionOf(schema);
  const one: Readonly<Record<string, () => string>> = {
    string: () => "string",
    number: () => "number",
    int: () => "number",
    boolean: () => "boolean",
    null: () => "null",
    enum: () =>
      Object.values(entries)
        .map((value) => JSON.stringify(value))
        .join(" | "),
    literal: () => values.map((value: unknown) => JSON.stringify(value)).join(" | "),
    nullable: () => `${typeOf(innerType)} | null`,
    default: () => typeOf(innerType),
    optional: () => typeOf(innerType),
    pipe: () => typeOf(inner),
    union: () => options.map(typeOf).join(" | "),
    array: () => `readonly ${/^\w+$/.test(typeOf(element)) ? typeOf(element) : `(${typeOf(element)})`}[]`,
    tuple: () => `readonly [${items.map(typeOf).join(", ")}]`,
  };
  if (!Object.hasOwn(one, type)) throw new Error(`no TypeScript for a schema of type ${type}`);
  return one[type]();
}
