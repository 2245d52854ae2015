// What the printer and the parser of Programs agree on: operators and how they bind, words that are no names, and the format
// a value has when none is written. Guarantee: the parser gives a value the very format the printer left out.
import type { Fmt, Folding, Value } from "../program.ts";
import { isVector, vectorOf } from "../value.ts";

/** How strongly an infix operator binds. */
export const infix = {
  and: ["&", 1],
  less: ["<", 2],
  equal: ["==", 2],
  add: ["+", 3],
  sub: ["-", 3],
  mul: ["*", 4],
  div: ["/", 4],
} as const;
/** Whether an op is written between its operands. */
export const isInfix = (op: string): op is keyof typeof infix => Object.hasOwn(infix, op);

/** The format a value has when none is written. */
export function impliedFmt(value: Value, names: ReadonlyMap<string, Fmt>): Fmt {
  switch (value.op) {
    case "const":
    case "acc":
      return "f64";
    case "pow2":
      return isVector(value.a.fmt) ? "f32x4" : "f64";
    case "scalar":
    case "loop":
      return "i32";
    case "exponent":
    case "iadd":
    case "imul":
    case "ixor":
    case "ishl":
    case "ishr":
      return isVector(value.a.fmt) ? "i32x4" : "i32";
    case "use":
    case "reg":
      return names.get(value.name) ?? "f64";
    case "load":
    case "across":
    case "extract":
      return "f32";
    case "less":
    case "equal":
      return isVector(value.a.fmt) ? "maskx4" : "mask";
    case "lanes":
      return vectorOf(value.items[0].fmt);
    case "splat":
      return vectorOf(value.a.fmt);
    case "convert":
      return value.fmt;
    default:
      return value.a.fmt;
  }
}

/** All formats, as they are written. */
export const formats: readonly Fmt[] = ["f32", "f64", "i32", "mask", "f32x4", "i32x4", "maskx4"];
export const unary = ["neg", "abs", "sqrt", "floor", "not", "pow2", "exponent", "splat"] as const;
export const binary = ["min", "max", "most", "least", "iadd", "imul", "ixor", "ishl", "ishr"] as const;
/** What a fold or `across` may be called. */
export const foldings = ["add", "max", "min", "most", "least"] as const satisfies readonly Folding[];
export const laneNumbers = [0, 1, 2, 3] as const;
/** How many operands a call takes; `f32(a)` converts, `across.add(v)` and `extract.2(v)` start with one word. */
export const arities: ReadonlyMap<string, number> = new Map([
  ...[...formats, ...unary, ...foldings.map((how) => `across.${how}`), ...laneNumbers.map((lane) => `extract.${lane}`)].map(
    (name) => [name, 1] as const,
  ),
  ...binary.map((name) => [name, 2] as const),
  ...(["madd", "select"] as const).map((name) => [name, 3] as const),
  ["lanes", 4],
]);

/** A name as it is where it looks like one; in JSON quotes otherwise. */
export const quote = (name: string): string =>
  /^[A-Za-z_][A-Za-z0-9_.]*$/.test(name) && !reserved.has(name) ? name : JSON.stringify(name);
/** Words that mean something inside an expression or an extent. */
const reserved: ReadonlySet<string> = new Set(["nan", "inf", "acc", "row", "ceil", "rows", "from", ...arities.keys()]);
