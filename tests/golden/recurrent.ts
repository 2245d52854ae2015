// Recurrent cells as plain loops over doubles, written from Keras' documentation and sharing nothing with the compiler; `lstm` stands in
// reference.ts. In: a sequence [n, steps, features], kernels, and a mask. Out: the last output, or all of them.
import { at, make, sigmoid, sum, type Tensor } from "./reference.ts";

export interface RecurrentOptions {
  readonly mask?: Tensor;
  readonly all?: boolean;
  readonly backwards?: boolean;
  readonly zeros?: boolean;
  readonly start?: Tensor;
}
/** The state after a step: `fromX` and `fromH` give a column of the products with the inputs and the state. */
type Step = (h: Float64Array, fromX: (column: number) => number) => Float64Array;

/** Runs a step over a sequence; a masked one keeps the state, and gives the output before it, which is 0 before the first. */
function over(x: Tensor, kernel: Tensor, units: number, step: Step, options: RecurrentOptions): Tensor {
  const { mask, all = false, backwards = false, zeros = false, start } = options;
  const [rows, steps, features] = x.shape;
  const outputs = make([rows, steps, units], () => 0);
  const last = make([rows, units], () => 0);
  for (let n = 0; n < rows; n++) {
    let h: Float64Array<ArrayBufferLike> = Float64Array.from({ length: units }, (_, u) =>
      start === undefined ? 0 : at(start, n, u),
    );
    let output: Float64Array<ArrayBufferLike> = new Float64Array(units);
    for (let k = 0; k < steps; k++) {
      const t = backwards ? steps - 1 - k : k;
      if (mask === undefined || at(mask, n, t) !== 0) {
        h = step(h, (column) => sum(features, (f) => at(x, n, t, f) * at(kernel, f, column)));
        output = h;
      } else if (zeros) output = new Float64Array(units);
      outputs.data.set(output, (n * steps + k) * units);
    }
    last.data.set(output, n * units);
  }
  return all ? outputs : last;
}

const fromState = (h: Float64Array, recurrent: Tensor, column: number): number =>
  sum(h.length, (u) => h[u] * at(recurrent, u, column));

/** h = tanh(x · W + h · U + b) */
export function simpleRnn(
  x: Tensor,
  [kernel, recurrent, bias]: readonly (Tensor | undefined)[],
  options: RecurrentOptions = {},
): Tensor {
  if (kernel === undefined || recurrent === undefined) throw new Error("a SimpleRNN has two kernels");
  const units = recurrent.shape[0];
  const step: Step = (h, fromX) =>
    Float64Array.from({ length: units }, (_, u) => Math.tanh(fromX(u) + fromState(h, recurrent, u) + (bias?.data[u] ?? 0)));
  return over(x, kernel, units, step, options);
}

/** Gates z, r, h side by side; with two rows of bias the reset gate stands after the product. */
export function gru(
  x: Tensor,
  [kernel, recurrent, bias]: readonly (Tensor | undefined)[],
  { after = true, ...options }: RecurrentOptions & { readonly after?: boolean } = {},
): Tensor {
  if (kernel === undefined || recurrent === undefined) throw new Error("a GRU has two kernels");
  const units = recurrent.shape[0];
  const biasOf = (row: number, column: number): number => bias?.data[row * 3 * units + column] ?? 0;
  const step: Step = (h, fromX) => {
    const input = (column: number) => fromX(column) + biasOf(0, column);
    const own = (column: number) => fromState(h, recurrent, column) + (after ? biasOf(1, column) : 0);
    const gate = (first: number) => h.map((_, u) => sigmoid(input(first + u) + own(first + u)));
    const [z, r] = [gate(0), gate(units)];
    const reset = h.map((value, u) => r[u] * value);
    return h.map((value, u) => {
      const column = 2 * units + u;
      const joined = after ? r[u] * own(column) : fromState(reset, recurrent, column);
      return z[u] * value + (1 - z[u]) * Math.tanh(input(column) + joined);
    });
  };
  return over(x, kernel, units, step, options);
}
