// How JavaScript writes binary ops: by a sign of their own, or as a function. `wraps`: the result must be cut to 32 bits.
import type { Binary, Fmt, Value } from "../../program/program.ts";
import { type Code, call, type Infix, infix, literal, type Name, ternary } from "../code.ts";
import type { Helpers } from "../module/helpers.ts";

type Word = Code | Name;
type Called = "min" | "max" | "imul";

/** By op: the sign, and whether the result is cut. */
const infixes: Readonly<Record<Exclude<Binary, Called | "most" | "least">, readonly [Infix, wraps: boolean]>> = {
  add: ["+", false],
  sub: ["-", false],
  mul: ["*", false],
  div: ["/", false],
  less: ["<", false],
  equal: ["===", false],
  and: ["&&", false],
  iadd: ["+", true],
  ixor: ["^", false],
  ishl: ["<<", false],
  ishr: [">>>", true],
};

/** The op on two operands; `round` is for what a sign leaves of float32. */
export function binary(
  helpers: Helpers,
  op: Exclude<Binary, "most" | "least">,
  fmt: Fmt,
  a: Word,
  b: Word,
  round: (code: Word) => Word,
): Word {
  if (op === "min" || op === "max" || op === "imul") return call(helpers.math(op), a, b);
  const [sign, wraps] = infixes[op];
  const code = infix(a, sign, b);
  return wraps ? infix(code, "|", literal(0)) : fmt === "f32" ? round(code) : code;
}

/** `code`, which is `from`, in another format; `round` is for what becomes a float32. */
export function converted(from: Value, to: Fmt, code: Word, round: (code: Word) => Word): Word {
  if (from.fmt === "mask") return ternary(code, literal(1), literal(0));
  if (to === "i32") return infix(code, "|", literal(0));
  // Loop variables and scalars are far below 2^24; other integers may not be.
  return to === "f64" || from.op === "loop" || from.op === "scalar" ? code : round(code);
}
