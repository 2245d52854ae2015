// Pieces of SQL that dialects share: names in quotes, lists of arguments, types.
import type { Name } from "../../../code.ts";
import type { Argument, Result, Udf } from "./define.ts";

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
export const parametersOf = ({ inputs }: Udf, types: Types): string =>
  inputs
    .flat()
    .map((argument) => `${quotedName(argument.id, types)} ${typeOf(argument, types)}`)
    .join(", ");

const quotedName = ({ text }: Name, { quote }: Types): string => quote + text + quote;

/** What the function gives. */
export const returnedOf = ({ results }: Udf, types: Types): string =>
  results.length === 1
    ? typeOf(results[0], types)
    : types.record(results.map((result: Result): [string, string] => [quotedName(result.id, types), typeOf(result, types)]));
