// The command line as a function. In: arguments, and the streams to read and write. Out: text on them, and the exit code: 0 done,
// 1 the model or a file is at fault, 2 the command line is, 70 layerc is. `--json` turns messages into JSON as well.
import { Command, CommanderError } from "commander";
import { version } from "../../compiler/base/version.ts";
import { addCompare } from "./commands/compare.ts";
import { addCompile } from "./commands/compile.ts";
import { addConvert } from "./commands/convert.ts";
import { addExplain } from "./commands/explain.ts";
import { addGrad } from "./commands/grad.ts";
import { addInit } from "./commands/init.ts";
import { addInspect } from "./commands/inspect.ts";
import { addPasses } from "./commands/passes.ts";
import { addRun } from "./commands/run.ts";
import { addSummary } from "./commands/summary.ts";
import { addTrace } from "./commands/trace.ts";
import { addTrain } from "./commands/train.ts";
import { Ended, exitCodes, report, type Terminal, withTerminal } from "./terminal.ts";

function layerc({ stdout, stderr }: Terminal): Command {
  const program = new Command("layerc")
    .description("Compiles a Keras-style sequential([...]) model into a plain JavaScript module.")
    .version(version, "-v, --version")
    .showSuggestionAfterError()
    .addHelpText(
      "after",
      "\nExamples:\n  layerc compile iris.model.ts -o iris.js\n  layerc inspect iris.model.ts --after plan\n  layerc run iris.model.ts --input '[0.5, -1]'",
    )
    .addHelpText("after", "\nExit codes: 0 done, 1 an error in the model or a file, 2 a wrong command line, 70 a bug in layerc.")
    // Before the commands are added: they take both over.
    .configureOutput({ writeOut: (text) => stdout.write(text), writeErr: (text) => stderr.write(text) })
    .exitOverride();
  for (const add of [
    addCompile,
    addConvert,
    addInspect,
    addPasses,
    addTrace,
    addGrad,
    addRun,
    addTrain,
    addSummary,
    addCompare,
    addExplain,
    addInit,
  ])
    add(program);
  return program;
}

/** Runs the command that `args` name and gives its exit code; throws nothing. */
export const run = (args: readonly string[], terminal: Terminal = process): Promise<number> =>
  withTerminal(terminal, async () => {
    try {
      await layerc(terminal).parseAsync(args, { from: "user" });
      return 0;
    } catch (error) {
      // Commander has printed its own message; help and version end with 0.
      if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : exitCodes.usage;
      if (error instanceof Ended) return error.status;
      return report(error, args.includes("--json"));
    }
  });
