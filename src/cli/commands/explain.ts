// `layerc explain <code>`: what an error code means, with a wrong and a right example.
import type { Command } from "commander";
import { type Code, codes } from "../../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import type { Example } from "../explain/pair.ts";
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
    .action(async (code: string | undefined, { json }: { json?: boolean }) => {
      const entries = Object.entries(codes);
      const found = code === undefined ? entries : entries.filter(([name]) => name === code);
      if (found.length === 0 && code !== undefined) {
        const hint = suggestionFor(code, Object.keys(codes));
        throw new CompileError({ code: "cli/option", path: "", message: `there is no code ${JSON.stringify(code)}`, hint });
      }
      if (json) printJson(Object.fromEntries(found));
      else if (code === undefined) print(renderTable(found));
      else print([found[0].join("\n  "), ...(await pairOf(code))].join("\n\n"));
    });
}

/** A wrong and a right example, where there are such. */
async function pairOf(code: string): Promise<readonly string[]> {
  const { examples } = await import("../explain/examples.ts");
  const pair = examples[code as Code];
  return pair === undefined ? [] : Object.entries(pair).map(([kind, example]) => `${kind}\n${shown(example)}`);
}

function shown({ files, run }: Example): string {
  const texts = Object.entries(files).map(([name, text]) => `  ${name}\n${text.trimEnd().replaceAll(/^(?=.)/gm, "    ")}`);
  return [...texts, `  ${run}`].join("\n");
}
