// THE table of TensorFlow's operators that layerc reads: a row for each, by its name in the graph. What has none is refused by that name.
import type { Operator } from "./define.ts";
import { along } from "./operators/along.ts";
import { windows } from "./operators/convolution.ts";
import { elementwise } from "./operators/elementwise.ts";
import { matrix } from "./operators/matrix.ts";
import { parts } from "./operators/parts.ts";
import { picks } from "./operators/picks.ts";
import { shape } from "./operators/shape.ts";

/** Const and Placeholder are not among them: those begin a graph, and take nothing. */
export const operators: ReadonlyMap<string, Operator> = new Map(
  [elementwise, matrix, windows, along, shape, parts, picks].flatMap((rows) => Object.entries(rows)),
);
