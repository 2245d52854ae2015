// Kernels as JavaScript functions. In: a Kernel and where its buffers live. Out: the function's text, with the bits of the
// Program: f32 ops are wrapped in fround, f64 ops are plain, stores into a Float32Array round. Values used once stand inline,
// the rest are consts; a value is moved past a store or an assignment only when it reads neither memory nor registers.
import { internal } from "../../diagnostics/error.ts";
import { isZeroOnce } from "../../program/known.ts";
import type { Extent, Index, Kernel, Stmt, Value } from "../../program/program.ts";
import { isVector } from "../../program/value.ts";
import { rootsOf } from "../../program/walk.ts";
import {
  boolean,
  braces,
  Code,
  call,
  commas,
  element,
  infix,
  js,
  lines,
  literal,
  Name,
  Names,
  prefix,
  ternary,
} from "../code.ts";
import { type Marks, StatementMarks } from "../marks.ts";
import type { Helpers, Location } from "../module/helpers.ts";
import { localWords } from "../module/words.ts";
import { isShort, type LetUse, sharedIn, type Usage, usageOf } from "../usage.ts";
import { Addresses, bounded } from "./address.ts";
import { exponentOf, powerOfTwo } from "./bits.ts";
import { keeping } from "./extremes.ts";
import { binary, converted } from "./infixes.ts";

export interface KernelSite {
  readonly helpers: Helpers;
  readonly place: (buffer: string) => Location;
  readonly params: readonly Name[];
  /** Those of them that say where in an array a buffer starts. */
  readonly starts?: readonly Name[];
  readonly scalar: (name: string) => Name;
  readonly marks?: Marks | undefined;
}

/** `function id(params) { … }` under a comment line per origin. */
export function emitKernel(kernel: Kernel, id: Name, site: KernelSite): Code {
  const body = new Printer(kernel, site).body(kernel.body);
  return braces(js`function ${id}(${commas(site.params)})`, lines(...bounded(site.starts ?? []), ...body));
}

// Longer text than this gets a name of its own: parsers and minifiers recurse, and so do readers.
const longest = 200;

interface Pending {
  readonly statement: Stmt;
  readonly value: Value;
}

class Printer {
  readonly #site: KernelSite;
  readonly #usage: Usage;
  readonly #locals: Names;
  readonly #ids = new Map<string, Name>();
  /** Lets waiting for their only use. */
  readonly #pending = new Map<string, Pending>();
  readonly #addresses: Addresses;
  readonly #registers: Set<string>[] = [];
  readonly #marks: StatementMarks;
  #out: Code[] = [];
  #shared: ReadonlySet<Value> = new Set();
  #named = new Map<Value, Name>();

  constructor(kernel: Kernel, site: KernelSite) {
    this.#site = site;
    this.#usage = usageOf(kernel);
    this.#marks = new StatementMarks(site.marks, kernel.formals);
    this.#locals = new Names(
      site.params.map(({ text }) => text),
      site.helpers.names,
      localWords,
    );
    this.#addresses = new Addresses(
      this.#locals,
      (loop) => this.#id("loop", loop),
      (buffer) => site.place(buffer).base,
    );
  }

  body(statements: readonly Stmt[]): Code[] {
    const before = this.#out;
    this.#out = [];
    this.#registers.push(new Set());
    const outer = new Set(this.#pending.keys());
    for (const statement of statements) this.#statement(statement);
    // What still waits was for a value that nothing uses.
    for (const id of [...this.#pending.keys()]) if (!outer.has(id)) this.#pending.delete(id);
    this.#registers.pop();
    const made = this.#out;
    this.#out = before;
    return made;
  }

  #statement(statement: Stmt): void {
    switch (statement.do) {
      case "for":
        this.#for(statement);
        return;
      case "let": {
        const uses = this.#usage.lets.get(statement);
        if (uses === undefined || uses.count === 0) return;
        if (uses.count === 1 && !uses.insideLoop && isShort(statement.value))
          this.#pending.set(statement.name, { statement, value: statement.value });
        else this.#declare(statement.name, statement.value);
        return;
      }
      case "set": {
        const value = this.#root(statement.value);
        this.#flush(({ reads }) => reads.registers.has(statement.reg));
        const known = this.#registers.some((scope) => scope.has(statement.reg));
        if (!known) this.#registers[this.#registers.length - 1].add(statement.reg);
        const id = this.#id("reg", statement.reg);
        this.#out.push(this.#marks.done(known ? js`${id} = ${value};` : js`let ${id} = ${value};`));
        return;
      }
      case "store": {
        this.#begin(rootsOf(statement));
        const value = this.#value(statement.value, this.#site.place(statement.buffer).doubles === true);
        const to = this.#element(statement.buffer, statement.index);
        this.#flush(({ reads }) => reads.memory);
        this.#out.push(this.#marks.done(js`${to} = ${value};`, { written: statement.buffer }));
      }
    }
  }

  #for({ loop, from, to, body }: Stmt & { readonly do: "for" }): void {
    this.#flush(({ reads }) => reads.memory || reads.registers.size > 0);
    const id = this.#id("loop", loop);
    const start = from === undefined ? literal(0) : infix(this.#extent(from.blocks, "blocks"), "*", literal(from.size));
    const end = this.#extent(to, "end");
    this.#addresses.within(
      loop,
      body,
      (part) => this.#out.push(part),
      () => this.#out.push(braces(js`for (let ${id} = ${start}; ${id} < ${end}; ${id}++)`, lines(...this.body(body)))),
    );
  }

  #extent(extent: Extent, stem: string): Code | Name {
    if (typeof extent === "number") return literal(extent);
    const { scalar, per, round } = extent;
    const count = this.#site.scalar(scalar);
    if (per === 1) return count;
    const id = this.#locals.unique(stem);
    const raised = round === "down" ? count : infix(count, "+", literal(per - 1));
    this.#out.push(js`const ${id} = ${infix(infix(raised, "/", literal(per)), "|", literal(0))};`);
    return id;
  }

  #element(buffer: string, index: Index): Code {
    const { array, base } = this.#site.place(buffer);
    let at = this.#addresses.of(index, base);
    if (index.row !== undefined) at = this.#plusRow(at, index.row);
    return element(array, at);
  }

  /** Between the bounds, `| 0` is floor; NaN becomes 0. */
  #plusRow(at: Code | Name, { index, limit, stride }: NonNullable<Index["row"]>): Code {
    const { math } = this.#site.helpers;
    const clamped = call(math("max"), literal(0), call(math("min"), this.#value(index), literal(limit - 1)));
    const whole = infix(clamped, "|", literal(0));
    const row = stride === 1 ? whole : infix(literal(stride), "*", whole);
    return at instanceof Code && at.text === "0" ? row : infix(at, "+", row);
  }

  #root(value: Value): Code | Name {
    this.#begin([value]);
    return this.#value(value);
  }

  #begin(roots: readonly Value[]): void {
    this.#shared = sharedIn(roots);
    this.#named = new Map();
  }

  #declare(letName: string, value: Value): void {
    this.#marks.apart(() => {
      const code = this.#root(value);
      this.#out.push(this.#marks.done(js`const ${this.#id("use", letName)} = ${code};`, { named: letName }));
    });
  }

  /** Writes out waiting lets that must not move further, in their order, each after those it uses. */
  #flush(must: (use: LetUse) => boolean): void {
    for (const [id, { statement, value }] of [...this.#pending]) {
      const uses = this.#usage.lets.get(statement);
      if (uses === undefined || !this.#pending.has(id) || !must(uses)) continue;
      this.#pending.delete(id);
      this.#declare(id, value);
    }
  }

  #id(kind: "use" | "reg" | "loop", ir: string): Name {
    const key = `${kind} ${ir}`;
    const known = this.#ids.get(key);
    if (known !== undefined) return known;
    const made = this.#locals.unique(ir);
    this.#ids.set(key, made);
    return made;
  }

  /** `rounded: false`: the place it goes to is a Float32Array, which rounds; so the outermost rounding may be left out. */
  #value(value: Value, rounded = true): Code | Name {
    const known = this.#named.get(value);
    if (known !== undefined) return known;
    const code = this.#node(value, rounded);
    return this.#shared.has(value) || code.text.length > longest ? this.#name(value, code) : code;
  }

  #name(value: Value, code: Code | Name): Name {
    const id = this.#locals.unique("t");
    this.#out.push(js`const ${id} = ${code};`);
    this.#named.set(value, id);
    return id;
  }

  #node(value: Value, rounded: boolean): Code | Name {
    const { helpers, scalar } = this.#site;
    const round = (code: Code | Name): Code | Name =>
      value.fmt === "f32" && (rounded || this.#shared.has(value)) ? call(helpers.math("fround"), code) : code;
    if (isVector(value.fmt)) return internal(`${value.op} gives ${value.fmt}; a js kernel computes scalars`);
    switch (value.op) {
      case "const":
        return value.fmt === "mask" ? boolean(value.value !== 0) : literal(value.fmt === "i32" ? value.value | 0 : value.value);
      case "scalar":
        return scalar(value.name);
      case "loop":
      case "reg":
        return this.#id(value.op, value.name);
      case "use": {
        const waiting = this.#pending.get(value.name);
        if (waiting === undefined) return this.#id("use", value.name);
        this.#pending.delete(value.name);
        this.#marks.inside(value.name);
        this.#shared = new Set([...this.#shared, ...sharedIn([waiting.value])]);
        return this.#value(waiting.value);
      }
      case "load":
        this.#marks.read(value.buffer);
        return this.#element(value.buffer, value.index);
      case "madd": {
        const product = infix(this.#value(value.a), "*", this.#value(value.b));
        const c = this.#value(value.c);
        // IEEE addition commutes, so the sum comes first and a chain needs no parentheses.
        return value.fmt === "f32" ? round(infix(c, "+", call(helpers.math("fround"), product))) : infix(c, "+", product);
      }
      case "select":
        return ternary(this.#value(value.mask), this.#value(value.a), this.#value(value.b));
      case "neg":
        return prefix("-", this.#value(value.a));
      case "not":
        return prefix("!", this.#value(value.a));
      case "sqrt":
        return round(call(helpers.math("sqrt"), this.#value(value.a)));
      case "floor":
      case "abs":
        return call(helpers.math(value.op), this.#value(value.a));
      case "convert":
        return converted(value.a, value.fmt, this.#value(value.a), round);
      case "pow2":
        // Of doubles there is a table.
        return value.fmt === "f64"
          ? element(helpers.pow2(), infix(this.#value(value.a), "+", literal(252)))
          : powerOfTwo(helpers, this.#value(value.a));
      case "exponent":
        return exponentOf(helpers, this.#value(value.a, false));
      case "acc":
        return internal("acc stands in a nest only");
      case "lanes":
      case "across":
      case "extract":
      case "splat":
        return internal(`${value.op} is for vectors; a js kernel computes scalars`);
      case "most":
      case "least":
        if (isZeroOnce(value.a, value.b))
          return call(helpers.math(value.op === "most" ? "max" : "min"), this.#value(value.a), this.#value(value.b));
        return keeping(value.op, value, this.#word(value.a), this.#word(value.b));
      default:
        return binary(helpers, value.op, value.fmt, this.#value(value.a), this.#value(value.b), round);
    }
  }

  /** A value as a name or a literal, for text that says it more than once. */
  #word(value: Value): Code | Name {
    const code = this.#value(value);
    return code instanceof Name || value.op === "const" ? code : this.#name(value, code);
  }
}
