// What the right answer is: dense nets and their training in doubles, as plainly as they can be written; the others as the project's
// interpreter says it (meaning.ts). In: a net, weights, rows. Out: results and updated weights. Guarantee: shares no code with
// anything that lowers, emits or is measured.
import { meant, meantGradients } from "./meaning.ts";
import { activationOf, type DenseNet, isDense, type Net } from "./nets.ts";
import type { Training, Weights } from "./workloads.ts";

export type Vector = Float64Array;

/** What a prediction may differ from the reference, beside its largest number; and an update, beside its length. */
export const tolerance = { predict: 1e-4, train: 1e-3 };

function activate(kind: ReturnType<typeof activationOf>, z: Vector): Vector {
  if (kind === "linear") return z;
  if (kind === "relu") return z.map((v) => Math.max(v, 0));
  const top = Math.max(...z);
  const powers = z.map((v) => Math.exp(v - top));
  const sum = powers.reduce((a, b) => a + b, 0);
  return powers.map((v) => v / sum);
}

/** Activations of every layer for one row, the input first. */
function forward(net: DenseNet, weights: readonly Vector[], x: Vector): Vector[] {
  const values = [x];
  for (let layer = 0; layer < net.sizes.length - 1; layer++) {
    const [kernel, bias, input] = [weights[2 * layer], weights[2 * layer + 1], values[layer]];
    const z = bias.map((b, j) => {
      let sum = b;
      for (let k = 0; k < input.length; k++) sum += input[k] * kernel[k * bias.length + j];
      return sum;
    });
    values.push(activate(activationOf(net, layer), z));
  }
  return values;
}

const doubles = (weights: Weights): Vector[] => weights.map((values) => Float64Array.from(values));

/** Results of rows back to back. */
export function predictReference(net: Net, weights: Weights, x: Float32Array): Float64Array {
  if (!isDense(net)) return meant(net, weights, x);
  const [size, wide] = [net.sizes[0], doubles(weights)];
  const rows = Array.from({ length: x.length / size }, (_, row) =>
    forward(net, wide, Float64Array.from(x.subarray(row * size, (row + 1) * size))),
  );
  return Float64Array.from(rows.flatMap((values) => [...(values.at(-1) as Vector)]));
}

/** Adds the gradient of half the squared error of one row, times `scale`, to `gradients`. */
function backward(
  net: DenseNet,
  weights: readonly Vector[],
  x: Vector,
  target: Vector,
  scale: number,
  gradients: Vector[],
): void {
  const values = forward(net, weights, x);
  let delta: Vector = (values.at(-1) as Vector).map((y, j) => scale * (y - target[j]));
  for (let layer = net.sizes.length - 2; layer >= 0; layer--) {
    const [kernel, input, output] = [weights[2 * layer], values[layer], values[layer + 1]];
    const kind = activationOf(net, layer);
    if (kind === "softmax") throw new Error("the reference trains no softmax");
    if (kind !== "linear") delta = delta.map((d, j) => (output[j] > 0 ? d : 0));
    const units = delta.length;
    for (let j = 0; j < units; j++) gradients[2 * layer + 1][j] += delta[j];
    for (let k = 0; k < input.length; k++)
      for (let j = 0; j < units; j++) gradients[2 * layer][k * units + j] += input[k] * delta[j];
    delta = input.map((_, k) => {
      let sum = 0;
      for (let j = 0; j < units; j++) sum += delta[j] * kernel[k * units + j];
      return sum;
    });
  }
}

/** Of the mean squared error of rows, or of half the summed one of a single row. */
function denseGradients(net: DenseNet, weights: readonly Vector[], x: Float32Array, y: Float32Array, online: boolean): Vector[] {
  const [inputs, outputs] = [net.sizes[0], net.sizes.at(-1) as number];
  const rows = x.length / inputs;
  const row = (from: Float32Array, size: number, i: number): Vector => Float64Array.from(from.subarray(i * size, (i + 1) * size));
  const gradients = weights.map((values) => new Float64Array(values.length));
  const scale = online ? 1 : 2 / (rows * outputs);
  for (let i = 0; i < rows; i++) backward(net, weights, row(x, inputs, i), row(y, outputs, i), scale, gradients);
  return gradients;
}

type Rules = { readonly online?: boolean; readonly correctedEpsilon?: boolean };

/** The optimizer, which moves `weights` by gradients; `t` counts from 1. */
function mover({ optimizer, learningRate }: Training, weights: readonly Vector[], { correctedEpsilon = false }: Rules) {
  const moments = weights.map((values) => ({ m: values.map(() => 0), v: values.map(() => 0) }));
  return (gradients: readonly Vector[], t: number): void => {
    weights.forEach((values, w) => {
      const { m, v } = moments[w];
      for (let i = 0; i < values.length; i++) {
        const g = gradients[w][i];
        if (optimizer === "sgd") values[i] -= learningRate * g;
        else {
          m[i] += 0.1 * (g - m[i]);
          v[i] += 0.001 * (g * g - v[i]);
          const correction = Math.sqrt(1 - 0.999 ** t);
          const root = Math.sqrt(v[i]) + (correctedEpsilon ? correction : 1) * 1e-7;
          values[i] -= (learningRate * correction * m[i]) / (1 - 0.9 ** t) / root;
        }
      }
    });
  };
}

/** The weights after `steps` steps on the same rows; one update a step by the gradient of the loss, but as `rules` say. */
export function trainReference(
  training: Training,
  weights: Weights,
  x: Float32Array,
  y: Float32Array,
  steps: number,
  rules: Rules = {},
): Vector[] {
  const { net, batch, loss } = training;
  const now = doubles(weights);
  const move = mover(training, now, rules);
  if (isDense(net) && loss !== "mse") throw new Error(`the reference trains dense nets with mse, not with ${String(loss)}`);
  const rows = rules.online ? batch : 1;
  const part = (from: Float32Array, i: number): Float32Array =>
    from.subarray((i * from.length) / rows, ((i + 1) * from.length) / rows);
  for (let step = 1; step <= steps; step++) {
    for (let i = 0; i < rows; i++) {
      const gradients = isDense(net)
        ? denseGradients(net, now, part(x, i), part(y, i), rules.online === true)
        : meantGradients(training, now, x, y);
      move(gradients, step);
    }
  }
  return now;
}

/** The largest difference beside the largest wanted number. NaN when anything is NaN, or nothing but zeros is wanted. */
export function relativeError(found: ArrayLike<number>, wanted: ArrayLike<number>): number {
  if (found.length !== wanted.length) return Number.NaN;
  let [difference, scale] = [0, 0];
  for (let i = 0; i < wanted.length; i++) {
    difference = Math.max(difference, Math.abs(found[i] - wanted[i]));
    scale = Math.max(scale, Math.abs(wanted[i]));
  }
  return difference / scale;
}

/**
 * How wrong a training is: the distance of its weights from the wanted ones beside the length of the way the wanted ones went.
 * (Adam gives the smallest gradient as long a step as the largest, so single weights would say little.)
 */
export function updateError(found: Weights, wanted: readonly Vector[], initial: Weights): number {
  let [error, way] = [0, 0];
  wanted.forEach((values, w) => {
    if (found[w]?.length !== values.length) error = Number.NaN;
    for (let i = 0; i < values.length; i++) {
      error += (found[w][i] - values[i]) ** 2;
      way += (values[i] - initial[w][i]) ** 2;
    }
  });
  return Math.sqrt(error / way);
}
