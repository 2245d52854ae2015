// A table as a training takes it, in one call: what `layerc train` does between the file and the first step. In: a model with a loss, a table,
// what is asked for. Out: the model adapted to the rows trained with, and both parts of the rows. Guarantee: that of the pieces it is made of.
import type { Model } from "../../compiler/model.ts";
import type { Data } from "../../runtime/index.ts";
import { anything, flag, isNumber, known, oneOf, type Rules, text } from "../../runtime/rules.ts";
import { adaptedTo, type Scaling } from "./adapted.ts";
import { applyRecipe, withoutGaps } from "./apply.ts";
import { assign, type ByPort } from "./assign.ts";
import { portsOf } from "./ports.ts";
import { aboutOf, type LearnOptions, learnRecipe, type Recipe } from "./recipe.ts";
import { type SplitOptions, split } from "./split.ts";
import type { Table } from "./table.ts";

/** What is asked of a table, as the options of `layerc train` ask it. */
export interface PrepareOptions extends LearnOptions, Omit<SplitOptions, "share"> {
  /** What is predicted: a column, several, or those of each output. */
  readonly target: string | ByPort;
  /** What goes in, in that order. Default: every other column. */
  readonly features?: ByPort;
  /** What does not. */
  readonly without?: readonly string[];
  /** A column that says how much each row counts. */
  readonly weight?: string;
  /** The part of the rows that is held back: above 0 and below 1. Default 0.2. */
  readonly validation?: number;
  /** Puts a scaler in front of the model and inside it. */
  readonly scale?: Scaling;
}

/** What `fit` takes. */
export interface Ready {
  /** Takes the numbers of the table as they are; knows the names of its features and classes. */
  readonly model: Model;
  readonly data: Data;
  readonly validationData: Data;
  /** What became of the columns; it stands for other rows as well. */
  readonly recipe: Recipe;
  /** The rows trained with, and those held back, as the table has them. */
  readonly train: Table;
  readonly held: Table;
}

const columns = anything("names of columns");
const rules: Rules<PrepareOptions> = {
  ...{ target: columns, features: columns, without: columns, weight: text, group: text, stratify: text, isOrdered: flag },
  validation: { wanted: "a share above 0 and below 1", fits: (value) => isNumber(value) && value > 0 && value < 1 },
  scale: oneOf("standard", "minmax"),
  seed: { wanted: "a whole number", fits: Number.isSafeInteger },
  ...{ impute: anything("a rule or a value"), imputeBy: anything("rules by column"), isIndexed: flag },
};
const hints = { share: 'did you mean "validation"?', ordered: 'did you mean "isOrdered"?', index: 'did you mean "isIndexed"?' };

/** Throws CompileError: data/… with file, line and column, or what is wrong with the model; TypeError and RangeError for options. */
export function prepare(model: Model, table: Table, options: PrepareOptions): Ready {
  const { target, features, without = [], weight, validation = 0.2, scale, ...more } = known("prepare", "prepare.", options, rules, hints); // biome-ignore format: one line
  const assigned = assign(table, {
    ...portsOf(model),
    target: typeof target === "string" ? [target] : (target ?? []),
    ...(features === undefined ? {} : { features }),
    // What keeps rows together is no feature unless it is named.
    without: [...without, ...(more.group === undefined ? [] : [more.group])],
    ...(weight === undefined ? {} : { weight }),
  });
  const all = withoutGaps(table, assigned, more);
  const { train, held } = split(all, { ...more, share: validation });
  const recipe = learnRecipe(all, train, assigned, more);
  const { data } = applyRecipe(train, recipe);
  const named = { ...model, about: { ...aboutOf(recipe), ...model.about } };
  const validationData = applyRecipe(held, recipe).data;
  return { model: adaptedTo(named, data.x, scale), data, validationData, recipe, train, held };
}
