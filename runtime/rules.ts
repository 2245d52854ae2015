// What options take, as tables: a line per key. In: an object nobody vouches for. Out: a copy of it with known keys, each of them
// read once. Guarantee: an unknown key, also Keras' spelling of a known one, and a value of the wrong kind are refused by name.
import { kindOf, show } from "./rows.ts";

/** What a key takes, in words and as a test. */
export interface Rule {
  readonly wanted: string;
  readonly fits: (value: unknown) => boolean;
}
/** A rule for every key of T. */
export type Rules<T> = { readonly [K in keyof Required<T>]: Rule };
/** Words about keys that are not there, by key. */
export type Hints = Readonly<Record<string, string>>;

/** Whether a value is a number, of whatever kind. */
export const isNumber = (value: unknown): value is number => typeof value === "number";
/** Whole numbers from `least` on. */
export const whole = (least: number): Rule => ({
  wanted: `a whole number from ${least}`,
  fits: (value) => isNumber(value) && Number.isSafeInteger(value) && value >= least,
});
/** One of these. */
export const oneOf = (...values: readonly unknown[]): Rule => ({
  wanted: `${values.slice(0, -1).map(show).join(", ")} or ${show(values.at(-1))}`,
  fits: (value) => values.includes(value),
});
/** True or false. */
export const flag: Rule = { wanted: "true or false", fits: (value) => typeof value === "boolean" };
/** An object, whose keys others look at. */
export const object: Rule = { wanted: "an object", fits: isPlain };
/** Numbers but NaN and the infinities. */
export const finite: Rule = { wanted: "a finite number", fits: Number.isFinite };
/** Any text. */
export const text: Rule = { wanted: "a text", fits: (value) => typeof value === "string" };
/** Any function. */
export const callable: Rule = { wanted: "a function", fits: (value) => typeof value === "function" };
/** A learning rate, as it will be in float32. */
export const rate: Rule = {
  wanted: "a finite number from 0",
  fits: (value) => isNumber(value) && value >= 0 && Number.isFinite(Math.fround(value)),
};
/** What looks at it itself. */
export const anything = (wanted: string): Rule => ({ wanted, fits: () => true });

/** The options of something: `what` names it, `prefix` stands before its keys in messages. Throws TypeError or RangeError. */
export function known<T extends object>(what: string, prefix: string, value: unknown, rules: Rules<T>, hints: Hints = {}): T {
  const keys = Object.keys(rules);
  if (!isPlain(value)) throw new TypeError(`${what}: wanted an object of ${keys.join(", ")}, got ${show(value)}`);
  const strange = Object.keys(value).find((key) => !Object.hasOwn(rules, key));
  if (strange !== undefined)
    throw new TypeError(`${what}: unknown key ${JSON.stringify(strange.slice(0, 60))}: ${hintFor(strange, keys, hints)}`);
  const found = Object.entries<Rule>(rules).flatMap(([key, { wanted, fits }]) => {
    const item = value[key];
    if (item === undefined) return [];
    const message = `${prefix}${key}: wanted ${wanted}, got ${show(item)}`;
    if (!fits(item)) throw isNumber(item) ? new RangeError(message) : new TypeError(message);
    return [[key, item]];
  });
  return Object.fromEntries(found);
}

/** An object as one writes it down, or a module's exports: no list, map, promise or null, whose keys would say nothing. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && /^(Object|Module)$/.test(kindOf(value));
}

function hintFor(key: string, keys: readonly string[], hints: Hints): string {
  const camel = key.replace(/_+(\w)/g, (_, letter: string) => letter.toUpperCase());
  if (keys.includes(camel)) return `did you mean "${camel}"?`;
  if (Object.hasOwn(hints, camel)) return hints[camel];
  const near = keys.find((word) => edits(camel.toLowerCase().slice(0, 40), word.toLowerCase()) <= word.length / 3);
  return near === undefined ? `known: ${keys.join(", ")}` : `did you mean "${near}"?`;
}

/** The fewest letters to insert, delete or replace from a to b (Levenshtein), row by row. */
function edits(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 0; i < a.length; i++) {
    const next = [i + 1];
    for (let j = 0; j < b.length; j++) next.push(Math.min(row[j] + (a[i] === b[j] ? 0 : 1), row[j + 1] + 1, next[j] + 1));
    row = next;
  }
  return row[b.length];
}
