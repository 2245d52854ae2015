// Random verified Programs for the laws of text and verifier. Out: a Program that is legal but computes nothing sensible;
// every op, format, statement, role, extent and index form occurs, names are hostile, and subterms are shared.
import fc from "fast-check";
import { type Random, random } from "../../compiler/base/random.ts";
import type { Buffer, Call, Extent, Fmt, Index, Kernel, Program, Role, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";

/** Programs of up to `size` statements per kernel; a failing seed names itself. */
export const programs = (size = 8): fc.Arbitrary<Program> =>
  fc
    .tuple(fc.integer({ min: 0, max: 2 ** 30 }), fc.integer({ min: 1, max: size }))
    .map(([seed, most]) => programFrom(seed, most));

const hostile = [
  "x",
  "a b",
  'say "hi"',
  "new\nline",
  "*/",
  // biome-ignore lint/suspicious/noTemplateCurlyInString: a hostile name
  "${x}",
  "__proto__",
  "f32",
  "row",
  "%1",
  "#",
  "é",
  "\u2028",
  "\\",
  "for",
  "n.0",
];

const roles = ["input", "const", "param", "output", "state", "arena", "arena"] as const satisfies readonly Role[];

type Named = { readonly name: string; readonly fmt: Fmt };
interface Scope {
  readonly loops: readonly { readonly name: string; readonly first: number; readonly last: number }[];
  readonly lets: readonly Named[];
  readonly regs: readonly Named[];
}

export function programFrom(seed: number, most: number): Program {
  const r = random(seed);
  let count = 0;
  const fresh = (prefix: string): string => (r.integer(0, 3) === 0 ? `${r.pick(hostile)}${count++}` : `${prefix}${count++}`);
  const scalars = ["n", fresh("s")].map((name) => {
    const min = r.integer(1, 9);
    return { name, min, max: r.integer(min, 9) };
  });
  let end = 0;
  const buffers = roles.map((role): Buffer => {
    // A vector needs a buffer to come from and one to go to.
    const length = r.integer(role === "input" || role === "output" ? 4 : 1, 40);
    const at = end;
    // The last one may overlap the arena buffer before it.
    end += role === "arena" ? r.integer(0, length) : length;
    return {
      name: fresh(role),
      at,
      length,
      role,
      ...(role === "state" && r.integer(0, 1) === 1 ? { initial: r.uniform() - 0.5 } : {}),
    };
  });
  const make = new KernelMaker(r, buffers, scalars, fresh);
  const made = Array.from({ length: r.integer(0, 3) }, () => make.kernel(most));
  const kernels = made.map(({ kernel }) => kernel);
  const written = buffers.filter(({ role }) => role === "output");
  const entry = {
    name: fresh("predict"),
    rows: r.pick([1, 24, "n"] as const),
    // A kernel may be called twice.
    calls: made.flatMap(({ call }) => (r.integer(0, 3) === 0 ? [call, call] : [call])),
    inputs: [[fresh("port"), buffers[0].name]] as const,
    outputs: written.map(({ name }) => [fresh("port"), name] as const),
  };
  return { name: fresh("program"), scalars, buffers, kernels, entries: r.integer(0, 3) === 0 ? [] : [entry] };
}

class KernelMaker {
  readonly #r: Random;
  #buffers: readonly Buffer[];
  readonly #scalars: Program["scalars"];
  readonly #fresh: (prefix: string) => string;
  /** Values already made for the statement at work: they may be used again. */
  #pool: Value[] = [];

  constructor(r: Random, buffers: readonly Buffer[], scalars: Program["scalars"], fresh: (prefix: string) => string) {
    this.#r = r;
    this.#buffers = buffers;
    this.#scalars = scalars;
    this.#fresh = fresh;
  }

  /** Some buffers are formals of it, and the call gives those buffers; a formal may hide a buffer of its name. */
  kernel(most: number): { kernel: Kernel; call: Call } {
    const r = this.#r;
    const origins = ["", 'layers[0] dense "a"', "*/ \n `"];
    const all = this.#buffers;
    const given = r.integer(0, 1) === 0 ? [] : all.filter(() => r.integer(0, 2) === 0);
    const names = new Map(given.map(({ name }) => [name, r.integer(0, 3) === 0 ? name : this.#fresh("formal")]));
    this.#buffers = all.map((buffer) => ({ ...buffer, name: names.get(buffer.name) ?? buffer.name }));
    const body = this.#body(most, { loops: [], lets: [], regs: [] });
    this.#buffers = all;
    const formals = given.map(({ name, length }) => ({ name: names.get(name) ?? name, length }));
    const kernel = {
      name: this.#fresh("kernel"),
      origin: r.pick(origins),
      ...r.pick([{}, { by: "columns: i x 8" }]),
      ...(given.length === 0 ? {} : { formals }),
      body,
    };
    const buffers = given.map(({ name }) => name);
    const origin = r.pick(origins);
    const call = { kernel: kernel.name, ...(given.length === 0 ? {} : { buffers }), ...(origin === "" ? {} : { origin }) };
    return { kernel, call };
  }

  #body(most: number, outer: Scope): Stmt[] {
    const body: Stmt[] = [];
    let scope = outer;
    for (let left = this.#r.integer(1, most); left > 0; left--) {
      this.#pool = [];
      const fmt = this.#r.pick<Fmt>(["f64", "f64", "f32", "i32", "mask", "f32x4", "f32x4", "i32x4", "maskx4"]);
      const known = this.#r.pick([...scope.regs, undefined]);
      switch (this.#r.pick(["for", "let", "set", "store"] as const)) {
        case "for": {
          const loop = this.#fresh("i");
          const to = this.#extent();
          const from = this.#r.integer(0, 2) === 0 ? { blocks: this.#extent(), size: this.#r.integer(1, 3) } : undefined;
          const first = from === undefined ? 0 : this.#bound(from.blocks, "min") * from.size;
          const last = Math.max(this.#bound(to, "max") - 1, first);
          const inner = { ...scope, loops: [...scope.loops, { name: loop, first, last }] };
          const stmts = most > 1 ? this.#body(most - 1, inner) : [];
          body.push({ do: "for", loop, ...(from === undefined ? {} : { from }), to, body: stmts });
          break;
        }
        case "let": {
          const name = this.#fresh("t");
          body.push({ do: "let", name, value: this.#value(fmt, 4, scope) });
          scope = { ...scope, lets: [...scope.lets, { name, fmt }] };
          break;
        }
        case "set": {
          const reg = known ?? { name: this.#fresh("a"), fmt };
          body.push({ do: "set", reg: reg.name, value: this.#value(reg.fmt, 4, scope) });
          if (known === undefined) scope = { ...scope, regs: [...scope.regs, reg] };
          break;
        }
        case "store": {
          const value = this.#value(this.#r.pick(["f32", "f64", "f32x4"]), 5, scope);
          body.push({ do: "store", ...this.#place(["output", "state", "arena"], value.fmt, scope), value });
        }
      }
    }
    return body;
  }

  #extent(): Extent {
    if (this.#r.integer(0, 1) === 0) return this.#r.integer(1, 7);
    const extent = { scalar: this.#r.pick(this.#scalars).name, per: this.#r.pick([1, 1, 3]) };
    return this.#r.integer(0, 2) === 0 ? { ...extent, round: "down" } : extent;
  }

  #bound(extent: Extent, end: "min" | "max"): number {
    if (typeof extent === "number") return extent;
    const blocks = (this.#scalars.find(({ name }) => name === extent.scalar)?.[end] ?? 0) / extent.per;
    return extent.round === "down" ? Math.floor(blocks) : Math.ceil(blocks);
  }

  /** Where a value of the format is loaded from or stored to. */
  #place(roles: readonly Role[], fmt: Fmt, scope: Scope): { buffer: string; index: Index } {
    const count = v.isVector(fmt) ? 4 : 1;
    const { name, length } = this.#r.pick(
      this.#buffers.filter((buffer) => buffer.length >= count && roles.includes(buffer.role)),
    );
    return { buffer: name, index: this.#index(length - count, scope) };
  }

  /** An address in 0..room: spends it on strides, negative ones from the far end. */
  #index(most: number, scope: Scope): Index {
    let room = most;
    let base = 0;
    const spend = (first: number, last: number): number => {
      const size = this.#r.integer(0, last === first ? 9 : Math.floor(room / (last - first)));
      room -= size * (last - first);
      const stride = size === 0 || this.#r.integer(0, 3) > 0 ? size : -size;
      base -= stride * (stride < 0 ? last : first);
      return stride;
    };
    const terms = scope.loops
      .filter(() => this.#r.integer(0, 1) === 0)
      .map(({ name, first, last }) => [name, spend(first, last)] as const)
      .filter(([, stride]) => stride !== 0);
    const limit = this.#r.integer(1, 5);
    const row =
      this.#r.integer(0, 3) === 0 ? { index: this.#value("f64", 1, scope), limit, stride: spend(0, limit - 1) } : undefined;
    base += this.#r.integer(0, room);
    return { base: base + 0, terms, ...(row === undefined ? {} : { row }) };
  }

  #value(fmt: Fmt, depth: number, scope: Scope): Value {
    const r = this.#r;
    const again = this.#pool.filter((value) => value.fmt === fmt);
    if (again.length > 0 && r.integer(0, 3) === 0) return r.pick(again);
    const made = depth === 0 || r.integer(0, 5) === 0 ? this.#leaf(fmt, scope) : this.#node(fmt, depth - 1, scope);
    this.#pool.push(made);
    return made;
  }

  #leaf(fmt: Fmt, scope: Scope): Value {
    const r = this.#r;
    const names: Value[] = [
      ...scope.lets.filter((named) => named.fmt === fmt).map(({ name }): Value => ({ op: "use", name, fmt })),
      ...scope.regs.filter((named) => named.fmt === fmt).map(({ name }): Value => ({ op: "reg", name, fmt })),
    ];
    if (names.length > 0 && r.integer(0, 1) === 0) return r.pick(names);
    if (fmt === "mask") return v.less(this.#leaf("f64", scope), v.lit(0, "f64"));
    if (fmt === "maskx4") return v.equal(this.#leaf("f32x4", scope), v.lit(0, "f32x4"));
    if (fmt === "i32x4") return v.lit(r.integer(-5, 5), "i32x4");
    if (fmt === "i32") {
      const loops = scope.loops.map(({ name }) => v.dim(name));
      return r.pick([...loops, v.scalar(r.pick(this.#scalars).name), v.lit(r.integer(-5, 5), "i32"), v.lit(-(2 ** 31), "i32")]);
    }
    if (r.integer(0, 1) === 0) {
      const { buffer, index } = this.#place(roles, fmt, scope);
      return fmt === "f32x4" ? v.loadx4(buffer, index) : v.convert(v.load(buffer, index), fmt);
    }
    return v.lit(
      r.pick([
        0,
        -0,
        1,
        -1.5,
        0.1,
        1e-45,
        1e38,
        Number.NaN,
        Number.POSITIVE_INFINITY,
        Number.NEGATIVE_INFINITY,
        r.uniform() * 1e6,
      ]),
      fmt,
    );
  }

  #node(fmt: Fmt, depth: number, scope: Scope): Value {
    const r = this.#r;
    const wide = v.isVector(fmt);
    /** An operand with as many lanes. */
    const of = (operand: Fmt): Value => this.#value(wide ? v.vectorOf(operand) : operand, depth, scope);
    const lane = (operand: "f32" | "i32"): Value => this.#value(operand, depth, scope);
    if (fmt === "mask" || fmt === "maskx4") {
      const compared = r.pick<Fmt>(["f32", "f64", "i32"]);
      return r.pick([
        () => v.less(of(compared), of(compared)),
        () => v.equal(of(compared), of(compared)),
        () => v.and(of("mask"), of("mask")),
        () => v.not(of("mask")),
      ])();
    }
    const scalars = fmt === "i32x4" ? "i32" : "f32";
    if (wide && r.integer(0, 4) === 0) return v.splat(lane(scalars));
    if (wide && r.integer(0, 4) === 0) return v.lanes([lane(scalars), lane(scalars), lane(scalars), lane(scalars)]);
    if (fmt === "i32" || fmt === "i32x4") {
      const integer = r.pick([v.iadd, v.imul, v.ixor, v.ishl, v.ishr]);
      return r.pick([
        () => integer(of("i32"), of("i32")),
        () => v.exponent(of("f32")),
        () => v.convert(of("f64"), fmt),
        () => v.select(of("mask"), of("i32"), of("i32")),
      ])();
    }
    if (fmt === "f32" && r.integer(0, 5) === 0)
      return r.pick([
        (a: Value) => v.across(r.pick(["add", "max", "min", "most", "least"] as const), a),
        (a: Value) => v.extract(r.integer(0, 3), a),
      ])(this.#value("f32x4", depth, scope));
    if (r.integer(0, 5) === 0) return v.convert(of(r.pick<Fmt>(["i32", fmt === "f64" ? "f32" : "f64"])), fmt);
    const one = r.pick([v.neg, v.abs, v.sqrt, v.floor]);
    const two = r.pick([v.add, v.sub, v.mul, v.div, v.min, v.max, v.most, v.least]);
    return r.pick([
      () => one(of(fmt)),
      () => two(of(fmt), of(fmt)),
      () => two(of(fmt), of(fmt)),
      () => v.madd(of(fmt), of(fmt), of(fmt)),
      () => v.select(of("mask"), of(fmt), of(fmt)),
      () => v.pow2(of("i32"), fmt),
    ])();
  }
}
