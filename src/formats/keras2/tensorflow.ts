// Functions of TensorFlow by the class of keras.ops that is the same, so that one table makes lines of both. In: a function's name with what
// it is called with. Out: that class, with the arguments under Keras' names; undefined where no class is the same.
//
//   math.reduce_mean(input_tensor, axis, keepdims)      Mean(x, axis, keepdims)
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import type { Keys } from "../keras/values.ts";

/** What a function is called with. */
interface Called {
  readonly args: readonly unknown[];
  readonly kwargs: Keys;
}
/** A class of keras.ops and its arguments. */
export interface Same {
  readonly class_name: string;
  readonly kwargs: Keys;
}

/** Functions, their class, their parameters in order as `TensorFlow's:Keras'` names, and what Keras is to be told beside. */
const rows: readonly (readonly [functions: string, className: string, parameters: string, also?: Keys])[] = [
  ...["add Add", "subtract Subtract", "multiply Multiply", "truediv Divide", "divide Divide", "pow Power", "maximum Maximum", "minimum Minimum",
    "floordiv FloorDivide", "mod Mod", "floormod Mod", "divide_no_nan DivideNoNan", "greater Greater", "greater_equal GreaterEqual", "less Less",
    "less_equal LessEqual", "equal Equal", "not_equal NotEqual", "logical_and LogicalAnd", "logical_or LogicalOr", "atan2 Arctan2"]
    .map((row): readonly [string, string, string] => [`math.${row.split(" ")[0]} __operators__.${row.split(" ")[0]}`, row.split(" ")[1], "x:x1 y:x2"]),
  ...["abs Abs", "negative Negative", "sqrt Sqrt", "rsqrt Rsqrt", "square Square", "log Log", "log1p Log1p", "exp Exp", "expm1 Expm1", "sin Sin", "cos Cos", "tan Tan",
    "sinh Sinh", "cosh Cosh", "tanh Tanh", "asin Arcsin", "acos Arccos", "atan Arctan", "asinh Arcsinh", "acosh Arccosh", "atanh Arctanh", "floor Floor", "ceil Ceil",
    "round Round", "sign Sign", "erf Erf", "reciprocal Reciprocal", "sigmoid Sigmoid", "log_sigmoid LogSigmoid", "is_nan Isnan", "is_inf Isinf", "is_finite Isfinite", "logical_not LogicalNot"]
    .map((row): readonly [string, string, string] => [`math.${row.split(" ")[0]}`, row.split(" ")[1], "x:x"]),
  ...["mean Mean", "sum Sum", "max Max", "min Min", "prod Prod", "std Std", "variance Var", "logsumexp Logsumexp", "any Any", "all All"]
    .map((row): readonly [string, string, string] => [`math.reduce_${row.split(" ")[0]}`, row.split(" ")[1], "input_tensor:x axis:axis keepdims:keepdims"]),
  ["math.softplus nn.softplus", "Softplus", "features:x"],
  ["nn.elu", "Elu", "features:x"],
  ["nn.selu", "Selu", "features:x"],
  ["nn.softsign", "Softsign", "features:x"],
  ["nn.leaky_relu", "LeakyRelu", "features:x alpha:negative_slope"],
  ["nn.gelu", "Gelu", "features:x approximate:approximate", { approximate: false }],
  ["nn.swish", "Silu", "features:x"],
  ["nn.softmax", "Softmax", "logits:x axis:axis", { axis: -1 }],
  ["nn.log_softmax", "LogSoftmax", "logits:x axis:axis", { axis: -1 }],
  ["math.argmax", "Argmax", "input:x axis:axis"],
  ["math.argmin", "Argmin", "input:x axis:axis"],
  ["math.cumsum", "Cumsum", "x:x axis:axis"],
  ["math.l2_normalize", "Normalize", "x:x axis:axis", { epsilon: 1e-6 }],
  ["clip_by_value", "Clip", "t:x clip_value_min:x_min clip_value_max:x_max"],
  ["cast", "Cast", "x:x dtype:dtype"],
  ["expand_dims", "ExpandDims", "input:x axis:axis"],
  ["compat.v1.squeeze squeeze", "Squeeze", "input:x axis:axis"],
  ["reshape", "Reshape", "tensor:x shape:newshape"],
  ["transpose compat.v1.transpose", "Transpose", "a:x perm:axes"],
  ["stack", "Stack", "values:x axis:axis"],
  ["tile", "Tile", "input:x multiples:repeats"],
  ["where", "Where", "condition:condition x:x1 y:x2"],
  ["linalg.matmul", "Matmul", "a:x1 b:x2"],
  ["gather compat.v1.gather", "Take", "params:x indices:indices axis:axis"],
  ["one_hot", "OneHot", "indices:x depth:num_classes", { axis: -1 }],
  ["pad compat.v1.pad", "Pad", "tensor:x paddings:pad_width"],
  ["reverse", "Flip", "tensor:x axis:axis"],
  ["roll", "Roll", "input:x shift:shift axis:axis"],
  ["sort", "Sort", "values:x axis:axis", { axis: -1 }],
  ["zeros_like", "ZerosLike", "input:x"],
  ["ones_like", "OnesLike", "input:x"],
  ["__operators__.getitem", "GetItem", "tensor:x slice_spec:key"],
]; // biome-ignore format: a row each
const byName = new Map(rows.flatMap((row) => row[0].split(" ").map((name) => [name, row] as const)));
/** Arguments that change nothing, whatever they are, or at these values. */
const silent: Readonly<Record<string, readonly unknown[] | "any">> = { name: "any", output_type: "any", exclusive: [false, null], transpose_a: [false], transpose_b: [false], batch_dims: [0], validate_indices: "any", direction: ["ASCENDING"], dtype: [null] }; // biome-ignore format: one table

/** The class that is the same, with its arguments; undefined where there is none, or where a call says more. */
export function sameAs(name: string, { args, kwargs }: Called): Same | undefined {
  const row = byName.get(name);
  if (row === undefined) return undefined;
  const [, class_name, parameters, also = {}] = row;
  const names = parameters.split(" ").map((pair) => pair.split(":"));
  const given: Record<string, unknown> = { ...also };
  if (args.length > names.length) return undefined;
  for (const [i, value] of args.entries()) given[names[i][1]] = value;
  for (const [key, value] of Object.entries(kwargs)) {
    const ours = names.find(([theirs]) => theirs === key)?.[1];
    const values = Object.hasOwn(silent, key) ? silent[key] : [];
    if (ours !== undefined) given[ours] = ours === "key" ? indexIn(value) : value;
    else if (values !== "any" && !values.includes(value)) return undefined;
  }
  return { class_name, kwargs: given };
}

/** `slice_spec` of a SlicingOpLambda as Keras 3 writes an index. */
const indexIn = (spec: unknown): unknown =>
  Array.isArray(spec) ? spec.map(indexIn) : isPlain(spec) && "start" in spec ? { class_name: "__slice__", config: spec } : spec;
