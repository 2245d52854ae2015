// The rows of a training. In: flags, and the ports of a model. Out: rows to train with, to validate and to test, as the model takes them, and the
// recipe that made them. Guarantee: what is learned of the data is learned of the rows trained with; no test row is ever among them.
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { applyRecipe, type Prepared, withoutGaps } from "../../data/apply.ts";
import { type Assigned, assign, type InputPort } from "../../data/assign.ts";
import type { portsOf } from "../../data/ports.ts";
import { readTable } from "../../data/readers.ts";
import { type LearnOptions, learnRecipe, type Recipe } from "../../data/recipe.ts";
import { type Parts, split } from "../../data/split.ts";
import { beside, type NumberColumn, type Table, widthOf } from "../../data/table.ts";
import { windows } from "../../data/windows.ts";
import { readBytes, textAgain } from "../../files.ts";
import type { TrainFlags } from "./flags.ts";

/** All rows of a training. */
export interface Rows {
  readonly recipe: Recipe;
  readonly train: Prepared;
  readonly validation?: Prepared;
  readonly test?: Prepared;
}

type Ports = ReturnType<typeof portsOf>;

/** The files that are read, for whoever must not write over them. */
export const dataFiles = ({ data, validation, test }: TrainFlags): readonly string[] => [
  ...data.map((given) => namedFile(given)[1]),
  ...[validation, test].filter((given) => typeof given === "string"),
];

/** Throws CompileError data/…, format/…, file/…. */
export async function readData({ inputs, targets }: Ports, flags: TrainFlags): Promise<Rows> {
  const table = await tableOf(flags.data, flags);
  const { window, features, target, weight, without, group } = flags;
  const assigned = assign(table, {
    inputs: window === undefined ? inputs : inputs.map((port) => oneStep(port, window)),
    targets,
    target,
    isSeries: window !== undefined,
    ...(features === undefined ? {} : { features }),
    ...(weight === undefined ? {} : { weight }),
    without: [...(without ?? []), ...(group === undefined ? [] : [group])],
  });
  const options: LearnOptions = {
    ...(flags.impute?.all === undefined ? {} : { impute: flags.impute.all }),
    imputeBy: flags.impute?.by ?? {},
    isIndexed: flags.index === true,
  };
  const all = withoutGaps(table, assigned, options);
  const tested = await partOf(all, flags.test, flags, assigned, options);
  const validated = await partOf(tested.train, flags.validation, flags, assigned, options);
  const recipe = learnRecipe(all, validated.train, assigned, options);
  const prepared = (part: Table): Prepared => {
    const rows = applyRecipe(part, recipe);
    return window === undefined ? rows : windows(rows, window, flags.horizon ?? 1);
  };
  return {
    recipe,
    train: prepared(validated.train),
    ...(validated.held === undefined ? {} : { validation: prepared(validated.held) }),
    ...(tested.held === undefined ? {} : { test: prepared(tested.held) }),
  };
}

/** A part of the rows, or another file. */
async function partOf(
  table: Table,
  part: number | string | undefined,
  flags: TrainFlags,
  assigned: Assigned,
  options: LearnOptions,
): Promise<Pick<Parts, "train"> & Partial<Parts>> {
  if (part === undefined || part === 0) return { train: table };
  if (typeof part === "string") return { train: table, held: withoutGaps(await tableOf([part], flags), assigned, options) };
  const { group, stratify, ordered, window, splitSeed: seed } = flags;
  return split(table, {
    share: part,
    seed,
    ...(group === undefined ? {} : { group }),
    ...(stratify === undefined ? {} : { stratify }),
    // Who parts rows of a series otherwise would look into the future.
    isOrdered: ordered === true || (window !== undefined && group === undefined && stratify === undefined),
  });
}

/** Files beside each other. */
async function tableOf(files: readonly string[], { header }: TrainFlags): Promise<Table> {
  const tables: Table[] = [];
  for (const given of files) {
    const [name, file] = namedFile(given);
    const table = await readTable(readBytes(file), file, {
      ...(header ? {} : { header: false }),
      again: () => textAgain(file),
    });
    tables.push(name === undefined ? table : asColumn(table, name));
  }
  return tables.reduce(beside);
}

const namedFile = (given: string): readonly [name: string | undefined, file: string] => {
  const [, name, file = given] = /^([^=./\\]+)=(.+)$/s.exec(given) ?? [];
  return [name, file];
};

/** All columns of a file under one name. */
function asColumn(table: Table, name: string): Table {
  const { columns, rows } = table;
  const [first] = columns;
  if (columns.length === 1) return { ...table, columns: [{ ...first, name }] };
  const numbers = columns.filter((column): column is NumberColumn => column.kind === "number" && widthOf(column) === 1);
  if (numbers.length < columns.length)
    throw new CompileError({ code: "data/column", path: table.file, message: `its ${columns.length} columns are not all numbers, and cannot be one column ${JSON.stringify(name)}`, hint: `give --data ${table.file}` }); // biome-ignore format: one line
  const values = new Float64Array(rows * numbers.length);
  numbers.forEach((column, i) => {
    for (let row = 0; row < rows; row++) values[row * numbers.length + i] = column.values[row];
  });
  return { ...table, columns: [{ kind: "number", name, shape: [numbers.length], values }] };
}

/** The port of one step of a series. */
function oneStep(port: InputPort, window: number): InputPort {
  const [steps, ...shape] = port.shape;
  if (steps === window) return { ...port, shape: shape.length === 0 ? [1] : shape };
  throw new CompileError({
    code: "data/column",
    path: "window",
    message: `the input ${JSON.stringify(port.name)} takes rows of shape [${port.shape.join(", ")}], which are no windows of ${window} steps`,
    hint: `give the first layer inputShape: [${window}, features]`,
  });
}
