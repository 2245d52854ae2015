// docs/errors.md: every code with what it means, and a wrong and a right example where `layerc explain` has one. In: the two tables. Out: the
// page, which tests/cli/explain.test.ts compares. `npm run update-examples` writes it.
import { codes } from "../compiler/diagnostics/codes.ts";
import { examples } from "../src/cli/explain/examples.ts";
import type { Example, Pair } from "../src/cli/explain/pair.ts";

const language = (name: string): string => /\w+$/.exec(name)?.[0] ?? "";
const fence = (kind: string, text: string): string => `\`\`\`${kind}\n${text.trimEnd()}\n\`\`\``;
const shown = (title: string, { files, run }: Example): readonly string[] => [
  `${title}, \`${Object.keys(files).join("`, `")}\`:`,
  ...Object.entries(files).map(([name, text]) => fence(language(name), text)),
  fence("sh", run),
];

/** The whole page. */
export function errorsPage(): string {
  const pairs: Readonly<Record<string, Pair | undefined>> = examples;
  const sections = Object.entries(codes).flatMap(([code, says]) => {
    const pair = pairs[code];
    return [`## ${code}`, says, ...(pair === undefined ? [] : [...shown("Wrong", pair.wrong), ...shown("Right", pair.right)])];
  });
  const head = [
    "# Errors and warnings",
    "A code never changes its meaning. `layerc explain <code>` prints what stands here, `layerc explain` lists all codes.",
  ];
  return `${[...head, ...sections].join("\n\n")}\n`;
}
