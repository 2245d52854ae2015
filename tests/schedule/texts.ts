// Kernels from text, for tables of decisions. In: the statements of a kernel over fixed buffers: inputs x, weights w, two arena
// buffers a and b, outputs y. Out: the Program, what statements print as, and what the Program interpreter computes.
import { createMachine } from "../../compiler/interpret/program.ts";
import type { Kernel, Program, Stmt } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";
import { printKernel } from "../../compiler/program/text/print.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";

/** Lines without what indents them. */
export const flush = (text: string): string => text.trim().replace(/\n +/g, "\n");

/** A Program with a kernel for each of the texts, called k0, k1, …, and an entry that runs them. */
export function programOf(...texts: readonly string[]): Program {
  const kernels = texts.map((text, k) => [`kernel k${k}`, ...text.split("\n").map((line) => `  ${line}`)]);
  const program = parseProgram(
    [
      "program p",
      "scalar n 1..4",
      "buffer x input @0 [8]",
      "buffer w const @8 [4]",
      "buffer a arena @12 [8]",
      "buffer b arena @20 [8]",
      "buffer y output @28 [16]",
      ...kernels.flat(),
      "entry predict rows 1",
      "  in x = x",
      "  out y = y",
      ...texts.map((_, k) => `  call k${k}`),
      "end",
    ].join("\n"),
  );
  verifyProgram(program);
  return program;
}

export const weights = new Map([["w", Float32Array.of(0.5, -1, 3, -0)]]);

/** The same Program with other kernels. */
export function withKernels(program: Program, kernels: readonly Kernel[]): Program {
  const entries = program.entries.map((entry) => ({ ...entry, calls: kernels.map(({ name }) => ({ kernel: name })) }));
  const made = { ...program, kernels, entries };
  verifyProgram(made);
  return made;
}

/** What statements print as, one kernel's lines. */
export const bodyText = (body: readonly Stmt[]): string =>
  printKernel({ name: "k", origin: "", body })
    .split("\n")
    .slice(1)
    .map((line) => line.slice(2))
    .join("\n");

/** The outputs, those not written NaN, for inputs where rounding, signs of zero and NaN show. */
export function outputsOf(program: Program): number[][] {
  const inputs = [
    [0.1, 0.7, -1.3, 5, 2.2, -0.4, 9.1, 3],
    [-0, 0, Number.NaN, -0, Number.POSITIVE_INFINITY, 1e-45, -1e30, 1],
  ];
  return inputs.map((x) => {
    const machine = createMachine(program, { constants: weights });
    machine.buffers.get("x")?.set(x);
    machine.run("predict", { n: 3 });
    return [...(machine.buffers.get("y") ?? [])];
  });
}
