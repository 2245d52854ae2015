// JSON as Python writes it: with NaN and infinities, which are no JSON; after a byte order mark; and once more as a string, where what was
// a text already was dumped again. In: text nobody vouches for. Out: the value, or a CompileError `format/json`.
import { parseJson } from "../json.ts";

/** What stands for a number that JSON does not have; no text of a file has this character, which JSON spells otherwise. */
const mark = "\u0000";
const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const strings = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** The value that `text` spells; `what` names it in the message. */
export function parsePython(text: string, what: string): unknown {
  const bare = text.startsWith("\ufeff") ? text.slice(1) : text;
  const hasMore = bare.includes("NaN") || bare.includes("Infinity");
  const spelt = hasMore ? bare.replace(strings, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`)) : bare;
  const value = parseJson(spelt, "format/json", what);
  const read = hasMore ? withNumbers(value, 0) : value;
  return typeof read === "string" && /^\s*\{/.test(read) ? parsePython(read, what) : read;
}

function withNumbers(value: unknown, depth: number): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? (numbers[value.slice(1)] ?? value) : value;
  if (typeof value !== "object" || value === null || depth > 500) return value;
  if (Array.isArray(value)) return value.map((item) => withNumbers(item, depth + 1));
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(result, key, {
      value: withNumbers(item, depth + 1),
      enumerable: true,
      configurable: true,
      writable: true,
    });
  return result;
}
