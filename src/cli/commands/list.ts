// The commands of layerc: names, arguments and what each is for, so that the list of them is printed without loading one; and where each is. A command
// is loaded when it is the one that was asked for: the compiler alone takes longer to load than `layerc --help` to answer.
import { Command } from "commander";

/** A command before it is loaded. */
export interface Entry {
  readonly name: string;
  readonly args: string;
  readonly summary: string;
  /** Gives what adds it to a program. */
  readonly load: () => Promise<(program: Command) => void>;
}

/** In the order of the list that `--help` prints. */
export const commands: readonly Entry[] = [
  {
    name: "compile",
    args: "<model>",
    summary: "write a model as a JavaScript module",
    load: async () => (await import("./compile.ts")).addCompile,
  },
  {
    name: "convert",
    args: "<model>",
    summary: "write a model as .safetensors, .onnx, a model.json of TensorFlow.js, or a JSON spec",
    load: async () => (await import("./convert.ts")).addConvert,
  },
  {
    name: "inspect",
    args: "[model]",
    summary: "print the Graph, Plan, nests, schedule or Program after a pass, or what the pass changed",
    load: async () => (await import("./inspect.ts")).addInspect,
  },
  {
    name: "report",
    args: "<model> [other]",
    summary: "write one HTML file that shows all the compiler does with a model, or how two differ",
    load: async () => (await import("./report.ts")).addReport,
  },
  {
    name: "passes",
    args: "",
    summary: "list the passes of the compiler",
    load: async () => (await import("./passes.ts")).addPasses,
  },
  {
    name: "trace",
    args: "<model>",
    summary: "say which rules fired, and why a fusion was made or not",
    load: async () => (await import("./trace.ts")).addTrace,
  },
  {
    name: "grad",
    args: "<model>",
    summary: "print the gradient Graph of a model",
    load: async () => (await import("./grad.ts")).addGrad,
  },
  {
    name: "run",
    args: "<model>",
    summary: "compute a model's output for some rows",
    load: async () => (await import("./run.ts")).addRun,
  },
  {
    name: "score",
    args: "<model> <rows...>",
    summary: "write a model's answers to tables of any size: Parquet, CSV, JSON lines",
    load: async () => (await import("./score.ts")).addScore,
  },
  {
    name: "bisect",
    args: "<model>",
    summary: "name the pass, rule or kernel after which a model's executors disagree",
    load: async () => (await import("./bisect.ts")).addBisect,
  },
  {
    name: "train",
    args: "<model>",
    summary: "train a model on rows from a file",
    load: async () => (await import("./train.ts")).addTrain,
  },
  {
    name: "summary",
    args: "<model>",
    summary: "print the layers of a model as a table",
    load: async () => (await import("./summary.ts")).addSummary,
  },
  {
    name: "verify",
    args: "<module>",
    summary: "say whether a file is what the compiler makes",
    load: async () => (await import("./verify.ts")).addVerify,
  },
  {
    name: "compare",
    args: "<a> <b>",
    summary: "say where two models first differ, layer by layer",
    load: async () => (await import("./compare.ts")).addCompare,
  },
  {
    name: "explain",
    args: "[code]",
    summary: "say more about an error code",
    load: async () => (await import("./explain.ts")).addExplain,
  },
  {
    name: "init",
    args: "[folder]",
    summary: "make a project that uses a model: a page, a Node script or a Worker",
    load: async () => (await import("./init.ts")).addInit,
  },
];

/** Adds what is known of a command without loading it: `--help` has its line, and a name that is none is told the nearest. */
export function addOutline(program: Command, { name, args, summary }: Entry): void {
  // Every command has options.
  const outline = new Command(name).summary(summary).option("--json");
  program.addCommand(args === "" ? outline : outline.arguments(args));
}
