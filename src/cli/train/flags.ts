// The flags of `layerc train`. In: what commander read. Out: values of their form; what is no such value is a usage error, before any file is
// read. Nothing here loads what training needs, so that the other commands start as fast as before.
import { type Command, InvalidArgumentError, Option } from "commander";
import type { Imputation } from "../../data/impute.ts";
import { addModelFlags, type ModelFlags } from "../model-flags.ts";
import { type Columns, columns, integer, json, listOf, whole } from "../values.ts";

/** What commander gives. */
export interface TrainFlags extends ModelFlags {
  readonly data: readonly string[];
  readonly target: Columns;
  readonly features?: Columns;
  readonly without?: readonly string[];
  readonly weight?: string;
  readonly header: boolean;
  readonly index?: boolean;
  readonly impute?: { readonly all?: Imputation; readonly by: Readonly<Record<string, Imputation>> };
  readonly scale?: "standard" | "minmax";
  readonly window?: number;
  readonly horizon?: number;
  readonly validation: number | string;
  readonly test?: number | string;
  readonly group?: string;
  readonly stratify?: string;
  readonly ordered?: boolean;
  readonly splitSeed: number;
  readonly epochs: number;
  readonly batch: number;
  readonly seed?: number;
  readonly loss?: Spec;
  readonly optimizer?: Spec;
  readonly learningRate?: number;
  readonly metrics?: readonly Spec[];
  readonly patience?: number;
  readonly monitor?: string;
  readonly exact?: boolean;
  readonly save?: string;
  readonly checkpoint?: string;
  readonly resume?: string;
  readonly history?: string;
  readonly plot?: string;
  readonly report?: boolean;
  readonly force?: boolean;
  readonly json?: boolean;
  readonly seeds?: readonly number[];
  readonly jobs?: number;
}

/** A name, or a name with its config. */
export type Spec = string | { readonly name: string; readonly [key: string]: unknown };

/** Adds them all. */
export function addTrainFlags(command: Command): Command {
  const flags: readonly Option[] = [
    new Option("--data <file>", "rows: .csv, .tsv, .jsonl, .json, .npy, .npz, .parquet; several stand beside each other, y=labels.npy is the column y").argParser(collect).makeOptionMandatory(), // biome-ignore format: one line
    new Option("--target <columns>", "what is to be predicted, columns between commas; of several outputs price=Price").argParser(columns).makeOptionMandatory(), // biome-ignore format: one line
    new Option("--features <columns>", "columns that go in, in that order (all others); of several inputs left=a,b").argParser(columns), // biome-ignore format: one line
    new Option("--without <columns>", "columns that do not go in").argParser((text) => listOf(text)),
    new Option("--weight <column>", "how much each row counts"),
    new Option("--no-header", "the first line of a CSV file is a row: columns are called 1, 2, …"),
    new Option("--index", "labels that are numbers, but not from 0 on, are classes in their order"),
    new Option("--impute <rule>", "where a value is missing: mean, median, most_frequent, drop, or a value; of one column Horsepower=median").argParser(imputation), // biome-ignore format: one line
    new Option("--scale <how>", "bring features to one size, inside the model").choices(["standard", "minmax"]),
    new Option("--window <steps>", "a series: so many rows go in together, held against what comes after").argParser(whole(1)),
    new Option("--horizon <steps>", "how many rows later (1)").argParser(whole(1)),
    new Option("--validation <part>", "a share of the rows, or a file; 0 for none").argParser(part).default(0.2),
    new Option("--test <part>", "the same, looked at once, at the end").argParser(part),
    new Option("--group <column>", "rows that are alike there stay in one part"),
    new Option("--stratify <column>", "its values have the same shares in all parts"),
    new Option("--ordered", "the last rows validate (of a series always)"),
    new Option("--split-seed <seed>", "of the parts").argParser(integer).default(0),
    new Option("--epochs <count>", "most passes over the rows").argParser(whole(1)).default(100),
    new Option("--batch <rows>", "rows of a step").argParser(whole(1)).default(32),
    new Option("--seed <seed>", "of the initial weights, the order of rows and all noise (the model's)").argParser(integer),
    new Option("--loss <spec>", 'instead of the model\'s: mse, or \'{"name": "huber", "delta": 2}\'').argParser(spec),
    new Option("--optimizer <spec>", "instead of the model's: adam, sgd, …").argParser(spec),
    new Option("--learning-rate <rate>", "instead of the optimizer's").argParser(rate),
    new Option("--metrics <specs>", "beside the loss: accuracy,auc").argParser(specs),
    new Option("--patience <epochs>", "stop when so many epochs brought nothing better, and keep the best weights").argParser(whole(0)), // biome-ignore format: one line
    new Option("--monitor <key>", "what is to get better (val_loss, without validation loss)"),
    new Option("--exact", "float32 at every step and no reordering: equal bits on every engine"),
    new Option("--save <file>", "the trained model: name.safetensors, name.onnx, or model.json"),
    new Option("--checkpoint <file>", "the best model so far, and what it takes to go on (.safetensors)"),
    new Option("--resume <file>", "go on from such a checkpoint, to --epochs in all"),
    new Option("--history <file>", "losses and metrics of every epoch as .csv"),
    new Option("--plot <file>", "learning curves as .svg"),
    new Option("--report", "errors by class, or by size, over the test rows (else those that validate)"),
    new Option("--force", "replace files that layerc did not write"),
    new Option("--json", "events, one JSON object a line"),
    new Option("--seeds <list>", "a run for each: 1..8, or 1,5,7; the best is saved").argParser(seeds),
    new Option("--jobs <count>", "runs at a time (as many as the machine has cores)").argParser(whole(1)),
  ];
  for (const flag of flags) command.addOption(flag);
  return addModelFlags(command);
}

const collect = (text: string, before: readonly string[] = []): readonly string[] => [...before, text];

function imputation(text: string, before: TrainFlags["impute"] = { by: {} }): TrainFlags["impute"] {
  const [, column, rule = ""] = /^(.+)=(.*)$/s.exec(text) ?? [];
  const imputationValue = (rule: string): Imputation =>
    rule.trim() !== "" && Number.isFinite(Number(rule)) ? Number(rule) : rule;
  return column === undefined
    ? { ...before, all: imputationValue(text) }
    : { ...before, by: { ...before.by, [column]: imputationValue(rule) } };
}

/** A share of the rows, or the name of a file. */
const part = (text: string): number | string => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (Number.isNaN(value)) return text;
  if (value >= 0 && value < 1) return value;
  throw new InvalidArgumentError("A share is from 0 to below 1; anything else is the name of a file.");
};

const rate = (text: string): number => {
  const value = text.trim() === "" ? Number.NaN : Number(text);
  if (value > 0 && Number.isFinite(Math.fround(value))) return value;
  throw new InvalidArgumentError("A rate is a number above 0.");
};

const spec = (text: string): Spec => (text.trimStart().startsWith("{") ? (json(text) as Spec) : text);
/** Names between commas, or a list of specs as JSON. */
const specs = (text: string): readonly Spec[] => {
  if (/^\s*\[/.test(text)) return json(text) as readonly Spec[];
  return /^\s*\{/.test(text) ? [json(text) as Spec] : listOf(text);
};

const mostSeeds = 10_000;
/** `1..8`, `1,5,7`, or both. */
const seeds = (text: string): readonly number[] => {
  const list = listOf(text).flatMap((item) => {
    const [, from, to] = /^(-?\d+)\.\.(-?\d+)$/.exec(item) ?? [];
    if (from === undefined) return [integer(item)];
    const [low, high] = [integer(from), integer(to)];
    if (high < low || high - low >= mostSeeds) throw new InvalidArgumentError(`${item} is no range, or a very long one.`);
    return Array.from({ length: high - low + 1 }, (_, i) => low + i);
  });
  if (list.length === 0 || new Set(list).size !== list.length)
    throw new InvalidArgumentError("Seeds are whole numbers, each once.");
  return list;
};
