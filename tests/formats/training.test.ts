// What files of Keras say of training. `tests/fixtures/keras/state`: models that Keras 3.15.1 (JAX) trained three steps and saved, with what
// the optimizer held, and the weights after one more step on the same batch. Law: what is read is what Keras held, and the next step is Keras'.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { expect, it } from "vitest";
import { compile } from "../../compiler/compile.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { optimizerOf } from "../../compiler/front/update.ts";
import type { Model } from "../../compiler/model.ts";
import { load, type Trainable } from "../../runtime/index.ts";
import { open } from "../../src/formats/index.ts";
import { expectClose } from "../close.ts";
import { standard } from "../exemptions.ts";
import { type Floats, floats } from "../fixtures/floats.ts";
import { fixtures } from "../fixtures/read.ts";

interface Case {
  readonly case: string;
  readonly optimizer: readonly (Floats & { readonly path: string })[];
  /** Of another step. Keras on JAX and on TensorFlow do not agree in what ScheduleFreeAdamW does: there is none. */
  readonly x?: readonly Floats[];
  readonly y?: readonly Floats[];
  readonly loss?: number;
  readonly after?: readonly (Floats & { readonly path: string })[];
}
const folder = join(fixtures, "state");
const cases: readonly Case[] = JSON.parse(readFileSync(join(folder, "state.json"), "utf8"));
const bytesOf = (file: string): Uint8Array =>
  file.endsWith(".h5") ? gunzipSync(readFileSync(join(folder, `${file}.gz`))) : readFileSync(join(folder, file));
const inH5 = ["adam", "nadam", "sgd-momentum", "graph"];
/** The same nets as older versions wrote them: by slot and without names, by slot, by weight; with a number where `amsgrad` would have a slot. */
const older: readonly (readonly [file: string, of: string])[] = [
  ["../../keras2/state-2.2-adam.h5", "adam"],
  ["../../keras2/state-2.2-sgd.h5", "sgd-momentum"],
  ["../../keras2/state-2.4-adam.h5", "adam"],
  ["../../keras2/state-2.4-rmsprop.h5", "rmsprop"],
  ["../../keras2/state-2.13-adam.h5", "adam"],
];
const files = [
  ...cases.flatMap((one) => [`${one.case}.keras`, ...(inH5.includes(one.case) ? [`${one.case}.h5`] : [])].map((file) => [file, one] as const)), // biome-ignore format: one line
  ...older.map(([file, of]) => [file, cases.find((one) => one.case === of) as Case] as const),
];

type Module = Trainable & { getOptimizerState(): Readonly<Record<string, Float32Array>> };
const trainer = (model: Model): Module => load<Module>(compile(model, { train: true, batch: 4, selfTest: false }));

/** What Keras calls a slot, from the end of a path. */
const slots: Readonly<Record<string, string>> = { velocity_hat: "vMax", accumulated_grad: "accumulatedGradient", accumulated_delta_var: "accumulatedDelta", average_gradient: "averageGradient", gradient_accumulator: "gradient", average: "average", accumulator: "accumulator", linear: "linear", norm: "u" }; // biome-ignore format: one table
const adams = ["adam", "adamw", "nadam", "lamb", "adamax", "lion"];
function stateName(optimizer: string, path: string, weights: readonly string[]): string | undefined {
  const last = path.slice(path.lastIndexOf("/") + 1);
  // A chain's paths begin with the model's name.
  const weight = weights.find((name) => `_${last}`.includes(`_${name.replaceAll("/", "_")}_`));
  if (weight === undefined) return undefined;
  const word = last.slice(last.indexOf(weight.replaceAll("/", "_")) + weight.length + 1);
  const short = adams.includes(optimizer) ? { momentum: "m", velocity: "v" }[word] : undefined;
  return `optimizer/${short ?? slots[word] ?? word}/${weight}`;
}

it.each(files)("%s", (file, { case: name, x = [], y = [], optimizer, loss, after }) => {
  const model = open(bytesOf(file), file);
  expect(model.left).toBeUndefined();
  const { weights, predict } = resolve(model);
  const { item, config } = optimizerOf(model.training?.optimizer ?? "none");
  // Older files have it as the float32 it was.
  const { beta1 = 0.9 } = config as { readonly beta1?: number };
  const module = trainer(model);
  const state = module.getOptimizerState();
  const compared = optimizer.flatMap((variable) => {
    const own = stateName(item.name, variable.path, weights.map((weight) => weight.name)); // biome-ignore format: one line
    if (own === undefined || !(own in state)) return [];
    expect(state[own], own).toEqual(floats(variable));
    return [own];
  });
  const perWeight = Object.keys(state).filter((own) => own.split("/").length > 2);
  // Adafactor's sums have names without a slot.
  if (item.name !== "adafactor") expect(compared.toSorted()).toEqual(perWeight.toSorted());
  const count = floats(optimizer[0])[0];
  expect(count).toBe(3);
  if ("optimizer/iteration" in state) expect(state["optimizer/iteration"][0]).toBe(count);
  const updates = name.includes("accumulation") ? 1 : count;
  if ("optimizer/beta1Power" in state) expect(state["optimizer/beta1Power"][0]).toBe(Math.fround(beta1 ** updates));
  if (after === undefined || loss === undefined) return;

  const fed = (ports: readonly { readonly name: string }[], given: readonly Floats[]) =>
    given.length === 1 ? floats(given[0]) : Object.fromEntries(ports.map((port, i) => [port.name, floats(given[i])]));
  const before = module.trainStep(fed(predict.inputs, x) as Float32Array, fed(predict.outputs, y) as Float32Array);
  expectClose(Float32Array.of(before), Float32Array.of(loss), standard.kerasSteps, "loss");
  const own = module.getWeights();
  for (const [i, weight] of weights.entries()) {
    const wanted = after.find(({ path }) => path === weight.name || path.endsWith(`/${weight.name}`));
    expectClose(own[i], floats(wanted as Floats), standard.kerasSteps, weight.name);
  }
});
