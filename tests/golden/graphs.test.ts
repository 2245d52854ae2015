// Graphs against loops: what they compute, on the executors that differ most, and what they learn.
import { describe, expect, it } from "vitest";
import { random } from "../../compiler/base/random.ts";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load } from "../../runtime/load.ts";
import { expectClose } from "../close.ts";
import { executors, inTurn, type Trainable } from "../executors.ts";
import { skipOf, standard } from "../exemptions.ts";
import { asGiven, expectPorts } from "../ports.ts";
import { attentionNets } from "./attention-nets.ts";
import type { GraphNet, Tensors } from "./graph-net.ts";
import { lossOver, stepped } from "./loops.ts";
import { merges } from "./merges.ts";
import { nets } from "./nets.ts";
import { type Tensor, tensor } from "./reference.ts";
import { real } from "./reference-training.ts";
import type { Weights } from "./variation.ts";

const rows = 3;
/** The meaning, and the kernels that differ most, do run. */
const chosen = executors.filter(
  ({ name }) => !skipOf("loops-on-fewer-executors", ["program", "simd, JavaScript", "simd --exact"].includes(name)),
);
const size = (shape: readonly number[]) => shape.reduce((product, length) => product * length, 1);
const bareOf = ({ name, inputs, outputs, layers }: GraphNet): Model => ({
  name,
  seed: 1,
  inputs,
  layers,
  ...(outputs === undefined ? {} : { outputs }),
});
const draw = (shape: readonly number[], value: () => number): Tensor =>
  tensor(shape, Float32Array.from({ length: size(shape) }, value));
const dataOf = (tensors: Tensors) =>
  Object.fromEntries(Object.entries(tensors).map(([name, { data }]) => [name, Float32Array.from(data)]));
const resultsOf = (net: GraphNet, x: Tensors, w: Weights): Tensors => {
  const y = net.forward(x, w);
  return "data" in y ? { [resolve(bareOf(net)).predict.outputs[0].name]: y as Tensor } : y;
};
/** Inputs of so many rows, and weights, for a net. */
function drawn(net: GraphNet, seed: number, count: number) {
  const noise = random(seed);
  const { inputs, weights } = resolve(bareOf(net)).predict;
  const value = net.input ?? ((own) => 4 * own.uniform() - 2);
  const x = (k = count): Tensors =>
    Object.fromEntries(inputs.map(({ name, shape }) => [name, draw([k, ...shape], () => value(noise))]));
  const w: Weights = Object.fromEntries(weights.map(({ name, shape }) => [name, draw(shape, () => real(noise))]));
  return { noise, x, w };
}

const all = [...merges, ...nets, ...attentionNets];
describe.each(all)("$name", (net) => {
  it("equals the loops", () => {
    const { x: inputs, w } = drawn(net, 7, rows);
    const x = inputs();
    const y = Object.fromEntries(Object.entries(resultsOf(net, x, w)).map(([name, { data }]) => [name, data]));
    const model = { ...bareOf(net), weights: dataOf(w) };
    for (const { name, results } of inTurn(chosen, all.indexOf(net), ["graph"]))
      expectPorts(results(model, asGiven(dataOf(x)), rows), y, standard.layers, `${net.name} on ${name}`);
  });
});

const options: readonly OptionsInput[] = [{ target: "js", exact: true }, { target: "simd" }];
const batches = [4, 2, 4, 1];

describe.each([...nets, ...attentionNets.filter(({ training }) => training !== undefined)])("$name, trained", (net) => {
  it.each(options)("%j", (given) => {
    const { training } = net;
    if (training === undefined) throw new Error(`${net.name} has no training`);
    const { losses, lossWeights = {}, optimizer, weighted } = training;
    const { noise, x: inputs, w: first } = drawn(net, 8, 4);
    const loss = Object.fromEntries(Object.entries(losses).map(([name, { spec }]) => [name, spec]));
    const spec = { loss, ...(training.lossWeights === undefined ? {} : { lossWeights }), optimizer: optimizer.spec };
    const model: Model = { ...bareOf(net), weights: dataOf(first), training: spec };
    const module = load<Trainable>(compile(model, { ...given, train: true, batch: 4 }));
    const { weights: infos } = resolve(model).predict;
    const { trainable } = resolve(model).trainStep();
    const slots = new Map<string, Record<string, number>[]>();
    let w = first;
    for (const [i, count] of batches.entries()) {
      const x = inputs(count);
      const y = resultsOf(net, x, w);
      const targets = Object.fromEntries(
        Object.entries(losses).map(([name, { sparse, target }]) => {
          const { shape } = y[name];
          return [name, draw(sparse === true ? shape.slice(0, -1) : shape, () => target(noise))];
        }),
      );
      const weightOf = Object.fromEntries(
        Object.keys(losses).map((name) => [name, draw([count], () => (weighted ? noise.integer(0, 4) / 2 : 1))]),
      );
      const each = (now: Weights) => {
        const found = resultsOf(net, x, now);
        return Object.entries(losses).map(([name, one]) => lossOver(one, { y: found[name] }, targets[name], weightOf[name]));
      };
      const lossAt = (now: Weights) =>
        each(now).reduce((sum, value, k) => sum + value * (lossWeights[Object.keys(losses)[k]] ?? 1), 0);
      // Outputs have names where there are several, however many of them are trained.
      const named = (tensors: Tensors) => (Object.keys(y).length > 1 ? dataOf(tensors) : asGiven(dataOf(tensors)));
      const [xs, ys] = [asGiven(dataOf(x)), named(targets)];
      const asked = weighted ? { sampleWeight: named(weightOf) } : {};
      const evaluated = module.evaluate(xs, ys, asked);
      expectClose([evaluated.loss], [lossAt(w)], standard.loopSteps, `evaluate before step ${i}`);
      if (Object.keys(losses).length > 1)
        expectClose(Object.keys(losses).map((name) => evaluated[`${name}_loss`]), each(w), standard.loopSteps, "each loss"); // biome-ignore format: one line
      expectClose([module.trainStep(xs, ys, asked)], [lossAt(w)], standard.loopLoss, `loss of step ${i}`);
      w = stepped(lossAt, w, { optimizer, trainable, slots, rate: optimizer.spec.learningRate, t: i + 1 });
      for (const [k, values] of module.getWeights().entries())
        expectClose(values, w[infos[k].name].data, standard.loopSteps, `${infos[k].name} after step ${i}`);
    }
    expect(trainable.length).toBeGreaterThan(0);
  });
});
