// Ops along axes: sums, the largest, means, softmax, the place of the largest; and pools, which are a fold of windows.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import { whole, wholes } from "../proto.ts";
import type { Row, Writer } from "../writer.ts";
import { pictures, pooled } from "./spatial.ts";

const axesOf = ({ attrs }: Node): readonly number[] => attrs.axes as readonly number[];

/** Until opset 18 only the sum takes its axes as an input. */
const reduced = (operator: string, writer: Writer, node: Node): string => {
  const [x] = node.inputs;
  const axes = axesOf(node);
  if (axes.length === 0) return writer.value(x);
  const attributes = { keepdims: whole(0), ...(operator === "ReduceSum" ? {} : { axes: wholes(axes) }) };
  return writer.emit(operator, [writer.value(x), ...(operator === "ReduceSum" ? [writer.book.ints(axes)] : [])], attributes);
};
const largest = (op: string): Row => ({
  op,
  write: (writer, node) => pooled(writer, node, "MaxPool", Number.NEGATIVE_INFINITY) ?? reduced("ReduceMax", writer, node),
});
const along = (op: string, operator: string): Row => ({
  op,
  write: (writer, { inputs: [x], attrs }) => writer.emit(operator, [writer.value(x)], { axis: whole(attrs.axis as number) }),
});

/** A sum of windows divided by how many they hold is a mean of windows. */
const div: Row = {
  op: "div",
  write: (writer, node) => {
    const [sum, count] = node.inputs;
    const isMean = count.op === "constant" && sum.op === "reduceSum";
    const values = count.attrs.values as readonly number[] | undefined;
    const taps = pictures(sum)?.sizes.reduce((a, b) => a * b, 1);
    const mean = isMean && values?.length === 1 && values[0] === taps ? pooled(writer, sum, "AveragePool", 0) : undefined;
    return mean ?? writer.emit("Div", writer.operands(node, node.inputs));
  },
};

/** Rows of the group. */
export const reductions: readonly Row[] = [
  { op: "reduceSum", write: (writer, node) => reduced("ReduceSum", writer, node) },
  { op: "mean", write: (writer, node) => reduced("ReduceMean", writer, node) },
  largest("reduceMax"),
  largest("reduceMost"),
  along("softmax", "Softmax"),
  along("logSoftmax", "LogSoftmax"),
  div,
  {
    op: "argmax",
    write: (writer, { inputs: [x], attrs }) => {
      const place = writer.emit("ArgMax", [writer.value(x)], { axis: whole(attrs.axis as number), keepdims: whole(0) });
      return writer.emit("Cast", [place], { to: whole(1) });
    },
  },
];
