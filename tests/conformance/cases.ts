// Cases that live outside this repository, in the folder that the environment variable LAYERC_CONFORMANCE names. Out: its parts,
// and the ways in which a case's model runs: with the options a user starts from, and with those that change the arithmetic.
import { join } from "node:path";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import { load, type Predictor } from "../../runtime/load.ts";
import type { Trainable, Trainer } from "../executors.ts";

/** A part of the conformance folder. Throws where the variable is not set. */
export function part(name: string): string {
  const folder = process.env.LAYERC_CONFORMANCE;
  if (folder === undefined) throw new Error("LAYERC_CONFORMANCE must name the folder of the conformance data");
  return join(folder, name);
}

export const options: readonly { readonly name: string; readonly options: OptionsInput }[] = [
  { name: "default", options: {} },
  { name: "simd", options: { target: "simd" } },
  { name: "js --exact", options: { target: "js", exact: true } },
];

/** The compiled module of a model, with its own golden vectors checked. */
export function start<M extends Pick<Predictor, "selfTest"> = Predictor>(model: Model, given: OptionsInput): M {
  const module = load<M>(compile(model, given));
  module.selfTest?.();
  return module;
}

/** The same, to train with. */
export function startTraining(model: Model, given: OptionsInput): ReturnType<Trainer["start"]> {
  const artifact = compile(model, { ...given, train: true });
  const module = load<Trainable>(artifact);
  const names = artifact.manifest.weights.map(({ name }) => name);
  return {
    step: (x, y, _rows, sampleWeight) => module.trainStep(x, y, sampleWeight === undefined ? {} : { sampleWeight }),
    weights: () => Object.fromEntries(module.getWeights().map((values, i) => [names[i], values])),
    state: () => module.getOptimizerState(),
  };
}
