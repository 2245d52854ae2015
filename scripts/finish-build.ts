// After tsc: what it does not do. In: dist/ as tsc left it. Out: hand-written declarations copied, the words of layers' keys in theirs,
// the bin executable, the page of reports as one script and one style sheet, and no file in dist/ whose source is gone, so that a package never
// ships leftovers.
import { chmodSync, copyFileSync, existsSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { buildPage } from "./page.ts";
import { documented } from "./words/declarations.ts";

for (const name of ["model", "imported"]) copyFileSync(`src/plugin/${name}.d.ts`, `dist/src/plugin/${name}.d.ts`);
chmodSync("dist/src/cli/main.js", 0o755);

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const stem = path.slice("dist/".length).replace(/(\.d\.ts|\.js)$/, "");
  if (!existsSync(`${stem}.ts`) && !existsSync(`${stem}.d.ts`)) rmSync(path);
}

for (const name of readdirSync("dist/compiler/layers", { recursive: true, encoding: "utf8" })) {
  if (!name.endsWith(".d.ts")) continue;
  const path = join("dist/compiler/layers", name);
  writeFileSync(path, documented(readFileSync(path, "utf8")));
}

// tsc leaves the comments within a schema's type out; those of the options are what a caller reads on hover.
const options = "dist/compiler/options.d.ts";
const words = [...readFileSync("compiler/options.ts", "utf8").matchAll(/(\/\*\*.*?\*\/)\n {2}(\w+): z/g)];
writeFileSync(
  options,
  words.reduce(
    (text, [, doc, key]) => text.replace(new RegExp(`^ {4}${key}: z`, "m"), () => `    ${doc}\n    ${key}: z`),
    readFileSync(options, "utf8"),
  ),
);

await buildPage();
