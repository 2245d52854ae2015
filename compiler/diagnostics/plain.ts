// Plain data: what a model's lines, options and specs are made of. In: a value nobody vouches for. Out: a copy of its lists and objects
// that nothing of the original can change, or a CompileError with its path.
// Guarantee: the copy is a tree without holes, own `__proto__` keys, instances of classes and properties that compute; the leaves are
// as they were, for a schema to judge.
import type { Code } from "./codes.ts";
import { CompileError, joinPath } from "./error.ts";
import { showPath, showValue } from "./show.ts";
import { suggestionFor } from "./suggest.ts";

/** Where a value comes from, and under which code it is refused. */
export interface Subject {
  readonly code: Code;
  readonly path: string;
  /** Whose key it is, for messages: `dense`. */
  readonly subject: string;
}

/** Deeper than any model. */
const deepest = 64;
/** Longer than any list of a model: an empty list of 2³² places would be filled otherwise. */
const longest = 2 ** 24;

/** Whether a value is an object of keys as `{…}` or JSON.parse makes it, in this realm or another. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null) return false;
  try {
    if (Array.isArray(value)) return false;
    const proto: unknown = Object.getPrototypeOf(value);
    return proto === null || Object.getPrototypeOf(proto) === null;
  } catch {
    // A proxy that was revoked, or answers with an error.
    return false;
  }
}

/** Whether a value is a list; a revoked proxy is none. */
function isList(value: object): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** The copy of `value`. Throws CompileError with `place.code` where it is no plain data. */
export function plainData(value: unknown, place: Subject): unknown {
  return copyOf(value, { place, depth: 0 });
}

/** An item on the way down: under which key it lies in what. A chain, because its path is wanted where something is wrong alone. */
interface Site {
  readonly place: Subject;
  readonly depth: number;
  readonly holder?: { readonly item: object; readonly key: PropertyKey; readonly site: Site };
}

const inside = (item: object, key: PropertyKey, site: Site): Site => ({
  place: site.place,
  depth: site.depth + 1,
  holder: { item, key, site },
});
const pathOf = ({ holder }: Site): readonly PropertyKey[] => (holder === undefined ? [] : [...pathOf(holder.site), holder.key]);
const liesIn = ({ holder }: Site, item: object): boolean =>
  holder !== undefined && (holder.item === item || liesIn(holder.site, item));
/** What an item is called in messages. */
const nameOf = (site: Site): string => (site.holder === undefined ? site.place.subject : showPath(pathOf(site)));

/** What is as it is wherever it lies: most of what is copied. */
const isLeaf = (value: unknown): boolean => typeof value === "number" || typeof value === "string" || typeof value === "boolean";

function copyOf(item: unknown, site: Site): unknown {
  // What JSON leaves out or refuses would be no part of a model's hash.
  if (typeof item === "bigint" || typeof item === "symbol")
    refuse(site, `${nameOf(site)} needs a number, a string or the like, found ${showValue(item)}`, "write a number or a string");
  if (typeof item !== "object" || item === null || ArrayBuffer.isView(item)) return item;
  if (liesIn(site, item)) refuse(site, `${nameOf(site)} holds itself`, "write the value out");
  if (site.depth > deepest) refuse(site, `${site.place.subject} is nested more than ${deepest} deep`, "write it flatter");
  const copyAt = (key: PropertyKey): unknown => {
    const value = read(item, key, site);
    return isLeaf(value) ? value : copyOf(value, inside(item, key, site));
  };
  if (isList(item)) {
    if (item.length > longest)
      refuse(site, `${nameOf(site)} has ${item.length} items, at most ${longest} are read`, "make it shorter");
    return Array.from({ length: item.length }, (_, i) => copyAt(i));
  }
  return Object.fromEntries(keysOf(item, site).map((key) => [key, copyAt(key)]));
}

/** The keys of an object that is nothing but keys and values. */
function keysOf(item: object, site: Site): readonly string[] {
  if (!isPlain(item))
    refuse(site, `${nameOf(site)} needs plain keys and values, found ${showValue(item)}`, "write an object: { key: value }");
  const keys = listed(item, site);
  // JSON.parse makes it a key like any other; assignments and spreads make it something else.
  if (keys.includes("__proto__")) {
    refuse(
      inside(item, "__proto__", site),
      `${nameOf(site)} has a key "__proto__", which nothing here is called`,
      "leave it out",
    );
  }
  return keys;
}

function listed(item: object, site: Site): readonly string[] {
  try {
    return Object.keys(item);
  } catch (error) {
    return unreadable(error, site);
  }
}

/** One level of an object: its keys with their values as they are. Throws as `plainData` does. */
export function plainKeys(value: unknown, place: Subject): Readonly<Record<string, unknown>> {
  const site: Site = { place, depth: 0 };
  if (typeof value !== "object" || value === null || isList(value))
    return refuse(site, `${place.subject} needs an object of keys and values, found ${showValue(value)}`, "write { key: value }");
  return Object.fromEntries(keysOf(value, site).map((key) => [key, read(value, key, site)]));
}

/** A property may be a function that computes; what that throws says nothing of where it stands. */
function read(holder: object, key: PropertyKey, site: Site): unknown {
  try {
    return (holder as Readonly<Record<PropertyKey, unknown>>)[key];
  } catch (error) {
    return unreadable(error, inside(holder, key, site));
  }
}

const unreadable = (error: unknown, site: Site): never =>
  refuse(site, `reading ${nameOf(site)} throws ${showValue(error)}`, "give the value itself");

function refuse(site: Site, message: string, hint: string): never {
  const { code, path } = site.place;
  throw new CompileError({ code, path: joinPath(path, showPath(pathOf(site))), message, hint });
}

/** Throws CompileError with `place.code` for a key that is not known, with the one that was meant. */
export function knownKeys(value: object, known: readonly string[], place: Subject): void {
  const key = Object.keys(value).find((name) => !known.includes(name));
  if (key === undefined) return;
  const message = `${place.subject} has no key ${JSON.stringify(key)}`;
  const path = joinPath(place.path, showPath([key]));
  throw new CompileError({ code: place.code, path, message, hint: suggestionFor(key, known) });
}
