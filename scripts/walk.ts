// The blocks of docs/walk.md: what becomes of the first layer of the smallest net, stage by stage. In: the seed model. Out: texts of stages as
// `layerc inspect` shows them of one layer, and lines of the emitted module.
import { compile, type Goal, snapshots } from "../compiler/compile.ts";
import type { Model } from "../compiler/model.ts";
import type { OptionsInput } from "../compiler/options.ts";
import type { PassName } from "../compiler/pipeline/passes.ts";
import seed from "../examples/seed-2-4-3-1/seed.model.ts";
import { ofLayer, reading, shapesOf } from "../src/cli/reading.ts";
import { fence } from "./markdown.ts";

const first = "layers[0]";
const trained: Model = { ...seed, training: { loss: "mse", optimizer: "sgd" } };

/** A stage as a person reads it, of the first layer alone. */
function stage(model: Model, pass: PassName, goal: Goal = "predict", options: OptionsInput = {}): string {
  const all = snapshots(model, options, goal);
  const made = all.find((one) => one.pass === pass);
  if (made === undefined) throw new Error(`there is no pass ${pass}`);
  return reading(made, shapesOf(all), first);
}
const linesOf = (text: string, keep: RegExp): string =>
  text
    .split("\n")
    .filter((line) => keep.test(line))
    .join("\n");

/** By name, as the page has them. */
export const walk = {
  graph: (): string => fence("", stage(seed, "build")),
  plan: (): string => fence("", linesOf(stage(seed, "plan"), /^region/)),
  nest: (): string => fence("", stage(seed, "nests", "predict", { unroll: 0 })),
  loops: (): string => fence("", stage(seed, "lower", "predict", { unroll: 0 })),
  code: (): string => fence("js", linesOf(compile(seed).code, /^ {2}const (x|hidden1)_\d = /)),
  gradient: (): string => fence("", linesOf(stage(trained, "differentiate", "trainStep"), /∂/)),
  step: (): string => fence("", linesOf(ofLayer(stage(trained, "plan", "trainStep"), first), /^region/)),
};
