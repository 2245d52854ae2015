#!/usr/bin/env node
// The command line. In: arguments. Out: text on standard output, messages on standard error, and an exit code: 0 done,
// 1 the model or a file is at fault, 2 the command line is, 70 layerc is. `--json` turns messages into JSON as well.
import { Command, CommanderError } from "commander";
import { version } from "../../compiler/base/version.ts";
import { addCompile } from "./commands/compile.ts";
import { addExplain } from "./commands/explain.ts";
import { addGrad } from "./commands/grad.ts";
import { addInspect } from "./commands/inspect.ts";
import { addPasses } from "./commands/passes.ts";
import { addRun } from "./commands/run.ts";
import { addSummary } from "./commands/summary.ts";
import { addTrace } from "./commands/trace.ts";
import { exitCodes, report, toleratePipes } from "./terminal.ts";

const program = new Command("layerc")
  .description("Compiles a Keras-style sequential([...]) model into a plain JavaScript module.")
  .version(version, "-v, --version")
  .showSuggestionAfterError()
  .addHelpText(
    "after",
    "\nExamples:\n  layerc compile iris.model.ts -o iris.js\n  layerc inspect iris.model.ts --after plan\n  layerc run iris.model.ts --input '[0.5, -1]'",
  )
  .addHelpText("after", "\nExit codes: 0 done, 1 an error in the model or a file, 2 a wrong command line, 70 a bug in layerc.")
  .exitOverride();

for (const add of [addCompile, addInspect, addPasses, addTrace, addGrad, addRun, addSummary, addExplain]) add(program);
for (const command of program.commands) command.exitOverride();

toleratePipes();
try {
  await program.parseAsync();
} catch (error) {
  // Commander has printed its own message; help and version end with 0.
  if (error instanceof CommanderError) process.exitCode = error.exitCode === 0 ? 0 : exitCodes.usage;
  else report(error, process.argv.includes("--json"));
}
