// Programs as text that compiler/program/text/parse.ts reads back. In: a Program, a Kernel, a Nest or a Value, sound or not.
// Out: text; equal Programs give equal text, and a verified Program comes back with equal structure.
// A format is written where it does not follow from the operands: `0:f32`, `set a0:f32 = …`, `pow2(k):f32`; plain is f64.
// A load of four elements is `x[8*i]:f32x4`, a store of four `store y[8*i]:f32x4 = …`.
// A subterm that one statement uses several times, and that is not small, stands in `where` lines above it.

import { indented, type Line, line, type Of, reads, textOf } from "../../base/lines.ts";
import { callOf } from "../calls.ts";
import type { Buffer, Entry, Extent, Fmt, Formal, Index, Kernel, Program, Stmt, Value } from "../program.ts";
import { isVector } from "../value.ts";
import { operandsOf, rootsOf } from "../walk.ts";
import { impliedFmt, infix, isInfix, quote } from "./words.ts";

/** The whole Program; the last line `end` shows that nothing was cut off. */
export const printProgram = (program: Program): string => textOf(programLines(program));

/** The same as lines; each of a kernel's is of the buffers that it reads and writes, and of the kernel. */
export const programLines = (program: Program): readonly Line[] =>
  programLinesWith(program, "program", (kernel) => kernelLines(kernel));

/** The same for kernels of any stage; `word` opens the text. */
export const programLinesWith = <K extends Head>(
  program: Program<K>,
  word: string,
  linesOf: (kernel: K) => readonly Line[],
): readonly Line[] => [
  line(`${word} ${quote(program.name)}`),
  ...program.scalars.map(({ name, min, max }) => line(`scalar ${quote(name)} ${min}..${max}`)),
  ...program.buffers.map((buffer) => line(printBuffer(buffer), "buffer", [buffer.name])),
  ...program.kernels.flatMap((kernel) => ofKernel(kernel, linesOf(kernel))),
  ...program.entries.flatMap(entryLines),
  line("end"),
];

/** What a kernel calls a formal is no buffer of the Program. */
function ofKernel({ name, formals = [] }: Head, lines: readonly Line[]): readonly Line[] {
  const own = new Set(formals.map((formal) => formal.name));
  const kernel: Of = { kind: "kernel", name };
  return lines.map(({ text, of }) => ({
    text,
    of: [...of.filter((one) => one.kind !== "buffer" || !own.has(one.name)), kernel],
  }));
}

/** One kernel; `note` stands under the statement it is about, and far statements are left out around it. */
export function printKernel(kernel: Kernel, note?: { readonly at: Stmt; readonly message: string }): string {
  const lines = kernelLines(kernel, note).map(({ text }) => text);
  const place = note === undefined ? -1 : lines.findIndex((line) => line.includes(noteMark));
  if (place < 0 || lines.length <= 40) return lines.join("\n").replace(noteMark, "^ ");
  const shown = lines.filter((_, i) => i === 0 || Math.abs(i - place) <= 12 || i === lines.length - 1);
  return shown.join("\n").replace(noteMark, "^ ");
}
/** Cannot stand in printed names, which are quoted. */
const noteMark = "\u0000";

function printBuffer({ name, role, at, length, initial }: Buffer): string {
  return `buffer ${quote(name)} ${role} @${at} [${length}]${initial === undefined ? "" : ` = ${printNumber(initial, "f64")}`}`;
}

function entryLines({ name, rows, inputs, outputs, calls }: Entry): Line[] {
  return [
    line(`entry ${quote(name)} rows ${rows}`),
    ...inputs.map(([port, buffer]) => line(`  in ${quote(port)} = ${quote(buffer)}`, "buffer", [buffer])),
    ...outputs.map(([port, buffer]) => line(`  out ${quote(port)} = ${quote(buffer)}`, "buffer", [buffer])),
    ...calls.map(({ kernel, buffers = [], origin = "" }, i): Line => {
      const text = `  call ${quote(kernel)}${inParentheses(buffers.map(quote))}${fromLayers(origin)}`;
      return { text, of: [...callOf(name, i, kernel), ...reads(buffers)] };
    }),
  ];
}

/** Nothing where there is nothing to put in. */
const inParentheses = (list: readonly string[]): string => (list.length === 0 ? "" : `(${list.join(", ")})`);

/** What stands in the first line of a kernel or nest. */
interface Head {
  readonly name: string;
  readonly origin: string;
  readonly formals?: readonly Formal[];
}
/** `kernel dense(x[4], y[8]) from "layers[0] dense"`. */
export function headLine(word: string, { name, origin, formals = [] }: Head): string {
  const list = inParentheses(formals.map((formal) => `${quote(formal.name)}[${formal.length}]`));
  return `${word} ${quote(name)}${list}${fromLayers(origin)}`;
}
const fromLayers = (origin: string): string => (origin === "" ? "" : ` from ${JSON.stringify(origin)}`);

function kernelLines(kernel: Kernel, note?: { readonly at: Stmt; readonly message: string }): Line[] {
  const by = kernel.by === undefined ? "" : ` by ${JSON.stringify(kernel.by)}`;
  const lines = [line(headLine("kernel", kernel) + by)];
  const walk = (body: readonly Stmt[], indent: string, scope: ReadonlyMap<string, Fmt>): void => {
    const names = new Map(scope);
    for (const stmt of body) {
      lines.push(...stmtLines(stmt, names).map((one) => indented(indent, one)));
      if (note?.at === stmt) lines.push(line(`${indent}${noteMark}${note.message}`));
      if (stmt.do === "for") walk(stmt.body, `${indent}  `, names);
      if (stmt.do === "let") names.set(stmt.name, stmt.value.fmt);
      if (stmt.do === "set" && !names.has(stmt.reg)) names.set(stmt.reg, stmt.value.fmt);
    }
  };
  walk(kernel.body, "  ", new Map());
  return lines;
}

/** A statement's line, below what it says more than once. */
function stmtLines(stmt: Stmt, names: ReadonlyMap<string, Fmt>): readonly Line[] {
  if (stmt.do === "for") return [line(`for ${quote(stmt.loop)} < ${printExtent(stmt.to)}${printFrom(stmt.from)}`)];
  const values = new ValuePrinter(rootsOf(stmt), names);
  const value = values.print(stmt.value);
  const as = stmt.value.fmt === "f64" ? "" : `:${stmt.value.fmt}`;
  switch (stmt.do) {
    case "let": {
      const { text, of } = values.line(`let ${quote(stmt.name)}${as} = ${value}`);
      return [...values.where, { text, of: [{ kind: "let", name: stmt.name }, ...of] }];
    }
    case "set":
      return [...values.where, values.line(`set ${quote(stmt.reg)}${as} = ${value}`)];
    case "store": {
      const to = `store ${quote(stmt.buffer)}${values.index(stmt.index)}${isVector(stmt.value.fmt) ? as : ""}`;
      return [...values.where, values.line(`${to} = ${value}`, [stmt.buffer])];
    }
  }
}

/** A loop bound: `4`, `n`, `ceil(n/8)`, `floor(n/6)`. */
export function printExtent(extent: Extent): string {
  if (typeof extent === "number") return String(extent);
  const { scalar, per, round } = extent;
  if (round === "down") return `floor(${quote(scalar)}/${per})`;
  return per === 1 ? quote(scalar) : `ceil(${quote(scalar)}/${per})`;
}

/** Where a loop starts that does not start at 0: ` from floor(n/6)*6`. */
const printFrom = (from: (Stmt & { readonly do: "for" })["from"]): string =>
  from === undefined ? "" : ` from ${printExtent(from.blocks)}*${from.size}`;

/** One Value on one line, `where` lines above it. */
export function printValue(value: Value): string {
  const values = new ValuePrinter([value], new Map());
  const text = values.print(value);
  return [...values.where.map((one) => one.text), text].join("\n");
}

/** A shared term of more nodes than this gets a `where` line. */
const small = 3;

/** Values as text; what they share goes to `where` lines. */
export class ValuePrinter {
  readonly where: Line[] = [];
  /** Buffers that are read in what was printed since the last line. */
  #read: string[] = [];
  readonly #names: ReadonlyMap<string, Fmt>;
  readonly #shared: ReadonlySet<Value>;
  readonly #known = new Map<Value, string>();

  constructor(roots: readonly Value[], names: ReadonlyMap<string, Fmt>) {
    this.#names = names;
    this.#shared = sharedTerms(roots);
  }

  /** A line over what was printed since the last one, which also writes to `written`. */
  line(text: string, written: readonly string[] = []): Line {
    const of = [...line("", "buffer", written).of, ...reads(this.#read.filter((name) => !written.includes(name)))];
    this.#read = [];
    return { text, of };
  }

  /** The text of a value; parenthesised where it binds less than `least`. */
  print(value: Value, least = 0): string {
    if (!this.#shared.has(value)) return this.#plain(value, least);
    let name = this.#known.get(value);
    if (name === undefined) {
      // Its line is of what it reads itself.
      const before = this.#read;
      this.#read = [];
      const text = this.#plain(value, 0);
      name = `%${this.#known.size + 1}`;
      this.#known.set(value, name);
      this.where.push(this.line(`where ${name} = ${text}`));
      this.#read = before;
    }
    return name;
  }

  #plain(value: Value, least: number): string {
    const implied = impliedFmt(value, this.#names);
    const suffix = value.fmt === implied ? "" : `:${value.fmt}`;
    if (!isInfix(value.op) || !("b" in value)) return this.#atom(value) + suffix;
    const [sign, binds] = infix[value.op];
    const text = `${this.print(value.a, binds)} ${sign} ${this.print(value.b, binds + 1)}`;
    return suffix !== "" || binds < least ? `(${text})${suffix}` : text;
  }

  #atom(value: Value): string {
    switch (value.op) {
      case "const":
        return printNumber(value.value, value.fmt);
      case "scalar":
      case "loop":
      case "use":
      case "reg":
        return quote(value.name);
      case "acc":
        return "acc";
      case "load":
        this.#read.push(value.buffer);
        return quote(value.buffer) + this.index(value.index);
      case "convert":
        return `${value.fmt}(${this.print(value.a)})`;
      case "across":
        return `across.${value.how}(${this.print(value.a)})`;
      case "extract":
        return `extract.${value.lane}(${this.print(value.a)})`;
      default:
        return `${value.op}(${operandsOf(value).map((operand) => this.print(operand)).join(", ")})`; // biome-ignore format: one call
    }
  }

  /** `[i + 4*k + 3 + row(index, limit)*stride]`. */
  index({ base, terms, row }: Index): string {
    const parts = terms.map(([name, stride]) => `${Math.abs(stride) === 1 ? "" : `${Math.abs(stride)}*`}${quote(name)}`);
    const signs = terms.map(([, stride]) => stride < 0);
    if (base !== 0 || (terms.length === 0 && row === undefined)) {
      parts.push(String(Math.abs(base)));
      signs.push(base < 0);
    }
    if (row !== undefined) {
      parts.push(`row(${this.print(row.index)}, ${row.limit})*${Math.abs(row.stride)}`);
      signs.push(row.stride < 0);
    }
    return `[${parts.map((part, i) => (i === 0 ? (signs[0] ? `-${part}` : part) : ` ${signs[i] ? "-" : "+"} ${part}`)).join("")}]`;
  }
}

/** Terms with more than one user that are not small when written out. */
function sharedTerms(roots: readonly Value[]): Set<Value> {
  const sizes = new Map<Value, number>();
  const shared = new Set<Value>();
  const visit = (value: Value): number => {
    const known = sizes.get(value);
    if (known !== undefined) {
      if (known > small) shared.add(value);
      return known;
    }
    const size = operandsOf(value).reduce((sum, operand) => sum + visit(operand), 1);
    sizes.set(value, size);
    return size;
  };
  for (const root of roots) visit(root);
  return shared;
}

/** Shortest decimal that reads back as the same number of the format; `nan`, `inf` and `-0` are numbers too. */
export function printNumber(value: number, fmt: Fmt): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value < 0 ? "-inf" : "inf";
  if (Object.is(value, -0)) return "-0";
  if ((fmt === "f32" || fmt === "f32x4") && Math.fround(value) === value) {
    // Nine digits tell any two float32s apart.
    for (let digits = 1; digits <= 9; digits++) {
      const text = String(Number(value.toPrecision(digits)));
      if (Math.fround(Number(text)) === value) return text;
    }
  }
  return String(value);
}
