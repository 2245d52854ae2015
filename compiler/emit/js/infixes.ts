// How JavaScript writes the binary ops that have a sign of their own. `wraps`: the result must be cut to 32 bits.
import type { Binary } from "../../program/program.ts";
import type { Infix } from "../code.ts";

/** By op: the sign, and whether the result is cut. */
export const infixes: Readonly<
  Record<Exclude<Binary, "min" | "max" | "most" | "least" | "imul">, readonly [Infix, wraps: boolean]>
> = {
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
