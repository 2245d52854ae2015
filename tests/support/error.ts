// The error that a call ends with. In: the call. Out: its CompileError; anything else it throws goes on, and so does it throwing nothing.
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";

/** What `run` throws, which has to be a CompileError. */
export function errorOf(run: () => unknown): CompileError {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError) return error;
    throw error;
  }
  throw new Error("nothing was thrown");
}

/** The parts of that error. */
export const diagnosticOf = (run: () => unknown): Diagnostic => errorOf(run).diagnostic;

/** The code of the CompileError that `run` ends with; "none" where it ends without. */
export function codeOf(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof CompileError) return error.diagnostic.code;
    throw error;
  }
  return "none";
}
