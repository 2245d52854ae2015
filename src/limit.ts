// How long layerc waits for what is not its own: a model file that runs, standard input, a pipe. In: the environment variable
// LAYERC_TIMEOUT, in seconds. Out: milliseconds. Guarantee: finite but for `LAYERC_TIMEOUT=0`, which waits for ever.
import { CompileError } from "../compiler/diagnostics/error.ts";

/** Long enough for a model that prepares its data, short enough for somebody who waits. */
const standardSeconds = 10;
/** Node's timers take no more. */
const longest = 2 ** 31 - 1;

/** The limit in milliseconds. Throws CompileError `cli/option` where LAYERC_TIMEOUT is no number of seconds. */
export function timeLimit(): number {
  const given = process.env.LAYERC_TIMEOUT?.trim() ?? "";
  const seconds = given === "" ? standardSeconds : Number(given);
  if (!(seconds >= 0)) {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: `LAYERC_TIMEOUT needs a number of seconds, found ${JSON.stringify(given)}`,
      hint: `left out, it is ${standardSeconds}; 0 waits for ever`,
    });
  }
  return seconds === 0 ? longest : Math.min(longest, Math.ceil(seconds * 1000));
}

/** The limit as a reader sees it: `10 s`. */
export const showLimit = (milliseconds: number): string => `${milliseconds / 1000} s`;
/** What to do where the limit is too short. */
export const limitHint = "LAYERC_TIMEOUT=60 waits for 60 seconds";

/** Waits without an event loop: for the few places that must not go on before a pipe does. */
export function sleep(milliseconds: number): void {
  Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, milliseconds);
}
