// `layerc run`: rows in, rows out, on one of three executors: the Graph (the meaning), the Program (the bits), or the emitted
// JavaScript. A Graph given as text on standard input runs on its interpreter, every input by name.
import { type Command, Option } from "commander";
import { compile, lowerModel } from "../../../compiler/compile.ts";
import { CompileError, internal } from "../../../compiler/diagnostics/error.ts";
import { knownKeys } from "../../../compiler/diagnostics/plain.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import { type Graph, nodesOf, sizeOf } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import { createMachine } from "../../../compiler/interpret/program.ts";
import type { Model } from "../../../compiler/model.ts";
import type { OptionsInput } from "../../../compiler/options.ts";
import { load } from "../../../runtime/index.ts";
import { addLoweringFlags, type LoweringFlags, optionsOf } from "../flags.ts";
import { readRows, readValues } from "../rows.ts";
import { readModelOrGraph, work } from "../subject.ts";
import { print, printJson, warn } from "../terminal.ts";

type Executor = "graph" | "program" | "js";
interface Flags extends LoweringFlags {
  readonly on: Executor;
  readonly input: string;
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
    .summary("compute a model's output for some rows")
    .description("Runs a model on rows of numbers, by the Graph interpreter, the Program interpreter, or the emitted JavaScript.")
    .argument("<model>", "model file, or - for JSON or the text of a Graph on standard input")
    .addOption(
      new Option("--on <executor>", "what computes").choices(["graph", "program", "js"] satisfies Executor[]).default("js"),
    )
    .requiredOption("--input <rows>", 'rows as JSON ("[0.5, -1]"), or a .json or .csv file; for a Graph an object by name')
    .addOption(new Option("--precision <precision>", "of the Graph interpreter").choices(["f32", "double"]).default("f32"))
    .option("--json", "as JSON: outputs with name, shape and values");
  addLoweringFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc run iris.model.ts --input '[0.5, -1]'\n  layerc run iris.model.ts --on graph --input rows.csv --json\n  layerc run - --input values.json < graph.txt",
    )
    .action(async (file: string, flags: Flags) => {
      const subject = await readModelOrGraph(file, flags.inputShape);
      const outputs =
        "graph" in subject ? onText(subject.graph, flags) : await work(subject, () => onModel(subject.model, flags));
      if (flags.json) printJson({ on: flags.on, outputs });
      else print(outputs.map((output) => show(output, outputs.length > 1)).join("\n"));
    });
}

function onModel(model: Model, flags: Flags): Output[] {
  const { input, output } = resolve(model).inference;
  const x = readRows(flags.input, input);
  const rows = x.length / sizeOf(input.shape);
  const values = executors[flags.on](model, x, {
    rows,
    width: sizeOf(output.shape),
    options: optionsOf(flags),
    precision: flags.precision,
  });
  return [{ name: output.name, shape: [rows, ...output.shape], values: [...values] }];
}

interface Run {
  readonly rows: number;
  /** Numbers per row of output. */
  readonly width: number;
  readonly options: OptionsInput;
  readonly precision: "f32" | "double";
}
const executors: Readonly<Record<Executor, (model: Model, x: Float32Array, site: Run) => ArrayLike<number> & Iterable<number>>> =
  {
    graph: (model, x, { rows, precision }) => {
      const resolved = resolve(model);
      const { graph, input, output } = resolved.inference;
      const values = { ...resolved.modelWeights().values, [input.name]: x };
      return runGraph(graph, { rows, precision, values }).results[output.name].data;
    },
    program: (model, x, { rows, width, options }) => {
      const { program, contents } = lowerModel(model, options);
      const machine = createMachine(program, { constants: contents });
      const entry = program.entries.find(({ name }) => name === "predict");
      const from = machine.buffers.get(entry?.inputs[0][1] ?? "");
      const to = machine.buffers.get(entry?.outputs[0][1] ?? "");
      if (from === undefined || to === undefined) internal("the program has no entry predict with an input and an output");
      if (program.entries.some(({ name }) => name === "prepare")) machine.run("prepare");
      const y = new Float32Array(rows * width);
      for (let row = 0; row < rows; row++) {
        from.set(x.subarray(row * from.length, (row + 1) * from.length));
        machine.run("predict");
        y.set(to.subarray(0, width), row * width);
      }
      return y;
    },
    js: (model, x, { options }) => {
      const artifact = compile(model, { ...options, selfTest: false });
      warn(artifact.warnings, model);
      return load(artifact).predict(x);
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
  const values = readValues(input);
  const known = ["input", "param", "state"].flatMap((op) => nodesOf(graph, op).map(({ attrs }) => String(attrs.name)));
  knownKeys(values, known, { code: "graph/values", path: "", subject: "the Graph" });
  const batched = nodesOf(graph, "input").find(({ type }) => type.shape[0] === "n");
  const given = batched && values[String(batched.attrs.name)];
  const rows = given === undefined ? 1 : given.length / sizeOf(batched?.type.shape.slice(1) as number[]);
  const { results, updates } = runGraph(graph, { rows, values, precision });
  return Object.entries({ ...results, ...updates }).map(([name, { shape, data }]) => ({ name, shape, values: [...data] }));
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
