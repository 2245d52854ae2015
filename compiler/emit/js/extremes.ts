// most and least as JavaScript expressions. In: the operands, and a word for each: a name or a literal, which may be said more than
// once. Out: the expression, with the bits of compiler/program/program.ts.
import { isNumber } from "../../program/known.ts";
import type { Value } from "../../program/program.ts";
import { type Code, infix, type Name, ternary } from "../code.ts";

type Word = Code | Name;

/** The second where it wins or is NaN, else the first; one comparison where one of them is known to be a number. */
export function keeping(op: "most" | "least", { a, b }: { a: Value; b: Value }, first: Word, second: Word): Code {
  const below = (x: Word, sign: "<" | "<=", y: Word): Code => (op === "most" ? infix(x, sign, y) : infix(y, sign, x));
  if (isNumber(b)) return ternary(below(first, "<", second), second, first);
  if (isNumber(a)) return ternary(below(second, "<=", first), first, second);
  return ternary(infix(below(first, "<", second), "||", infix(second, "!==", second)), second, first);
}
