// Pieces of SQL that dialects share: the comment on top, names in quotes, lists of arguments.
import { internal } from "../../../../diagnostics/error.ts";
import type { Code, Name } from "../../../code.ts";
import type { Argument, Result, Udf } from "./define.ts";

/** The header of a module as a comment of SQL, and lines of our own. */
export const commentOf = (head: Code, ...more: readonly string[]): string =>
  [head.text.replaceAll(/^\/\/ /gm, "-- "), ...more.map((line) => `-- ${line}`)].join("\n");

/** What the types of a dialect are called. */
export interface Types {
  readonly number: string;
  readonly text: string;
  readonly list: (of: string) => string;
  /** Of several outputs. */
  readonly record: (fields: readonly (readonly [name: string, type: string])[]) => string;
  /** Around a name, so that it may be a word of SQL. */
  readonly quote: string;
}

/** The type of an argument or a result. */
export function typeOf({ isText, isList }: Argument, { number, text, list }: Types): string {
  const own = isText ? text : number;
  return isList ? list(own) : own;
}

/** `"a" FLOAT, "b" FLOAT`. */
export const parameters = ({ inputs }: Udf, types: Types): string =>
  inputs
    .flat()
    .map((argument) => `${quoted(argument.id, types)} ${typeOf(argument, types)}`)
    .join(", ");

const quoted = ({ text }: Name, { quote }: Types): string => quote + text + quote;

/** What the function gives. */
export const returned = ({ results }: Udf, types: Types): string =>
  results.length === 1
    ? typeOf(results[0], types)
    : types.record(results.map((result: Result): [string, string] => [quoted(result.id, types), typeOf(result, types)]));

/** A text between marks that do not stand in it: the first pair that fits. */
export function between(body: string, marks: readonly (readonly [open: string, close: string])[]): string {
  const [open, close] =
    marks.find(([, close]) => !body.includes(close)) ?? internal("a body holds every mark that could close it");
  return `${open}\n${body}\n${close}`;
}
