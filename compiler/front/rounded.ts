// Weights rounded to fewer bits, before anything else reads them. In: the weights of a model, and the Graph that says which numbers make one output.
// Out: float32 numbers that int8 with a scale a channel, or float16, holds exactly. Guarantee: what is rounded already stays as it is; a
// weight that would gain little stays float32; a number that has no rounding is an error, and nothing is clamped in silence.
import { halfOf, largestHalf, ofHalf } from "../base/halves.ts";
import { isSteps, ofSteps, scaleFor, scalesFor, stepsOf } from "../base/steps.ts";
import { CompileError } from "../diagnostics/error.ts";
import { type Graph, sizeOf } from "../graph/graph.ts";
import type { WeightsType } from "../options.ts";
import { channelsOf } from "./channels.ts";
import type { Weight } from "./params.ts";

/** Where the channels of a tensor are: element i is of channel ⌊i / stride⌋ mod count. */
export interface Channels {
  readonly stride: number;
  readonly count: number;
}

interface Law {
  /** Whether a weight is worth it: its numbers, and how many channels they have. */
  readonly when: (numbers: number, channels: number) => boolean;
  /** Rounds in place. */
  readonly round: (values: Float32Array, channels: Channels) => void;
  /** Whether a finite number has a rounding; where some are too large, what the largest is, and what to do then. */
  readonly takes: (value: number) => boolean;
  readonly most: number;
  readonly hint: string;
}

/** A scale takes as much as four steps: with fewer numbers a channel, more than half would stay. */
const fewestSteps = 4;

/** Weights with one axis alone (biases, scales, statistics) stay float32 in both: they are some hundredths of a model, and sums stand on them. */
const laws: Readonly<Record<Exclude<WeightsType, "float32">, Law>> = {
  float16: {
    when: () => true,
    round: (values) => values.forEach((value, i) => { values[i] = ofHalf(halfOf(value)); }), // biome-ignore format: one line
    // Half a unit in the last place beyond the largest still rounds to it.
    takes: (value) => Number.isFinite(ofHalf(halfOf(value))),
    most: largestHalf,
    hint: "weightsType int8, whose scales fit each channel, or float32",
  },
  int8: {
    when: (numbers, channels) => numbers >= fewestSteps * channels,
    round: roundSteps,
    takes: () => true,
    most: Number.MAX_VALUE,
    hint: "weightsType float32",
  },
};

function roundSteps(values: Float32Array, { stride, count }: Channels): void {
  const channelOf = (i: number): number => Math.floor(i / stride) % count;
  const largest = new Float32Array(count);
  values.forEach((value, i) => {
    largest[channelOf(i)] = Math.max(largest[channelOf(i)], Math.abs(value));
  });
  // What some scale holds exactly was rounded before.
  const candidates = Array.from(largest, (size) => [...scalesFor(size)]);
  values.forEach((value, i) => {
    const scales = candidates[channelOf(i)];
    for (let k = scales.length - 1; k >= 0; k--) if (!isSteps(value, scales[k])) scales.splice(k, 1);
  });
  const scales = Float32Array.from(largest, (size, channel) => candidates[channel][0] ?? scaleFor(size));
  values.forEach((value, i) => {
    const scale = scales[channelOf(i)];
    values[i] = ofSteps(stepsOf(value, scale), scale);
  });
}

/** The channels along some axes of a shape; of those that do not lie together, the last ones. */
export function channelsAlong(shape: readonly number[], axes: readonly number[]): Channels {
  // An axis of size 1 keeps nothing apart.
  const wide = axes.filter((axis) => shape[axis] > 1).sort((a, b) => a - b);
  const end = (wide.at(-1) ?? shape.length - 1) + 1;
  let start = end - 1;
  while (start > 0 && (wide.includes(start - 1) || shape[start - 1] === 1)) start--;
  return { stride: sizeOf(shape.slice(end)), count: sizeOf(shape.slice(start, end)) };
}

/** The weights as `type` holds them; float32 are those given. Throws CompileError weights/rounding. */
export function roundedWeights(
  values: Readonly<Record<string, Float32Array>>,
  { weights, graph, type }: { readonly weights: readonly Weight[]; readonly graph: Graph; readonly type: WeightsType },
): Readonly<Record<string, Float32Array>> {
  if (type === "float32") return values;
  const law = laws[type];
  const axes = channelsOf(graph);
  const rounded: Record<string, Float32Array> = {};
  for (const { name, shape } of weights) {
    const isMatrix = shape.filter((size) => size > 1).length > 1;
    const channels = channelsAlong(shape, axes.get(name) ?? [shape.length - 1]);
    const value = isMatrix && law.when(sizeOf(shape), channels.count) ? values[name].slice() : values[name];
    if (value !== values[name]) {
      check(name, value, type, law);
      law.round(value, channels);
    }
    // defineProperty: a layer may be called __proto__.
    Object.defineProperty(rounded, name, { value, enumerable: true });
  }
  return rounded;
}

function check(name: string, values: Float32Array, type: string, { takes, most, hint }: Law): void {
  const bad = values.findIndex((value) => !(Number.isFinite(value) && takes(value)));
  if (bad < 0) return;
  const value = values[bad];
  throw new CompileError({
    code: "weights/rounding",
    path: `weights[${JSON.stringify(name)}]`,
    message: `${JSON.stringify(name)} holds ${value} at ${bad}, which ${type} does not have${Number.isFinite(value) ? `: its largest number is ${most}` : ""}`,
    hint: Number.isFinite(value) ? hint : "mend the weights: every prediction that meets it becomes NaN or infinite",
  });
}
