// Nests that stand alone: a Program around them, and what it computes. In: nests, or the text of one without its header. Out: a
// verified Program whose buffers are as large as the addresses reach (inputs are read, outputs written, states both), and the
// contents of everything written after a run of the Program interpreter, or of the walk in lowering.ts.
import { createMachine } from "../../compiler/interpret/program.ts";
import { leavesOf, type Nest, type NestKernel, type Tree } from "../../compiler/program/nest/nest.ts";
import { parseNests } from "../../compiler/program/nest/parse.ts";
import { verifyNests } from "../../compiler/program/nest/verify.ts";
import type { Buffer, Extent, Index, Program, Scalar } from "../../compiler/program/program.ts";
import { visit } from "../../compiler/program/walk.ts";
import { tameNumbers } from "../arbitrary/numbers.ts";
import { runNests } from "./lowering.ts";

/** Rows of the scalar n in Programs from text: a strip and a bit. */
export const mostRows = 70;

/** The text of one nest, without its first line, as a Program with a kernel for it. */
export function programOfNest(text: string): Program<NestKernel> {
  const lines = text.split("\n").map((line) => `    ${line}`);
  const { kernels } = parseNests(
    [`nests sample`, `scalar n 1..${mostRows}`, "kernel k", "  nest k", ...lines, "end", ""].join("\n"),
  );
  return programAround(kernels, [{ name: "n", min: 1, max: mostRows }]);
}

/** The nest of such a Program. */
export function nestOf({ kernels }: Program<NestKernel>): Nest {
  const [nest] = leavesOf(kernels.flatMap(({ parts }) => parts));
  return nest;
}

/** Kernels in a Program with an entry that calls all of them: buffers as its addresses ask for, and `behind` numbers behind each input. */
export function programAround(given: readonly NestKernel[], scalars: readonly Scalar[], behind = 0): Program<NestKernel> {
  // What a shared kernel is called with is a buffer here like any other.
  const kernels = given.map(({ formals: _, ...kernel }) => kernel);
  const ends = new Map<string, number>();
  const [read, written] = [new Set<string>(), new Set<string>()];
  const most = (extent: Extent): number => {
    if (typeof extent === "number") return extent;
    const blocks = (scalars.find(({ name }) => name === extent.scalar)?.max ?? 0) / extent.per;
    return extent.round === "down" ? Math.floor(blocks) : Math.ceil(blocks);
  };
  const reach = (buffer: string, { base, terms, row }: Index, dims: ReadonlyMap<string, number>): void => {
    const steps = terms.map(([dim, stride]) => [dims.get(dim) ?? 1, stride]);
    const all = [...steps, ...(row === undefined ? [] : [[row.limit, row.stride]])];
    const last = all.reduce((sum, [count, stride]) => sum + Math.max(0, stride) * (count - 1), base);
    ends.set(buffer, Math.max(ends.get(buffer) ?? 0, last + 1));
  };
  const see = (tree: Tree, outer: ReadonlyMap<string, number>): void => {
    if ("parts" in tree) {
      const inner = new Map([...outer, [tree.loop, most(tree.to)]]);
      for (const part of tree.parts) see(part, inner);
      return;
    }
    const { map, reduce, fold, into } = tree;
    const stores = [tree, ...(tree.more ?? [])];
    const dims = new Map([...outer, ...[...map, ...reduce].map(([dim, extent]) => [dim, most(extent)] as const)]);
    for (const { out } of stores) {
      reach(out.buffer, out.index, dims);
      written.add(out.buffer);
      if (into === "add") read.add(out.buffer);
    }
    const rows = stores.flatMap(({ out }) => (out.index.row === undefined ? [] : [out.index.row.index]));
    visit([...stores.map(({ finish }) => finish), ...(fold === undefined ? [] : [fold.init, ...fold.term]), ...rows], (value) => {
      if (value.op !== "load") return;
      read.add(value.buffer);
      reach(value.buffer, value.index, dims);
    });
  };
  for (const { parts } of kernels) for (const part of parts) see(part, new Map());
  let at = 0;
  const buffers = [...ends].map(([name, end]): Buffer => {
    const role = !written.has(name) ? "input" : read.has(name) ? "state" : "output";
    const length = role === "input" ? end + behind : end;
    const buffer: Buffer = { name, at, length, role, ...(role === "state" ? { initial: 0.5 } : {}) };
    at += length;
    return buffer;
  });
  const ports = (role: string) => buffers.filter((buffer) => buffer.role === role).map(({ name }) => [name, name] as const);
  const calls = kernels.map(({ name }) => ({ kernel: name }));
  const rows = scalars.some(({ name }) => name === "n") ? "n" : 1;
  const entry = { name: "predict", rows, calls, inputs: ports("input"), outputs: ports("output") } as const;
  const program: Program<NestKernel> = { name: "nests", scalars, buffers, kernels, entries: [entry] };
  verifyNests(program);
  return program;
}

export type Results = ReadonlyMap<string, Float32Array>;
const isWritten = ({ role }: Buffer): boolean => role === "output" || role === "state";
const inputOf = ({ length }: Buffer, seed: number, i: number): Float32Array => tameNumbers(seed + 7 * i, length);

/** What the interpreter leaves in every buffer that is written, from inputs of a seed. */
export function resultsOf(program: Program, seed: number, rows: number): Results {
  const machine = createMachine(program);
  for (const [i, buffer] of program.buffers.entries())
    if (buffer.role === "input") machine.buffers.get(buffer.name)?.set(inputOf(buffer, seed, i));
  machine.run("predict", { n: rows });
  return new Map(program.buffers.filter(isWritten).map(({ name }) => [name, machine.buffers.get(name) ?? new Float32Array()]));
}

/** The same point by point, without the interpreter and before any loop was made. */
export function resultsOfNests(program: Program<NestKernel>, seed: number, rows: number): Results {
  const memory = new Map(
    program.buffers.map((buffer, i) => {
      const { name, length, role, initial } = buffer;
      return [name, role === "input" ? inputOf(buffer, seed, i) : new Float32Array(length).fill(initial ?? Number.NaN)];
    }),
  );
  runNests(program, "predict", memory, new Map([["n", rows]]));
  return new Map(program.buffers.filter(isWritten).map(({ name }) => [name, memory.get(name) ?? new Float32Array()]));
}

/** `y[3] is 1, expected 2` at the first bit that differs; undefined where all agree. NaNs count as one value, −0 and 0 as two. */
export function differenceOf(found: Results, wanted: Results): string | undefined {
  for (const [name, numbers] of wanted) {
    const other = found.get(name) ?? new Float32Array();
    const at = numbers.findIndex((number, i) => !Object.is(number, other[i]));
    if (at >= 0) return `${name}[${at}] is ${other[at]}, expected ${numbers[at]}`;
  }
  return undefined;
}
