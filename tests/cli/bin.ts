// The built command line in a process of its own.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";

export const bin = join(resolve(import.meta.dirname, "../.."), "dist/src/cli/main.js");
if (!existsSync(bin)) throw new Error("dist/ is missing: npm run build");

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `layerc …args` in a folder, with `env` added to the environment. */
export function layerc(cwd: string, args: readonly string[], input = "", env: NodeJS.ProcessEnv = {}): Run {
  const { status, stdout, stderr } = spawnSync(process.execPath, [bin, ...args], {
    cwd,
    input,
    env: { ...process.env, ...env },
    encoding: "utf8",
    timeout: 60_000,
  });
  return { status, stdout, stderr };
}
