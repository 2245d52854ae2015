// JSON as Python writes it: with NaN and infinities, which are no JSON; after a byte order mark; and once more as a string, where what was
// a text already was dumped again. In: text nobody vouches for. Out: the value, or a CompileError `format/json`.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { parseJson } from "../json.ts";

/** What stands for a number that JSON does not have; no text of a file has this character, which JSON spells otherwise. */
const mark = "\u0000";
const numbers: Readonly<Record<string, number>> = {
  NaN: Number.NaN,
  Infinity: Number.POSITIVE_INFINITY,
  "-Infinity": Number.NEGATIVE_INFINITY,
};
const strings = /"(?:[^"\\]|\\.)*"|-?\bInfinity\b|\bNaN\b/g;

/** Values within values: deeper than any model, and no deeper than what walks them may go. */
const deepest = 400;

/** The value that `text` spells; `what` names it in the message. */
export function parsePython(text: string, what: string): unknown {
  const read = parsed(text, what);
  return typeof read === "string" && /^\s*\{/.test(read) ? parsed(read, what) : read;
}

function parsed(text: string, what: string): unknown {
  const bare = text.startsWith("\ufeff") ? text.slice(1) : text;
  const hasMore = bare.includes("NaN") || bare.includes("Infinity");
  const spelt = hasMore ? bare.replace(strings, (token) => (token.startsWith('"') ? token : `"\\u0000${token}"`)) : bare;
  const value = parseJson(spelt, "format/json", what);
  checkDepth(value, what);
  return hasMore ? withNumbers(value) : value;
}

/** Throws where values are nested too deep: what follows is written as recursions. */
function checkDepth(value: unknown, what: string): void {
  const waiting: (readonly [value: unknown, depth: number])[] = [[value, 0]];
  for (let next = waiting.pop(); next !== undefined; next = waiting.pop()) {
    const [item, depth] = next;
    if (typeof item !== "object" || item === null) continue;
    if (depth > deepest)
      throw new CompileError({ code: "format/json", path: "", message: `${what} nests values deeper than ${deepest}` });
    for (const inner of Object.values(item)) waiting.push([inner, depth + 1]);
  }
}

function withNumbers(value: unknown): unknown {
  if (typeof value === "string") return value.startsWith(mark) ? (numbers[value.slice(1)] ?? value) : value;
  if (typeof value !== "object" || value === null) return value;
  if (Array.isArray(value)) return value.map(withNumbers);
  const result: Record<string, unknown> = {};
  for (const [key, item] of Object.entries(value))
    Object.defineProperty(result, key, { value: withNumbers(item), enumerable: true, configurable: true, writable: true });
  return result;
}
