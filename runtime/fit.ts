// Keras' `fit` over an emitted module. In: a module compiled with `train`, rows in any form or batches, options. Out: the history; the module
// holds the trained weights. Repeats exactly from its seed, whether it waits between batches or not.
import type { Callback } from "./callbacks/define.ts";
import { progressBar } from "./callbacks/progress-bar.ts";
import { atOnce, drive, driveAsync } from "./drive.ts";
import type { FitAsyncOptions, FitOptions, Fitted } from "./fit-options.ts";
import { type Loadable, load } from "./load.ts";
import { portsOf } from "./ports.ts";
import { type Run, readRun } from "./run.ts";
import { train } from "./train.ts";
import type { BatchesLike, Data, Trainable } from "./trainable.ts";

/**
 * Trains a module in place, or an artifact, which is loaded first. Throws TypeError or RangeError when data or options do not fit,
 * before anything is trained; and RangeError at the first batch whose loss is not finite, with the layer that went bad.
 */
export function fit(subject: Trainable | Loadable, data: Data | BatchesLike, options: FitOptions = {}): Fitted {
  const module = moduleOf(subject);
  return drive(train(module, shown(readRun(portsOf(module), data, options)), atOnce));
}

/**
 * The same run, which lets the page have its turn between batches, waits for callbacks and for batches, and ends with the reason of
 * `signal`. Gives the bits that `fit` gives. The promise is rejected where `fit` throws.
 */
export async function fitAsync(
  subject: Trainable | Loadable,
  data: Data | BatchesLike,
  options: FitAsyncOptions = {},
): Promise<Fitted> {
  const module = moduleOf(subject);
  const run = shown(readRun(portsOf(module), data, options, true));
  return driveAsync((pace) => train(module, run, pace), run.options.signal);
}

/** The run with a line an epoch, where `verbose` asks for it: of the console alone is known that it takes lines. */
function shown(run: Run): Run {
  const { verbose = 0, callbacks = [] } = run.options;
  if (verbose === 0) return run;
  const write = (text: string): void => console.log(text.replace(/\n$/, ""));
  return withCallbacks(run, [...callbacks, progressBar({ write, verbose })]);
}

/** The run with other callbacks. */
export const withCallbacks = (run: Run, callbacks: readonly Callback[]): Run => ({
  ...run,
  options: { ...run.options, callbacks },
});

function moduleOf(subject: Trainable | Loadable): Trainable {
  const isObject = typeof subject === "object" && subject !== null;
  const module = isObject && "code" in subject ? load<Trainable>(subject) : (subject as Trainable);
  if (typeof module?.trainStep === "function") return module;
  const hint = isObject && "create" in module ? ", or what its create(…) gives" : "";
  throw new TypeError(`fit: wanted a module compiled with train: true, or its artifact${hint}`);
}
