// A Program as a WebAssembly module. In: a Program without f64, and which entries to export. Out: bytes, code only: one
// function per kernel that is called (in a short entry one for all), one export per entry, and the memory as `m`, of a size that
// never changes; buffers lie where the Program says. Guarantee: the bits of compiler/program/program.ts; a relaxed module may contract vector madds.
import type { Line } from "../../base/lines.ts";
import { internal } from "../../diagnostics/error.ts";
import { calledKernels, callOf } from "../../program/calls.ts";
import type { Entry, Kernel, Program } from "../../program/program.ts";
import { turns } from "../../schedule/straight.ts";
import { scalarsOf } from "../usage.ts";
import { FunctionBody } from "./assembler.ts";
import { kernelFunction } from "./kernel.ts";
import { assembleModule, type ModuleSpec } from "./sections.ts";
import { moduleLines } from "./text.ts";

/** Which form of the kernels is wanted. */
export interface WasmOptions {
  /** Use instructions of relaxed SIMD, which older engines do not validate. */
  readonly relaxed: boolean;
  /** Entries to export under their names. A function takes i32s: n where the entry has n rows, then other scalars, sorted. */
  readonly entries: readonly string[];
  /** Names for the memory. The default is `m`; more of them are for who wants to know what a module is. */
  readonly memories?: readonly string[];
}

/** Bytes of a page of memory. */
export const pageSize = 65536;

/** Most statements, counted as often as they run, of an entry that is written as one function: calls would cost as much. */
const mostInOne = 256;

/** The bytes of the module; deterministic, and not validated here. */
export const emitWasm = (program: Program, options: WasmOptions): Uint8Array => assembleModule(specOf(program, options));

/** The same as text, line by line with what each is of. */
export const wasmLines = (program: Program, options: WasmOptions): readonly Line[] => moduleLines(specOf(program, options, true));

/** The parts of the module, for who adds to them. */
export function specOf(program: Program, { relaxed, entries, memories = ["m"] }: WasmOptions, shown = false): ModuleSpec {
  const starts = new Map(program.buffers.map(({ name, at }) => [name, at]));
  const placeOf = (buffer: string): number => 4 * (starts.get(buffer) ?? internal(`there is no buffer ${buffer}`));
  const extents = new Map(program.buffers.map(({ name, at, length }) => [name, [at, at + length] as const]));
  const site = { scalars: program.scalars, extents, relaxed, marks: shown };
  const functions: FunctionBody[] = [];
  const names: { name: string; params: readonly string[] }[] = [];
  const add = (body: FunctionBody, name: string, params: readonly string[]): number => {
    names.push({ name, params });
    return functions.push(body) - 1;
  };
  const known = new Map<Kernel, { readonly index: number; readonly scalars: readonly string[] }>();
  const functionOf = (kernel: Kernel) => {
    const made = known.get(kernel);
    if (made !== undefined) return made;
    const scalars = scalarsOf(kernel);
    const params = [...scalars, ...(kernel.formals ?? []).map(({ name }) => name)];
    const added = { index: add(kernelFunction([kernel], scalars, site), kernel.name, params), scalars };
    known.set(kernel, added);
    return added;
  };
  const exports = program.entries.flatMap((entry): [string, number][] => {
    if (!entries.includes(entry.name)) return [];
    const params = paramsOf(entry, program);
    const called = calledKernels(program, entry.calls);
    // A kernel with formals stands once, since that is what they are for.
    if (
      called.every(({ formals }) => formals === undefined) &&
      called.reduce((sum, { body }) => sum + turns(body), 0) <= mostInOne
    )
      return [[entry.name, add(kernelFunction(called, params, site), entry.name, params)]];
    // An entry that is one kernel needs no function of its own.
    const [first] = called;
    if (called.length === 1 && first.formals === undefined && scalarsOf(first).join() === params.join())
      return [[entry.name, functionOf(first).index]];
    const body = new FunctionBody(params.map(() => "i32"));
    for (const [i, kernel] of called.entries()) {
      const { index, scalars } = functionOf(kernel);
      if (shown) body.mark(callOf(entry.name, i, kernel.name));
      for (const scalar of scalars) body.local_get(params.indexOf(scalar));
      for (const buffer of entry.calls[i].buffers ?? []) body.i32_const(placeOf(buffer));
      body.call(index);
    }
    return [[entry.name, add(body, entry.name, params)]];
  });
  const end = program.buffers.reduce((most, { at, length }) => Math.max(most, at + length), 0);
  return { pages: Math.ceil((4 * end) / pageSize), functions, names, memories, exports };
}

/** The scalars an entry's function takes, in order. */
export function paramsOf(entry: Entry, program: Program): readonly string[] {
  const used = [...new Set(calledKernels(program, entry.calls))].flatMap(scalarsOf);
  const others = [...new Set(used)].filter((name) => name !== "n").sort();
  return entry.rows === "n" || used.includes("n") ? ["n", ...others] : others;
}
