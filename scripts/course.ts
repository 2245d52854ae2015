// The pages of the course: blocks with the programs, what they print and their pictures. In: docs/course/*.md and a build. Out: the pages with every
// block made anew, and the pictures beside them. Run by `npm run update-course`; all numbers are exact, so that a test can compare those that are cheap.
import { readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { compile } from "../compiler/compile.ts";
import { nets } from "../examples/course/2-deep-net/main.ts";
import { lessons } from "../examples/course/list.ts";
import { fill } from "./markdown.ts";

const root = resolve(import.meta.dirname, "..");
const folder = join(root, "docs/course");
type Lesson = (typeof lessons)[number];

/** The page of a lesson. */
export const pageOf = ({ folder: name }: Lesson): string => join(folder, `${name}.md`);
/** The picture of a lesson. */
export const pictureOf = ({ folder: name }: Lesson, plot: string): string => join(folder, `${name}-${plot}.svg`);

const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
const source = (lesson: Lesson, file: string): string =>
  fence("ts", readFileSync(join(root, "examples/course", lesson.folder, file), "utf8"));

/** The blocks that follow from sources alone, without a run. */
export function sourceBlocks(lesson: Lesson): Readonly<Record<string, string>> {
  const kernel = /^function compute\([\s\S]*?^}$/m.exec(compile(nets["2-4-3-1"]).code)?.[0] ?? "";
  return {
    program: source(lesson, "main.ts"),
    answer: source(lesson, "answer.ts"),
    ...(lesson.folder === "2-deep-net" ? { emitted: fence("js", kernel) } : {}),
  };
}

/** What a program prints, and what it gives. */
async function printed<T>(run: () => Promise<T>): Promise<{ readonly lines: readonly string[]; readonly result: T }> {
  const lines: string[] = [];
  const { log } = console;
  console.log = (line: string) => void lines.push(line);
  try {
    const result = await run();
    return { lines, result };
  } finally {
    console.log = log;
  }
}

/** The blocks that come from a run at full size, and its pictures by name. */
export async function runBlocks(lesson: Lesson) {
  const main = await printed(() => lesson.main());
  const answer = await printed(() => lesson.answer());
  const blocks = { prints: fence("", main.lines.join("\n")), answers: fence("", answer.lines.join("\n")) };
  return { blocks, plots: main.result.plots };
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) {
  const wanted = process.argv.slice(2);
  for (const lesson of lessons) {
    if (wanted.length > 0 && !wanted.some((start) => lesson.folder.startsWith(start))) continue;
    const { blocks, plots } = await runBlocks(lesson);
    const page = pageOf(lesson);
    writeFileSync(page, fill(readFileSync(page, "utf8"), { ...sourceBlocks(lesson), ...blocks }));
    for (const [plot, svg] of Object.entries(plots)) writeFileSync(pictureOf(lesson, plot), svg);
  }
}
