// `layerc passes`: the table of passes, in order, with the stages each leads from and to, and what it does.
import type { Command } from "commander";
import { passes } from "../../../compiler/compile.ts";
import { renderTable } from "../render.ts";
import { print, printJson } from "../terminal.ts";

/** Adds `layerc passes`, which prints the table of passes. */
export function addPasses(program: Command): void {
  program
    .command("passes")
    .description("Lists the passes in the order in which they run, with the stages they lead from and to.")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  layerc passes\n  layerc passes --json")
    .action(({ json }: { json?: boolean }) => {
      if (json) printJson(passes);
      else print(renderTable([["stages", "pass", "what it does"], ...passes.map(rowOf)]));
    });
}

const rowOf = ({ from, stage, name, says }: (typeof passes)[number]): readonly string[] => [`${from} → ${stage}`, name, says];
