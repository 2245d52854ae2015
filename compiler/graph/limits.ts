// How large things may get. In: sizes. Out: the error of what is too large, before anything of it is computed or allocated.
// Guarantee: what is within the limits has sizes, addresses and bytes that are exact as numbers, and fits the arrays of every engine.
import { CompileError } from "../diagnostics/error.ts";
import { showShape, sizeOf } from "./graph.ts";

/** Numbers of one value, of one sample: a layer's input and output, what it computes on the way, a weight. 1 GiB of float32. */
export const largestValue = 2 ** 28;
/** Numbers of a module's memory: weights, inputs and outputs, and what a call computes, over all rows of a batch. 2 GiB, so that
 * addresses in bytes are positive as 32-bit integers. */
export const largestMemory = 2 ** 29;
/** Axes of a value, the batch not counted. */
export const mostAxes = 32;

/** Throws CompileError shape/too-large where a value of this shape (without the batch axis) is beyond the limits. */
export function checkSize(what: string, shape: readonly number[], path: string): void {
  if (shape.length > mostAxes)
    throw tooLarge(path, `${what} has ${shape.length} axes, at most ${mostAxes} are possible`, "reshape it to fewer axes");
  const size = sizeOf(shape);
  if (size <= largestValue) return;
  const message = `${what} has ${showSize(size)} numbers (${showShape(shape)}), at most ${largestValue} are possible`;
  throw tooLarge(path, message, "a value of one sample, and a weight, have at most 2^28 numbers");
}

/** Throws CompileError shape/too-large where all weights, or all that a module holds, take more memory than there can be. */
export function checkMemory(what: string, numbers: number, hint: string): void {
  if (numbers <= largestMemory) return;
  throw tooLarge("", `${what} ${showSize(numbers)} numbers of memory, at most ${largestMemory} (2 GiB) are possible`, hint);
}

const tooLarge = (path: string, message: string, hint: string): CompileError =>
  new CompileError({ code: "shape/too-large", path, message, hint });

/** All digits while they are exact. */
const showSize = (size: number): string => (Number.isSafeInteger(size) ? String(size) : `about ${size.toPrecision(3)}`);
