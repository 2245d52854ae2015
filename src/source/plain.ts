// What a model file exports, as plain data that another process can be given. In: a value of the user's. Out: a copy without
// getters, proxies and classes. Throws CompileError `source/not-data` with the path of what is no data.
import { types } from "node:util";
import { showPath } from "../../compiler/diagnostics/check.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";

type Path = readonly (string | number)[];

/** A copy; parts that occur twice stay one. */
export function toPlain(value: unknown): unknown {
  const copies = new Map<object, unknown>();
  const above = new Set<object>();
  const copy = (value: unknown, path: Path): unknown => {
    if (typeof value === "function" || typeof value === "symbol") refuse(path, describe(value), hintOf(value));
    if (typeof value !== "object" || value === null || isLeaf(value)) return value;
    if (above.has(value)) refuse(path, "a reference to what it stands in");
    if (copies.has(value)) return copies.get(value);
    above.add(value);
    const made = Array.isArray(value) ? copyList(value, path, copy) : copyObject(value, path, copy);
    above.delete(value);
    copies.set(value, made);
    return made;
  };
  return copy(value, []);
}

type Copy = (value: unknown, path: Path) => unknown;

/** Holes stay holes: whoever checks the model says what they mean. */
function copyList(list: readonly unknown[], path: Path, copy: Copy): unknown[] {
  const made: unknown[] = new Array(list.length);
  for (let i = 0; i < list.length; i++) if (i in list) made[i] = copy(read(list, i, path), [...path, i]);
  return made;
}

function copyObject(value: object, path: Path, copy: Copy): object {
  const made = {};
  for (const key of Object.keys(value)) {
    // Defined, not assigned: a key may be called __proto__.
    Object.defineProperty(made, key, {
      value: copy(read(value, key, path), [...path, key]),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  }
  return made;
}

/** A property that may be a getter of the user's. */
function read(value: object, key: string | number, path: Path): unknown {
  try {
    return (value as Record<string | number, unknown>)[key];
  } catch (error) {
    return refuse([...path, key], `a getter that throws ${tell(error)}`);
  }
}

/** What is sent as it is: numbers in bulk, and what has no keys to walk through. */
const isLeaf = (value: object): boolean =>
  ArrayBuffer.isView(value) ||
  types.isAnyArrayBuffer(value) ||
  types.isDate(value) ||
  types.isRegExp(value) ||
  types.isBoxedPrimitive(value);

const describe = (value: unknown): string =>
  typeof value === "function" ? (value.name === "" ? "a function" : `the function ${value.name}`) : `a ${typeof value}`;
const hintOf = (value: unknown): string | undefined =>
  typeof value === "function" && /^[\w$]+$/.test(value.name) ? `call it, if it gives what is meant: ${value.name}(…)` : undefined;

/** Whatever was thrown, in words; what a value says of itself is the user's code too, and may throw in its turn. */
export function tell(thrown: unknown): string {
  try {
    if (types.isProxy(thrown)) return "a Proxy";
    if (types.isNativeError(thrown) || thrown instanceof Error) return `${thrown.name}: ${thrown.message}`;
    if (typeof thrown !== "object" || thrown === null) return String(thrown);
    const text = Object.hasOwn(thrown, "message") && "message" in thrown ? String(thrown.message) : String(thrown);
    return text.startsWith("[object ") ? JSON.stringify(thrown).slice(0, 200) : text;
  } catch {
    return `${typeof thrown === "function" ? "a function" : "an object"} that cannot be shown`;
  }
}

function refuse(at: Path, what: string, hint?: string): never {
  // `config` is a key of the spec that no user has written; errors of layers leave it out as well.
  const path = showPath(at.filter((key, i) => key !== "config" || at[i - 2] !== "layers"));
  throw new CompileError({
    code: "source/not-data",
    path,
    message: `${path === "" ? "the model" : path} is ${what}, and a model is plain data`,
    ...(hint === undefined ? {} : { hint }),
  });
}
