// Operations that take several lines: a model within the model, whose lines are those. In: what an operation is given. Out: a line `model`
// with the tensors it takes, or nothing where sizes it needs are not known.
import type { LayerSpec } from "../../../../compiler/model.ts";
import type { Keys } from "../values.ts";
import { type Given, isTensor, type Known, knownOf, type Made, shapeOf } from "./define.ts";

/** A result of a line or an input, by name, or known numbers. */
export type Term = string | { readonly known: Known };

/** The lines of an operation while they are written. */
export class Lines {
  readonly list: LayerSpec[] = [];

  /** A line of a layer on results by name; gives its own name. */
  line(layer: string, config: Keys, ...inputs: readonly string[]): string {
    const name = `${layer}_${this.list.length}`;
    this.list.push({ name, layer, config, inputs });
    return name;
  }
  /** A line that takes known numbers beside results. */
  of(layer: string, config: Keys, ...terms: readonly Term[]): string {
    const inputs = terms.filter((term) => typeof term === "string");
    if (inputs.length === terms.length) return this.line(layer, config, ...inputs);
    const constants = terms.map((term) => (typeof term === "string" ? null : term.known));
    return this.line(layer, { ...config, constants }, ...inputs);
  }
  /** A function, number by number. */
  map(op: string, ...terms: readonly (Term | number)[]): string {
    return this.of("elementwise", { op }, ...terms.map((term) => (typeof term === "number" ? { known: term } : term)));
  }
  reduce(op: string, axis: number | readonly number[], x: string, keepdims = false): string {
    return this.line("reduce", { op, axis, ...(keepdims ? { keepdims } : {}) }, x);
  }
}

/** What an operation is given, with the sizes of a sample where it is a tensor. */
export interface Operand {
  readonly term: Term;
  /** With the batch in front, of a tensor; of known numbers all of it. */
  readonly shape: readonly number[];
}
/** The size that stands for the batch. */
export const batch = -1;

/**
 * The line of several: `make` writes them for operands, `tensors` and known numbers in the order given, and says which it gives. undefined
 * where an operand is neither, or a size beside the batch is open.
 */
export function composed(
  { path }: Given,
  values: readonly unknown[],
  make: (lines: Lines, operands: readonly Operand[]) => string | readonly string[] | undefined,
): Made | undefined {
  const inputs: { readonly name: string; readonly shape: readonly number[] }[] = [];
  const tensors: unknown[] = [];
  const operands: Operand[] = [];
  for (const value of values) {
    const operand = isTensor(value) ? taken(value, inputs.length) : knownOperand(value, path);
    if (operand === undefined) return undefined;
    operands.push(operand);
    if (typeof operand.term !== "string") continue;
    tensors.push(value);
    inputs.push({ name: operand.term, shape: operand.shape.slice(1) });
  }
  const lines = new Lines();
  const outputs = make(lines, operands);
  if (outputs === undefined || lines.list.length === 0) return undefined;
  return { layer: "model", config: { inputs, layers: lines.list, outputs: [outputs].flat() }, tensors };
}

function taken(value: unknown, i: number): Operand | undefined {
  const shape = shapeOf(value);
  if (shape === undefined || shape.length === 0 || shape.slice(1).includes(null)) return undefined;
  return { term: `x${i}`, shape: [batch, ...(shape.slice(1) as number[])] };
}

function knownOperand(value: unknown, path: string): Operand | undefined {
  const known = knownOf(value, path);
  return known === undefined ? undefined : { term: { known }, shape: typeof known === "object" ? known.shape : [] };
}
