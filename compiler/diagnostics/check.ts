// Checking what came from outside against a zod schema. In: a value and where it stands. Out: the parsed value, or a
// CompileError that names the key, what was needed, what was found, and the nearest known key or value.
import * as z from "zod";
import { CompileError, joinPath } from "./error.ts";
import { plainData, type Subject } from "./plain.ts";
import { showPath, showValue } from "./show.ts";
import { suggestionFor } from "./suggest.ts";

export { showPath, showValue } from "./show.ts";

type Issue = z.core.$ZodIssue;

/** Keys that Keras has and layerc honours only at the values listed; "any" where the key changes no number. */
export type FixedKeys = Readonly<Record<string, readonly unknown[] | "any">>;

/** The config without its fixed keys. Throws CompileError with `place.code` where one has a value layerc does not honour. */
export function withoutFixed(
  config: Readonly<Record<string, unknown>>,
  fixed: FixedKeys,
  place: Subject,
): Record<string, unknown> {
  const rest: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(config)) {
    const allowed = Object.hasOwn(fixed, key) ? fixed[key] : undefined;
    if (allowed === undefined) Object.defineProperty(rest, key, { value, enumerable: true });
    // A key that Keras has is no typing error: say that it is missing here, not that it is unknown.
    else if (allowed !== "any" && !allowed.includes(value)) {
      const hint = `leave it out, or give ${allowed.map(showValue).join(" or ")}`;
      const message = `layerc does not have ${place.subject}'s ${key} yet, found ${showValue(value)}`;
      throw new CompileError({ code: place.code, path: joinPath(place.path, key), message, hint });
    }
  }
  return rest;
}

/**
 * The parsed value. Throws CompileError with `place.code` at the first thing that does not fit; a misspelt key comes first. `also` are
 * keys that are taken beside the schema's, for suggestions.
 */
export function check<T>(schema: z.ZodType<T>, value: unknown, place: Subject, also: readonly string[] = []): T {
  const plain = plainData(value, place);
  const parsed = schema.safeParse(plain);
  if (parsed.success) return parsed.data;
  const { issues } = parsed.error;
  // With a misspelt key, its right spelling is often reported as missing too: the misspelling says more.
  const issue = issues.find(({ code }) => code === "unrecognized_keys") ?? issues[0];
  const { path, message, hint } = explain(issue, { whole: plain, subject: place.subject, schema, also });
  throw new CompileError({ code: place.code, path: joinPath(place.path, showPath(path)), message, hint });
}

/** Numbers of a config become float32: one that is then infinite, or 0 where it was not, would silently be another. Throws with `place.code`. */
export function checkFloats(value: unknown, place: Subject, path: string = place.path): void {
  if (typeof value === "number") {
    const rounded = Math.fround(value);
    if (Number.isFinite(rounded) && (rounded !== 0 || value === 0)) return;
    const message = `${place.subject} computes in float32, where ${value} is ${rounded}`;
    throw new CompileError({
      code: place.code,
      path,
      message,
      hint: "give 0, or a number whose size is from 1.4e-45 to 3.4e38",
    });
  }
  if (Array.isArray(value)) for (const [i, item] of value.entries()) checkFloats(item, place, `${path}[${i}]`);
  else if (typeof value === "object" && value !== null)
    for (const [key, item] of Object.entries(value)) checkFloats(item, place, joinPath(path, showPath([key])));
}

type Keys = Readonly<Record<string, unknown>>;
interface Explained {
  readonly path: readonly PropertyKey[];
  readonly message: string;
  readonly hint: string;
}

interface Asked {
  readonly whole: unknown;
  readonly subject: string;
  readonly schema: z.ZodType;
  readonly also: readonly string[];
}

/** One issue of zod's in our words; a union is explained by its branch that got furthest. */
function explain(issue: Issue, asked: Asked): Explained {
  const { whole, subject, schema, also } = asked;
  const { path } = issue;
  const value = path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], whole);
  const what = path.length === 0 ? subject : showPath(path);
  if (issue.code === "unrecognized_keys") {
    const [key] = issue.keys;
    const known = [...keysAt(schema, path), ...(path.length === 0 ? also : [])];
    return {
      path: [...path, key],
      message: `${what} has no key ${JSON.stringify(key)}`,
      hint: suggestionFor(key, known),
    };
  }
  if (issue.code === "invalid_union") {
    const branch = closest(issue.errors);
    const inner = branch.find(({ code }) => code === "unrecognized_keys") ?? branch[0];
    if (inner !== undefined) return explain({ ...inner, path: [...path, ...inner.path] }, asked);
  }
  if (value === undefined && issue.code !== "custom")
    return { path, message: `${what} is missing`, hint: `give ${needed(issue)}` };
  const message = `${what} needs ${needed(issue)}, found ${showValue(value)}`;
  const names = issue.code === "invalid_value" && typeof value === "string" ? distinct(issue.values.map(String)) : undefined;
  const keys: Keys = schema instanceof z.ZodObject ? schema.shape : {};
  const own = quoted(value, issue) ?? someOf(value, issue) ?? standard(keys, path[0], issue);
  return { path, message, hint: names === undefined ? own : suggestionFor(value as string, names) };
}

/** The keys that a schema knows at a path into its value; of a union, those of all its branches. */
function keysAt(schema: unknown, [key, ...rest]: readonly PropertyKey[]): readonly string[] {
  if (schema instanceof z.ZodDefault || schema instanceof z.ZodOptional || schema instanceof z.ZodNullable)
    return keysAt(schema.unwrap(), key === undefined ? [] : [key, ...rest]);
  if (schema instanceof z.ZodUnion)
    return schema.options.flatMap((option: unknown) => keysAt(option, key === undefined ? [] : [key, ...rest]));
  if (schema instanceof z.ZodArray) return key === undefined ? [] : keysAt(schema.element, rest);
  if (!(schema instanceof z.ZodObject)) return [];
  const shape: Keys = schema.shape;
  if (key === undefined) return Object.keys(shape);
  return typeof key === "string" && Object.hasOwn(shape, key) ? keysAt(shape[key], rest) : [];
}

/** Of a union's branches the one that got furthest into the value, where one did: it knows best what is wrong. */
function closest(branches: readonly (readonly Issue[])[]): readonly Issue[] {
  const depth = ([issue]: readonly Issue[]): number =>
    issue === undefined ? 0 : 2 * issue.path.length + (issue.code === "invalid_type" ? 0 : 1);
  const best = Math.max(0, ...branches.map(depth));
  const deepest = branches.filter((issues) => best > 0 && depth(issues) === best);
  return deepest.length === 1 ? deepest[0] : [];
}

/** What a key is when it is left out; else what to give. */
function standard(keys: Keys, key: PropertyKey | undefined, issue: Issue): string {
  const schema = typeof key === "string" && Object.hasOwn(keys, key) ? keys[key] : undefined;
  if (schema instanceof z.ZodDefault) return `left out, ${String(key)} is ${showValue(schema.def.defaultValue)}`;
  return `give ${needed(issue)}`;
}

/** `"4"` and `"true"`: what was meant stands in quotes. */
function quoted(value: unknown, issue: Issue): string | undefined {
  if (typeof value !== "string" || issue.code !== "invalid_type") return undefined;
  const text = value.trim();
  const isMeant =
    issue.expected === "boolean" ? /^(true|false)$/.test(text) : ["int", "number"].includes(issue.expected) && /^[-+]?\d+(\.\d+)?$/.test(text); // biome-ignore format: one line
  return isMeant ? `write ${text}, without quotes` : undefined;
}

/** Names that are known, where something else than a name was given. */
function someOf(value: unknown, issue: Issue): string | undefined {
  if (issue.code !== "invalid_value" || typeof value === "string" || issue.values.length <= 8) return undefined;
  return `give a name, such as ${distinct(issue.values.map(String)).slice(0, 5).map(showValue).join(", ")}`;
}

/** `hard_sigmoid` is `hardSigmoid`. */
export const camelCase = (name: string): string => name.replaceAll(/_([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());

/** Names without those that are another's camelCase. */
export const distinct = (names: readonly string[]): readonly string[] =>
  names.filter((name) => !names.some((other) => other !== name && camelCase(other) === name));

/** What was needed, in words that stand after "needs". */
function needed(issue: Issue): string {
  switch (issue.code) {
    case "invalid_type":
      return (
        {
          int: "a whole number",
          number: "a number",
          array: "a list",
          string: "a string",
          boolean: "true or false",
          object: "an object of keys and values",
          record: "an object of keys and values",
        }[issue.expected as string] ?? `a value of type ${issue.expected}`
      );
    case "too_small":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "more than" : "at least",
        issue.minimum,
      );
    case "too_big":
      return bound(
        issue.origin,
        issue.exact === true ? "exactly" : issue.inclusive === false ? "less than" : "at most",
        issue.maximum,
      );
    case "invalid_value":
      return issue.values.length > 8 ? "one of the known values" : issue.values.map((value) => showValue(value)).join(" or ");
    case "invalid_union": {
      const forms = issue.errors.map((errors) => (errors.length > 0 ? needed(errors[0]) : "another value"));
      return forms.length === 0 ? "another value" : [...new Set(forms)].join(" or ");
    }
    default:
      return issue.message;
  }
}

const bound = (origin: string, how: string, limit: number | bigint): string =>
  origin === "array" || origin === "string"
    ? `${how} ${limit} items`
    : `${origin === "int" ? "a whole number" : "a number"} of ${how} ${limit}`;
