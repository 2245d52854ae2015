// Operands of an operation that are known: numbers, and arrays of them, beside those that are inputs. In: the key `constants` of a config,
// and the inputs. Out: the operands in order as shapes and as nodes, or the problem.
//
//   constants  []                                    every operand is an input
//              [null, 2]                             the first is the input, the second is 2
//              [{ shape: [3], values: [1, 2, 3] }, null]
//
// Guarantee: shapes meet as in NumPy, from the last axis on; inputs have as many axes as one another, since each has its batch in front.
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import type { Problem } from "../define.ts";
import { joined } from "../merging/masks.ts";
import { batched, sampleShape, sizeOf } from "../shared.ts";

// JSON has no infinity: a mask of attention scores says "-inf".
const numberSchema = z.union([z.number(), z.enum(["inf", "-inf"])]);
const arraySchema = z.strictObject({ shape: z.array(z.int().min(1)).max(mostAxes), values: z.array(numberSchema).min(1) });
/** A number or an array; null stands for an input. */
export const constantsSchema: z.ZodDefault<
  z.ZodArray<z.ZodNullable<z.ZodUnion<readonly [typeof numberSchema, typeof arraySchema]>>>
> = z
  .array(z.union([numberSchema, arraySchema]).nullable())
  .max(3)
  .default([]);

/** What an operand may be: the next input, or known numbers. */
export type Constants = z.output<typeof constantsSchema>;
type Known = NonNullable<Constants[number]>;
type Scalar = z.output<typeof numberSchema>;
type Shapes = readonly (readonly number[])[];

const isScalar = (known: unknown): known is Scalar => typeof known === "number" || typeof known === "string";
const infinite = { inf: Number.POSITIVE_INFINITY, "-inf": Number.NEGATIVE_INFINITY } as const;
const numberOf = (scalar: Scalar): number => (typeof scalar === "number" ? Math.fround(scalar) : infinite[scalar]);
const shapeOf = (known: Known): readonly number[] => (isScalar(known) ? [] : known.shape);

/** Each operand in order: the place of an input, or known numbers. */
function operandsOf(constants: Constants, arity: number): readonly (Known | { readonly input: number })[] {
  if (constants.length === 0) return Array.from({ length: arity }, (_, input) => ({ input }));
  let input = 0;
  return constants.map((known) => known ?? { input: input++ });
}

/** The problem of operands that are too many or too few, of values that do not fill their shape, and of inputs with other axes. */
export function badOperands(constants: Constants, arity: number, inputs: Shapes): Problem | undefined {
  const wanted = constants.length === 0 ? arity : constants.filter((known) => known === null).length;
  const given = constants.length === 0 ? inputs.length : constants.length;
  const hint = "constants has a number for each operand that is known, and null for each input";
  if (given !== arity || wanted === 0) {
    const path = constants.length === 0 ? "inputs" : "constants";
    return {
      path,
      message: `the operation takes ${arity} operand${arity === 1 ? "" : "s"}, one of them an input at least, found ${given}`,
      hint,
    };
  }
  if (wanted !== inputs.length)
    return { path: "inputs", message: `constants leaves room for ${wanted} inputs, found ${inputs.length}`, hint };
  const short = constants.findIndex((one) => one !== null && !isScalar(one) && sizeOf(one.shape) !== one.values.length);
  if (short >= 0) {
    const { shape, values } = constants[short] as Exclude<Known, Scalar>;
    const message = `an array of ${showShape(shape)} needs ${sizeOf(shape)} values, found ${values.length}`;
    return { path: `constants[${short}]`, message, hint: "values are row-major" };
  }
  const { length } = inputs[0];
  if (inputs.every((shape) => shape.length === length)) return undefined;
  const found = inputs.map((shape) => showShape(shape)).join(" and ");
  const message = `the inputs need as many axes as one another, found ${found}`;
  return { path: "inputs", code: "shape/rank", message, hint: "expandDims gives one of them an axis more" };
}

/** The shape that all operands have together; undefined where sizes differ, or an array has more axes than the batch leaves it. */
export function together(constants: Constants, inputs: Shapes): readonly number[] | undefined {
  const rank = inputs[0].length;
  const known = constants.flatMap((one) => (one === null ? [] : [shapeOf(one)]));
  // One axis more is that of the batch, along which an array says nothing.
  if (known.some((shape) => shape.length > rank + 1 || (shape.length === rank + 1 && shape[0] !== 1))) return undefined;
  const behind = known.map((shape) => shape.slice(Math.max(0, shape.length - rank)));
  return joined([...inputs, ...behind.map((shape) => [...Array.from({ length: rank - shape.length }, () => 1), ...shape])]);
}

/** Known numbers as a node of their own shape. */
export function knownNode(g: G, known: Known): Node {
  if (isScalar(known)) return g.fill(numberOf(known), []);
  return g.constant({ shape: [...known.shape], values: known.values.map(numberOf) });
}

/** The operands as nodes of the shape that they have together. */
export function broadcastOperands(g: G, constants: Constants, xs: readonly Node[]): readonly Node[] {
  const sample = together(constants, xs.map(sampleShape)) ?? [];
  const shape = batched(sample);
  return operandsOf(constants, xs.length).map((one) => {
    if (isScalar(one)) return g.fill(numberOf(one), shape);
    if ("input" in one) return g.broadcastTo(xs[one.input], shape);
    const own = one.shape.slice(Math.max(0, one.shape.length - sample.length));
    return g.broadcastTo(knownNode(g, { ...one, shape: own }), shape);
  });
}

/** The operands as nodes, each with its own shape. */
export const operandNodes = (g: G, constants: Constants, xs: readonly Node[]): readonly Node[] =>
  operandsOf(constants, xs.length).map((one) => (!isScalar(one) && "input" in one ? xs[one.input] : knownNode(g, one)));

/** The shapes of the operands; an input's begins with "n". */
export const operandShapes = (constants: Constants, inputs: Shapes): readonly (readonly (number | "n")[])[] =>
  operandsOf(constants, inputs.length).map((one) =>
    !isScalar(one) && "input" in one ? ["n", ...inputs[one.input]] : shapeOf(one),
  );

/** Whether known numbers differ from step to step of a sequence, the first axis of a sample. */
export const differInTime = (constants: Constants, rank: number): boolean =>
  constants.some((one) => {
    const shape = one === null ? [] : shapeOf(one);
    return shape.length >= rank && (shape[shape.length - rank] ?? 1) !== 1;
  });
