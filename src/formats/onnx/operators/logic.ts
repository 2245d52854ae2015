// Comparisons, logic, choices and number formats. A bool lives as 0 or 1.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../define.ts";
import { type DType, dtypeName, dtypeOf, isWhole, rangeOf } from "../numbers.ts";
import { known, type Value } from "../values.ts";
import { truncated } from "./elementwise.ts";

/** 1 where x is 0. */
const not = (g: G, x: Node): Node => g.sub(g.like(x, 1), x);

const test = (name: string, since: number, count: number, build: (g: G, ...nodes: Node[]) => Node): Operator =>
  operator(name, since, (site) => {
    // A damaged node may list fewer, or more.
    if (site.inputCount > count) site.refuse(`${site.inputCount} inputs, where it takes ${count}`);
    const values = Array.from({ length: count }, (_, i) => site.input(i));
    return site.elementwise(values, build, "bool");
  });

/** Infinite, of either sign where nothing else is said. */
const isInfinite = (site: Site): Value => {
  const [below, above] = [site.int("detect_negative", 1) === 1, site.int("detect_positive", 1) === 1];
  const infinity = Number.POSITIVE_INFINITY;
  return site.elementwise(
    [site.input(0)],
    (g, x) =>
      g.max(above ? g.equal(x, g.like(x, infinity)) : g.like(x, 0), below ? g.equal(x, g.like(x, -infinity)) : g.like(x, 0)),
    "bool",
  );
};

/** Other numbers for the same values. What would wrap round is folded alone. */
function castTo(site: Site, x: Value, dtype: DType): Value {
  const as = (value: Value): Value => ({ ...value, dtype });
  if (dtype === "string" || x.dtype === "string") return site.refuse("to or from strings");
  if (x.data !== undefined) return known(dtype, x.shape, castNumbers(site, x, dtype));
  if (dtype === "bool") return site.elementwise([x], (g, a) => not(g, g.equal(a, g.like(a, 0))), dtype);
  if (!isWhole(dtype) || x.dtype === "bool") return as(x);
  if (!isWhole(x.dtype)) return site.elementwise([x], truncated, dtype);
  const [from, to] = [rangeOf(x.dtype), rangeOf(dtype)];
  // An int64 that lives is exact to 2^24 alone, so that it fits 32 bits.
  const fits = (to.least <= from.least && to.most >= from.most) || dtype === "int32" || dtype === "int64";
  return fits ? as(x) : site.refuse(`from ${x.dtype} to ${dtype} while the model runs: it would have to wrap round`);
}

function castNumbers(site: Site, { data = new Float64Array(), ...x }: Value, dtype: DType): Float64Array | Float32Array {
  if (dtype === "float64") return Float64Array.from(data);
  if (dtype === "bool") return Float64Array.from(data, (value) => (value === 0 ? 0 : 1));
  if (!isWhole(dtype)) return Float32Array.from(data);
  const { least, most } = rangeOf(dtype);
  const whole = Float64Array.from(data, Math.trunc);
  const bad = whole.find((value) => !(value >= least && value <= most));
  if (bad === undefined) return whole;
  if (!isWhole(x.dtype) || !Number.isSafeInteger(bad)) site.refuse(`of ${bad} to ${dtype}`);
  const size = most - least + 1;
  return whole.map((value) => ((((value - least) % size) + size) % size) + least);
}

const cast = (site: Site): Value => {
  const to = site.int("to", 0);
  // Before version 6 the format was written out.
  const named = site.string("to", "").toLowerCase();
  const dtype = dtypeOf(to) ?? (to === 0 ? oldNames[named] : undefined);
  return castTo(site, site.input(0), dtype ?? site.refuse(`to ${dtypeName(to)}`));
};
const oldNames: Readonly<Record<string, DType>> = {
  float: "float32",
  double: "float64",
  int32: "int32",
  int64: "int64",
  bool: "bool",
};

const where = (site: Site): Value => {
  const [condition, x, y] = [0, 1, 2].map((i) => site.input(i));
  return site.elementwise([condition, x, y], (g, a, b, c) => g.select(a, b, c), x.dtype);
};

/** Rows of the group. */
export const logic: readonly Operator[] = [
  test("Equal", 1, 2, (g, a, b) => g.equal(a, b)),
  test("Less", 1, 2, (g, a, b) => g.less(a, b)),
  test("Greater", 1, 2, (g, a, b) => g.less(b, a)),
  test("LessOrEqual", 12, 2, (g, a, b) => g.max(g.less(a, b), g.equal(a, b))),
  test("GreaterOrEqual", 12, 2, (g, a, b) => g.max(g.less(b, a), g.equal(a, b))),
  test("And", 1, 2, (g, a, b) => g.min(a, b)),
  test("Or", 1, 2, (g, a, b) => g.max(a, b)),
  test("Xor", 1, 2, (g, a, b) => not(g, g.equal(a, b))),
  test("Not", 1, 1, not),
  test("IsNaN", 9, 1, (g, x) => not(g, g.equal(x, x))),
  operator("IsInf", 10, isInfinite),
  operator("Where", 9, where),
  operator("Cast", 1, cast, { foldsItself: true }),
  operator("CastLike", 15, (site) => castTo(site, site.input(0), site.input(1).dtype), { foldsItself: true }),
];
