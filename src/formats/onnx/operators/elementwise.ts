// Arithmetic and functions of one, two or many numbers, element by element, broadcast after NumPy's rule.
// Whole numbers live as float32: what may wrap round is folded before the model runs, or refused.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { acos, acosh, asin, asinh, atanh, cosh, sinh, tan } from "../../functions.ts";
import { type Operator, operator, type Site } from "../define.ts";
import { type DType, isWhole } from "../numbers.ts";
import { broadcastShape, padShape, type Value } from "../values.ts";

type Unary = (g: G, x: Node) => Node;
type Binary = (g: G, a: Node, b: Node) => Node;

/** A function of one number. */
export const unary = (name: string, since: number, build: Unary): Operator =>
  operator(name, since, (site) => site.elementwise([site.input(0)], build));

/** Towards zero. */
export const truncated: Unary = (g, x) => g.select(g.less(x, g.like(x, 0)), g.neg(g.floor(g.neg(x))), g.floor(x));
const wraps: ReadonlySet<DType> = new Set(["uint8", "int8", "uint16", "int16", "uint32", "uint64"]);

/** Refuses live arithmetic of formats that wrap round long before 2^24 or below 0. */
function checkWhole(site: Site, values: readonly Value[]): void {
  const { dtype } = values[0];
  if (wraps.has(dtype) && values.some(({ data }) => data === undefined))
    site.refuse(`of ${dtype} while the model runs: it would have to wrap round`, "cast to float first");
}

/** Before version 7 the second input was moved along the axes of the first by an attribute, and else had its shape. */
function placed(site: Site, a: Value, b: Value): Value {
  const axis = site.int("axis", a.shape.length - b.shape.length);
  const behind = a.shape.length - axis - b.shape.length;
  if (site.version >= 7 || behind <= 0 || axis < 0) return b;
  const shape = [...b.shape, ...Array.from({ length: behind }, () => 1)];
  return site.made(site.g.reshape(site.node(site.each(b)), { shape: b.at === "none" ? shape : ["n", ...shape] }), b.at, b.dtype);
}

const binary = (name: string, build: Binary): Operator =>
  operator(name, 1, (site) => {
    const [a, b] = [site.input(0), site.input(1)];
    const values = [a, placed(site, a, b)];
    checkWhole(site, values);
    return site.elementwise(values, build);
  });

const divided = (site: Site): Value => {
  const [a, b] = [site.input(0), site.input(1)];
  const values = [a, placed(site, a, b)];
  if (!isWhole(a.dtype)) return site.elementwise(values, (g, x, y) => g.div(x, y));
  checkDivisor(site, b);
  return site.elementwise(values, (g, x, y) => {
    const [size, by] = [g.abs(x), g.abs(y)];
    const quotient = g.round(g.div(g.sub(size, remainder(g, size, by)), by));
    return g.mul(quotient, g.mul(g.sign(x), g.sign(y)));
  });
};

function checkDivisor(site: Site, { data }: Value): void {
  if (data?.includes(0)) site.refuse("by 0");
}

/** x mod y of whole numbers, y above 0. A quotient may be rounded to the next whole number, which the remainder shows. */
function remainder(g: G, x: Node, y: Node): Node {
  const near = g.sub(x, g.mul(g.floor(g.div(x, y)), y));
  const above = g.select(g.less(near, g.like(near, 0)), g.add(near, y), near);
  return g.select(g.less(above, y), above, g.sub(above, y));
}

/** The same with any y: with the sign of y, or for fmod that of x. */
function wholeModulo(g: G, x: Node, y: Node, isFmod: boolean): Node {
  const by = g.abs(y);
  if (isFmod) return g.mul(g.sign(x), remainder(g, g.abs(x), by));
  const rest = remainder(g, x, by);
  return g.select(g.less(y, g.like(y, 0)), g.select(rest, g.sub(rest, by), rest), rest);
}

/** The sign of the divisor, as Python has it; with fmod that of the dividend. */
const modulo = (site: Site): Value => {
  const values = [site.input(0), site.input(1)];
  const isFmod = site.int("fmod", 0) === 1;
  if (isWhole(values[0].dtype)) {
    checkDivisor(site, values[1]);
    return site.elementwise(values, (g, x, y) => wholeModulo(g, x, y, isFmod));
  }
  if (!isFmod) site.refuse("of fractions without fmod");
  return site.elementwise(values, (g, x, y) => {
    const quotient = g.div(x, y);
    return g.sub(x, g.mul(truncated(g, quotient), y));
  });
};

/** Of any number of inputs, from the left. */
const variadic = (name: string, build: Binary, finish: (g: G, x: Node, count: number) => Node = (_, x) => x): Operator =>
  operator(name, 1, (site) => {
    const values = site.inputs();
    return site.elementwise(values, (g, ...nodes) =>
      finish(
        g,
        nodes.reduce((a, b) => build(g, a, b)),
        nodes.length,
      ),
    );
  });

const power = (site: Site): Value => {
  const [x, y] = [site.input(0), site.input(1)];
  const values = [x, placed(site, x, y)];
  const made = site.elementwise(values, (g, a, b) => g.pow(a, b));
  if (!isWhole(x.dtype) || isWhole(y.dtype)) return made;
  return site.elementwise([made], truncated);
};

/** Bounds as attributes, later as inputs of one number. */
const clipped = (site: Site): Value => {
  const x = site.input(0);
  const bound = (index: number, name: string): Value | undefined => {
    const attribute = site.attribute(name);
    if (attribute === undefined) return site.optional(index);
    return { dtype: x.dtype, shape: [], at: "none", data: Float64Array.of(attribute.float) };
  };
  const [low, high] = [bound(1, "min"), bound(2, "max")];
  const above = low === undefined ? x : site.elementwise([x, low], (g, a, b) => g.max(a, b));
  return high === undefined ? above : site.elementwise([above, high], (g, a, b) => g.min(a, b));
};

/** A slope for each channel, which is axis 1 where the slope is a list. */
const prelu = (site: Site): Value => {
  const [x, slope] = [site.input(0), site.input(1)];
  const isList = slope.shape.length === 1 && x.shape.length > 2 && slope.shape[0] === x.shape[1];
  const isLegacy = isList && (site.version < 7 || broadcastShape(x.shape, slope.shape) === undefined);
  const shaped: Value = !isLegacy
    ? slope
    : site.made(
        site.g.reshape(site.node(site.each(slope)), {
          shape: [...(slope.at === "none" ? [] : ["n" as const]), ...slope.shape, ...padShape([], x.shape.length - 2)],
        }),
        slope.at === "none" ? "none" : "each",
        slope.dtype,
      );
  return site.elementwise([x, shaped], (g, a, b) => g.select(g.less(a, g.like(a, 0)), g.mul(b, a), a));
};

/** Rows of the group. */
export const elementwise: readonly Operator[] = [
  unary("Abs", 1, (g, x) => g.abs(x)),
  unary("Neg", 1, (g, x) => g.neg(x)),
  unary("Ceil", 1, (g, x) => g.neg(g.floor(g.neg(x)))),
  unary("Floor", 1, (g, x) => g.floor(x)),
  unary("Round", 11, (g, x) => g.round(x)),
  unary("Sign", 9, (g, x) => g.sign(x)),
  unary("Sqrt", 1, (g, x) => g.sqrt(x)),
  unary("Reciprocal", 1, (g, x) => g.div(g.like(x, 1), x)),
  unary("Exp", 1, (g, x) => g.exp(x)),
  unary("Log", 1, (g, x) => g.log(x)),
  unary("Erf", 9, (g, x) => g.erf(x)),
  unary("Sin", 7, (g, x) => g.sin(x)),
  unary("Cos", 7, (g, x) => g.cos(x)),
  unary("Tan", 7, tan),
  unary("Asin", 7, asin),
  unary("Acos", 7, acos),
  unary("Atan", 7, (g, x) => g.atan(x)),
  unary("Sinh", 9, sinh),
  unary("Cosh", 9, cosh),
  unary("Tanh", 1, (g, x) => g.tanh(x)),
  unary("Asinh", 9, asinh),
  unary("Acosh", 9, acosh),
  unary("Atanh", 9, atanh),
  binary("Add", (g, a, b) => g.add(a, b)),
  binary("Sub", (g, a, b) => g.sub(a, b)),
  binary("Mul", (g, a, b) => g.mul(a, b)),
  operator("Div", 1, divided),
  operator("Mod", 10, modulo),
  operator("Pow", 1, power),
  variadic("Max", (g, a, b) => g.max(a, b)),
  variadic("Min", (g, a, b) => g.min(a, b)),
  variadic("Sum", (g, a, b) => g.add(a, b)),
  variadic("Mean", (g, a, b) => g.add(a, b), (g, x, count) => g.div(x, g.like(x, count))), // biome-ignore format: one line
  operator("Clip", 1, clipped),
  operator("PRelu", 1, prelu),
];
