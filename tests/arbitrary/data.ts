// Data for random models. In: a Sample and how many rows. Out: seeded inputs and targets, packed: a row holds the numbers of all ports,
// one port after another. What runs a model by port is wrapped to run it on packed rows, so that laws are about rows of numbers.

import { lossesOf } from "../../compiler/front/losses.ts";
import { resolve, type Target } from "../../compiler/front/steps.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { type Ported, type Trainable, trainingOf } from "../executors.ts";
import { asGiven, byPort, type Floats, type Given } from "../ports.ts";
import type { Sample } from "./models.ts";
import { hardNumbers, tameNumbers, wholeNumbers } from "./numbers.ts";

interface Shaped {
  readonly name: string;
  readonly shape: readonly number[];
}

/** Rows of each port side by side. */
export function packed(ports: readonly Shaped[], given: Given, rows: number): Float32Array {
  const values = byPort(given, ports);
  const list = ports.map(({ name, shape }) => ({ values: values[name], size: sizeOf(shape) }));
  const width = list.reduce((sum, { size }) => sum + size, 0);
  const all = new Float32Array(rows * width);
  for (let row = 0, to = 0; row < rows; row++)
    for (const { values: own, size } of list) for (let i = 0; i < size; i++) all[to++] = own[row * size + i];
  return all;
}

/** The same by port again. */
export function unpacked(ports: readonly Shaped[], all: Floats): Given<Float32Array> {
  const width = ports.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  let from = 0;
  return asGiven(
    Object.fromEntries(
      ports.map(({ name, shape }) => {
        const [start, size] = [from, sizeOf(shape)];
        from += size;
        const at = (i: number): number => all[Math.floor(i / size) * width + start + (i % size)];
        return [name, Float32Array.from({ length: (all.length / width) * size }, (_, i) => at(i))];
      }),
    ),
  );
}

/** Rows for a random model; hard: half of the numbers are where formats, branches and polynomials end. */
export function inputsOf({ inputs, seed }: Sample, rows: number, hard: boolean): Float32Array {
  const values = inputs.map(({ name, shape, integers }, i): [string, Float32Array] => {
    const [length, own] = [rows * sizeOf(shape), seed ^ (i << 8)];
    // A module takes no other ids than whole ones in range.
    if (integers !== undefined) return [name, wholeNumbers(hard ? own ^ 1 : own, length, integers)];
    return [name, hard ? hardNumbers(own ^ 1, length) : tameNumbers(own, length)];
  });
  return packed(inputs, Object.fromEntries(values), rows);
}

/** What its losses are held against. */
export const targetPorts = ({ model }: Pick<Sample, "model">): readonly Target[] =>
  resolve(model).trainStep(trainingOf(model)).targets;

/** Targets that its losses allow. */
export function targetsOf({ model, outputs, seed }: Sample, rows: number): Float32Array {
  const losses = lossesOf(trainingOf(model), outputs);
  const ports = targetPorts({ model });
  const values = ports.map(({ name, shape, range }, i): [string, Float32Array] => {
    const [length, own] = [rows * sizeOf(shape), seed ^ 2 ^ (i << 8)];
    const loss = losses.find(({ port }) => port === name)?.item.name ?? "";
    if (range !== undefined) return [name, wholeNumbers(own, length, range.below)];
    const y = tameNumbers(own, length);
    return [name, loss.endsWith("crossentropy") ? y.map((value) => Math.abs(value) % 1) : y];
  });
  return packed(ports, Object.fromEntries(values), rows);
}

/** By port, where the model has several outputs: also for the only one that is trained. */
export function targetsGiven(sample: Sample, y: Floats): Given<Float32Array> {
  const ports = targetPorts(sample);
  const given = unpacked(ports, y);
  return sample.outputs.length > 1 ? byPort(given, ports) : given;
}

/** A weight for each row as a module takes it: the same for every output. */
export const weightsGiven = (sample: Sample, weights: Float32Array): Given<Float32Array> =>
  sample.outputs.length > 1 ? Object.fromEntries(targetPorts(sample).map(({ name }) => [name, weights])) : weights;

/** A module that takes and gives packed rows. */
export function onRows(sample: Sample, module: Ported & Trainable): Trainable {
  const { inputs, outputs } = sample;
  const width = inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0);
  type Options = Parameters<Trainable["trainStep"]>[2];
  const asked = (options: Options = {}): NonNullable<Options> => {
    const { sampleWeight, ...others } = options;
    return {
      ...others,
      ...(sampleWeight === undefined ? {} : { sampleWeight: weightsGiven(sample, sampleWeight as Float32Array) }),
    };
  };
  const x = (all: Given) => unpacked(inputs, all as Floats);
  return {
    ...module,
    predict: (all: Floats) => packed(outputs, (module as Ported).predict(x(all)), all.length / width),
    trainStep: (all, y, options) => module.trainStep(x(all), targetsGiven(sample, y as Floats), asked(options)),
    evaluate: (all, y, options) => module.evaluate(x(all), targetsGiven(sample, y as Floats), asked(options)),
  } as Trainable;
}
