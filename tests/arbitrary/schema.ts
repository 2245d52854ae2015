// Random values of a zod schema, read from its JSON Schema. In: a schema and how large a whole number may get. Out: values the
// schema accepts (the caller parses them; fields across which a rule runs are the caller's to filter).
// Guarantee: a schema this file cannot draw from is an error that names the place, never a silent gap.
import fc from "fast-check";
import * as z from "zod";

interface Json {
  readonly type?: string | readonly string[];
  readonly const?: unknown;
  readonly enum?: readonly unknown[];
  readonly anyOf?: readonly Json[];
  readonly oneOf?: readonly Json[];
  readonly allOf?: readonly Json[];
  readonly $ref?: string;
  readonly $defs?: Readonly<Record<string, Json>>;
  readonly properties?: Readonly<Record<string, Json>>;
  readonly required?: readonly string[];
  readonly items?: Json;
  readonly prefixItems?: readonly Json[];
  readonly minItems?: number;
  readonly maxItems?: number;
  readonly minimum?: number;
  readonly maximum?: number;
  readonly exclusiveMinimum?: number;
  readonly exclusiveMaximum?: number;
}

export interface Limits {
  /** The largest whole number drawn where the schema sets no smaller one. */
  readonly integer: number;
  /** Fields to draw in another way, by name: undefined leaves a field out. */
  readonly fields?: Readonly<Record<string, fc.Arbitrary<unknown>>>;
}

/** Values a caller may write: defaulted fields are there half of the time. */
export function valuesOf(schema: z.ZodType, limits: Limits): fc.Arbitrary<unknown> {
  const root = z.toJSONSchema(schema, { io: "input", unrepresentable: "any" }) as Json;
  return draw(root, root, limits, "");
}

function draw(json: Json, root: Json, limits: Limits, path: string): fc.Arbitrary<unknown> {
  const inside = (child: Json, step: string) => draw(child, root, limits, `${path}${step}`);
  if (json.$ref !== undefined) {
    const name = json.$ref.split("/").at(-1) ?? "";
    return inside(json.$ref === "#" ? root : (root.$defs?.[name] ?? {}), "");
  }
  if ("const" in json) return fc.constant(json.const);
  if (json.enum !== undefined) return fc.constantFrom(...json.enum);
  const choices = json.anyOf ?? json.oneOf;
  if (choices !== undefined) return fc.oneof(...choices.map((choice) => inside(choice, "")));
  if (json.allOf !== undefined) return inside(Object.assign({}, ...json.allOf), "");
  if (Array.isArray(json.type)) return fc.oneof(...json.type.map((type: string) => inside({ ...json, type }, "")));
  switch (json.type) {
    case "null":
      return fc.constant(null);
    case "string":
      return fc.constantFrom("red", "green", "constructor", "", "é");
    case "boolean":
      return fc.boolean();
    case "integer":
      return integers(json, limits);
    case "number":
      return numbers(json);
    case "array": {
      if (json.prefixItems !== undefined) return fc.tuple(...json.prefixItems.map((item, i) => inside(item, `[${i}]`)));
      if (json.items === undefined) break;
      const least = json.minItems ?? 0;
      return fc.array(inside(json.items, "[]"), { minLength: least, maxLength: json.maxItems ?? least + 3 });
    }
    case "object": {
      if (json.properties === undefined) break;
      const fields = Object.entries(json.properties).map(([key, field]) => [
        key,
        limits.fields?.[key] ?? inside(field, `.${key}`),
      ]);
      return fc
        .record<Record<string, unknown>, string>(Object.fromEntries(fields), { requiredKeys: [...(json.required ?? [])] })
        .map((record) => Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined)));
    }
  }
  throw new Error(`cannot draw from ${JSON.stringify(json)} at ${path === "" ? "the top" : path}`);
}

function integers(json: Json, limits: Limits): fc.Arbitrary<number> {
  // zod states the range of safe integers as a bound; it means none.
  const bounded = (bound: number | undefined) =>
    bound !== undefined && Math.abs(bound) < Number.MAX_SAFE_INTEGER ? bound : undefined;
  const least =
    bounded(json.minimum) ?? (bounded(json.exclusiveMinimum) === undefined ? undefined : (json.exclusiveMinimum ?? 0) + 1);
  const most =
    bounded(json.maximum) ?? (bounded(json.exclusiveMaximum) === undefined ? undefined : (json.exclusiveMaximum ?? 0) - 1);
  const min = least ?? Math.min(-2, most ?? 0);
  return fc.integer({ min, max: Math.max(min, Math.min(most ?? limits.integer, limits.integer)) });
}

/** Hundredths: short to print, and no draw is extreme by accident. */
function numbers(json: Json): fc.Arbitrary<number> {
  const low = json.minimum ?? json.exclusiveMinimum ?? (json.maximum ?? json.exclusiveMaximum ?? 2) - 4;
  const high = json.maximum ?? json.exclusiveMaximum ?? low + 4;
  const steps = (high - low) * 100;
  const [min, max] = [
    json.exclusiveMinimum === low ? 1 : 0,
    json.exclusiveMaximum === high ? Math.ceil(steps) - 1 : Math.floor(steps),
  ];
  return fc.integer({ min, max: Math.max(min, max) }).map((step) => Math.round(low * 100 + step) / 100);
}
