// How columns become what a model takes. In: the columns of each port, and the rows trained with. Out: a recipe, plain data that stands for
// other rows as well: which classes there are, what fills a gap. Guarantee: it is learned from the rows trained with, classes from all rows.
import type { About } from "../../compiler/model.ts";
import type { Assigned, InputPort, TargetPort } from "./assign.ts";
import { categoriesOf } from "./categories.ts";
import { decimal } from "./csv.ts";
import { fillFor, type Imputation } from "./impute.ts";
import { type Column, columnOf, failAt, isMissing, type Table, widthOf } from "./table.ts";

/** What becomes of a column: its numbers, a 1 at the place of its text, that place, or its texts. */
export type Step =
  | { readonly column: string; readonly as: "numbers"; readonly width: number; readonly fill?: number; readonly within?: Bounds }
  | { readonly column: string; readonly as: "oneHot" | "index"; readonly categories: readonly string[]; readonly fill?: string }
  | { readonly column: string; readonly as: "texts"; readonly fill?: string };

/** Which numbers may stand there. */
export interface Bounds {
  readonly least: number;
  readonly most: number;
  readonly isWhole: boolean;
  readonly ignore?: number;
}

/** The steps of a port, their numbers one after the other. */
export interface PortRecipe {
  readonly port: string;
  readonly shape: readonly number[];
  readonly steps: readonly Step[];
}

/** Of every port. */
export interface Recipe {
  readonly inputs: readonly PortRecipe[];
  readonly targets: readonly PortRecipe[];
  readonly weight?: string;
}

/** What is learned, and how. */
export interface LearnOptions {
  /** Of all columns, and of some; without one a gap is an error. */
  readonly impute?: Imputation;
  readonly imputeBy?: Readonly<Record<string, Imputation>>;
  /** Labels that are numbers but no places of classes become such, in their order. */
  readonly isIndexed?: boolean;
}

/** `all`: the table that `train` is a part of. Throws CompileError data/… with file, row and column. */
export function learnRecipe(all: Table, train: Table, { inputs, targets, weight }: Assigned, options: LearnOptions = {}): Recipe {
  for (const name of Object.keys(options.imputeBy ?? {})) columnOf(all, name);
  return {
    inputs: inputs.map(([port, columns]) => inputRecipe(all, train, port, columns, options)),
    targets: targets.map(([port, columns]) => ({
      port: port.name,
      shape: port.shape,
      steps: targetSteps(all, port, columns, options),
    })),
    ...(weight === undefined ? {} : { weight }),
  };
}

const sizeOf = (shape: readonly number[]): number => shape.reduce((product, size) => product * size, 1);
const widthOfStep = (step: Step): number =>
  step.as === "numbers" ? step.width : step.as === "oneHot" ? step.categories.length : 1;
/** `weight 1, Origin 3`, or how many there are. */
const widthsText = (steps: readonly Step[]): string =>
  steps.length > 12 ? `from ${steps.length} columns` : steps.map((step) => `${step.column} ${widthOfStep(step)}`).join(", ");

function inputRecipe(all: Table, train: Table, port: InputPort, names: readonly string[], options: LearnOptions): PortRecipe {
  const { impute, imputeBy = {} } = options;
  const steps = names.map((name): Step => {
    const column = columnOf(all, name);
    const how = Object.hasOwn(imputeBy, name) ? imputeBy[name] : impute;
    const hasGap = how !== undefined && how !== "drop";
    const fill = hasGap ? { fill: fillFor(train, columnOf(train, name), how) } : {};
    if (port.type === "string") {
      if (column.kind === "number" && column.shape.length > 0)
        failAt(
          all,
          { column: name },
          "data/column",
          `holds lists of numbers, the input ${JSON.stringify(port.name)} takes texts`,
        );
      return { column: name, as: "texts", ...(hasGap ? { fill: String(fill.fill) } : {}) };
    }
    if (column.kind === "number") return { column: name, as: "numbers", width: widthOf(column), ...(fill as { fill?: number }) };
    checkText(all, column);
    const filled = fill as { fill?: string };
    const categories = [
      ...new Set([...categoriesOf([column]), ...(filled.fill === undefined || !hasHole(all, column) ? [] : [filled.fill])]),
    ].sort();
    return { column: name, as: "oneHot", categories, ...filled };
  });
  const [wanted, found] = [sizeOf(port.shape), steps.reduce((sum, step) => sum + widthOfStep(step), 0)];
  if (wanted !== found)
    failAt(all, {}, "data/column", `the features are ${found} number${found === 1 ? "" : "s"} a row (${widthsText(steps)}), the model takes ${wanted}`, `choose them by --features, leave some out by --without, or give the first layer inputShape: [${found}]`); // biome-ignore format: one line
  return { port: port.name, shape: port.shape, steps };
}

const hasHole = (table: Table, column: Column): boolean =>
  Array.from({ length: table.rows }, (_, row) => row).some((row) => isMissing(column, row));

/** Throws where a text column is one of numbers in which some cell is none. */
function checkText(table: Table, column: Column): void {
  if (column.kind !== "text") return;
  const known = column.values.filter((text) => text !== undefined);
  const isNumber = (text: string): boolean => decimal.test(text.trim());
  if (known.filter(isNumber).length * 2 > known.length) failText(table, column);
}

/** The first cell that keeps a column from being numbers. */
function failText(table: Table, column: Column): never {
  const row = column.kind === "text" ? column.values.findIndex((text) => text !== undefined && !decimal.test(text.trim())) : 0;
  return failAt(table, { row, column: column.name }, "data/values", `holds ${JSON.stringify(column.values[row])}, and numbers are wanted`, "write a number, or leave the cell empty and give --impute"); // biome-ignore format: one line
}

function targetSteps(all: Table, port: TargetPort, names: readonly string[], options: LearnOptions): readonly Step[] {
  const columns = names.map((name) => columnOf(all, name));
  for (const column of columns) {
    const row = Array.from({ length: all.rows }, (_, i) => i).find((i) => isMissing(column, i));
    if (row !== undefined)
      failAt(all, { row, column: column.name }, "data/missing", "the target is missing", "leave such rows out: --impute drop");
  }
  const [column] = columns;
  const steps = columns.length === 1 && port.takes !== "numbers" ? labelSteps(all, port, column, options) : undefined;
  if (steps !== undefined) return steps;
  const text = columns.find(({ kind }) => kind === "text");
  if (text !== undefined) failText(all, text);
  const made = columns.map((one): Step => ({ column: one.name, as: "numbers", width: widthOf(one), ...boundsOf(port) }));
  const [wanted, found] = [sizeOf(port.shape), made.reduce((sum, step) => sum + widthOfStep(step), 0)];
  if (wanted !== found)
    failAt(all, {}, "data/column", `the target is ${found} number${found === 1 ? "" : "s"} a row (${widthsText(made)}), the model's loss takes ${wanted}`); // biome-ignore format: one line
  return made;
}

function boundsOf({ takes, classes, ignore }: TargetPort): { readonly within?: Bounds } {
  if (takes === "numbers") return {};
  const isWhole = takes === "index";
  return { within: { least: 0, most: isWhole ? classes - 1 : 1, isWhole, ...(ignore === undefined ? {} : { ignore }) } };
}

/** What one column of labels becomes; undefined where it holds the numbers themselves. */
function labelSteps(
  all: Table,
  port: TargetPort,
  column: Column,
  { isIndexed = false }: LearnOptions,
): readonly Step[] | undefined {
  const { takes, classes, names } = port;
  const isOne = column.shape.length === 0;
  const isHot = takes === "distribution" || (takes === "probabilities" && classes > 1);
  if (!isOne || (takes === "index" && sizeOf(port.shape) !== 1)) return undefined;
  if (column.kind === "number" && !isIndexed && !(isHot && sizeOf(port.shape) > 1)) return undefined;
  // Numbers where a 1 at a place is wanted are places.
  const places = column.kind === "number" && !isIndexed ? Array.from({ length: classes }, (_, i) => String(i)) : undefined;
  const count = takes === "probabilities" && classes === 1 ? 2 : classes;
  // A single name of a single number is the name of what it tells, not of two classes.
  const categories = (names?.length === count ? names : places) ?? categoriesOf([column]);
  if (categories.length !== count) {
    const some = categories.slice(0, 8).map((name) => JSON.stringify(name)).join(", "); // biome-ignore format: one line
    failAt(all, { column: column.name }, "data/labels", `has ${categories.length} different labels (${some}${categories.length > 8 ? ", …" : ""}), the model tells ${count} classes apart`, takes === "probabilities" && classes === 1 ? 'for more than two classes end the model in activation "softmax"' : `give the last layer units: ${categories.length}`); // biome-ignore format: one line
  }
  return [{ column: column.name, as: isHot ? "oneHot" : "index", categories }];
}

/** Names of features and classes, as a model keeps them; none where they are those of numbers. */
export function aboutOf({ inputs, targets }: Recipe): About {
  const features = inputs.flatMap(({ port, shape, steps }): [string, readonly string[]][] => {
    if (shape.length !== 1 || steps.some(({ as }) => as === "texts")) return [];
    return [[port, steps.flatMap(namesOf)]];
  });
  const classes = targets.flatMap(({ port, steps: [step] }): [string, readonly string[]][] =>
    step.as === "oneHot" || step.as === "index" ? [[port, step.categories]] : [],
  );
  return {
    ...(features.length === 0 ? {} : { features: Object.fromEntries(features) }),
    ...(classes.length === 0 ? {} : { classes: Object.fromEntries(classes) }),
  };
}

function namesOf(step: Step): readonly string[] {
  if (step.as === "oneHot") return step.categories.map((category) => `${step.column}=${category}`);
  if (step.as !== "numbers" || step.width === 1) return [step.column];
  return Array.from({ length: step.width }, (_, i) => `${step.column}[${i}]`);
}
