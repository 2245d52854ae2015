// The command line, in two ways: here, as a function of the source under test, and as the built command in a process of its own. A
// process takes a second to start: it is for what only it can show, such as real streams, and once for each command.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Run } from "../../scripts/command.ts";

export { layerc, type Run } from "../../scripts/command.ts";

export const bin = join(resolve(import.meta.dirname, "../.."), "dist/src/cli/main.js");
if (!existsSync(bin)) throw new Error("dist/ is missing: npm run build");

/** Runs the built `layerc …args` in a process of its own, with `env` added to the environment. */
export function spawned(cwd: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    input,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}
