// What is known of a file that the compiler wrote, and how whoever looks at one says that it is another. In: facts. Out: CompileErrors.
import { runInNewContext } from "node:vm";
import type { Code } from "../compiler/diagnostics/codes.ts";
import { CompileError } from "../compiler/diagnostics/error.ts";
import type { Options } from "../compiler/options.ts";

/** What is known of a module behind its header. */
export interface Verified {
  readonly model: string;
  /** The layerc that wrote it. */
  readonly version: string;
  /** Of spec, weights and options. */
  readonly hash: string;
  readonly options: Options;
  /** Files beside it that its header names. */
  readonly beside: readonly string[];
  /** The largest error of its selfTest; absent where it has none, or where a file that it needs is not named. */
  readonly selfTest?: number;
}

/** Throws a CompileError about the file. */
export function fail(code: Code, path: string, message: string, hint?: string): never {
  throw new CompileError({ code, path, message, ...(hint === undefined ? {} : { hint }) });
}

/** Seconds that the code of a file may take. */
export const standardSeconds = 60;

/**
 * Runs what a file says, and ends it when its time is over: loops of JavaScript and of WebAssembly alike, since the engine asks at each turn. All of it is
 * synchronous (the judge lets no function that waits pass), so nothing runs on behind it. Throws CompileError verify/endless.
 */
export function within<T>(seconds: number, path: string, run: () => T): T {
  try {
    return runInNewContext("run()", { run }, { timeout: Math.max(1, Math.round(seconds * 1000)) }) as T;
  } catch (error) {
    if ((error as { code?: unknown } | null)?.code !== "ERR_SCRIPT_EXECUTION_TIMEOUT") throw error;
    return fail(
      "verify/endless",
      path,
      `its own code did not end within ${seconds} s`,
      "give --timeout <seconds> more, if its model is large",
    );
  }
}
