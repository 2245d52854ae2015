// Values and paths as text for a message. In: anything at all. Out: one short line. Guarantee: nothing here throws, whatever a value does
// when it is read or turned into text.
import { joinPath } from "./error.ts";

/** `["layers", 2, "units"]` is `layers[2].units`. */
export function showPath(path: readonly PropertyKey[]): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const name = String(key);
    return /^[A-Za-z_$][\w$]*$/.test(name) ? joinPath(text, name) : `${text}[${JSON.stringify(name)}]`;
  }, "");
}

/** A value for a message: one short line, whatever it is. */
export function showValue(value: unknown): string {
  if (typeof value === "function") return "a function";
  if (typeof value === "number" || typeof value === "bigint" || value === undefined || typeof value === "symbol")
    return String(value);
  let text: string;
  try {
    text = kindOf(value) ?? JSON.stringify(value) ?? typeof value;
  } catch {
    text = `a value of type ${typeof value}`;
  }
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}

/** What an object is that JSON would not show as it is: an error by its words, the others by their class. */
function kindOf(value: unknown): string | undefined {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return undefined;
  if (value instanceof Error) return `${value.name}: ${value.message}`;
  const proto: unknown = Object.getPrototypeOf(value);
  if (proto === null || Object.getPrototypeOf(proto) === null) return undefined;
  const name: unknown = (proto as { readonly constructor?: { readonly name?: unknown } }).constructor?.name;
  return typeof name === "string" && name !== "" ? `an instance of ${name}` : "an instance of a class";
}
