// The rules of trees of nests. In: a Program whose kernels are nests. Out: nothing, or an `ir/verify` that says which nest.
// Guarantee for what passes: all that a Program's kernels keep (names, formats, addresses in bounds for every point, writers), read
// off the plain loops of each nest; `acc` stands in `finish` alone; a fold has its terms' format.
import { CompileError } from "../../diagnostics/error.ts";
import type { Program } from "../program.ts";
import { verifyProgram } from "../verify.ts";
import { visit } from "../walk.ts";
import { leavesOf, type Nest, type NestKernel } from "./nest.ts";
import { plainProgram } from "./plain.ts";
import { nestLines } from "./print.ts";

/** Throws CompileError `ir/verify` at the first rule that is broken. */
export function verifyNests(program: Program<NestKernel>): void {
  for (const { parts } of program.kernels) for (const nest of leavesOf(parts)) verifyNest(nest);
  verifyProgram(plainProgram(program));
}

function verifyNest(nest: Nest): void {
  const fail = (message: string): never => {
    const note = nestLines(nest);
    throw new CompileError({
      code: "ir/verify",
      path: "",
      message: `nest ${JSON.stringify(nest.name)}: ${message}`,
      notes: note,
    });
  };
  const { fold, reduce, finish, out } = nest;
  const reduced = new Set(reduce.map(([dim]) => dim));
  if (fold === undefined && reduce.length > 0) fail("dims are reduced, but nothing is folded");
  if (fold?.term.some(({ fmt }) => fmt !== fold.init.fmt)) fail("a fold starts from a value of its terms' format");
  const isReduced = (terms: readonly (readonly [string, number])[]): boolean => terms.some(([dim]) => reduced.has(dim));
  visit([finish, ...(fold === undefined ? [] : [fold.init])], (value) => {
    const speaks = value.op === "load" ? isReduced(value.index.terms) : value.op === "loop" && reduced.has(value.name);
    if (speaks) fail("what a fold starts from, and what is made of it, know no reduced dim");
  });
  if (isReduced(out.index.terms)) fail("a result's address knows no reduced dim");
}
