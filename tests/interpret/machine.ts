// Kernels written by hand and run: eight inputs x, constants c = 1..8, a state, two arena buffers that overlap, outputs y.
import { createMachine, type Machine } from "../../compiler/interpret/program.ts";
import type { Program } from "../../compiler/program/program.ts";
import { parseProgram } from "../../compiler/program/text/parse.ts";

const buffers = `buffer x input @0 [8]
buffer c const @8 [8]
buffer s state @16 [4] = 2
buffer a arena @20 [8]
buffer b arena @24 [8]
buffer y output @32 [8]
`;
export const program = (body: string, more = ""): Program =>
  parseProgram(`program p\nscalar n 1..8\n${buffers}kernel k\n${body.replace(/^/gm, "  ")}\n${more}end\n`);

export function run(text: string | Program, x: readonly number[] = [], scalars: Record<string, number> = {}): number[] {
  const machine = machineOf(text, x);
  machine.run("k", scalars);
  return [...machine.buffers.get("y")!].filter((_, i, y) => i < y.findLastIndex((number) => !Number.isNaN(number)) + 1);
}
export function machineOf(text: string | Program, x: readonly number[] = []): Machine {
  const machine = createMachine(typeof text === "string" ? program(text) : text, {
    constants: new Map([["c", [1, 2, 3, 4, 5, 6, 7, 8]]]),
  });
  machine.buffers.get("x")!.set(x);
  return machine;
}
/** What one value is, rounded by the store. */
export const compute = (value: string, ...x: number[]): number => run(`store y[0] = ${value}`, x)[0];
