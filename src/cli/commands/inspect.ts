// `layerc inspect`: the text of the IR after a pass or stage. Without `--after`, the list of what can be asked for.
import { type Command, InvalidArgumentError } from "commander";
import { type Goal, passes, type Snapshot } from "../../../compiler/compile.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { addLoweringFlags, goalFlag, type LoweringFlags } from "../flags.ts";
import { renderTable } from "../render.ts";
import { readSnapshots } from "../subject.ts";
import { print, printJson } from "../terminal.ts";

interface Flags extends LoweringFlags {
  readonly after?: string;
  readonly goal: Goal;
  readonly json?: boolean;
}

const names: readonly string[] = [...new Set([...passes.map((pass) => pass.name), ...passes.map((pass) => pass.stage)])];

export function addInspect(program: Command): void {
  const command = program
    .command("inspect")
    .summary("print the Graph, Plan or Program after a pass")
    .description("Prints the IR of a model after a pass, or after the last pass of a stage (graph, plan, program).")
    .argument("<model>", "model file, or - for JSON or the text of a Graph on standard input")
    .option("--after <name>", "pass or stage; without it, the list of them", passOrStage)
    .addOption(goalFlag())
    .option("--json", "as JSON: pass, stage, text");
  addLoweringFlags(command)
    .addHelpText(
      "after",
      "\nExamples:\n  layerc inspect iris.model.ts\n  layerc inspect iris.model.ts --after plan\n  layerc inspect iris.model.ts --after differentiate --goal trainStep",
    )
    .action(async (file: string, flags: Flags) => {
      const all = await readSnapshots(file, flags);
      if (flags.after === undefined) list(all, flags.json === true);
      else show(all, flags.after, flags);
    });
}

function passOrStage(name: string): string {
  if (!names.includes(name))
    throw new InvalidArgumentError(`There is no pass or stage ${JSON.stringify(name)}; ${suggestionFor(name, names)}`);
  return name;
}

function list(all: readonly Snapshot[], json: boolean): void {
  const lines = all.map(({ pass, stage, text, events }) => ({
    stage,
    pass,
    lines: text.split("\n").length,
    rewrites: events.length,
  }));
  if (json) printJson(lines);
  else {
    const rows = lines.map(({ stage, pass, lines, rewrites }) => [stage, pass, `${lines}`, `${rewrites}`]);
    print(renderTable([["stage", "pass", "lines", "rewrites"], ...rows], [2, 3]));
  }
}

function show(all: readonly Snapshot[], after: string, { goal, json }: Flags): void {
  const found = all.findLast(({ pass }) => pass === after) ?? all.findLast(({ stage }) => stage === after);
  if (found === undefined) print(json ? "null" : `the pass ${after} has nothing to do for ${goal}`);
  else if (json) printJson({ pass: found.pass, stage: found.stage, text: found.text });
  else print(found.text);
}
