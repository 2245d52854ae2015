// The rules of a Program. In: any Program. Out: nothing, or an `ir/verify` that prints the kernel with the message under
// the offending statement. Guarantee: names are unique and known, formats agree at every op, every address lies in its
// buffer for every loop value and scalar, only arena buffers overlap, and inputs and weights are written by none but those
// who may. What cannot be seen statically (written before read) the interpreter checks.
import { CompileError } from "../diagnostics/error.ts";
import type { Buffer, Extent, Fmt, Index, Kernel, Program, Role, Scalar, Stmt, Value } from "./ir.ts";
import { printKernel } from "./print.ts";

const show = (name: string): string => JSON.stringify(name);

function fail(message: string, notes: readonly string[] = []): never {
  throw new CompileError({ code: "ir/verify", path: "", message, notes });
}

/** The entries whose kernels may write a buffer of a role; a role that is absent here may be written by all. */
const writers: { readonly [role in Role]?: readonly string[] } = { input: [], const: ["prepare"], param: ["trainStep"] };

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
  for (const kernel of program.kernels) {
    const callers = program.entries.filter(({ calls }) => calls.includes(kernel.name)).map(({ name }) => name);
    new KernelVerifier(kernel, facts, callers).verify();
  }
}

const byName = <T extends { readonly name: string }>(list: readonly T[]): ReadonlyMap<string, T> =>
  new Map(list.map((item) => [item.name, item]));

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

function verifyEntries({ entries, kernels, buffers, scalars }: Program): void {
  const kernelNames = byName(kernels);
  const bufferNames = byName(buffers);
  for (const { name, rows, calls, inputs, outputs } of entries) {
    const missing = calls.find((call) => !kernelNames.has(call));
    if (missing !== undefined) fail(`entry ${show(name)} calls ${show(missing)}, which is no kernel`);
    const port = [...inputs, ...outputs].find(([, buffer]) => !bufferNames.has(buffer));
    if (port !== undefined) fail(`entry ${show(name)} binds ${show(port[0])} to ${show(port[1])}, which is no buffer`);
    if (rows === "n" && !scalars.some((scalar) => scalar.name === "n"))
      fail(`entry ${show(name)} has n rows, but there is no scalar "n"`);
    if (rows !== "n" && !(Number.isInteger(rows) && rows >= 0)) fail(`entry ${show(name)} needs a number of rows, found ${rows}`);
  }
}

interface Facts {
  readonly scalars: ReadonlyMap<string, Scalar>;
  readonly buffers: ReadonlyMap<string, Buffer>;
}
/** What a name of a kernel stands for; a loop carries its greatest value. */
type Meaning = { readonly op: "loop"; readonly last: number } | { readonly op: "use" | "reg"; readonly fmt: Fmt };

class KernelVerifier {
  readonly #kernel: Kernel;
  readonly #facts: Facts;
  readonly #callers: readonly string[];
  /** The statement under inspection, and the values of it that are already known to be sound. */
  #stmt: Stmt | undefined;
  #sound = new Set<Value>();

  constructor(kernel: Kernel, facts: Facts, callers: readonly string[]) {
    this.#kernel = kernel;
    this.#facts = facts;
    this.#callers = callers;
  }

  verify(): void {
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
          const last = this.#greatest(stmt.to) - 1;
          this.#body(stmt.body, new Map(scope).set(stmt.loop, { op: "loop", last }), runs && last >= 0);
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
          if (stmt.value.fmt !== "f32" && stmt.value.fmt !== "f64")
            this.#fail(`a store takes f32 or f64, found ${stmt.value.fmt}`);
          this.#address(stmt.buffer, stmt.index, scope, runs);
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

  #greatest(extent: Extent): number {
    if (typeof extent === "number")
      return Number.isInteger(extent) && extent >= 0 ? extent : this.#fail(`a bound is an integer ≥ 0, found ${extent}`);
    const scalar = this.#facts.scalars.get(extent.scalar) ?? this.#fail(`there is no scalar ${show(extent.scalar)}`);
    if (!(Number.isInteger(extent.per) && extent.per >= 1))
      this.#fail(`a bound is divided by an integer ≥ 1, found ${extent.per}`);
    return Math.ceil(scalar.max / extent.per);
  }

  #writable(name: string): void {
    const role = this.#facts.buffers.get(name)?.role;
    const allowed = role === undefined ? undefined : writers[role];
    if (allowed === undefined) return;
    if (allowed.length === 0) this.#fail(`${role} ${show(name)} is never written`);
    const caller = this.#callers.find((entry) => !allowed.includes(entry));
    if (caller !== undefined)
      this.#fail(`${role} ${show(name)} is written by ${allowed.join(", ")} only, found in entry ${show(caller)}`);
  }

  #address(name: string, { base, terms, row }: Index, scope: ReadonlyMap<string, Meaning>, runs: boolean): void {
    const buffer = this.#facts.buffers.get(name) ?? this.#fail(`there is no buffer ${show(name)}`);
    let [low, high] = [base, base];
    const extend = (last: number, stride: number): void => {
      if (!Number.isInteger(stride)) this.#fail(`a stride is an integer, found ${stride}`);
      if (stride < 0) low += last * stride;
      else high += last * stride;
    };
    for (const [loop, stride] of terms) {
      const meaning = scope.get(loop);
      if (meaning?.op !== "loop") this.#fail(`${show(loop)} in an index of ${show(name)} is no loop around it`);
      extend(meaning.last, stride);
    }
    if (row !== undefined) {
      this.#value(row.index, scope, runs);
      if (row.index.fmt !== "f32" && row.index.fmt !== "f64") this.#fail(`a row index is f32 or f64, found ${row.index.fmt}`);
      if (!(Number.isInteger(row.limit) && row.limit >= 1)) this.#fail(`a row limit is an integer ≥ 1, found ${row.limit}`);
      extend(row.limit - 1, row.stride);
    }
    if (!Number.isInteger(base)) this.#fail(`a base is an integer, found ${base}`);
    if (runs && (low < 0 || high >= buffer.length))
      this.#fail(`${show(name)} has elements 0..${buffer.length - 1}, addressed are ${low}..${high}`);
  }

  #value(value: Value, scope: ReadonlyMap<string, Meaning>, runs: boolean): void {
    if (this.#sound.has(value)) return;
    this.#sound.add(value);
    this.#is(value, value.fmt, "the result", this.#results(value, scope, runs));
  }

  #is({ op }: Value, found: Fmt, what: string, wanted: readonly Fmt[]): void {
    if (!wanted.includes(found)) this.#fail(`${what} of ${op} is ${wanted.join(" or ")}, found ${found}`);
  }

  /** Checks the operands; the formats the result may have. */
  #results(value: Value, scope: ReadonlyMap<string, Meaning>, runs: boolean): readonly Fmt[] {
    const is = (operand: Value, what: string, ...wanted: Fmt[]): void => {
      this.#value(operand, scope, runs);
      this.#is(value, operand.fmt, what, wanted);
    };
    switch (value.op) {
      case "const":
        if (value.fmt === "f32" && !Object.is(Math.fround(value.value), value.value))
          this.#fail(`the constant ${value.value} is no f32`);
        if (value.fmt === "i32" && (value.value | 0) !== value.value) this.#fail(`the constant ${value.value} is no i32`);
        return ["f32", "f64", "i32"];
      case "scalar":
        if (!this.#facts.scalars.has(value.name)) this.#fail(`there is no scalar ${show(value.name)}`);
        return ["i32"];
      case "loop":
      case "use":
      case "reg": {
        const meaning = scope.get(value.name);
        if (meaning?.op !== value.op)
          this.#fail(`there is no ${{ loop: "loop", use: "let", reg: "register" }[value.op]} ${show(value.name)} here`);
        return [meaning.op === "loop" ? "i32" : meaning.fmt];
      }
      case "acc":
        return this.#fail("acc stands in a nest only");
      case "load":
        this.#address(value.buffer, value.index, scope, runs);
        return ["f32"];
      case "convert":
        is(value.a, "the operand", "f32", "f64", "i32");
        return ["f32", "f64", "i32"];
      case "pow2":
        is(value.a, "the operand", "i32");
        return ["f32", "f64"];
      case "exponent":
        is(value.a, "the operand", "f32");
        return ["i32"];
      case "not":
        is(value.a, "the operand", "mask");
        return ["mask"];
      case "neg":
      case "abs":
      case "sqrt":
      case "floor":
        is(value.a, "the operand", "f32", "f64");
        return [value.a.fmt];
      case "select":
        is(value.mask, "the condition", "mask");
        is(value.a, "the first choice", "f32", "f64", "i32");
        is(value.b, "the second choice", value.a.fmt);
        return [value.a.fmt];
      case "madd":
        is(value.a, "the first operand", "f32", "f64");
        is(value.b, "the second operand", value.a.fmt);
        is(value.c, "the third operand", value.a.fmt);
        return [value.a.fmt];
      default: {
        const [operand, to] = binaryFormats[value.op];
        is(value.a, "the first operand", ...operand);
        is(value.b, "the second operand", value.a.fmt);
        return [to ?? value.a.fmt];
      }
    }
  }
}

const floats: readonly Fmt[] = ["f32", "f64"];
const arithmetic = [floats] as const;
const comparison = [["f32", "f64", "i32"], "mask"] as const;
const integer = [["i32"]] as const;
/** Formats of both operands, which agree, and of the result where it differs. */
const binaryFormats = {
  ...{ add: arithmetic, sub: arithmetic, mul: arithmetic, div: arithmetic, min: arithmetic, max: arithmetic },
  ...{ less: comparison, equal: comparison, and: [["mask"]] },
  ...{ iadd: integer, imul: integer, ixor: integer, ishl: integer, ishr: integer },
} as const satisfies Record<string, readonly [operand: readonly Fmt[], to?: Fmt]>;
