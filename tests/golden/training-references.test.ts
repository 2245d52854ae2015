// Training steps against the loops, with gradients by central differences: the loss, every weight and moving statistics after
// every step, batches of several sizes; then `evaluate` over all rows.
import { describe, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { expectClose } from "../close.ts";
import type { Trainable } from "../executors.ts";
import { standard } from "../exemptions.ts";
import { lossOver, stepped } from "./loops.ts";
import { penaltyCases } from "./penalty-variations.ts";
import { type Tensor, tensor } from "./reference.ts";
import { real, total } from "./reference-training.ts";
import { cases as plainCases, type TrainingVariation } from "./training-variations.ts";
import type { Weights } from "./variation.ts";

const cases = [...plainCases, ...penaltyCases];

function lossOf(
  { loss, forward }: TrainingVariation,
  [x, target, weights]: readonly Tensor[],
  w: Weights,
  training: boolean,
): number {
  const passed = forward(x, w, training);
  return lossOver(loss, passed, target, weights) + (passed.penalty ?? 0);
}

const options: readonly OptionsInput[] = [{ target: "js" }, { target: "js", exact: true }, { target: "simd" }];
/** Most rows of a step, and those of each. */
const largest = 5;
const batches = [5, 5, 2, 1, 4];
const rates = [undefined, undefined, 0.03, undefined, 0.01];
const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);

/** Rows from..to of a tensor. */
function part({ shape: [, ...sample], data }: Tensor, from: number, to: number): Tensor {
  return tensor([to - from, ...sample], data.slice(from * size(sample), to * size(sample)));
}

/** As Keras: the mean of the batches' losses, by their rows. */
function evaluated(item: TrainingVariation, all: readonly Tensor[], w: Weights): number {
  const rows = all[0].shape[0];
  const starts = Array.from({ length: Math.ceil(rows / largest) }, (_, i) => i * largest);
  const sums = starts.map((from) => {
    const to = Math.min(from + largest, rows);
    const batch = all.map((whole) => part(whole, from, to));
    return (to - from) * lossOf(item, batch, w, false);
  });
  return total(sums) / rows;
}

/** What the loops say of a case: its numbers, and loss and weights of every step. */
function told(item: TrainingVariation) {
  const { layers, loss, optimizer, input = real, weighted, name, constrain = {} } = item;
  const noise = random(cases.indexOf(item) + 100);
  const bare: Model = { name, seed: 1, layers };
  const {
    weights: infos,
    inputs: [port],
    outputs: [output],
  } = resolve(bare).predict;
  const draw = (shape: readonly number[], value: () => number) =>
    tensor(shape, Float32Array.from({ length: size(shape) }, value));
  let w: Weights = Object.fromEntries(
    infos.map((info) => [info.name, draw(info.shape, () => (info.name.endsWith("variance") ? 1.5 : 0) + real(noise))]),
  );
  const start = Object.fromEntries(infos.map((info) => [info.name, Float32Array.from(w[info.name].data)]));
  const model: Model = { ...bare, weights: start, training: { loss: loss.spec, optimizer: optimizer.spec } };
  const targetShape = loss.sparse === true ? output.shape.slice(0, -1) : output.shape;
  const all = [
    draw([total(batches), ...port.shape], () => input(noise)),
    draw([total(batches), ...targetShape], () => loss.target(noise)),
    draw([total(batches)], () => (weighted ? noise.integer(0, 4) / 2 : 1)),
  ];
  const trainable = infos.filter((info) => info.trainable).map((info) => info.name);
  const slots = new Map<string, Record<string, number>[]>();
  let from = 0;
  const steps = batches.map((rows, i) => {
    const data = all.map((whole) => part(whole, from, from + rows));
    from += rows;
    const lossBefore = lossOf(item, data, w, true);
    const progress = { optimizer, trainable, slots, rate: rates[i] ?? optimizer.spec.learningRate, t: i + 1 };
    const next = stepped((moved) => lossOf(item, data, moved, true), w, progress);
    const held = Object.entries(constrain).flatMap(([weight, project]) =>
      trainable.includes(weight) ? [[weight, project(next[weight])] as const] : [],
    );
    w = { ...next, ...Object.fromEntries(held), ...item.forward(data[0], w, true).moved };
    return { data, loss: lossBefore, weights: w };
  });
  return { model, infos, all, steps, evaluated: evaluated(item, all, w) };
}
const known = new Map<TrainingVariation, ReturnType<typeof told>>();
/** The same for every target: what the loops say knows no module. */
function toldOf(item: TrainingVariation): ReturnType<typeof told> {
  const before = known.get(item) ?? told(item);
  known.set(item, before);
  return before;
}

describe.each(cases)("$name", (item) => {
  it.each(options)("%j", (given) => {
    const { model, infos, all, steps, evaluated: whole } = toldOf(item);
    const module = load<Trainable>(compile(model, { ...given, train: true, batch: largest }));
    for (const [i, { data, loss, weights }] of steps.entries()) {
      const [x, y, sampleWeight] = data.map((values) => values.data);
      const found = module.trainStep(x, y, {
        ...(item.weighted ? { sampleWeight } : {}),
        ...(rates[i] === undefined ? {} : { learningRate: rates[i] }),
      });
      expectClose([found], [loss], standard.loopLoss, `loss of step ${i}`);
      for (const [k, values] of module.getWeights().entries())
        expectClose(values, weights[infos[k].name].data, standard.loopSteps, `${infos[k].name} after step ${i}`);
    }
    const [x, y, sampleWeight] = all.map((values) => values.data);
    const found = module.evaluate(x, y, item.weighted ? { sampleWeight } : {}).loss;
    expectClose([found], [whole], standard.loopSteps, "evaluate");
  });
});
