// Before the run: the hosts of npm, once, from the lock file beside. They are apart from layerc's own dependencies because they are large.
import { execFileSync } from "node:child_process";
import { existsSync, statSync } from "node:fs";
import { join } from "node:path";

const folder = import.meta.dirname;

/** Installs what the lock file says, unless it is there. */
export function setup(): void {
  const done = join(folder, "node_modules/.package-lock.json");
  if (existsSync(done) && statSync(done).mtimeMs >= statSync(join(folder, "package-lock.json")).mtimeMs) return;
  console.log("hosts: installing them, once (1.4 GB): npm ci --ignore-scripts in tests/hosts/");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: folder, stdio: "inherit" });
}
