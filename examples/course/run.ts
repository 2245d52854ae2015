// `npm run course -- 3`: runs a lesson, or all of them, prints what it finds and writes its pictures to examples/course/out.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { lessons } from "./list.ts";

const wanted = process.argv.slice(2);
const folder = join(import.meta.dirname, "out");
mkdirSync(folder, { recursive: true });
for (const lesson of lessons) {
  if (wanted.length > 0 && !wanted.some((start) => lesson.folder.startsWith(start))) continue;
  console.log(`${lesson.folder}: ${lesson.name}`);
  const { plots } = await lesson.main();
  for (const [name, svg] of Object.entries(plots)) writeFileSync(join(folder, `${lesson.folder}-${name}.svg`), svg);
}
