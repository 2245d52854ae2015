// What is known of a file that the compiler wrote, and how whoever looks at one says that it is another. In: facts. Out: CompileErrors.
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
