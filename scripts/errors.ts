// docs/errors.md: every code with what it means, a wrong and a right example and what the wrong one prints, or why there is no example. In: the
// tables of `layerc explain`. Out: the page, and the file of what is printed, which tests/cli/explain.test.ts compares. `npm run update-examples`
// writes both.
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Code, codes } from "../compiler/diagnostics/codes.ts";
import { examples } from "../src/cli/explain/examples.ts";
import { excused } from "../src/cli/explain/excused.ts";
import { type Example, typed } from "../src/cli/explain/pair.ts";
import { prints } from "../src/cli/explain/prints.ts";
import { layerc, type Run } from "./command.ts";
import { fence } from "./markdown.ts";

/** Runs an example in a folder of its own. */
export async function play({ files, run }: Example): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), "explain-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
    const [command, input] = run.split(" < ");
    return await layerc(folder, command.split(" ").slice(1), input === undefined ? "" : files[input]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** What a wrong example prints of its fault: messages, or the table of a command that compares. */
export const printed = ({ stdout, stderr }: Run): string => (stderr === "" ? stdout : stderr);

/** What every wrong example prints, run now. */
export async function playAll(): Promise<typeof prints> {
  const said: Record<string, string> = {};
  for (const [code, { wrong }] of Object.entries(examples)) said[code] = printed(await play(wrong));
  return said;
}

/** As the formatter leaves it: in the quotes of which the text has fewer, on a line of its own where it is long. */
const widest = 128;
function quoted(text: string): string {
  const count = (quote: string): number => text.split(quote).length;
  const inDouble = JSON.stringify(text);
  return count('"') <= count("'") ? inDouble : `'${inDouble.slice(1, -1).replaceAll('\\"', '"').replaceAll("'", "\\'")}'`;
}

/** src/cli/explain/prints.ts, of what was said. */
export const printsFile = (said: typeof prints): string =>
  [
    "// What the wrong example of each code prints. Written by `npm run update-examples`; tests/cli/explain.test.ts runs them and compares.",
    'import type { Code } from "../../../compiler/diagnostics/codes.ts";',
    "",
    "/** As the command line prints it, without colours. */",
    "export const prints: Partial<Readonly<Record<Code, string>>> = {",
    ...Object.entries(said).map(([code, text]) => {
      const line = `  ${JSON.stringify(code)}: ${quoted(text)},`;
      return line.length <= widest ? line : line.replace(": ", ":\n    ");
    }),
    "};",
    "",
  ].join("\n");

const language = (name: string): string => /\w+$/.exec(name)?.[0] ?? "";
const shown = (title: string, example: Example): readonly string[] => {
  const { texts, commands } = typed(example);
  const names = texts.map(([name]) => `\`${name}\``).join(", ");
  return [
    names === "" ? `${title}:` : `${title}, ${names}:`,
    ...texts.map(([name, text]) => fence(language(name), text)),
    fence("sh", commands.join("\n")),
  ];
};

/** The whole page. */
export function errorsPage(said: typeof prints = prints): string {
  const sections = Object.entries(codes).flatMap(([name, says]) => {
    const code = name as Code;
    const pair = examples[code];
    if (pair === undefined) return [`## ${code}`, says, `No example: ${excused[code]}`];
    const { wrong, right } = pair;
    return [`## ${code}`, says, ...shown("Wrong", wrong), "prints", fence("", said[code] ?? ""), ...shown("Right", right)];
  });
  const head = [
    "# Errors and warnings",
    "A code never changes its meaning. `layerc explain <code>` prints what stands here, `layerc explain` lists all codes.",
  ];
  return `${[...head, ...sections].join("\n\n")}\n`;
}
