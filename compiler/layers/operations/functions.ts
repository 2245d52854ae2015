// Functions of numbers, one by one, as a table: those of keras.ops. In: operands of one shape. Out: a value of that shape; what compares
// gives 1 or 0, and takes what is not 0 as true. Names are those of keras.ops in camelCase, activations included.
import { camelCase } from "../../diagnostics/check.ts";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { activations } from "../activations.ts";

type Of = (g: G, ...operands: Node[]) => Node;
/** A function: of how many operands, and what it gives. */
export interface Function {
  readonly arity: 1 | 2 | 3;
  readonly of: Of;
}

const one = (of: (g: G, x: Node) => Node): Function => ({ arity: 1, of });
const two = (of: (g: G, x: Node, y: Node) => Node): Function => ({ arity: 2, of });
const three = (of: (g: G, x: Node, y: Node, z: Node) => Node): Function => ({ arity: 3, of });

const not = (g: G, x: Node): Node => g.equal(x, g.like(x, 0));
const isTrue = (g: G, x: Node): Node => not(g, not(g, x));
const isNumber = (g: G, x: Node): Node => g.equal(x, x);
const times = (g: G, x: Node, factor: number): Node => g.mul(x, g.like(x, factor));
const plus = (g: G, x: Node, term: number): Node => g.add(x, g.like(x, term));
const isInfinite = (g: G, x: Node): Node => g.equal(g.abs(x), g.like(x, Number.POSITIVE_INFINITY));
const truncated = (g: G, x: Node): Node => g.select(g.less(x, g.like(x, 0)), g.neg(g.floor(g.neg(x))), g.floor(x));
/** The quotient is asked once more where rounding took it to the next whole number. */
const floorDivided = (g: G, x: Node, y: Node): Node => g.floor(g.div(x, y));
const remainder = (g: G, x: Node, y: Node): Node => g.sub(x, g.mul(floorDivided(g, x, y), y));
/** The larger, or where one is no number the other. */
const larger = (g: G, x: Node, y: Node): Node => g.select(isNumber(g, x), g.select(isNumber(g, y), g.max(x, y), x), y);
/** log(eˣ + eʸ) without overflow; between two infinities there is no distance. */
const logOfSum = (g: G, x: Node, y: Node): Node => {
  const apart = g.sub(x, y);
  return g.select(isNumber(g, apart), g.add(g.max(x, y), g.log1p(g.exp(g.neg(g.abs(apart))))), g.add(x, y));
};
/** What is left of a division that rounds towards 0, with the sign of x. */
const leftOver = (g: G, x: Node, y: Node): Node => g.sub(x, g.mul(truncated(g, g.div(x, y)), y));
const isMinus = (g: G, x: Node): Node => g.less(g.select(not(g, x), g.div(g.like(x, 1), x), x), g.like(x, 0));
/** sin(πx)/(πx), which is 1 at 0. */
const sinc = (g: G, x: Node): Node => {
  const at = times(g, g.select(not(g, x), g.like(x, 1e-20), x), Math.PI);
  return g.div(g.sin(at), at);
};
const arcsin = (g: G, x: Node): Node => g.atan(g.div(x, g.sqrt(g.mul(plus(g, g.neg(x), 1), plus(g, x, 1)))));
/** ½(t + t/(t + 1)) for t = eˣ − 1: small x keep their digits. */
const sinh = (g: G, x: Node): Node => {
  const t = g.expm1(g.abs(x));
  return g.mul(g.sign(x), times(g, g.add(t, g.div(t, plus(g, t, 1))), 0.5));
};
/** log(|x| + √(x² + 1)) for |x| below 1e9, where the square is finite. */
const arcsinh = (g: G, x: Node): Node => {
  const a = g.abs(x);
  const squared = g.square(a);
  const small = g.log1p(g.add(a, g.div(squared, plus(g, g.sqrt(plus(g, squared, 1)), 1))));
  return g.mul(g.sign(x), g.select(g.less(a, g.like(x, 1e9)), small, plus(g, g.log(a), Math.LN2)));
};
const arctan2 = (g: G, y: Node, x: Node): Node => {
  const isLeft = g.less(x, g.like(x, 0));
  const turn = g.select(g.less(y, g.like(y, 0)), g.like(x, -Math.PI), g.like(x, Math.PI));
  const angle = g.add(g.atan(g.div(y, x)), g.select(isLeft, turn, g.like(x, 0)));
  return g.select(g.equal(g.abs(x), g.abs(y)), onDiagonal(g, y, x), angle);
};
/** Where x and y are as large as each other their quotient may be no number. */
const onDiagonal = (g: G, y: Node, x: Node): Node => {
  const quarter = g.select(g.less(x, g.like(x, 0)), g.like(x, 0.75 * Math.PI), g.like(x, 0.25 * Math.PI));
  return g.select(not(g, x), g.like(x, 0), g.mul(g.sign(y), quarter));
};

/** Activations that work along an axis are no functions of single numbers. */
const alongAxis: ReadonlySet<string> = new Set(["softmax", "log_softmax", "sparsemax", "glu", "linear", "hard_sigmoid_keras2"]);
const activationFunctions: Readonly<Record<string, Function>> = Object.fromEntries(
  Object.entries(activations)
    .filter(([name]) => !alongAxis.has(name))
    .map(([name, of]) => [camelCase(name), one(of)]),
);

/** By name. */
export const functions: Readonly<Record<string, Function>> = {
  ...activationFunctions,
  // Of one number.
  identity: one((_g, x) => x),
  stopGradient: one((g, x) => g.stopGradient(x)),
  abs: one((g, x) => g.abs(x)),
  negative: one((g, x) => g.neg(x)),
  sign: one((g, x) => g.sign(x)),
  square: one((g, x) => g.square(x)),
  sqrt: one((g, x) => g.sqrt(x)),
  rsqrt: one((g, x) => g.div(g.like(x, 1), g.sqrt(x))),
  reciprocal: one((g, x) => g.div(g.like(x, 1), x)),
  cbrt: one((g, x) => g.mul(g.sign(x), g.pow(g.abs(x), g.like(x, 1 / 3)))),
  exp: one((g, x) => g.exp(x)),
  exp2: one((g, x) => g.exp(times(g, x, Math.LN2))),
  expm1: one((g, x) => g.expm1(x)),
  log: one((g, x) => g.log(x)),
  log1p: one((g, x) => g.log1p(x)),
  log2: one((g, x) => times(g, g.log(x), 1 / Math.LN2)),
  log10: one((g, x) => times(g, g.log(x), 1 / Math.LN10)),
  sin: one((g, x) => g.sin(x)),
  cos: one((g, x) => g.cos(x)),
  tan: one((g, x) => g.div(g.sin(x), g.cos(x))),
  arcsin: one(arcsin),
  arccos: one((g, x) => g.sub(g.like(x, Math.PI / 2), arcsin(g, x))),
  arctan: one((g, x) => g.atan(x)),
  sinh: one(sinh),
  cosh: one((g, x) => times(g, g.add(g.exp(x), g.exp(g.neg(x))), 0.5)),
  arcsinh: one(arcsinh),
  arccosh: one((g, x) => g.log1p(g.add(plus(g, x, -1), g.sqrt(g.mul(plus(g, x, -1), plus(g, x, 1)))))),
  arctanh: one((g, x) => times(g, g.sub(g.log1p(x), g.log1p(g.neg(x))), 0.5)),
  erf: one((g, x) => g.erf(x)),
  floor: one((g, x) => g.floor(x)),
  ceil: one((g, x) => g.neg(g.floor(g.neg(x)))),
  round: one((g, x) => g.round(x)),
  trunc: one(truncated),
  geluTanh: one((g, x) => g.geluTanh(x)),
  isTrue: one(isTrue),
  logicalNot: one(not),
  isnan: one((g, x) => not(g, isNumber(g, x))),
  isinf: one(isInfinite),
  isneginf: one((g, x) => g.equal(x, g.like(x, Number.NEGATIVE_INFINITY))),
  isposinf: one((g, x) => g.equal(x, g.like(x, Number.POSITIVE_INFINITY))),
  signbit: one(isMinus),
  deg2rad: one((g, x) => times(g, x, Math.PI / 180)),
  rad2deg: one((g, x) => times(g, x, 180 / Math.PI)),
  sinc: one(sinc),
  angle: one((g, x) => g.select(isNumber(g, x), g.select(isMinus(g, x), g.like(x, Math.PI), g.like(x, 0)), x)),
  isfinite: one((g, x) => g.less(g.abs(x), g.like(x, Number.POSITIVE_INFINITY))),
  // Of two.
  add: two((g, x, y) => g.add(x, y)),
  subtract: two((g, x, y) => g.sub(x, y)),
  multiply: two((g, x, y) => g.mul(x, y)),
  divide: two((g, x, y) => g.div(x, y)),
  divideNoNan: two((g, x, y) => g.select(not(g, y), g.like(x, 0), g.div(x, g.select(not(g, y), g.like(y, 1), y)))),
  floorDivide: two(floorDivided),
  mod: two(remainder),
  power: two((g, x, y) => g.pow(x, y)),
  maximum: two((g, x, y) => g.max(x, y)),
  minimum: two((g, x, y) => g.min(x, y)),
  squaredDifference: two((g, x, y) => g.square(g.sub(x, y))),
  hypot: two((g, x, y) => g.sqrt(g.add(g.square(x), g.square(y)))),
  arctan2: two(arctan2),
  logaddexp: two(logOfSum),
  logaddexp2: two((g, x, y) => times(g, logOfSum(g, times(g, x, Math.LN2), times(g, y, Math.LN2)), 1 / Math.LN2)),
  fmax: two(larger),
  fmin: two((g, x, y) => g.neg(larger(g, g.neg(x), g.neg(y)))),
  fmod: two(leftOver),
  ldexp: two((g, x, y) => g.mul(x, g.pow(g.like(y, 2), y))),
  heaviside: two((g, x, y) => g.select(not(g, x), y, g.select(isNumber(g, x), g.less(g.like(x, 0), x), x))),
  equal: two((g, x, y) => g.equal(x, y)),
  notEqual: two((g, x, y) => not(g, g.equal(x, y))),
  less: two((g, x, y) => g.less(x, y)),
  lessEqual: two((g, x, y) => g.max(g.less(x, y), g.equal(x, y))),
  greater: two((g, x, y) => g.less(y, x)),
  greaterEqual: two((g, x, y) => g.max(g.less(y, x), g.equal(x, y))),
  logicalAnd: two((g, x, y) => g.mul(isTrue(g, x), isTrue(g, y))),
  logicalOr: two((g, x, y) => g.max(isTrue(g, x), isTrue(g, y))),
  logicalXor: two((g, x, y) => not(g, g.equal(isTrue(g, x), isTrue(g, y)))),
  /** The second operand over the shape of both. */
  fullLike: two((_g, _x, y) => y),
  leakyReluBy: two((g, x, slope) => g.select(g.less(g.like(x, 0), x), x, g.mul(x, slope))),
  eluBy: two((g, x, alpha) => g.select(g.less(g.like(x, 0), x), x, g.mul(alpha, g.expm1(g.min(x, g.like(x, 0)))))),
  celuBy: two((g, x, alpha) => g.add(g.max(x, g.like(x, 0)), g.mul(alpha, g.expm1(g.div(g.min(x, g.like(x, 0)), alpha))))),
  hardShrinkBy: two((g, x, least) => g.select(g.less(least, g.abs(x)), x, g.like(x, 0))),
  softShrinkBy: two((g, x, least) => g.mul(g.sign(x), g.max(g.sub(g.abs(x), least), g.like(x, 0)))),
  // Of three.
  where: three((g, condition, x, y) => g.select(condition, x, y)),
  clip: three((g, x, low, high) => g.min(g.max(x, low), high)),
  thresholdBy: three((g, x, least, otherwise) => g.select(g.less(least, x), x, otherwise)),
};
