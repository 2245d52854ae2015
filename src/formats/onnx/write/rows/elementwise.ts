// Ops of a number at each point. Operands are stretched by the operator itself, so that a bias stays as long as it is.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import { type Attributes, float, whole } from "../proto.ts";
import type { Row, Writer } from "../writer.ts";

/** An op that is one operator. */
const same = (op: string, operator: string, attributes: (attrs: Node["attrs"]) => Attributes = () => ({})): Row => ({
  op,
  write: (writer, node) => writer.emit(operator, writer.operands(node, node.inputs), attributes(node.attrs)),
});
/** An op of one operand that is a few operators. */
const made = (
  op: string,
  write: (writer: Writer, x: string, number: (value: number) => string, attrs: Node["attrs"]) => string,
): Row => ({
  op,
  write: (writer, node) => write(writer, writer.operands(node, node.inputs)[0], (value) => writer.book.scalar(value), node.attrs),
});

/** The numbers of ONNX' types. */
const [asFloat, asBool] = [1, 9];
const cast = (writer: Writer, x: string, to: number): string => writer.emit("Cast", [x], { to: whole(to) });

const comparisons: ReadonlyMap<string, string> = new Map([
  ["equal", "Equal"],
  ["less", "Less"],
]);

/** A mask as truth values; those of a comparison as it gives them. */
function truth(writer: Writer, node: Node): string {
  const operator = comparisons.get(node.op);
  if (operator === undefined) return cast(writer, writer.thin(node), asBool);
  return writer.bool(node, () => writer.emit(operator, writer.operands(node, node.inputs)));
}

const comparison = (op: string): Row => ({ op, lazy: true, write: (writer, node) => cast(writer, truth(writer, node), asFloat) });

/** Where the mask has fewer axes than the result, one of the others has them all. */
const select: Row = {
  op: "select",
  write: (writer, node) => {
    const [mask, a, b] = node.inputs;
    const isComparison = comparisons.has(mask.op);
    // Truth values of a comparison have the whole shape.
    const [other, last] = isComparison ? [writer.thin(a), writer.thin(b)] : writer.operands(node, [a, b]);
    return writer.emit("Where", [truth(writer, mask), other, last]);
  },
};

const attributeOf = (attrs: Node["attrs"], key: string) => float(attrs[key] as number);

/** Rows of the group. */
// biome-ignore format: one table
export const elementwise: readonly Row[] = [
  same("add", "Add"),
  same("sub", "Sub"),
  same("mul", "Mul"),
  same("pow", "Pow"),
  same("max", "Max"),
  same("most", "Max"),
  same("min", "Min"),
  same("least", "Min"),
  same("neg", "Neg"),
  same("exp", "Exp"),
  same("log", "Log"),
  same("sqrt", "Sqrt"),
  same("sin", "Sin"),
  same("cos", "Cos"),
  same("erf", "Erf"),
  same("tanh", "Tanh"),
  same("sigmoid", "Sigmoid"),
  same("softplus", "Softplus"),
  same("floor", "Floor"),
  same("round", "Round"),
  comparison("equal"),
  comparison("less"),
  select,
  // ONNX has neither of the two, and what it has loses digits near 0, as in other exporters.
  made("expm1", (writer, x, number) => writer.emit("Sub", [writer.emit("Exp", [x]), number(1)])),
  made("log1p", (writer, x, number) => writer.emit("Log", [writer.emit("Add", [x, number(1)])])),
  // Composites that ONNX has as one.
  same("abs", "Abs"),
  same("sign", "Sign"),
  same("atan", "Atan"),
  same("exponential", "Exp"),
  same("relu", "Relu"),
  same("softsign", "Softsign"),
  same("selu", "Selu"),
  same("hardSilu", "HardSwish"),
  same("elu", "Elu", (attrs) => ({ alpha: attributeOf(attrs, "alpha") })),
  same("celu", "Celu", (attrs) => ({ alpha: attributeOf(attrs, "alpha") })),
  same("leakyRelu", "LeakyRelu", (attrs) => ({ alpha: attributeOf(attrs, "slope") })),
  same("hardSigmoid", "HardSigmoid", () => ({ alpha: float(1 / 6), beta: float(0.5) })),
  same("hardSigmoidKeras2", "HardSigmoid", () => ({ alpha: float(0.2), beta: float(0.5) })),
  made("square", (writer, x) => writer.emit("Mul", [x, x])),
  made("silu", (writer, x) => writer.emit("Mul", [x, writer.emit("Sigmoid", [x])])),
  made("relu6", (writer, x, number) => writer.emit("Clip", [x, number(0), number(6)])),
  made("hardTanh", (writer, x, number) => writer.emit("Clip", [x, number(-1), number(1)])),
  made("clip", (writer, x, number, { low, high }) => writer.emit("Clip", [x, number(low as number), number(high as number)])),
  made("stopGradient", (_writer, x) => x),
];
