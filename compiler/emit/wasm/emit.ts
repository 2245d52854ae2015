// A Program as a WebAssembly module. In: a Program without f64, and which entries to export. Out: bytes, code only: one
// function per kernel that is called (in a short entry one for all), one export per entry, and the memory as `m`, of a size that
// never changes; buffers lie where the Program says. Guarantee: the bits of compiler/program/program.ts; a relaxed module may contract vector madds.
import { internal } from "../../diagnostics/error.ts";
import type { Entry, Kernel, Program } from "../../program/program.ts";
import { turns } from "../../schedule/straight.ts";
import { scalarsOf } from "../usage.ts";
import { assembleModule, FunctionBody } from "./assembler.ts";
import { kernelFunction } from "./kernel.ts";

/** Which form of the kernels is wanted. */
export interface WasmOptions {
  /** Use instructions of relaxed SIMD, which older engines do not validate. */
  readonly relaxed: boolean;
  /** Entries to export under their names. A function takes i32s: n where the entry has n rows, then other scalars, sorted. */
  readonly entries: readonly string[];
  /** More names for the memory, for who wants to know what a module is. */
  readonly marks?: readonly string[];
}

const pageSize = 65536;

/** Most statements, counted as often as they run, of an entry that is written as one function: calls would cost as much. */
const mostInOne = 256;

/** The bytes of the module; deterministic, and not validated here. */
export function emitWasm(program: Program, { relaxed, entries, marks = [] }: WasmOptions): Uint8Array {
  const kernels = new Map(program.kernels.map((kernel) => [kernel.name, kernel]));
  const functions: FunctionBody[] = [];
  const add = (body: FunctionBody): number => functions.push(body) - 1;
  const known = new Map<Kernel, number>();
  const functionOf = (kernel: Kernel): number => {
    const index = known.get(kernel) ?? add(kernelFunction([kernel], scalarsOf(kernel), program, relaxed));
    known.set(kernel, index);
    return index;
  };
  const exports = program.entries.flatMap((entry): [string, number][] => {
    if (!entries.includes(entry.name)) return [];
    const params = paramsOf(entry, program);
    const called = entry.calls.map((call) => kernels.get(call) ?? internal(`there is no kernel ${call}`));
    if (called.reduce((sum, { body }) => sum + turns(body), 0) <= mostInOne)
      return [[entry.name, add(kernelFunction(called, params, program, relaxed))]];
    // An entry that is one kernel needs no function of its own.
    if (called.length === 1 && scalarsOf(called[0]).join() === params.join()) return [[entry.name, functionOf(called[0])]];
    const body = new FunctionBody(params.map(() => "i32"));
    for (const kernel of called) {
      for (const scalar of scalarsOf(kernel)) body.local_get(params.indexOf(scalar));
      body.call(functionOf(kernel));
    }
    return [[entry.name, add(body)]];
  });
  const end = program.buffers.reduce((most, { at, length }) => Math.max(most, at + length), 0);
  return assembleModule({ pages: Math.ceil((4 * end) / pageSize), functions, memories: ["m", ...marks], exports });
}

/** The scalars an entry's function takes, in order. */
export function paramsOf(entry: Entry, program: Program): readonly string[] {
  const used = program.kernels.filter(({ name }) => entry.calls.includes(name)).flatMap(scalarsOf);
  const others = [...new Set(used)].filter((name) => name !== "n").sort();
  return entry.rows === "n" || used.includes("n") ? ["n", ...others] : others;
}
