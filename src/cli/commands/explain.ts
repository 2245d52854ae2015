// `layerc explain <code>`: what an error code means, with a wrong and a right example and what the wrong one prints.
import type { Command } from "commander";
import { type Code, codes } from "../../../compiler/diagnostics/codes.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../../compiler/diagnostics/suggest.ts";
import { type Example, typed } from "../explain/pair.ts";
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
      else print([found[0].join("\n  "), ...(await exampleOf(code as Code))].join("\n\n"));
    });
}

/** A wrong and a right example with what the wrong one prints, or why there is none. */
async function exampleOf(code: Code): Promise<readonly string[]> {
  const [{ examples }, { excused }, { prints }] = await Promise.all([
    import("../explain/examples.ts"),
    import("../explain/excused.ts"),
    import("../explain/prints.ts"),
  ]);
  const pair = examples[code];
  if (pair === undefined) return [`no example\n  ${excused[code]}`];
  return [`wrong\n${shown(pair.wrong)}`, `prints\n${indented(prints[code] ?? "", 2)}`, `right\n${shown(pair.right)}`];
}

const indented = (text: string, by: number): string => text.trimEnd().replaceAll(/^(?=.)/gm, " ".repeat(by));

function shown(example: Example): string {
  const { texts, commands } = typed(example);
  return [...texts.map(([name, text]) => `  ${name}\n${indented(text, 4)}`), ...commands.map((one) => `  ${one}`)].join("\n");
}
