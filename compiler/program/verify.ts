// The rules of a Program. In: any Program. Out: nothing, or an `ir/verify` that prints the kernel with the message under
// the offending statement. Guarantee: names are unique and known, formats agree at every op, every address lies in its
// buffer for every loop value and scalar, only arena buffers overlap, a call gives each formal a buffer of its length, and inputs
// and weights are written by none but those who may. What cannot be seen statically (written before read) the interpreter checks.
import type { Buffer, Extent, Fmt, Formal, Index, Kernel, Program, Role, Scalar, Stmt, Value } from "./program.ts";
import { printKernel } from "./text/print.ts";
import { formatFault } from "./typing.ts";
import { isVector } from "./value.ts";
import { byName, type Caller, callersOf, fail, show, verifyEntries } from "./verify-entries.ts";
import { operandsOf } from "./walk.ts";

/** The entries whose kernels may write a buffer of a role; a role that is absent here may be written by all. */
const writers: { readonly [role in Role]?: readonly string[] } = {
  input: [],
  const: ["prepare", "restore"],
  param: ["trainStep"],
};

/** Whether any kernel may write buffers of a role. */
export const isFree = (role: Role): boolean => writers[role] === undefined;

/** Throws CompileError `ir/verify` at the first rule that is broken. */
export function verifyProgram(program: Program): void {
  unique("scalar", program.scalars);
  unique("buffer", program.buffers);
  unique("kernel", program.kernels);
  unique("entry", program.entries);
  for (const { name, min, max } of program.scalars) {
    if (!(Number.isInteger(min) && Number.isInteger(max) && 0 <= min && min <= max))
      fail(`scalar ${show(name)} needs integers 0 ≤ min ≤ max, found ${min}..${max}`);
  }
  verifyBuffers(program.buffers);
  verifyEntries(program);
  const facts = { scalars: byName(program.scalars), buffers: byName(program.buffers) };
  const callers = callersOf(program);
  for (const kernel of program.kernels) new KernelVerifier(kernel, facts, callers.get(kernel.name) ?? []).verify();
}

function unique(what: string, list: readonly { readonly name: string }[]): void {
  const seen = new Set<string>();
  for (const { name } of list) {
    if (seen.has(name)) fail(`two ${what === "entry" ? "entries" : `${what}s`} are named ${show(name)}`);
    seen.add(name);
  }
}

function verifyBuffers(buffers: readonly Buffer[]): void {
  for (const { name, at, length, role, initial } of buffers) {
    if (!(Number.isInteger(at) && Number.isInteger(length) && at >= 0 && length >= 0))
      fail(`buffer ${show(name)} needs integers @at [length] ≥ 0, found @${at} [${length}]`);
    if (initial !== undefined && role !== "state")
      fail(`buffer ${show(name)} is ${role}; only a state buffer has an initial value`);
  }
  // Sorted by start, an overlap involves the buffer that reaches furthest so far, or the furthest that is not arena.
  // `reach` ends furthest of all before, `fixed` furthest of those that are not arena: two comparisons a buffer, no pairs.
  let reach: Buffer | undefined;
  let fixed: Buffer | undefined;
  const end = (buffer: Buffer | undefined): number => (buffer === undefined ? 0 : buffer.at + buffer.length);
  for (const buffer of buffers.filter(({ length }) => length > 0).sort((a, b) => a.at - b.at)) {
    const other = buffer.role === "arena" ? fixed : reach;
    if (other !== undefined && buffer.at < end(other))
      fail(`only arena buffers may overlap, but ${other.role} ${show(other.name)} and ${buffer.role} ${show(buffer.name)} do`);
    if (end(buffer) > end(reach)) reach = buffer;
    if (buffer.role !== "arena" && end(buffer) > end(fixed)) fixed = buffer;
  }
}

interface Facts {
  readonly scalars: ReadonlyMap<string, Scalar>;
  readonly buffers: ReadonlyMap<string, Buffer>;
}
/** What a name of a kernel stands for; a loop carries its least and greatest value. */
type Meaning =
  | { readonly op: "loop"; readonly first: number; readonly last: number }
  | { readonly op: "use" | "reg"; readonly fmt: Fmt };

class KernelVerifier {
  readonly #kernel: Kernel;
  readonly #facts: Facts;
  readonly #formals: ReadonlyMap<string, Formal>;
  readonly #callers: readonly Caller[];
  /** Buffers of the Program that have been met. */
  readonly #own = new Set<string>();
  /** The statement under inspection, and the values of it that are already known to be sound. */
  #stmt: Stmt | undefined;
  #sound = new Set<Value>();

  constructor(kernel: Kernel, facts: Facts, callers: readonly Caller[]) {
    this.#kernel = kernel;
    this.#facts = facts;
    this.#formals = byName(kernel.formals ?? []);
    this.#callers = callers;
  }

  verify(): void {
    const { formals = [] } = this.#kernel;
    if (this.#formals.size < formals.length) this.#fail("two formals have the same name");
    this.#body(this.#kernel.body, new Map(), true);
  }

  #fail(message: string): never {
    const note = this.#stmt === undefined ? undefined : { at: this.#stmt, message };
    return fail(`kernel ${show(this.#kernel.name)}: ${message}`, printKernel(this.#kernel, note).split("\n"));
  }

  /** `runs`: some scalar values let the body run at all; addresses of a body that never runs do not matter. */
  #body(body: readonly Stmt[], outer: ReadonlyMap<string, Meaning>, runs: boolean): void {
    const scope = new Map(outer);
    for (const stmt of body) {
      this.#stmt = stmt;
      this.#sound = new Set();
      switch (stmt.do) {
        case "for": {
          this.#fresh(stmt.loop, scope);
          const { from } = stmt;
          if (from !== undefined && !(Number.isInteger(from.size) && from.size >= 1))
            this.#fail(`a loop starts at blocks of an integer ≥ 1, found ${from.size}`);
          const first = from === undefined ? 0 : this.#bound(from.blocks, "min") * from.size;
          const last = this.#bound(stmt.to, "max") - 1;
          this.#body(stmt.body, new Map(scope).set(stmt.loop, { op: "loop", first, last }), runs && first <= last);
          break;
        }
        case "let":
          this.#value(stmt.value, scope, runs);
          this.#fresh(stmt.name, scope);
          scope.set(stmt.name, { op: "use", fmt: stmt.value.fmt });
          break;
        case "set":
          this.#value(stmt.value, scope, runs);
          this.#set(stmt.reg, stmt.value.fmt, scope);
          break;
        case "store":
          this.#value(stmt.value, scope, runs);
          if (!["f32", "f64", "f32x4"].includes(stmt.value.fmt))
            this.#fail(`a store takes f32, f64 or f32x4, found ${stmt.value.fmt}`);
          this.#address(stmt.buffer, stmt.index, lanesOf(stmt.value.fmt), scope, runs);
          this.#writable(stmt.buffer);
      }
    }
  }

  #fresh(name: string, scope: ReadonlyMap<string, Meaning>): void {
    if (scope.has(name) || this.#facts.scalars.has(name)) this.#fail(`the name ${show(name)} is already in use here`);
  }

  #set(reg: string, fmt: Fmt, scope: Map<string, Meaning>): void {
    const known = scope.get(reg);
    if (known === undefined) {
      this.#fresh(reg, scope);
      scope.set(reg, { op: "reg", fmt });
    } else if (known.op !== "reg") {
      this.#fail(`set needs a register, but ${show(reg)} is a ${known.op === "use" ? "let" : "loop"}`);
    } else if (known.fmt !== fmt) {
      this.#fail(`register ${show(reg)} is ${known.fmt}, found ${fmt}`);
    }
  }

  /** The least or greatest value of a bound: it grows with its scalar. */
  #bound(extent: Extent, end: "min" | "max"): number {
    if (typeof extent === "number")
      return Number.isInteger(extent) && extent >= 0 ? extent : this.#fail(`a bound is an integer ≥ 0, found ${extent}`);
    const scalar = this.#facts.scalars.get(extent.scalar) ?? this.#fail(`there is no scalar ${show(extent.scalar)}`);
    if (!(Number.isInteger(extent.per) && extent.per >= 1))
      this.#fail(`a bound is divided by an integer ≥ 1, found ${extent.per}`);
    const { per, round } = extent;
    return round === "down" ? Math.floor(scalar[end] / per) : Math.ceil(scalar[end] / per);
  }

  #writable(name: string): void {
    if (this.#formals.has(name)) {
      for (const { entry, binding } of this.#callers) this.#writableFrom(binding.get(name) ?? name, [entry]);
    } else
      this.#writableFrom(
        name,
        this.#callers.map(({ entry }) => entry),
      );
  }

  #writableFrom(name: string, entries: readonly string[]): void {
    const role = this.#facts.buffers.get(name)?.role;
    const allowed = role === undefined ? undefined : writers[role];
    if (allowed === undefined) return;
    if (allowed.length === 0) this.#fail(`${role} ${show(name)} is never written`);
    const entry = entries.find((caller) => !allowed.includes(caller));
    if (entry !== undefined)
      this.#fail(`${role} ${show(name)} is written by ${allowed.join(", ")} only, found in entry ${show(entry)}`);
  }

  /** A formal, or a buffer of the Program that no call gives for one: two names never stand for the same buffer. */
  #buffer(name: string): { readonly length: number } {
    const formal = this.#formals.get(name);
    if (formal !== undefined) return formal;
    const buffer = this.#facts.buffers.get(name) ?? this.#fail(`there is no buffer ${show(name)}`);
    if (this.#own.has(name)) return buffer;
    this.#own.add(name);
    for (const { entry, binding } of this.#callers)
      for (const [formal, given] of binding)
        if (given === name) this.#fail(`${show(name)} is also what entry ${show(entry)} gives for ${show(formal)}`);
    return buffer;
  }

  /** `count` elements from the index on. */
  #address(name: string, { base, terms, row }: Index, count: number, scope: ReadonlyMap<string, Meaning>, runs: boolean): void {
    const buffer = this.#buffer(name);
    // An affine sum takes its extremes at the ends of each loop, so the range of addresses is a sum of ranges.
    let [low, high] = [base, base + count - 1];
    const extend = (first: number, last: number, stride: number): void => {
      if (!Number.isInteger(stride)) this.#fail(`a stride is an integer, found ${stride}`);
      low += (stride < 0 ? last : first) * stride;
      high += (stride < 0 ? first : last) * stride;
    };
    for (const [loop, stride] of terms) {
      const meaning = scope.get(loop);
      if (meaning?.op !== "loop") this.#fail(`${show(loop)} in an index of ${show(name)} is no loop around it`);
      extend(meaning.first, meaning.last, stride);
    }
    if (row !== undefined) {
      this.#value(row.index, scope, runs);
      if (row.index.fmt !== "f32" && row.index.fmt !== "f64") this.#fail(`a row index is f32 or f64, found ${row.index.fmt}`);
      if (!(Number.isInteger(row.limit) && row.limit >= 1)) this.#fail(`a row limit is an integer ≥ 1, found ${row.limit}`);
      extend(0, row.limit - 1, row.stride);
    }
    if (!Number.isInteger(base)) this.#fail(`a base is an integer, found ${base}`);
    if (runs && (low < 0 || high >= buffer.length))
      this.#fail(`${show(name)} has elements 0..${buffer.length - 1}, addressed are ${low}..${high}`);
  }

  #value(value: Value, scope: ReadonlyMap<string, Meaning>, runs: boolean): void {
    if (this.#sound.has(value)) return;
    this.#sound.add(value);
    if (value.op === "load") this.#address(value.buffer, value.index, lanesOf(value.fmt), scope, runs);
    else for (const operand of operandsOf(value)) this.#value(operand, scope, runs);
    this.#names(value, scope);
    const fault = formatFault(value);
    if (fault !== undefined) this.#fail(fault);
    if (value.op === "extract" && ![0, 1, 2, 3].includes(value.lane)) this.#fail(`a lane is 0..3, found ${value.lane}`);
    if (value.op !== "const") return;
    const { value: number, fmt } = value;
    if (fmt.startsWith("f32") && !Object.is(Math.fround(number), number)) this.#fail(`the constant ${number} is no f32`);
    if (fmt.startsWith("i32") && (number | 0) !== number) this.#fail(`the constant ${number} is no i32`);
  }

  #names(value: Value, scope: ReadonlyMap<string, Meaning>): void {
    if (value.op === "acc") this.#fail("acc stands in a nest only");
    if (value.op === "scalar" && !this.#facts.scalars.has(value.name)) this.#fail(`there is no scalar ${show(value.name)}`);
    if (value.op !== "loop" && value.op !== "use" && value.op !== "reg") return;
    const meaning = scope.get(value.name);
    if (meaning?.op !== value.op)
      this.#fail(`there is no ${{ loop: "loop", use: "let", reg: "register" }[value.op]} ${show(value.name)} here`);
    if (meaning.op !== "loop" && meaning.fmt !== value.fmt)
      this.#fail(`the result of ${value.op} is ${meaning.fmt}, found ${value.fmt}`);
  }
}

const lanesOf = (fmt: Fmt): number => (isVector(fmt) ? 4 : 1);
