// After tsc: what it does not do. In: dist/ as tsc left it. Out: hand-written declarations copied, the bin executable, and
// no file in dist/ whose source is gone, so that a package never ships leftovers.
import { chmodSync, copyFileSync, existsSync, readdirSync, rmSync } from "node:fs";
import { join } from "node:path";

for (const name of ["model", "imported"]) copyFileSync(`src/plugin/${name}.d.ts`, `dist/src/plugin/${name}.d.ts`);
chmodSync("dist/src/cli/main.js", 0o755);

for (const entry of readdirSync("dist", { recursive: true, withFileTypes: true })) {
  if (!entry.isFile()) continue;
  const path = join(entry.parentPath, entry.name);
  const stem = path.slice("dist/".length).replace(/(\.d\.ts|\.js)$/, "");
  if (!existsSync(`${stem}.ts`) && !existsSync(`${stem}.d.ts`)) rmSync(path);
}
