// Elementary functions over many numbers at once, as emitted kernels compute them: in lanes of float32. In: a function of Program
// values. Out: the same function of arrays, and a walk over every float32.
import { emitWasm } from "../../compiler/emit/wasm/emit.ts";
import { at } from "../../compiler/program/nest/view.ts";
import type { Buffer, Program, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { verifyProgram } from "../../compiler/program/verify.ts";
import { vectorize } from "../../compiler/schedule/vectorize.ts";

/** How many numbers a call takes. */
export const sweepLength = 1 << 14;

/** The memory of `f` in lanes: fill the inputs, call `run`, read `y`. */
export interface Sweep {
  readonly inputs: readonly Float32Array[];
  readonly y: Float32Array;
  run(): void;
}

/** `f` of `arity` operands as a WebAssembly kernel. */
export function sweepOf(f: (...args: Value[]) => Value, arity: number, relaxed = false): Sweep {
  const names = Array.from({ length: arity }, (_, i) => `x${i}`);
  const buffers = [...names, "y"].map(
    (name, i): Buffer => ({ name, at: i * sweepLength, length: sweepLength, role: name === "y" ? "output" : "input" }),
  );
  const value = f(...names.map((name) => v.load(name, { base: 0, terms: [["i", 1]] })));
  const body = [
    {
      do: "store",
      buffer: "y",
      index: { base: 0, terms: [["b", 4]] },
      value: vectorize(value, new Map([["i", at("b", 4)]]), { lane: "i" }),
    } as const,
  ];
  const program: Program = {
    name: "sweep",
    scalars: [],
    buffers,
    kernels: [{ name: "sweep", origin: "", body: [{ do: "for", loop: "b", to: sweepLength / 4, body }] }],
    entries: [{ name: "sweep", rows: 1, calls: [{ kernel: "sweep" }], inputs: [], outputs: [] }],
  };
  verifyProgram(program);
  const bytes = new Uint8Array(emitWasm(program, { relaxed, entries: ["sweep"] }));
  const { exports } = new WebAssembly.Instance(new WebAssembly.Module(bytes));
  const { m, sweep } = exports;
  if (!(m instanceof WebAssembly.Memory) || typeof sweep !== "function") throw new Error("the module exports m and the entry");
  const memory = new Float32Array(m.buffer);
  const part = (i: number) => memory.subarray(i * sweepLength, (i + 1) * sweepLength);
  return { inputs: names.map((_, i) => part(i)), y: part(arity), run: () => void sweep() };
}
