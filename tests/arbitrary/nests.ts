// Random nests for the laws of their text and of schedules. Out: verified Programs of nests that can be run: maps, every fold,
// rows in addresses, shared terms, loops around, hostile names. What is stored lies at an address of its own for every point, but
// where a nest adds or scatters; operands know some of the dims, so that rows, columns, blocks and plain sums all occur.
import fc from "fast-check";
import { type Random, random } from "../../compiler/base/random.ts";
import { innerOf, outerOf } from "../../compiler/program/nest/block.ts";
import type { Fold, Nest, NestKernel, Tree } from "../../compiler/program/nest/nest.ts";
import type { Extent, FloatFmt, Index, Program, Value } from "../../compiler/program/program.ts";
import * as v from "../../compiler/program/value.ts";
import { programAround } from "../support/nests.ts";

type Dim = readonly [name: string, extent: Extent];

/** A run of the dice, so that a failing seed names itself. */
export interface NestSample {
  readonly program: Program<NestKernel>;
  readonly seed: number;
  readonly rows: number;
}

export const nests = (fmt: FloatFmt): fc.Arbitrary<NestSample> =>
  fc.integer({ min: 0, max: 2 ** 30 }).map((seed) => nestsFrom(seed, fmt));

const scalars = [{ name: "n", min: 1, max: 7 }] as const;
const rows: Extent = { scalar: "n", per: 1 };

export function nestsFrom(seed: number, fmt: FloatFmt): NestSample {
  const r = random(seed);
  const maker = new NestMaker(r, fmt);
  const kernels = Array.from({ length: r.integer(1, 2) }, (_, k): NestKernel => {
    const origin = r.pick(["", 'layers[0] dense "a"', "*/ \n `"]);
    return { name: `${r.pick(["k", "a b", "nest"])}${k}`, origin, parts: maker.parts(r.integer(1, 2), []) };
  });
  // Room behind what is read, for vectors that go past the end of a row.
  return { program: programAround(kernels, scalars, r.pick([0, 3])), seed, rows: r.integer(1, 7) };
}

/** What a nest is made for: the kinds that strategies tell apart, and anything. */
const kinds = ["product", "product", "product", "sum", "sum", "map", "heavy", "scatter", "any"] as const;
const mapExtents = [1, 2, 3, 4, 5, 6, 7, 8, 9, 16, 16, rows, rows] as const;
const reduceExtents = [1, 2, 3, 5, 8, 9, 17, rows] as const;
/** Names that the compiler gives, names it makes for loops and registers, and names that need quotes. */
const mapNames = [
  ["i0", "i1", "i2"],
  ["i0", "i1", "i2"],
  ["j", "a0", "acc0"],
  ["a b", "row", '"'],
] as const;

class NestMaker {
  readonly #r: Random;
  readonly #fmt: FloatFmt;
  #buffers = 0;
  /** Values of the nest at hand that may be used again: those that know no reduce dim, and those that may. */
  #pool: Value[] = [];

  constructor(r: Random, fmt: FloatFmt) {
    this.#r = r;
    this.#fmt = fmt;
  }

  parts(count: number, around: readonly Dim[]): Tree[] {
    const r = this.#r;
    return Array.from({ length: count }, (): Tree => {
      if (around.length > 1 || r.integer(0, 4) > 0) return this.#nest(around);
      const loop: Dim = [`${r.pick(["t", "i", "v", "the loop "])}${around.length}`, r.pick([1, 2, 3, rows])];
      return { loop: loop[0], to: loop[1], parts: this.parts(r.integer(1, 2), [...around, loop]) };
    });
  }

  #nest(around: readonly Dim[]): Nest {
    const r = this.#r;
    const kind = r.pick(kinds);
    this.#pool = [];
    const names = r.pick(mapNames);
    const clash = (name: string): string => (around.some(([loop]) => loop === name) ? `${name}'` : name);
    const map = this.#dims(names.slice(0, r.integer(kind === "product" ? 1 : 0, 3)).map(clash), mapExtents, 500);
    const isFolded = kind === "product" || kind === "sum" || (kind === "any" && r.integer(0, 1) === 0);
    const count = isFolded ? r.integer(kind === "any" ? 0 : 1, 2) : 0;
    const reduce = this.#dims(["k0", "k1"].slice(0, count).map(clash), reduceExtents, 3000 / this.#size(map));
    const blocked = this.#block(map);
    const points = [...around, ...blocked];
    const how = kind === "product" ? "madd" : r.pick(["madd", "add", "max", "min", "most", "least"] as const);
    const whole = isFolded ? this.#fold(how, kind === "product", points, blocked, reduce) : undefined;
    const inParts = kind !== "product" && typeof reduce.at(-1)?.[1] === "number" && r.integer(0, 1) === 0;
    const fold = whole && inParts ? { ...whole, partial: r.pick([2, 4, 8]) } : whole;
    const into = kind === "scatter" || kind === "any" ? r.pick(["store", "add"] as const) : "store";
    const finish = this.#finish(kind === "heavy" ? 14 : 3, points, fold);
    const out = { buffer: this.#buffer("y"), index: this.#out(kind === "scatter", around, blocked) };
    const more = Array.from({ length: into === "add" ? 0 : r.pick([0, 0, 1, 2]) }, () => ({
      finish: this.#finish(kind === "heavy" ? 14 : 3, points, fold),
      out: { buffer: this.#buffer("y"), index: this.#out(false, around, blocked) },
    }));
    return {
      name: `nest${this.#buffers}`,
      origin: "",
      map: blocked,
      reduce,
      ...(fold && { fold }),
      finish,
      out,
      ...(more.length > 0 && { more }),
      into,
    };
  }

  /** Dims with at most so many points together; only the first may be the rows. */
  #dims(names: readonly string[], extents: readonly Extent[], most: number): readonly Dim[] {
    let left = most;
    return names.map((name, i): Dim => {
      const extent = this.#r.pick(
        extents.filter((one) => this.#size([["", one]]) <= left && (i === 0 || typeof one === "number")),
      );
      left /= this.#size([["", extent]]);
      return [name, extent];
    });
  }

  /** The last dim that has as many points as blocks, as two. */
  #block(map: readonly Dim[]): readonly Dim[] {
    const last = map.at(-1);
    if (last === undefined || typeof last[1] !== "number" || last[1] % 8 !== 0 || this.#r.integer(0, 1) === 0) return map;
    return [...map.slice(0, -1), [outerOf(last[0]), last[1] / 8], [innerOf(last[0]), 8]];
  }

  #fold(how: Fold["how"], plain: boolean, points: readonly Dim[], map: readonly Dim[], reduce: readonly Dim[]): Fold {
    const r = this.#r;
    const init = r.integer(0, 1) === 0 ? v.lit(r.pick([0, -0, 1.5]), this.#fmt) : this.#value(1, points);
    this.#pool = [];
    const dims = [...points, ...reduce];
    const term = (): Value => (plain ? this.#load(this.#shuffled(dims)) : this.#value(2, dims));
    if (how !== "madd") return { how, init, term: [term()] };
    if (!plain || map.length === 0) return { how, init, term: [term(), term()] };
    // One operand of the rows, the other of the columns: columns last, or blocked.
    const column = map.slice(map.at(-1)?.[0].endsWith("%") ? -2 : -1);
    const others = points.filter((dim) => !column.includes(dim));
    const inner = column.at(-1) as Dim;
    const kernel = column.length === 2 ? [column[0], ...reduce, inner] : [...reduce, inner];
    return { how, init, term: [this.#load([...others, ...reduce]), this.#load(kernel)] };
  }

  #finish(depth: number, points: readonly Dim[], fold: Fold | undefined): Value {
    this.#pool = [];
    if (fold === undefined) return this.#value(depth, points);
    const sum: Value = v.acc(this.#fmt);
    if (this.#r.integer(0, 2) === 0) return sum;
    this.#pool = [sum, v.max(sum, v.lit(0, this.#fmt))];
    return v.add(this.#value(depth, points), sum);
  }

  /** Row-major over loops around and map dims, in some order; with a row that data choose instead of the first dim. */
  #out(scatter: boolean, around: readonly Dim[], map: readonly Dim[]): Index {
    const r = this.#r;
    const dims = [...around, ...map];
    const index = this.#place(r.integer(0, 3) === 0 ? this.#shuffled(dims) : dims, false);
    if (!scatter || map.length === 0) return index;
    const [first] = map;
    const terms = index.terms.filter(([dim]) => dim !== first[0]);
    const size = Math.max(1, index.base + this.#size(dims));
    this.#pool = [];
    return { base: index.base, terms, row: { index: this.#id(dims), limit: r.integer(1, 4), stride: size } };
  }

  /** A float that chooses a row. */
  #id(dims: readonly Dim[]): Value {
    return v.mul(this.#load(dims), v.lit(3, this.#fmt));
  }

  #shuffled(dims: readonly Dim[]): readonly Dim[] {
    return dims
      .map((dim) => [this.#r.uniform(), dim] as const)
      .sort(([a], [b]) => a - b)
      .map(([, dim]) => dim);
  }

  #size(dims: readonly Dim[]): number {
    return dims.reduce((product, [, extent]) => product * (typeof extent === "number" ? extent : scalars[0].max), 1);
  }

  /** Row-major strides in the order of the dims; one may be walked backwards, where its extent is known. */
  #place(dims: readonly Dim[], backwards: boolean): Index {
    const r = this.#r;
    let base = r.integer(0, 3) === 0 ? r.integer(1, 9) : 0;
    let step = 1;
    const terms: (readonly [string, number])[] = [];
    for (const dim of dims.toReversed()) {
      const back = backwards && typeof dim[1] === "number" && dim[1] > 1 && r.integer(0, 7) === 0;
      if (back) base += step * ((dim[1] as number) - 1);
      terms.unshift([dim[0], back ? -step : step]);
      step *= this.#size([dim]);
    }
    return { base, terms };
  }

  #buffer(stem: string): string {
    const name = `${this.#r.pick([stem, stem, stem, `${stem} of `])}${this.#buffers++}`;
    return name;
  }

  #load(dims: readonly Dim[]): Value {
    return v.convert(v.load(this.#buffer("x"), this.#place(dims, true)), this.#fmt);
  }

  /** An element that some dims, or data, choose. */
  #element(dims: readonly Dim[]): Value {
    const r = this.#r;
    const known = dims.filter(() => r.integer(0, 2) > 0);
    // A known number of points a load keeps random buffers small.
    const few = this.#size(known) > 4000 ? known.slice(0, 1) : known;
    const ordered = r.integer(0, 2) === 0 ? this.#shuffled(few) : few;
    if (r.integer(0, 6) > 0) return this.#load(ordered);
    const index = this.#place(ordered.slice(0, 1), false);
    const row = { index: this.#id(ordered.slice(1)), limit: r.integer(1, 5), stride: r.integer(1, 3) };
    return v.convert(v.load(this.#buffer("x"), { ...index, row }), this.#fmt);
  }

  #leaf(dims: readonly Dim[]): Value {
    const r = this.#r;
    const fmt = this.#fmt;
    const [dim] = r.pick([...dims, ["", 1] as Dim]);
    return r.pick([
      () => this.#element(dims),
      () => this.#element(dims),
      () => v.lit(r.pick([0, -0, 1, -1.5, 0.1, 3, Number.NEGATIVE_INFINITY]), fmt),
      () => v.convert(dim === "" ? v.scalar("n") : v.dim(dim), fmt),
    ])();
  }

  #value(depth: number, dims: readonly Dim[]): Value {
    const r = this.#r;
    if (this.#pool.length > 0 && r.integer(0, 3) === 0) return r.pick(this.#pool);
    const made = depth <= 0 || r.integer(0, 6) === 0 ? this.#leaf(dims) : this.#node(depth - 1, dims);
    this.#pool.push(made);
    return made;
  }

  #node(depth: number, dims: readonly Dim[]): Value {
    const r = this.#r;
    const fmt = this.#fmt;
    // One deep operand: a deep value is a long chain, not a wide tree.
    const deep = (): Value => this.#value(depth, dims);
    const flat = (): Value => this.#value(depth > 3 ? 0 : depth, dims);
    const mask = (): Value => r.pick([v.less, v.equal])(flat(), flat());
    const whole = (): Value => {
      const [dim] = r.pick([...dims, ["", 1] as Dim]);
      const i = dim === "" ? v.lit(r.integer(-3, 3), "i32") : v.dim(dim);
      return r.pick([v.iadd, v.imul, v.ixor])(i, v.lit(r.integer(-2, 2), "i32"));
    };
    const one = r.pick([v.neg, v.abs, v.floor, (a: Value) => v.sqrt(v.abs(a))]);
    const two = r.pick([
      v.add,
      v.sub,
      v.mul,
      v.min,
      v.max,
      v.most,
      v.least,
      (a: Value, b: Value) => v.div(a, v.add(v.abs(b), v.lit(1, fmt))),
    ]);
    return r.pick([
      () => one(deep()),
      () => two(deep(), flat()),
      () => two(deep(), flat()),
      () => v.madd(flat(), deep(), flat()),
      () => v.select(r.pick([mask, () => v.not(mask()), () => v.and(mask(), mask())])(), deep(), flat()),
      () => v.convert(whole(), fmt),
      () => v.mul(v.pow2(v.ishr(whole(), v.lit(28, "i32")), fmt), deep()),
    ])();
  }
}
