// Operators that take numbers one by one: arithmetic, functions, activations, comparisons. In: values that go together by NumPy's rule.
// Out: a value of their common shape. What is known while the file is read is computed at once, in the arithmetic of its type: shapes
// are made so.
import type { Node, Size } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import { acos, acosh, asin, asinh, atanh, cosh, sinh, tan } from "../../../functions.ts";
import type { Dtype } from "../../manifest.ts";
import { allKnown, type Call, type Operator, type Operators } from "../define.ts";
import { type Known, known, refuse, together, type Value } from "../values.ts";

interface Pointwise {
  readonly build: (g: G, ...nodes: readonly Node[]) => Node;
  /** The same of numbers; absent where nothing that shapes are made of needs it. */
  readonly fold?: (...numbers: readonly number[]) => number;
  /** With this number on the right, the left one stays. */
  readonly neutral?: number;
  /** Whole numbers are taken too: the result is a choice between them, or exact while it is below 2^24; `scaled`: by known ones. */
  readonly takesIntegers?: true | "scaled";
  readonly gives?: Dtype;
}

const mostInt = 2 ** 31;

/** A row of that. */
const pointwise =
  (rule: Pointwise, arity: number): Operator =>
  (call) => {
    const inputs = Array.from({ length: arity }, (_, i) => call.input(i));
    const constants = allKnown(inputs);
    if (constants !== undefined && rule.fold !== undefined) return folded(rule, constants);
    const takes = rule.takesIntegers === true || (rule.takesIntegers === "scaled" && inputs.some(({ kind }) => kind === "known"));
    const taken = takes ? inputs : inputs.map((_, i) => call.floats(i));
    const y = rule.build(call.g, ...call.values.spread(taken));
    return call.live(y, rule.gives ?? inputs[inputs.length - 1].dtype, inputs);
  };
const unary = (build: (g: G, x: Node) => Node, fold?: (x: number) => number, more: Partial<Pointwise> = {}): Operator =>
  pointwise({ build: (g, x) => build(g, x), ...(fold === undefined ? {} : { fold }), ...more }, 1);
const binary = (
  build: (g: G, a: Node, b: Node) => Node,
  fold?: (a: number, b: number) => number,
  more: Partial<Pointwise> = {},
): Operator => pointwise({ build: (g, a, b) => build(g, a, b), ...(fold === undefined ? {} : { fold }), ...more }, 2);
const comparison = (build: (g: G, a: Node, b: Node) => Node, fold: (a: number, b: number) => boolean): Operator =>
  binary(build, (a, b) => Number(fold(a, b)), { takesIntegers: true, gives: "bool" });

function folded(rule: Pointwise, inputs: readonly Known[]): Known {
  const shape = inputs.map((value) => value.shape).reduce((a, b) => together(a, b) as number[]);
  const dtype = rule.gives ?? inputs[inputs.length - 1].dtype;
  const size = shape.reduce((a, b) => a * b, 1);
  const values = Array.from({ length: size }, (_, i) => numberOf(rule, inputs.map((value) => at(value, shape, i)), dtype)); // biome-ignore format: one line
  return known(dtype, shape, values);
}

/** The element of a value that stands at place `i` of a larger shape. */
function at({ shape, values }: Known, whole: readonly number[], i: number): Size {
  let [rest, place, step] = [i, 0, 1];
  for (let axis = whole.length - 1; axis >= 0; axis--) {
    const coord = rest % whole[axis];
    rest = (rest - coord) / whole[axis];
    const own = shape[axis - whole.length + shape.length];
    if (own === undefined) continue;
    place += own === 1 ? 0 : coord * step;
    step *= own;
  }
  return values[place];
}

function numberOf({ fold, neutral }: Pointwise, sizes: readonly Size[], dtype: Dtype): Size {
  if (sizes.includes("n")) {
    const [a, b] = sizes;
    if (sizes.length === 2 && neutral !== undefined && b === neutral) return a;
    return refuse("it computes with the number of rows");
  }
  const y = (fold as NonNullable<typeof fold>)(...(sizes as number[]));
  if (dtype === "float32") return Math.fround(y);
  if (Number.isInteger(y) && Math.abs(y) <= mostInt) return y;
  return refuse(`it computes whole numbers, and ${y} is none of 32 bits`);
}

const not = (g: G, x: Node): Node => g.sub(g.like(x, 1), x);
const atMost = (g: G, a: Node, b: Node): Node => g.add(g.less(a, b), g.equal(a, b));
const inverse = (g: G, x: Node): Node => g.div(g.like(x, 1), x);
const evenRound = (x: number): number => {
  const down = Math.floor(x);
  if (x - down !== 0.5) return Math.round(x);
  return down % 2 === 0 ? down : down + 1;
};

const arithmetic: Operators = {
  Add: binary((g, a, b) => g.add(a, b), (a, b) => a + b, { neutral: 0, takesIntegers: true }), // biome-ignore format: a row
  AddV2: binary((g, a, b) => g.add(a, b), (a, b) => a + b, { neutral: 0, takesIntegers: true }), // biome-ignore format: a row
  Sub: binary((g, a, b) => g.sub(a, b), (a, b) => a - b, { neutral: 0, takesIntegers: true }), // biome-ignore format: a row
  Mul: binary((g, a, b) => g.mul(a, b), (a, b) => a * b, { neutral: 1, takesIntegers: "scaled" }), // biome-ignore format: a row
  RealDiv: binary((g, a, b) => g.div(a, b), (a, b) => a / b, { neutral: 1 }), // biome-ignore format: a row
  Div: binary((g, a, b) => g.div(a, b), (a, b) => a / b, { neutral: 1 }), // biome-ignore format: a row
  DivNoNan: binary((g, a, b) => g.select(g.equal(b, g.like(b, 0)), g.like(a, 0), g.div(a, b))),
  FloorDiv: binary(notExact, (a, b) => Math.floor(a / b), { neutral: 1 }),
  FloorMod: binary(notExact, (a, b) => a - b * Math.floor(a / b)),
  Mod: binary(notExact, (a, b) => a - b * Math.floor(a / b)),
  Maximum: binary((g, a, b) => g.max(a, b), Math.max, { takesIntegers: true }),
  Minimum: binary((g, a, b) => g.min(a, b), Math.min, { takesIntegers: true }),
  Pow: binary((g, a, b) => g.pow(a, b), (a, b) => a ** b), // biome-ignore format: a row
  SquaredDifference: binary(
    (g, a, b) => g.square(g.sub(a, b)),
    (a, b) => (a - b) ** 2,
  ),
};

function notExact(): never {
  return refuse("it divides numbers that are computed at run time and takes what is left");
}

const functions: Operators = {
  Abs: unary((g, x) => g.abs(x), Math.abs, { takesIntegers: true }),
  Neg: unary((g, x) => g.neg(x), (x) => -x, { takesIntegers: true }), // biome-ignore format: a row
  Sign: unary((g, x) => g.sign(x), Math.sign),
  Floor: unary((g, x) => g.floor(x), Math.floor),
  Ceil: unary((g, x) => g.neg(g.floor(g.neg(x))), Math.ceil),
  Round: unary((g, x) => g.round(x), evenRound),
  Rint: unary((g, x) => g.round(x), evenRound),
  Square: unary((g, x) => g.square(x), (x) => x * x), // biome-ignore format: a row
  Sqrt: unary((g, x) => g.sqrt(x), Math.sqrt),
  Rsqrt: unary((g, x) => inverse(g, g.sqrt(x)), (x) => 1 / Math.sqrt(x)), // biome-ignore format: a row
  Reciprocal: unary(inverse, (x) => 1 / x),
  Inv: unary(inverse, (x) => 1 / x),
  Exp: unary((g, x) => g.exp(x)),
  Expm1: unary((g, x) => g.expm1(x)),
  Log: unary((g, x) => g.log(x)),
  Log1p: unary((g, x) => g.log1p(x)),
  Sin: unary((g, x) => g.sin(x)),
  Cos: unary((g, x) => g.cos(x)),
  Tan: unary(tan),
  Asin: unary(asin),
  Acos: unary(acos),
  Atan: unary((g, x) => g.atan(x)),
  Sinh: unary(sinh),
  Cosh: unary(cosh),
  Asinh: unary(asinh),
  Acosh: unary(acosh),
  Atanh: unary(atanh),
  Erf: unary((g, x) => g.erf(x)),
  Erfc: unary((g, x) => g.sub(g.like(x, 1), g.erf(x))),
};

const activations: Operators = {
  Relu: unary((g, x) => g.relu(x)),
  Relu6: unary((g, x) => g.relu6(x)),
  Elu: unary((g, x) => g.elu(x, { alpha: 1 })),
  Selu: unary((g, x) => g.selu(x)),
  Sigmoid: unary((g, x) => g.sigmoid(x)),
  Tanh: unary((g, x) => g.tanh(x)),
  Softplus: unary((g, x) => g.softplus(x)),
  Softsign: unary((g, x) => g.softsign(x)),
  LeakyRelu: (call) => call.live(leaky(call, call.values.node(call.floats(0)), "alpha")),
  Prelu: (call) => call.live(prelu(call.g, ...(call.values.spread([call.floats(0), call.floats(1)]) as [Node, Node]))),
};

/** x, times a slope where it is negative; the attribute that says the slope has TensorFlow's default. */
export const leaky = (call: Call, x: Node, attr: string): Node => call.g.leakyRelu(x, { slope: call.attrs.number(attr, 0.2) });
/** The same with a slope for each place. */
export const prelu = (g: G, x: Node, slope: Node): Node => g.select(g.less(x, g.like(x, 0)), g.mul(x, slope), x);

const isInfinite = (g: G, x: Node): Node => g.equal(g.abs(x), g.like(x, Number.POSITIVE_INFINITY));

const comparisons: Operators = {
  Equal: comparison((g, a, b) => g.equal(a, b), (a, b) => a === b), // biome-ignore format: a row
  NotEqual: comparison((g, a, b) => not(g, g.equal(a, b)), (a, b) => a !== b), // biome-ignore format: a row
  Less: comparison((g, a, b) => g.less(a, b), (a, b) => a < b), // biome-ignore format: a row
  Greater: comparison((g, a, b) => g.less(b, a), (a, b) => a > b), // biome-ignore format: a row
  LessEqual: comparison(atMost, (a, b) => a <= b),
  GreaterEqual: comparison((g, a, b) => atMost(g, b, a), (a, b) => a >= b), // biome-ignore format: a row
  IsNan: unary((g, x) => not(g, g.equal(x, x)), undefined, { gives: "bool" }),
  IsInf: unary(isInfinite, undefined, { gives: "bool" }),
  IsFinite: unary((g, x) => g.mul(g.equal(x, x), not(g, isInfinite(g, x))), undefined, { gives: "bool" }),
  LogicalAnd: comparison((g, a, b) => g.mul(a, b), (a, b) => a + b === 2), // biome-ignore format: a row
  LogicalOr: comparison((g, a, b) => g.max(a, b), (a, b) => a + b > 0), // biome-ignore format: a row
  LogicalNot: pointwise({ build: not, fold: (x) => 1 - x, takesIntegers: true, gives: "bool" }, 1),
  SelectV2: pointwise({ build: (g, mask, a, b) => g.select(mask, a, b), fold: (mask, a, b) => (mask === 0 ? b : a), takesIntegers: true }, 3), // biome-ignore format: a row
  Select: (call) => {
    const [mask, a] = [call.input(0), call.input(1)];
    // A list of as many as axis 0 has chooses between whole rows; by NumPy's rule it would choose along the last axis.
    const isPlain = mask.shape.length === 0 || mask.shape.length === a.shape.length;
    return isPlain ? comparisons.SelectV2(call) : refuse("it chooses between parts of the batch");
  },
};

const others: Operators = {
  AddN: (call) => sum(call, call.inputs.map((_, i) => call.floats(i))), // biome-ignore format: a row
  ClipByValue: (call) => {
    const [x, low, high] = call.values.spread([call.floats(0), call.floats(1), call.floats(2)]);
    return call.live(call.g.min(call.g.max(x, low), high));
  },
  BiasAdd: (call) => {
    channelsLast(call);
    return call.live(plusBias(call, call.values.node(call.floats(0)), call.floats(1)));
  },
  Cast: (call) => cast(call, call.input(0), call.attrs.type("DstT")),
};

function sum(call: Call, inputs: readonly Value[]): Value {
  const [first, ...rest] = call.values.spread(inputs);
  return call.live(
    rest.reduce((a, b) => call.g.add(a, b), first),
    "float32",
    inputs,
  );
}

/** x with a bias along its last axis. */
export function plusBias(call: Call, x: Node, bias: Value): Node {
  if (bias.shape.length !== 1) refuse(`its bias has ${bias.shape.length} axes, wanted is one`);
  return call.g.add(x, call.g.broadcastTo(call.values.node(bias), x.type.shape));
}

/** Throws unless pictures have their channels on the last axis. */
export function channelsLast(call: Call): void {
  const format = call.attrs.text("data_format", "NHWC");
  if (!/^N[DHW]*C$/.test(format))
    refuse(`its pictures have the form ${format}; layerc reads NHWC`, "convert the model for TensorFlow.js again");
}

/** TensorFlow's types, as what layerc computes with. */
const dtypes: Readonly<Record<string, Dtype>> = {
  DT_FLOAT: "float32",
  DT_HALF: "float32",
  DT_INT32: "int32",
  DT_INT64: "int32",
  DT_UINT8: "int32",
  DT_BOOL: "bool",
};

/** What a type of the graph is here. Throws CompileError format/unsupported with its name. */
export function dtypeOf(type: string): Dtype {
  return Object.hasOwn(dtypes, type) ? dtypes[type] : refuse(`it holds values of ${type}`, "layerc computes in float32");
}

function cast(call: Call, x: Value, type: string): Value {
  const dtype = dtypeOf(type);
  const fold = (value: Size): Size => {
    if (value === "n") return dtype === "bool" ? 1 : value;
    if (dtype === "float32") return Math.fround(value);
    if (dtype === "bool") return Number(value !== 0);
    return Number.isFinite(value) ? Math.trunc(value) : refuse(`it makes a whole number of ${value}`);
  };
  const [constant] = allKnown([x]) ?? [];
  if (constant !== undefined) return { ...known(dtype, constant.shape, Array.from(constant.values, fold)) };
  const { g } = call;
  const node = call.values.node(x);
  if (x.dtype === dtype || dtype === "float32" || (dtype === "int32" && x.dtype === "bool")) return call.live(node, dtype);
  const zero = g.like(node, 0);
  if (dtype === "bool") return call.live(not(g, g.equal(node, zero)), dtype);
  // Towards zero.
  return call.live(g.mul(g.sign(node), g.floor(g.abs(node))), dtype);
}

/** Operators of this file, by name. */
export const elementwise: Operators = { ...arithmetic, ...functions, ...activations, ...comparisons, ...others };
