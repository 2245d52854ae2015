// The activations of the fixtures over a grid of hard numbers (huge, tiny, −0): what goes in, and what is right.
import type { Model } from "../../compiler/model.ts";
import { floats } from "../fixtures/floats.ts";
import { activations } from "../fixtures/read.ts";

const golden = activations();
const grid = floats(golden.x);

export interface ActivationCase {
  readonly case: string;
  readonly model: Model;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** What Keras gave; where its own float32 arithmetic overflows or cancels, the right numbers. */
function expected(name: string): Float32Array {
  const y = floats(golden.y[name]);
  // The largest entry, 1e30, exceeds every other by more than 1.
  if (name === "sparsemax") return grid.map((x) => (x === Math.max(...grid) ? 1 : 0));
  // (x + √(x² + 4)) / 2 loses all digits to cancellation on the left and its x² to overflow at both ends; there it is 2 / (√(x² + 4) − x)
  // or max(x, 0), to float32.
  if (name === "squareplus") return y.map((value, i) => (grid[i] > -50 && grid[i] < 1e30 ? value : squareplus(grid[i])));
  return y;
}

const squareplus = (x: number): number => (x < 0 ? 2 / (Math.hypot(x, 2) - x) : (x + Math.hypot(x, 2)) / 2);

export const activationCases: readonly ActivationCase[] = Object.keys(golden.y).map((name) => {
  // Gated linear units halve the axis, which has an odd length: the last number is left out.
  const x = name === "glu" ? grid.subarray(0, grid.length - 1) : grid;
  const layer = { name: "act", layer: "activation", config: { activation: name, inputShape: [x.length] } };
  return { case: name, model: { name, seed: 1, layers: [layer] }, x, y: expected(name) };
});

/** No string of Keras' names it: a layer cannot have it, the op is judged by itself. */
export const nameless = "gelu_tanh";

/** What is not asked as Keras gave it: each number that is another one, and the activation without a name; with what it belongs to. */
export const left: readonly (readonly [name: string, cause: string])[] = [
  [nameless, nameless],
  ...activationCases.flatMap(({ case: name, y }) => {
    const keras = floats(golden.y[name]);
    return Array.from(y).flatMap((value, i) => (Object.is(value, keras[i]) ? [] : [[`${name}[${i}]`, name] as const]));
  }),
];
