// `layerc passes`: the table of passes, in order, with what each does.
import type { Command } from "commander";
import { passes } from "../../../compiler/compile.ts";
import { renderTable } from "../render.ts";
import { print, printJson } from "../terminal.ts";

export function addPasses(program: Command): void {
  program
    .command("passes")
    .summary("list the passes of the compiler")
    .description("Lists the passes in the order in which they run, with the stage of their result.")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  layerc passes\n  layerc passes --json")
    .action(({ json }: { json?: boolean }) => {
      if (json) printJson(passes);
      else print(renderTable([["stage", "pass", "what it does"], ...passes.map(({ stage, name, says }) => [stage, name, says])]));
    });
}
