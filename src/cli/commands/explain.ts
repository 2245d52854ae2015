// `layerc explain <code>`: what an error code means.
import type { Command } from "commander";
import { codes } from "../../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { renderTable } from "../render.ts";
import { print, printJson } from "../terminal.ts";

/** Adds `layerc explain`, which says what an error code means. */
export function addExplain(program: Command): void {
  program
    .command("explain")
    .description("Explains an error or warning code; without one, lists them all.")
    .argument("[code]", "such as shape/mismatch")
    .option("--json", "as JSON")
    .addHelpText("after", "\nExamples:\n  layerc explain shape/mismatch\n  layerc explain")
    .action((code: string | undefined, { json }: { json?: boolean }) => {
      const entries = Object.entries(codes);
      const found = code === undefined ? entries : entries.filter(([name]) => name === code);
      if (found.length === 0 && code !== undefined) {
        const hint = suggestionFor(code, Object.keys(codes));
        throw new CompileError({ code: "cli/option", path: "", message: `there is no code ${JSON.stringify(code)}`, hint });
      }
      if (json) printJson(Object.fromEntries(found));
      else print(code === undefined ? renderTable(found) : found[0].join("\n  "));
    });
}
