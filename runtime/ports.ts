// What the arguments of a module's functions are made of. In: a module, and a caller's argument: rows of its only port, or an object by
// name. Out: the rows of each port, with what errors call them, and back. Guarantee: every property is read once; ports that are not
// there, or are missing, are refused by name.
import { kindOf, lengthOf, show } from "./rows.ts";
import type { Range, Trainable } from "./trainable.ts";

/** A port: `shape` of one row, where the module says so. */
export interface Port {
  readonly name: string;
  readonly shape?: readonly number[];
  readonly isText: boolean;
  readonly range?: Range;
}

/** An argument. */
export interface Argument {
  readonly ports: readonly Port[];
  /** It is the rows of its only port, and no object. */
  readonly isSingle: boolean;
  /** What else a caller may call that port. */
  readonly also: readonly string[];
}

/** What a module is called with. */
export interface Ports {
  readonly x: Argument;
  readonly y: Argument;
}

/** The constants of a module that say what it takes. */
export type Described = Pick<Trainable, "inputs" | "inputShape" | "outputs" | "targets" | "types" | "ranges">;

/** The arguments of a module, as its constants describe them. */
export function portsOf({ inputs, inputShape, outputs, targets, types = {}, ranges = {} }: Described): Ports {
  const shapes = inputs ?? { x: inputShape };
  const texts = Object.keys(types).filter((name) => types[name] === "string");
  const y = targets ?? { y: undefined };
  // Where outputs have names, so have their targets, however few have a loss.
  const isSingle = Object.keys(outputs ?? y).length === 1;
  return {
    x: argument(shapes, { isSingle: Object.keys(shapes).length === 1, ranges: ranges.x, texts, also: [] }),
    y: argument(y, { isSingle, ranges: ranges.y, texts: [], also: isSingle ? Object.keys(outputs ?? {}) : [] }),
  };
}

interface Facts {
  readonly isSingle: boolean;
  readonly ranges: Range | Readonly<Record<string, Range>> | undefined;
  readonly texts: readonly string[];
  readonly also: readonly string[];
}

function argument(
  shapes: Readonly<Record<string, readonly number[] | undefined>>,
  { isSingle, ranges, texts, also }: Facts,
): Argument {
  const ports = Object.entries(shapes).map(([name, shape]): Port => {
    const range = isSingle ? ranges : ranges && own(ranges, name);
    return {
      name,
      isText: texts.includes(name),
      ...(shape === undefined ? {} : { shape }),
      ...(range === undefined ? {} : { range: range as Range }),
    };
  });
  return { ports, isSingle, also };
}

const own = (record: object, key: string): unknown =>
  Object.hasOwn(record, key) ? (record as Readonly<Record<string, unknown>>)[key] : undefined;

/** What was given for a port; `what` names it in errors: `data.x`, `data.x.price`. */
export interface Part {
  readonly port: Port;
  readonly what: string;
  readonly rows: unknown;
}

/** The rows of each port of an argument. `whole`: they may all be given the same rows, or none. Throws TypeError. */
export function partsOf(what: string, given: unknown, { ports, isSingle, also }: Argument, whole = false): readonly Part[] {
  const names = ports.map(({ name }) => name);
  if (!isByName(given)) {
    if (ports.length === 1 || whole) return ports.map((port) => ({ port, what, rows: given }));
    const hint = Array.isArray(given) ? "; a list does not say which is which" : "";
    throw new TypeError(`${what}: wanted an object by name, { ${names.join(", ")} }, got ${show(given)}${hint}`);
  }
  const known = isSingle ? [...new Set([...names, ...also])] : names;
  const keys = Object.keys(given);
  const strange = keys.find((key) => !known.includes(key));
  if (strange !== undefined)
    throw new TypeError(`${what}: there is no ${show(strange)}; wanted ${listOf(known, isSingle ? "or" : "and")}`);
  return ports.map((port) => {
    const key = isSingle ? (keys[0] ?? port.name) : port.name;
    const rows = own(given, key);
    if (rows === undefined && !whole)
      throw new TypeError(`${what}: wanted rows for ${listOf(names, "and")}; ${show(key)} is missing`);
    return { port, what: member(what, key), rows };
  });
}

/** An object whose keys are names; whatever has a length is rows. */
const isByName = (value: unknown): value is object => /^(Object|Module)$/.test(kindOf(value)) && lengthOf(value) === undefined;

/** `data.x.price`, `data.x["the price"]`. */
const member = (what: string, key: string): string =>
  /^[A-Za-z_$][\w$]*$/.test(key) ? `${what}.${key}` : `${what}[${show(key)}]`;

const listOf = (names: readonly string[], last: string): string =>
  names.length === 1 ? names[0] : `${names.slice(0, -1).join(", ")} ${last} ${names.at(-1)}`;

/** The argument again, from a value for each port; ports without one are left out, and where none has one, so is the argument. */
export function argumentOf<T>({ ports, isSingle }: Argument, values: readonly (T | undefined)[]) {
  if (isSingle) return values[0];
  const given = ports.flatMap(({ name }, i): [string, T][] => {
    const value = values[i];
    return value === undefined ? [] : [[name, value]];
  });
  return given.length === 0 ? undefined : Object.fromEntries(given);
}
