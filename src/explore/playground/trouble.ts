// What is wrong with a text, and where. In: a CompileError and a stretch of the text. Out: one error, or the same as data that a worker can send.
import type { CompileError } from "../../../compiler/diagnostics/error.ts";

/** Letters `from` up to and without `to`, counted from 0. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** A fault of a text as an editor shows it. */
export interface Problem extends Range {
  readonly severity: "error" | "warning";
  readonly code: string;
  readonly message: string;
  readonly hint?: string;
}

/** A CompileError with its place in the text. */
export class Misplaced extends Error {
  readonly error: CompileError;
  readonly range: Range;

  constructor(error: CompileError, range: Range) {
    super(error.message);
    this.error = error;
    this.range = range;
  }
}

/** An error as a problem of the stretch. */
export function problemOf(error: CompileError, { from, to }: Range): Problem {
  const { code, path, message, hint } = error.diagnostic;
  return {
    from,
    to,
    severity: "error",
    code,
    message: path === "" ? message : `${path}: ${message}`,
    ...(hint === undefined ? {} : { hint }),
  };
}
