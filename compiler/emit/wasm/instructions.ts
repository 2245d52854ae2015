// Binary ops that are one instruction in every format they have. In: op and format of the operands. Out: the instruction.
import { internal } from "../../diagnostics/error.ts";
import type { Binary, Fmt } from "../../program/program.ts";
import { isVector } from "../../program/value.ts";
import { type PlainOp, plainOp } from "./assembler.ts";

const floatOps: { readonly [op in Binary]?: string } = {
  add: "add",
  sub: "sub",
  mul: "mul",
  div: "div",
  less: "lt",
  equal: "eq",
};
const integerOps: { readonly [op in Binary]?: string } = { less: "lt_s", equal: "eq", iadd: "add", imul: "mul" };
const bitOps: { readonly [op in Binary]?: string } = { and: "and", ixor: "xor" };

/** The instruction of an op that is one, for operands of a format. */
export function instructionOf(op: Binary, fmt: Fmt): PlainOp {
  const [member, prefix] =
    bitOps[op] === undefined
      ? [(fmt === "i32" || fmt === "i32x4" ? integerOps : floatOps)[op], fmt]
      : [bitOps[op], isVector(fmt) ? "v128" : "i32"];
  return plainOp(`${prefix}.${member}`) ?? internal(`no instruction for ${op} of ${fmt}`);
}
