// A nest's plain loops are its meaning: the Program interpreter computes from them what a walk over the nest's points does, to
// the bit, in both formats. Their form is that of a textbook, and no name of theirs is a dim's.
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { plainProgram } from "../../../compiler/program/nest/plain.ts";
import { printKernel } from "../../../compiler/program/text/print.ts";
import { verifyProgram } from "../../../compiler/program/verify.ts";
import { nests } from "../../arbitrary/nests.ts";
import { differenceOf, programOfNest, resultsOf, resultsOfNests } from "../../support/nests.ts";

it.each(["f32", "f64"] as const)("has the bits of an evaluation point by point: %s", (fmt) => {
  fc.assert(
    fc.property(nests(fmt), ({ program, seed, rows }) => {
      const plain = plainProgram(program);
      verifyProgram(plain);
      expect(differenceOf(resultsOf(plain, seed, rows), resultsOfNests(program, seed, rows))).toBeUndefined();
    }),
    { numRuns: 120 },
  );
});

describe("the loops of", () => {
  const loops = (nest: string): string => {
    const [kernel] = plainProgram(programOfNest(nest)).kernels;
    return printKernel(kernel).replace(/^.*\n/, "").replace(/^ {2}/gm, "");
  };
  it("a product", () => {
    expect(
      loops(
        "map i < 2, j < 3\nreduce k < n\nfold madd x[70*i + k], w[3*k + j] from 0:f32\nstore y[3*i + j] = max(acc:f32, 1:f32)",
      ),
    ).toBe(`for i < 2
  for j < 3
    set acc0:f32 = 0:f32
    for k < n
      set acc0:f32 = madd(x[70*i + k], w[3*k + j], acc0)
    store y[3*i + j] = max(acc0, 1:f32)`);
  });
  it("a maximum without dims, added to what is there", () => {
    expect(loops("fold max f64(x[0]) from -inf\nadd y[0] += acc")).toBe(`set acc0 = -inf
set acc0 = max(acc0, f64(x[0]))
store y[0] = f64(y[0]) + acc0`);
  });
  it("a map", () => {
    expect(loops("map i < 2\nstore y[row(x[i], 4)*2 + i] = x[i]")).toBe(`for i < 2
  store y[i + row(x[i], 4)*2] = x[i]`);
  });
  it("a sum over a dim that is called as its register would be", () => {
    expect(loops("reduce acc0 < 4\nfold add x[acc0] from 0:f32\nstore y[0] = acc:f32")).toBe(`set acc1:f32 = 0:f32
for acc0 < 4
  set acc1:f32 = acc1 + x[acc0]
store y[0] = acc1`);
  });
});
