// Maxima and minima as instructions. In: the op, and operands that can be pushed. Out: code that leaves the result on the stack.
// Guarantee: the bits of compiler/program/program.ts. IEEE's maximum of lanes is eight instructions on x86. The pseudo-maximum
// (a < b ? b : a) is one; it differs where b is NaN, and of two zeros it takes the first.
import { isNumber } from "../../program/known.ts";
import type { Folding, Value } from "../../program/program.ts";
import { isVector } from "../../program/value.ts";
import type { FunctionBody } from "./assembler.ts";

/** A number, or four. `push` is for what is needed once; what is needed more often is `keep`, then `again`. */
export interface Operand {
  readonly push: () => FunctionBody;
  readonly keep: () => FunctionBody;
  readonly again: () => FunctionBody;
}
/** An operand that is a value of the Program. */
export interface ValueOperand extends Operand {
  readonly value: Value;
}
export type Extreme = "min" | "max" | "most" | "least";

/** Two values become one. */
export function extreme(op: Extreme, a: ValueOperand, b: ValueOperand): FunctionBody {
  const vector = isVector(a.value.fmt);
  if (op === "min" || op === "max") return isConst(a.value) ? ieee(op, b, a, vector) : ieee(op, a, b, vector);
  // Of a number that is not 0 and another it does not matter which comes first.
  const turns = isConst(a.value) && a.value.value !== 0 && isNumber(a.value) && !isNumber(b.value);
  const [first, second] = turns ? [b, a] : [a, b];
  return join(op, first, second, { vector, known: isNumber(second.value) });
}

/** Two become one as a fold joins them; `known`: the second is no NaN. */
export function join(
  how: Folding,
  a: Operand,
  b: Operand,
  { vector, known = false }: { vector: boolean; known?: boolean },
): FunctionBody {
  if (how !== "most" && how !== "least") {
    a.push();
    return b.push().op(`${vector ? "f32x4" : "f32"}.${how}`);
  }
  // A scalar is the first lane: comparing and choosing by itself, engines branch.
  if (!vector) return join(how, wide(a), wide(b), { vector: true, known }).f32x4_extract_lane(0);
  const op = how === "most" ? "f32x4.pmax" : "f32x4.pmin";
  a.push();
  if (known) return b.push().op(op);
  // Where b is NaN, all bits are set.
  b.keep().op(op);
  b.again();
  return b.again().op("f32x4.ne").op("v128.or");
}

const wide = ({ push, keep, again }: Operand): Operand => {
  const splat = (pushed: () => FunctionBody) => () => pushed().op("f32x4.splat");
  return { push: splat(push), keep: splat(keep), again: splat(again) };
};

/** IEEE's, which puts 0 above −0: against a constant the pseudo-maximum has its bits, but where c is a zero that should win. */
function ieee(op: "min" | "max", x: ValueOperand, c: ValueOperand, vector: boolean): FunctionBody {
  if (!vector || !isConst(c.value) || Number.isNaN(c.value.value)) return join(op, x, c, { vector });
  // x & ~(x ≤ 0): NaN stays, −0 becomes 0.
  if (op === "max" && Object.is(c.value.value, 0)) {
    x.keep();
    x.again();
    return c.push().op("f32x4.le").op("v128.andnot");
  }
  x.push();
  return c.push().op(op === "min" && Object.is(c.value.value, -0) ? "f32x4.min" : `f32x4.p${op}`);
}

const isConst = (value: Value): value is Value & { readonly op: "const" } => value.op === "const";
