// The command line, in two ways: here, as a function of the source under test, and as the built command in a process of its own. A
// process takes a second to start: it is for what only it can show, such as real streams, and once for each command.
import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { join, resolve } from "node:path";
import { Readable } from "node:stream";
// It works in the folder where it was loaded, for good: that must not be one of ours, which are removed.
import "esbuild";
import { run } from "../../src/cli/program.ts";

export const bin = join(resolve(import.meta.dirname, "../.."), "dist/src/cli/main.js");
if (!existsSync(bin)) throw new Error("dist/ is missing: npm run build");

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `layerc …args` in a folder, here: one after the other, since the folder is the process's. */
export async function layerc(cwd: string, args: readonly string[], input = ""): Promise<Run> {
  const said = { stdout: "", stderr: "" };
  const to = (stream: keyof typeof said) => ({
    write: (text: string) => {
      said[stream] += text;
    },
  });
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const stdin = Readable.from(input === "" ? [] : [Buffer.from(input)]);
    const status = await run(args, { stdin, stdout: to("stdout"), stderr: to("stderr") });
    return { status, ...said };
  } finally {
    process.chdir(before);
  }
}

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
