// The command line as a function of the source, for scripts and tests. In: a folder, arguments, standard input. Out: what it said. A process
// would take a second to start.
import { Readable } from "node:stream";
// It works in the folder where it was loaded, for good: that must not be one that is removed.
import "esbuild";
import { run } from "../src/cli/program.ts";

export interface Run {
  readonly status: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs `layerc …args` in a folder, here: one after the other, since the folder is the process's. */
export async function layerc(cwd: string, args: readonly string[], input: string | Uint8Array = ""): Promise<Run> {
  const said = { stdout: "", stderr: "" };
  const to = (stream: keyof typeof said) => ({
    write: (text: string) => {
      said[stream] += text;
    },
  });
  const before = process.cwd();
  process.chdir(cwd);
  try {
    const stdin = Readable.from(input.length === 0 ? [] : [Buffer.from(input)]);
    const status = await run(args, { stdin, stdout: to("stdout"), stderr: to("stderr") });
    return { status, ...said };
  } finally {
    process.chdir(before);
  }
}
