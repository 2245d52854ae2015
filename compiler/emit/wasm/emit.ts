// A Program as a WebAssembly module. In: a Program without f64, and which entries to export. Out: bytes, code only: one
// function per kernel that is called, one export per entry, and the memory as `m`, of a size that never changes; buffers lie
// where the Program says. Guarantee: the bits of compiler/program/ir.ts; a relaxed module may contract vector madds.
import { internal } from "../../diagnostics/error.ts";
import type { Entry, Program } from "../../program/ir.ts";
import { scalarsOf } from "../usage.ts";
import { assembleModule, FunctionBody } from "./assembler.ts";
import { kernelFunction } from "./kernel.ts";

export interface WasmOptions {
  /** Use instructions of relaxed SIMD, which older engines do not validate. */
  readonly relaxed: boolean;
  /** Entries to export under their names. A function takes i32s: n where the entry has n rows, then other scalars, sorted. */
  readonly entries: readonly string[];
  /** More names for the memory, for who wants to know what a module is. */
  readonly marks?: readonly string[];
}

const pageSize = 65536;

export function emitWasm(program: Program, { relaxed, entries, marks = [] }: WasmOptions): Uint8Array {
  const exported = program.entries.filter(({ name }) => entries.includes(name));
  const calls = new Set(exported.flatMap((entry) => entry.calls));
  const kernels = program.kernels.filter(({ name }) => calls.has(name));
  const index = new Map(kernels.map(({ name }, i) => [name, i]));
  const functions = kernels.map((kernel) => kernelFunction(kernel, program, relaxed));
  const exports = exported.map((entry): [string, number] => {
    const params = paramsOf(entry, program);
    const body = new FunctionBody(params.map(() => "i32"));
    const [only, ...more] = entry.calls.map((call) => {
      const kernel = kernels[index.get(call) ?? internal(`there is no kernel ${call}`)];
      const scalars = scalarsOf(kernel);
      for (const scalar of scalars) body.local_get(params.indexOf(scalar));
      body.call(index.get(call) ?? 0);
      return { call, scalars };
    });
    // An entry that is one kernel needs no function of its own.
    if (only !== undefined && more.length === 0 && only.scalars.join() === params.join())
      return [entry.name, index.get(only.call) ?? 0];
    functions.push(body);
    return [entry.name, functions.length - 1];
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
