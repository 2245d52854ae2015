// Program text back into a Program: the inverse of compiler/program/text/print.ts. In: text. Out: a Program, not yet verified.
// Errors: `ir/parse` with line and column. Names of loops, lets, registers and scalars must be known where they are used,
// because what a name means, and its format, come from its definition.
import type { Buffer, Entry, Extent, Fmt, Index, Kernel, Program, Scalar, Stmt, Value } from "../program.ts";
import { isVector } from "../value.ts";
import { Cursor } from "./cursor.ts";
import { type Head, number, parseBuffer, parseEntry, parseKernelHead, parseScalar, pick } from "./heads.ts";
import { arities, binary, foldings, formats, impliedFmt, infix, laneNumbers, unary } from "./words.ts";

/** What a name stands for. */
export type Meaning = { readonly op: "scalar" | "loop" | "use" | "reg"; readonly fmt: Fmt };
/** Names that an expression may use. */
export type Scope = Map<string, Meaning>;

/** Throws CompileError `ir/parse` when the text is not what `printProgram` writes. */
export const parseProgram = (text: string): Program =>
  parseProgramWith(text, "program", (head, cursor, scope): Kernel => ({ ...head, body: parseBody(cursor, 1, scope) }));

/** The same for kernels of any stage; `rest` reads what stands under a kernel's first line, at depth 1. */
export function parseProgramWith<K>(
  text: string,
  word: string,
  rest: (head: Head & Pick<Kernel, "formals" | "by">, cursor: Cursor, scope: Scope) => K,
): Program<K> {
  const cursor = new Cursor(text);
  cursor.expect(word);
  const name = cursor.name("the program's name");
  cursor.endLine();
  const scalars: Scalar[] = [];
  const buffers: Buffer[] = [];
  const kernels: K[] = [];
  const entries: Entry[] = [];
  while (!cursor.starts(0, "end")) {
    if (cursor.starts(0, "scalar")) scalars.push(parseScalar(cursor));
    else if (cursor.starts(0, "buffer")) buffers.push(parseBuffer(cursor));
    else if (cursor.starts(0, "kernel")) kernels.push(rest(parseKernelHead(cursor), cursor, scopeOf(scalars)));
    else if (cursor.starts(0, "entry")) entries.push(parseEntry(cursor));
    else cursor.fail(`needed scalar, buffer, kernel, entry or end, found ${cursor.found()}`);
  }
  cursor.next();
  cursor.endLine();
  if (cursor.line !== undefined) cursor.fail(`needed nothing after end, found ${cursor.found()}`);
  return { name, scalars, buffers, kernels, entries };
}

const scopeOf = (scalars: readonly Scalar[]): Scope => new Map(scalars.map(({ name }) => [name, { op: "scalar", fmt: "i32" }]));

/** Statements at `depth`; a deeper line that no `for` asked for ends the body, and the caller rejects it. */
function parseBody(cursor: Cursor, depth: number, outer: Scope): Stmt[] {
  const scope: Scope = new Map(outer);
  const body: Stmt[] = [];
  while (cursor.line?.depth === depth) {
    if (cursor.starts(depth, "for")) body.push(parseFor(cursor, depth, scope));
    else body.push(parseAssignment(cursor, depth, scope));
  }
  return body;
}

function parseFor(cursor: Cursor, depth: number, scope: Scope): Stmt {
  cursor.next();
  const loop = cursor.name("the loop's name");
  cursor.expect("<");
  const to = parseExtent(cursor);
  const from = cursor.skip("from") ? parseFrom(cursor) : undefined;
  cursor.endLine();
  const body = parseBody(cursor, depth + 1, new Map(scope).set(loop, { op: "loop", fmt: "i32" }));
  return { do: "for", loop, ...(from === undefined ? {} : { from }), to, body };
}

function parseFrom(cursor: Cursor): NonNullable<(Stmt & { readonly do: "for" })["from"]> {
  const blocks = parseExtent(cursor);
  cursor.expect("*");
  return { blocks, size: cursor.integer("a block's size") };
}

/** A loop bound: `4`, `n`, `ceil(n/8)`, `floor(n/6)`. */
export function parseExtent(cursor: Cursor): Extent {
  if (cursor.token.kind === "number") return cursor.integer("a number");
  const down = cursor.skip("floor");
  if (!down && !cursor.skip("ceil")) return { scalar: cursor.name("a bound"), per: 1 };
  cursor.expect("(");
  const scalar = cursor.name("a scalar");
  cursor.expect("/");
  const per = cursor.integer("a divisor");
  cursor.expect(")");
  return down ? { scalar, per, round: "down" } : { scalar, per };
}

/** `where` lines, then a let, set or store. */
function parseAssignment(cursor: Cursor, depth: number, scope: Scope): Stmt {
  const values = new ValueParser(cursor, scope);
  values.where(depth);
  if (cursor.starts(depth, "let") || cursor.starts(depth, "set")) {
    const isLet = cursor.next().text === "let";
    const name = cursor.name("a name");
    const at = cursor.token;
    const fmt = cursor.skip(":") ? format(cursor) : "f64";
    cursor.expect("=");
    const value = values.parse();
    if (value.fmt !== fmt) cursor.fail(`${JSON.stringify(name)} is declared ${fmt}, its value is ${value.fmt}`, at);
    cursor.endLine();
    if (isLet || !scope.has(name)) scope.set(name, { op: isLet ? "use" : "reg", fmt });
    return isLet ? { do: "let", name, value } : { do: "set", reg: name, value };
  }
  if (!cursor.starts(depth, "store")) cursor.fail(`needed for, let, set, store or where, found ${cursor.found()}`);
  cursor.next();
  const buffer = cursor.name("a buffer");
  cursor.expect("[");
  const index = values.index();
  const at = cursor.token;
  const fmt = cursor.skip(":") ? format(cursor) : undefined;
  cursor.expect("=");
  const value = values.parse();
  if (fmt === undefined ? isVector(value.fmt) : value.fmt !== fmt)
    cursor.fail(`a store of ${fmt ?? "one element"} takes no ${value.fmt}`, at);
  cursor.endLine();
  return { do: "store", buffer, index, value };
}

function format(cursor: Cursor): Fmt {
  const at = cursor.token;
  return (
    pick(formats, cursor.name("a format")) ??
    cursor.fail(`needed one of ${formats.join(", ")}, found ${JSON.stringify(at.text)}`, at)
  );
}

/** Expressions over the names of a scope. */
export class ValueParser {
  readonly #shared = new Map<string, Value>();
  readonly #cursor: Cursor;
  readonly #scope: Scope;

  constructor(cursor: Cursor, scope: Scope) {
    this.#cursor = cursor;
    this.#scope = scope;
  }

  /** The `where` lines at a depth: shared terms by number. */
  where(depth: number): void {
    const cursor = this.#cursor;
    while (cursor.starts(depth, "where")) {
      cursor.next();
      const { text } = cursor.token.kind === "shared" ? cursor.next() : cursor.fail(`needed a %number, found ${cursor.found()}`);
      cursor.expect("=");
      this.#shared.set(text, this.parse());
      cursor.endLine();
    }
  }

  /** An expression whose infix operators bind at least `least`; all associate to the left. */
  parse(least = 0): Value {
    let left = this.#suffixed();
    for (;;) {
      const { kind, text } = this.#cursor.token;
      const found = kind === "sign" ? ops.find(([, [sign]]) => sign === text) : undefined;
      if (found === undefined || found[1][1] < least) return left;
      this.#cursor.next();
      left = implied({ op: found[0], a: left, b: this.parse(found[1][1] + 1), fmt: "f64" });
    }
  }

  #suffixed(): Value {
    const value = this.#primary();
    if (!this.#cursor.skip(":")) return value;
    const fmt = format(this.#cursor);
    return value.op === "const" && (fmt === "f32" || fmt === "f32x4")
      ? { ...value, value: Math.fround(value.value), fmt }
      : { ...value, fmt };
  }

  #primary(): Value {
    const cursor = this.#cursor;
    const { kind, text } = cursor.token;
    if (kind === "number" || (kind === "sign" && text === "-") || (kind === "name" && (text === "inf" || text === "nan"))) {
      return { op: "const", value: number(cursor), fmt: "f64" };
    }
    if (kind === "shared") return this.#shared.get(cursor.next().text) ?? cursor.fail(`no where line defines ${text}`);
    if (cursor.skip("(")) {
      const value = this.parse();
      cursor.expect(")");
      return value;
    }
    const at = cursor.token;
    const name = cursor.name("a value");
    if (cursor.skip("[")) return { op: "load", buffer: name, index: this.index(), fmt: "f32" };
    if (kind === "name" && cursor.skip("(")) return this.#call(name, at);
    // A name of its own is quoted.
    if (kind === "name" && name === "acc") return { op: "acc", fmt: "f64" };
    const meaning = this.#scope.get(name) ?? cursor.fail(`${JSON.stringify(name)} is not defined here`, at);
    return { op: meaning.op, name, fmt: meaning.fmt };
  }

  #call(name: string, at: Cursor["token"]): Value {
    const args = [this.parse()];
    while (this.#cursor.skip(",")) args.push(this.parse());
    this.#cursor.expect(")");
    const count = arities.get(name) ?? this.#cursor.fail(`there is no operation ${JSON.stringify(name)}`, at);
    if (args.length !== count)
      this.#cursor.fail(`${name} takes ${count} ${count === 1 ? "operand" : "operands"}, found ${args.length}`, at);
    const [a, b, c, d] = args;
    const fmt = pick(formats, name);
    const one = pick(unary, name);
    const two = pick(binary, name);
    const how = foldings.find((how) => name === `across.${how}`);
    if (fmt !== undefined) return { op: "convert", a, fmt };
    if (one !== undefined) return implied({ op: one, a, fmt: "f64" });
    if (two !== undefined) return implied({ op: two, a, b, fmt: "f64" });
    if (how !== undefined) return { op: "across", how, a, fmt: "f32" };
    for (const lane of laneNumbers) if (name === `extract.${lane}`) return { op: "extract", lane, a, fmt: "f32" };
    if (name === "madd") return { op: "madd", a, b, c, fmt: a.fmt };
    if (name === "select") return { op: "select", mask: a, a: b, b: c, fmt: b.fmt };
    return implied({ op: "lanes", items: [a, b, c, d], fmt: "f64" });
  }

  /** After `[`: signed terms `3*i`, numbers, and at most one `row(value, limit)*stride`; through `]`. */
  index(): Index {
    const cursor = this.#cursor;
    let base = 0;
    let row: Index["row"];
    const terms: (readonly [string, number])[] = [];
    let sign = cursor.skip("-") ? -1 : 1;
    for (;;) {
      if (row === undefined && cursor.skip("row")) {
        cursor.expect("(");
        const index = this.parse();
        cursor.expect(",");
        const limit = cursor.integer("a number of rows");
        cursor.expect(")");
        cursor.expect("*");
        row = { index, limit, stride: sign * cursor.integer("a stride") };
      } else if (cursor.token.kind === "number") {
        const count = sign * cursor.integer("a number");
        if (cursor.skip("*")) terms.push([cursor.name("a loop"), count]);
        else base += count;
      } else {
        terms.push([cursor.name("a loop or a number"), sign]);
      }
      if (cursor.skip("]")) return row === undefined ? { base, terms } : { base, terms, row };
      if (cursor.skip("+")) sign = 1;
      else if (cursor.skip("-")) sign = -1;
      else cursor.fail(`needed +, - or ], found ${cursor.found()}`);
    }
  }
}

const ops = Object.entries(infix) as [keyof typeof infix, (typeof infix)[keyof typeof infix]][];
/** The value with the format its operands give it. */
const implied = (value: Value): Value => ({ ...value, fmt: impliedFmt(value, new Map()) });
