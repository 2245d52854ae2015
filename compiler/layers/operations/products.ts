// Products of two operands by the axes that an equation names. In: inputs, of which one may be known numbers. Out: one dot. https://keras.io/api/ops/numpy/
//
//   einsum   "bij,bjk->bik"      the batch is the first label of every input and of the result
//   matmul   the last axis of the first with the last but one of the second; axes before meet as in NumPy
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { layer, type Problem } from "../define.ts";
import { labelled, ordered, product } from "../labels.ts";
import { joined } from "../merging/masks.ts";
import { badOperands, constantsSchema, operandNodes, operandShapes } from "./constants.ts";

type Shapes = readonly (readonly (number | "n")[])[];
interface Terms {
  readonly operands: readonly (readonly string[])[];
  readonly y: readonly string[];
}

/** An equation on operands: a label for each axis, the batch being "n"; or the problem. */
function termsOf(equation: string, shapes: Shapes): Terms | Problem {
  const path = "equation";
  const hint = 'such as "bij,bjk->bik": the first label of each input and of the result is the batch';
  const [left, right, ...more] = equation.replaceAll(" ", "").split("->");
  const texts = left.split(",");
  const letters = /^[A-Za-z]*$/;
  if (
    right === undefined ||
    more.length > 0 ||
    ![...texts, right].every((text) => letters.test(text)) ||
    texts.length !== shapes.length
  )
    return {
      path,
      message: `an equation has ${shapes.length} terms of letters and a result, found ${JSON.stringify(equation)}`,
      hint,
    };
  const terms = [...texts, right].map((text) => [...text]);
  if (terms.some((term) => new Set(term).size !== term.length)) return { path, message: "a term names each axis once", hint };
  const sizes = new Map<string, number | "n">();
  for (const [i, shape] of shapes.entries()) {
    if (terms[i].length !== shape.length)
      return {
        path,
        code: "shape/rank",
        message: `${JSON.stringify(texts[i])} does not name the axes of ${showShape(shape)}`,
        hint,
      };
    for (const [axis, label] of terms[i].entries()) {
      const known = sizes.get(label);
      if (known !== undefined && known !== shape[axis])
        return { path, code: "shape/mismatch", message: `${label} is ${known} and ${shape[axis]}`, hint };
      sizes.set(label, shape[axis]);
    }
  }
  const y = terms[shapes.length];
  if (y.some((label) => !sizes.has(label)))
    return { path, message: `${JSON.stringify(right)} names an axis that no term has`, hint };
  const batch = [...sizes].filter(([, size]) => size === "n").map(([label]) => label);
  if (batch.length !== 1 || y[0] !== batch[0])
    return { path, message: "the result begins with the batch, as each input does", hint };
  const renamed = (labels: readonly string[]) =>
    labels.map((label) => (label === batch[0] ? "n" : label === "n" ? "batch n" : label));
  return { operands: terms.slice(0, -1).map(renamed), y: renamed(y) };
}

/** Σ of products, by an equation. */
export const einsum = layer({
  name: "einsum",
  keras: "ops.Einsum",
  says: "Products of two inputs, or of an input and known numbers, summed by an equation that names the axes, the batch first (`bij,bkj->bik`); masks end.",
  config: z.strictObject({ equation: z.string(), constants: constantsSchema }),
  takes: [1, 2],
  legal: ({ equation, constants }, _input, inputs) => {
    const bad =
      constants.length === 0
        ? undefined
        : badOperands(
            constants,
            constants.length,
            inputs.map(() => []),
          );
    if (bad !== undefined) return bad;
    if (constants.length > 2) return { path: "constants", message: "two operands at most", hint: "say it in two lines" };
    const found = termsOf(equation, operandShapes(constants, inputs));
    return "message" in found ? found : undefined;
  },
  weights: () => [],
  lower: (g, { xs, config: { equation, constants } }) => {
    const nodes = operandNodes(g, constants, xs);
    const { operands, y } = termsOf(
      equation,
      nodes.map(({ type }) => type.shape as (number | "n")[]),
    ) as Terms;
    const [a, b] = nodes.map((node, i) => labelled(node, operands[i]));
    if (b !== undefined) return { y: ordered(g, product(g, a, b, y), y), mask: null };
    const axes = a.axes.flatMap((label, axis) => (y.includes(label) ? [] : [axis]));
    const sum = axes.length === 0 ? a.y : g.reduceSum(a.y, { axes });
    return {
      y: ordered(
        g,
        labelled(
          sum,
          a.axes.filter((label) => y.includes(label)),
        ),
        y,
      ),
      mask: null,
    };
  },
});

/** The axes before the last two of each side, in the shape that they have together; undefined where they do not meet. */
function leading(shapes: Shapes): readonly (number | "n")[] | undefined {
  const most = Math.max(...shapes.map(({ length }) => length)) - 2;
  const rows = shapes.map((shape) => [...Array.from({ length: most - (shape.length - 2) }, () => 1), ...shape.slice(0, -2)]);
  const isBatched = shapes.every((shape) => shape[0] !== "n" || shape.length - 2 === most);
  const met = joined(rows.map((row) => row.slice(1) as number[]));
  return isBatched && met !== undefined ? ["n", ...met] : undefined;
}

/** Products of matrices. */
export const matmul = layer({
  name: "matmul",
  keras: "ops.Matmul",
  says: "Products of matrices: the last axis of the first operand with the last but one of the second; axes before are repeated where they are 1; masks end.",
  config: z.strictObject({ constants: constantsSchema }),
  takes: [1, 2],
  legal: ({ constants }, _input, inputs) => {
    const bad = badOperands(constants, 2, inputs);
    if (bad !== undefined) return bad;
    const shapes = operandShapes(constants, inputs);
    const [a, b] = shapes;
    const found = `${showShape(a)} and ${showShape(b)}`;
    const least = isAlone(constants, shapes) ? 2 : 3;
    if (shapes.some((shape) => shape.length < (shape[0] === "n" ? least : 2)))
      return {
        path: "inputs",
        code: "shape/rank",
        message: `matrices have two axes at least, found ${found}`,
        hint: "einsum names axes",
      };
    const [, columns] = a.slice(-2);
    if (columns !== b.at(-2))
      return {
        path: "inputs",
        code: "shape/mismatch",
        message: `the last axis of the first and the last but one of the second differ: ${found}`,
        hint: "permute one of them",
      };
    if (isAlone(constants, shapes) || leading(shapes) !== undefined) return undefined;
    return {
      path: "inputs",
      code: "shape/mismatch",
      message: `the axes before the matrices do not meet: ${found}`,
      hint: "sizes are equal, or 1",
    };
  },
  weights: () => [],
  lower: (g, { xs, config: { constants } }) => {
    const nodes = operandNodes(g, constants, xs);
    const shapes = nodes.map(({ type }) => type.shape as (number | "n")[]);
    const [a, b] = nodes;
    if (isAlone(constants, shapes))
      return { y: g.dot(a, b, { batch: [[], []], contract: [[a.type.shape.length - 1], [0]] }), mask: null };
    const before = leading(shapes) ?? [];
    const whole = (node: Node) => g.broadcastTo(node, [...before, ...node.type.shape.slice(-2)]);
    const batch = before.map((_, i) => i);
    return {
      y: g.dot(whole(a), whole(b), { batch: [batch, batch], contract: [[before.length + 1], [before.length]] }),
      mask: null,
    };
  },
});

/** Whether the second operand is one matrix for all. */
const isAlone = (constants: z.output<typeof constantsSchema>, shapes: Shapes): boolean =>
  constants.length === 2 && constants[1] !== null && shapes[1].length === 2;
