// The model of a training. In: what the file says, flags, and what the data taught. Out: the model that is compiled: with a loss, its seed, names of
// features and classes, and what its layers take from the rows trained with.
import { resolve } from "../../../compiler/front/steps.ts";
import type { About, Model, Training } from "../../../compiler/model.ts";
import { withStandIns } from "../../adapt.ts";
import { adaptedTo } from "../../data/adapted.ts";
import { aboutOf, type Recipe } from "../../data/recipe.ts";
import type { Rows } from "./data.ts";
import type { TrainFlags } from "./flags.ts";

/** With what the flags say of its training; a model that says nothing of its loss is trained by what its last layer suggests. */
export function withFlags(model: Model, { loss, optimizer, metrics, learningRate, seed }: TrainFlags): Model {
  const named = model.training;
  const own = optimizer ?? named?.optimizer ?? "adam";
  const training: Training = {
    ...named,
    loss: loss ?? named?.loss ?? lossFor(model),
    // Also what the module ships as its rate, so that whoever goes on from it has the same.
    optimizer: learningRate === undefined ? own : { ...(typeof own === "string" ? { name: own } : own), learningRate },
    ...(metrics === undefined ? {} : { metrics: metrics as NonNullable<Training["metrics"]> }),
  };
  return { ...model, training, ...(seed === undefined ? {} : { seed }) };
}

/** By the op that gives the only output: a choice among classes, a yes or no, or a number. */
function lossFor(model: Model): Training["loss"] {
  const { graph, outputs } = resolve(withStandIns(model)).predict;
  const ends = outputs.map(({ name, shape }): [string, string] => {
    const op = graph.results.find(([result]) => result === name)?.[1].op ?? "";
    const loss = Object.hasOwn(suggested, op) ? suggested[op] : "mean_squared_error";
    return [name, loss === "sparse_categorical_crossentropy" && shape.at(-1) === 1 ? "mean_squared_error" : loss];
  });
  return ends.length === 1 ? ends[0][1] : Object.fromEntries(ends);
}
const suggested: Readonly<Record<string, string>> = {
  softmax: "sparse_categorical_crossentropy",
  sigmoid: "binary_crossentropy",
};

/** With names of features and classes where it has none, and its layers adapted. */
export function withData(model: Model, { recipe, train }: Rows, { scale, window }: TrainFlags): Model {
  const named = { ...model, about: aboutWith(model, recipe, window !== undefined) };
  return adaptedTo(named, train.data.x, scale);
}

function aboutWith({ about }: Model, recipe: Recipe, isSeries: boolean): About {
  const { features, classes } = aboutOf(recipe);
  return {
    // Of a series whose steps are single numbers the last axis is time.
    ...(features === undefined || isSeries ? {} : { features }),
    ...(classes === undefined ? {} : { classes }),
    ...about,
  };
}
