// Emitted kernels against the Program interpreter, bit for bit: random kernels with every statement and every op, nested
// loops, shared nodes, registers, stores that a moved value must not pass; as loops, as straight lines, in one piece and many.
import { describe, expect, it } from "vitest";
import { type Random, random } from "../../compiler/base/random.ts";
import { Names, name } from "../../compiler/emit/code.ts";
import { emitKernel } from "../../compiler/emit/js/kernel.ts";
import { Helpers } from "../../compiler/emit/module/helpers.ts";
import { emitModule } from "../../compiler/emit/module/module.ts";
import { createMachine } from "../../compiler/interpret/program.ts";
import type { FloatFmt, Index, Kernel, Program, Stmt, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { load } from "../../runtime/load.ts";
import { at, buffers, type Emitted, parts, reg, use } from "./programs.ts";

const size = 6;
const numbers = [0, -0, 1, -1, 0.1, -2.5, 3, 1e-30, 1e-44, -1e38, 16777217, Number.POSITIVE_INFINITY, Number.NaN];
const seen = new Map<string, number>();

class Maker {
  readonly #random: Random;
  readonly #looped: boolean;
  /** What a value may name, innermost scope last. */
  readonly #scopes: { lets: Value[]; regs: string[] }[] = [{ lets: [], regs: [] }];
  readonly #loops: [name: string, extent: number][] = [];
  #pool: Value[] = [];
  #next = 0;
  constructor(seed: number, looped: boolean) {
    this.#random = random(seed);
    this.#looped = looped;
  }

  kernel(statements: number): Kernel {
    const fill = (buffer: string): Stmt[] =>
      Array.from({ length: size }, (_, i) => ({ do: "store", buffer, index: at(i), value: v.load("x", at(i)) }));
    return {
      name: "body",
      origin: "random",
      body: [...fill("y"), ...(this.#looped ? fill("h") : []), ...this.#body(statements, 0)],
    };
  }

  #body(count: number, depth: number): Stmt[] {
    return Array.from({ length: count }, () => this.#statement(depth));
  }

  #statement(depth: number): Stmt {
    this.#pool = [];
    const kind = this.#random.integer(0, this.#looped ? 9 : 5);
    if (kind >= 8 && depth < 3) {
      const [loop, to] = [`i${this.#next++}`, this.#random.integer(0, 3)];
      this.#loops.push([loop, to]);
      this.#scopes.push({ lets: [], regs: [] });
      const body = this.#body(this.#random.integer(1, 4), depth + 1);
      this.#scopes.pop();
      this.#loops.pop();
      const from = { blocks: this.#random.integer(0, 1), size: this.#random.integer(1, 2) };
      return this.#random.integer(0, 2) === 0 ? { do: "for", loop, from, to, body } : { do: "for", loop, to, body };
    }
    if (kind >= 6) {
      const known = this.#scopes.flatMap(({ regs }) => regs);
      const value = this.#float("f64", 3);
      if (known.length > 0 && kind === 7) return { do: "set", reg: this.#random.pick(known), value };
      const name = `r${this.#next++}`;
      this.#scopes[this.#scopes.length - 1].regs.push(name);
      return { do: "set", reg: name, value };
    }
    if (kind >= 3) return { do: "store", buffer: this.#buffer(true), index: this.#index(), value: this.#float(this.#fmt(), 4) };
    const fmt = this.#random.pick<FloatFmt | "i32" | "mask">(["f32", "f64", "f64", "i32", "mask"]);
    const value = this.#value(fmt, 3);
    const name = `t${this.#next++}`;
    this.#scopes[this.#scopes.length - 1].lets.push(use(name, fmt));
    return { do: "let", name, value };
  }

  #fmt = (): FloatFmt => this.#random.pick<FloatFmt>(["f32", "f64"]);
  #buffer = (written: boolean): string =>
    this.#random.pick(this.#looped ? (written ? ["y", "h"] : ["y", "h", "x", "w"]) : written ? ["y"] : ["y", "x", "w"]);

  #index(): Index {
    const terms: [string, number][] = [];
    let room = size - 1;
    let base = 0;
    for (const [loop, extent] of this.#loops) {
      const stride = this.#random.integer(-2, 2);
      const reach = Math.abs(stride) * Math.max(extent - 1, 0);
      if (stride === 0 || reach > room) continue;
      room -= reach;
      if (stride < 0) base += reach;
      terms.push([loop, stride]);
    }
    if (this.#looped && this.#random.integer(0, 4) === 0)
      return { base, terms, row: { index: this.#float(this.#fmt(), 1), limit: room + 1, stride: 1 } };
    return { base: base + this.#random.integer(0, room), terms };
  }

  #value(fmt: FloatFmt | "i32" | "mask", depth: number): Value {
    const shared = this.#pool.filter((value) => value.fmt === fmt);
    if (shared.length > 0 && this.#random.integer(0, 3) === 0) return this.#random.pick(shared);
    const lets = this.#scopes.flatMap((scope) => scope.lets).filter((value) => value.fmt === fmt);
    if (lets.length > 0 && this.#random.integer(0, 2) === 0) return this.#random.pick(lets);
    const made = fmt === "mask" ? this.#mask(depth) : fmt === "i32" ? this.#integer(depth) : this.#float(fmt, depth);
    seen.set(`${made.op} ${fmt}`, (seen.get(`${made.op} ${fmt}`) ?? 0) + 1);
    this.#pool.push(made);
    return made;
  }

  #mask(depth: number): Value {
    if (depth <= 0) return v.lit(this.#random.integer(0, 1), "mask");
    const fmt = this.#fmt();
    const [a, b] = [this.#value(fmt, depth - 1), this.#value(fmt, depth - 1)];
    switch (this.#random.integer(0, 3)) {
      case 0:
        return v.less(a, b);
      case 1:
        return v.equal(a, b);
      case 2:
        return v.and(this.#value("mask", depth - 1), this.#value("mask", depth - 1));
      default:
        return v.not(this.#value("mask", depth - 1));
    }
  }

  #integer(depth: number): Value {
    if (depth <= 0 || this.#random.integer(0, 4) === 0) {
      const loop = this.#loops.at(-1);
      return loop === undefined ? v.lit(this.#random.integer(-9, 9), "i32") : v.dim(loop[0]);
    }
    const a = this.#value("i32", depth - 1);
    switch (this.#random.integer(0, 6)) {
      case 0:
        return v.iadd(a, this.#value("i32", depth - 1));
      case 1:
        return v.imul(a, v.lit(0x9e3779b1 | 0, "i32"));
      case 2:
        return v.ixor(a, this.#value("i32", depth - 1));
      case 3:
        return v.ishl(a, v.lit(this.#random.integer(0, 31), "i32"));
      case 4:
        return v.ishr(a, v.lit(this.#random.integer(0, 31), "i32"));
      case 5: {
        const x = this.#value("f32", depth - 1);
        const normal = v.and(v.less(v.lit(1.2e-38, "f32"), x), v.less(x, v.lit(3e38, "f32")));
        return v.exponent(v.select(normal, x, v.lit(3, "f32")));
      }
      default: {
        const x = this.#value("f64", depth - 1);
        return v.convert(v.select(v.less(v.abs(x), v.lit(1000, "f64")), v.floor(x), v.lit(7, "f64")), "i32");
      }
    }
  }

  #float(fmt: FloatFmt, depth: number): Value {
    if (depth <= 0 || this.#random.integer(0, 6) === 0) {
      const regs = this.#scopes.flatMap((scope) => scope.regs);
      if (regs.length > 0 && this.#random.integer(0, 1) === 0) return v.convert(reg(this.#random.pick(regs)), fmt);
      if (this.#random.integer(0, 2) === 0) return v.lit(this.#random.pick(numbers), fmt);
      return v.convert(
        v.load(
          this.#buffer(false),
          this.#loops.length > 0 ? { ...this.#index(), row: undefined } : at(this.#random.integer(0, size - 1)),
        ),
        fmt,
      );
    }
    const a = this.#value(fmt, depth - 1);
    const unary = [v.neg, v.abs, v.sqrt, v.floor];
    const binary = [v.add, v.sub, v.mul, v.div, v.min, v.max, v.most, v.least];
    switch (this.#random.integer(0, 8)) {
      case 0:
      case 1:
        return this.#random.pick(unary)(a);
      case 2:
        return v.madd(a, this.#value(fmt, depth - 1), this.#value(fmt, depth - 1));
      case 3:
        return v.select(this.#value("mask", depth - 1), a, this.#value(fmt, depth - 1));
      case 4:
        return this.#power(v.ishr(this.#value("i32", depth - 1), v.lit(25, "i32")), fmt);
      case 5:
        return v.convert(this.#value(this.#random.pick<FloatFmt | "i32" | "mask">(["f32", "f64", "i32"]), depth - 1), fmt);
      default:
        return this.#random.pick(binary)(a, this.#value(fmt, depth - 1));
    }
  }

  /** Of an integer in 0..127; f64 from the least power to the greatest. */
  #power(i: Value, fmt: FloatFmt): Value {
    if (fmt === "f32") return v.pow2(v.iadd(i, v.lit(this.#random.pick([0, -127]), "i32")), fmt);
    return v.pow2(v.iadd(v.imul(i, v.lit(3, "i32")), v.lit(this.#random.pick([-252, -129]), "i32")), fmt);
  }
}

const constants = new Map([["w", Float32Array.of(0.5, -1.25, 3, 1e-20, -0, 7e7)]]);
const programOf = (kernel: Kernel): Program => ({
  name: "random",
  scalars: [],
  buffers: buffers([
    ["w", size, "const"],
    ["x", size, "input"],
    ["h", size, "arena"],
    ["y", size, "output"],
  ]),
  kernels: [kernel],
  entries: [{ name: "predict", rows: 1, calls: [{ kernel: kernel.name }], inputs: [["x", "x"]], outputs: [["y", "y"]] }],
});

function bothWays(kernel: Kernel, x: Float32Array): { emitted: number[]; interpreted: number[]; code: string } {
  const program = programOf(kernel);
  const port = { name: "x", shape: [size] };
  const { code } = emitModule(parts(program, {}, { inputs: [port], outputs: [{ ...port, name: "y" }], constants }));
  const machine = createMachine(program, { constants });
  machine.buffers.get("x")?.set(x);
  machine.run("predict");
  return {
    emitted: Array.from(load<Emitted>({ code }).predict(x)),
    interpreted: Array.from(machine.buffers.get("y") ?? []),
    code,
  };
}

const inputs = (seed: number): Float32Array => {
  const noise = random(seed);
  return Float32Array.from({ length: size }, () => (noise.integer(0, 3) === 0 ? noise.pick(numbers) : 8 * noise.uniform() - 4));
};

describe("random kernels have the bits of the interpreter", () => {
  it.each([
    ["loops", true],
    ["straight lines", false],
  ] as const)("%s", (_, looped) => {
    for (let seed = 0; seed < 400; seed++) {
      const kernel = new Maker(seed, looped).kernel(12);
      const { emitted, interpreted, code } = bothWays(kernel, inputs(seed));
      expect(emitted, `seed ${seed}\n${code}`).toEqual(interpreted);
    }
  });

  it("made every op in every format", () => {
    const floats = [
      "neg",
      "abs",
      "sqrt",
      "floor",
      "add",
      "sub",
      "mul",
      "div",
      "min",
      "max",
      "most",
      "least",
      "madd",
      "select",
      "convert",
      "pow2",
    ];
    const wanted = [
      ...floats.flatMap((op) => [`${op} f32`, `${op} f64`]),
      ...["iadd", "imul", "ixor", "ishl", "ishr", "exponent", "convert", "loop", "const"].map((op) => `${op} i32`),
      ...["less", "equal", "and", "not", "const"].map((op) => `${op} mask`),
    ];
    expect(wanted.filter((key) => (seen.get(key) ?? 0) < 5)).toEqual([]);
  });

  it("a straight line too long for one function, in pieces", () => {
    const kernel = new Maker(3, false).kernel(1500);
    const { emitted, interpreted, code } = bothWays(kernel, inputs(3));
    expect(emitted).toEqual(interpreted);
    expect(code).toMatch(/function piece_1\(x, from, out, to\)/);
    expect(code).toContain("new Float64Array(");
  });
});

describe("text of kernels", () => {
  const text = (body: readonly Stmt[]): string => {
    const { code } = bothWays({ name: "body", origin: "by hand", body: [...body] }, Float32Array.of(1, 2, 3, 4, 5, 6));
    const lines = code.slice(code.indexOf("// by hand")).split("\n");
    return lines
      .slice(2, lines.indexOf("}"))
      .map((line) => line.slice(2))
      .join("\n");
  };
  const x = (i: number): Value => v.convert(v.load("x", at(i)), "f64");
  const store = (value: Value): Stmt[] =>
    Array.from({ length: size }, (_, i) => ({
      do: "store",
      buffer: "y",
      index: at(i),
      value: i === 0 ? value : v.lit(0, "f32"),
    }));
  const line = (value: Value) =>
    text(store(value))
      .split("\n")
      .find((one) => one.startsWith("out[to] = "));

  it("keeps association with the fewest parentheses", () => {
    expect(line(v.add(v.add(x(0), x(1)), x(2)))).toBe("out[to] = x[from] + x[from + 1] + x[from + 2];");
    expect(line(v.add(x(0), v.add(x(1), x(2))))).toBe("out[to] = x[from] + (x[from + 1] + x[from + 2]);");
    expect(line(v.mul(v.sub(x(0), x(1)), v.lit(-3, "f64")))).toBe("out[to] = (x[from] - x[from + 1]) * -3;");
    expect(line(v.neg(v.neg(x(0))))).toBe("out[to] = -(-x[from]);");
    expect(line(v.neg(v.lit(-0, "f64")))).toBe("out[to] = -(-0);");
    expect(line(v.madd(x(0), v.lit(0.1, "f64"), v.lit(1, "f64")))).toBe("out[to] = 1 + x[from] * 0.1;");
  });

  it("rounds where f32 says so, but not twice at a store", () => {
    const half = v.load("x", at(0));
    expect(line(v.add(v.mul(half, half), v.lit(0.1, "f32")))).toContain("out[to] = fround(x0 * x0) + 0.10000000149011612;");
    expect(line(v.convert(v.div(x(0), v.lit(3, "f64")), "f32"))).toBe("out[to] = x[from] / 3;");
  });

  it("whole blocks of rows, and from there on what they leave over", () => {
    const blocks = { scalar: "n", per: 4, round: "down" } as const;
    const row = (loop: string, stride: number, base: number): Stmt => {
      const index = at(base, [loop, stride]);
      return { do: "store", buffer: "y", index, value: v.add(v.load("x", index), v.lit(base, "f32")) };
    };
    const body: Stmt[] = [
      { do: "for", loop: "r", to: blocks, body: [0, 1, 2, 3].map((i) => row("r", 4, i)) },
      { do: "for", loop: "s", from: { blocks, size: 4 }, to: { scalar: "n", per: 1 }, body: [row("s", 1, 0)] },
    ];
    const site = {
      helpers: new Helpers(new Names()),
      place: (buffer: string) => ({ array: name(buffer) }),
      params: ["x", "y", "n"].map(name),
      scalar: name,
    };
    const { text } = emitKernel({ name: "body", origin: "", body }, name("run"), site);
    expect(text).toContain("const end = n / 4 | 0;\n  for (let r = 0; r < end; r++) {");
    expect(text).toContain("const blocks = n / 4 | 0;\n  for (let s = blocks * 4; s < n; s++) {");
  });

  it("takes no vectors", () => {
    const store: Stmt = { do: "store", buffer: "y", index: at(0), value: v.loadx4("x", at(0)) };
    const kernel = { name: "body", origin: "", body: [store] };
    expect(() => bothWays(kernel, new Float32Array(size))).toThrow("gives f32x4; a js kernel computes scalars");
  });

  it("hoists what an inner loop does not change", () => {
    const body: Stmt[] = [
      {
        do: "for",
        loop: "i",
        to: 2,
        body: [
          {
            do: "for",
            loop: "k",
            to: 3,
            body: [
              { do: "store", buffer: "y", index: at(5, ["k", -1], ["i", -3]), value: v.load("x", at(0, ["i", 3], ["k", 1])) },
            ],
          },
        ],
      },
    ];
    const { code } = bothWays({ name: "body", origin: "by hand", body }, Float32Array.of(1, 2, 3, 4, 5, 6));
    expect(code).toContain(`  for (let i = 0; i < 2; i++) {
    const at = 0 - 3 * i;
    const at_1 = 3 * i;
    for (let k = 0; k < 3; k++) {
      y_1[at - k + 5] = x_1[at_1 + k];
    }
  }`);
  });
});
