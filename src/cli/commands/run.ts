// `layerc run`: rows in, rows out, on one of three executors: the Graph (the meaning), the Program (the bits), or the emitted
// JavaScript. A Graph given as text on standard input runs on its interpreter, every input by name.
import { type Command, Option } from "commander";
import { compile, lowerModel, untrained } from "../../../compiler/compile.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { knownKeys } from "../../../compiler/diagnostics/plain.ts";
import { type Inference, resolve } from "../../../compiler/front/steps.ts";
import { type Graph, nodesOf, sizeOf } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import { load, type PortPredictor, type PortRows } from "../../../runtime/index.ts";
import { failInput } from "../../data/input.ts";
import { runProgram } from "../../explore/bisect/executors.ts";
import { addLoweringFlags, type LoweringFlags, optionsOf } from "../flags.ts";
import { feedsOf, type Inputs, nameIn, readInputs } from "../inputs.ts";
import { numbersIn, readSource, readValues, type Source } from "../rows.ts";
import { readModelOrGraph, work } from "../subject.ts";
import { print, printJson, warn } from "../terminal.ts";

type Executor = "graph" | "program" | "js";
interface Flags extends LoweringFlags {
  readonly on: Executor;
  readonly input: readonly string[];
  readonly precision: "f32" | "double";
  readonly json?: boolean;
}
interface Output {
  readonly name: string;
  /** With the number of rows in front where there are rows. */
  readonly shape: readonly number[];
  readonly values: readonly number[];
}

/** Adds `layerc run`, which runs a model on an executor. */
export function addRun(program: Command): void {
  const command = program
    .command("run")
    .description(
      "Runs a model on rows of numbers or texts, by the Graph interpreter, the Program interpreter, or the emitted JavaScript.",
    )
    .argument("<model>", "model file, or - for JSON or the text of a Graph on standard input")
    .addOption(
      new Option("--on <executor>", "what computes").choices(["graph", "program", "js"] satisfies Executor[]).default("js"),
    )
    .addOption(
      new Option(
        "--input <rows>",
        'rows as JSON ("[0.5, -1]"), or a .json or .csv file; of several inputs each by its name (a=rows.csv), or an object by name',
      )
        .argParser((given: string, before: readonly string[] = []) => [...before, given])
        .makeOptionMandatory(),
    )
    .addOption(new Option("--precision <precision>", "of the Graph interpreter").choices(["f32", "double"]).default("f32"))
    .option("--json", "as JSON: outputs with name, shape and values");
  addLoweringFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc run iris.model.ts --input '[0.5, -1]'\n  layerc run iris.model.ts --on graph --input rows.csv --json\n  layerc run pair.model.ts --input left=a.csv --input right='[[1, 2]]'\n  layerc run - --input values.json < graph.txt",
    )
    .action(async (file: string, flags: Flags) => {
      const subject = await readModelOrGraph(file, flags);
      const outputs =
        "graph" in subject ? onText(subject.graph, flags) : await work(subject, () => onModel(subject.model, flags));
      if (flags.json) printJson({ on: flags.on, outputs });
      else print(outputs.map((output) => show(output, outputs.length > 1)).join("\n"));
    });
}

function onModel(model: Model, flags: Flags): Output[] {
  const resolved = resolve(model, flags.weightsType);
  const { inputs, outputs, feeds } = resolved.predict;
  const given = readInputs(flags.input, inputs);
  const { rows } = given;
  const run: Run = {
    ...{ given, rows, feeds: feedsOf(feeds, given, inputs), predict: resolved.predict },
    ...{ weights: () => resolved.modelWeights().values, options: optionsOf(flags), precision: flags.precision },
  };
  // Of a module its compilation warns, of more than that.
  if (flags.on !== "js") warn(untrained(model), model);
  const found = executors[flags.on](model, run);
  return outputs.map(({ name, shape }, i) => ({ name, shape: [rows, ...shape], values: Array.from(found[i]) }));
}

interface Run {
  readonly given: Inputs;
  readonly rows: number;
  /** What the Graph's inputs take. */
  readonly feeds: Readonly<Record<string, Float32Array>>;
  readonly predict: Inference;
  readonly weights: () => Readonly<Record<string, Float32Array>>;
  readonly options: OptionsInput;
  readonly precision: "f32" | "double";
}
/** The numbers of each output. */
const executors: Readonly<Record<Executor, (model: Model, run: Run) => readonly ArrayLike<number>[]>> = {
  graph: (_, { rows, feeds, weights, predict: { graph, outputs }, precision }) => {
    const { results } = runGraph(graph, { rows, precision, values: { ...weights(), ...feeds } });
    return outputs.map(({ name }) => results[name].data);
  },
  program: (model, { rows, feeds, predict: { outputs }, options }) => {
    const { program, contents } = lowerModel(model, options);
    return runProgram(program, contents, outputs, { rows, feeds, values: [] });
  },
  js: (model, { given: { values }, predict: { inputs, outputs }, options }) => {
    const artifact = compile(model, { ...options, selfTest: false });
    warn(artifact.warnings, model);
    const x = inputs.length === 1 ? values[0] : Object.fromEntries(inputs.map(({ name }, i) => [name, values[i]]));
    const y = load<PortPredictor>(artifact).predict(x as PortRows);
    return outputs.map(({ name }) => (ArrayBuffer.isView(y) ? (y as Float32Array) : y[name]));
  },
};

function onText(graph: Graph, { on, input, precision }: Flags): Output[] {
  if (on === "program") {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: "the text of a Graph runs on the Graph interpreter only",
      hint: "leave --on away",
    });
  }
  const known = ["input", "param", "state"].flatMap((op) => nodesOf(graph, op).map(({ attrs }) => String(attrs.name)));
  const values = valuesOf(input, known);
  knownKeys(values, known, { code: "graph/values", path: "", subject: "the Graph" });
  const batched = nodesOf(graph, "input").find(({ type }) => type.shape[0] === "n");
  const given = batched && values[String(batched.attrs.name)];
  const rows = given === undefined ? 1 : given.length / sizeOf(batched?.type.shape.slice(1) as number[]);
  const { results, updates } = runGraph(graph, { rows, values, precision });
  return Object.entries({ ...results, ...updates }).map(([name, { shape, data }]) => ({ name, shape, values: [...data] }));
}

/** By name: from an object, or each by itself. */
function valuesOf(given: readonly string[], known: readonly string[]): Readonly<Record<string, readonly number[]>> {
  const parts = given.map((one): readonly (readonly [string, readonly number[]])[] => {
    const [name, rest] = nameIn(one, known);
    if (name === undefined) return Object.entries(readValues(rest));
    const source = readSource(rest, `${name}: `);
    return [[name, numbersOf(source, name)]];
  });
  const all = parts.flat();
  const twice = all.find(([name], i) => all.findIndex(([other]) => other === name) !== i);
  if (twice !== undefined) failInput(`${JSON.stringify(twice[0])} is given twice`, "give each value once");
  return Object.fromEntries(all);
}

function numbersOf(source: Source, name: string): readonly number[] {
  if (source.kind === "json") return numbersIn(source.value, name);
  const [array, ...others] = source.kind === "arrays" ? source.arrays.values() : [];
  if (array === undefined || others.length > 0) return failInput(`${source.label} is no JSON, and no single array`);
  return numbersIn(Array.from(array.numbers()), name);
}

/** One row a line; with several outputs, each under its name. */
function show({ name, shape, values }: Output, named: boolean): string {
  const width = sizeOf(shape.slice(1));
  const rows = Array.from(
    { length: shape.length === 0 ? 1 : shape[0] },
    (_, row) => `[${values.slice(row * width, (row + 1) * width).join(", ")}]`,
  );
  return named ? [`${name} [${shape.join(", ")}]`, ...rows.map((row) => `  ${row}`)].join("\n") : rows.join("\n");
}
