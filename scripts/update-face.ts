// Writes what an editor and a reviewer see of the public face. In: the lists, their words, the build. Out: `compiler/training/specs/`,
// or with `--report` the report of the build in dist/, `tests/fixtures/public-face.txt`.
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { publicFace } from "./face.ts";
import { kinds, specsOf } from "./words/specs.ts";

if (process.argv.includes("--report")) {
  writeFileSync("tests/fixtures/public-face.txt", publicFace());
  process.exit();
}
const folder = "compiler/training/specs";
mkdirSync(folder, { recursive: true });
for (const [file, kind] of Object.entries(kinds)) writeFileSync(join(folder, `${file}.ts`), specsOf(kind));
