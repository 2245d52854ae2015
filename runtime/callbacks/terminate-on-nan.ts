// Keras' TerminateOnNaN: a loss that is not finite ends the run after its epoch, instead of with an error. In: the logs of a batch.
// https://keras.io/api/callbacks/terminate_on_nan/
import { flag, known, type Rules } from "../rules.ts";
import type { Callback } from "./define.ts";

/** Keras' option. */
export interface TerminateOnNaN {
  /** An error all the same, and no end of the other callbacks. Default false. */
  readonly raiseError?: boolean;
}
const rules: Rules<TerminateOnNaN> = { raiseError: flag };

/** Stops at the first batch whose loss is NaN or infinite. Throws TypeError where an option does not fit. */
export function terminateOnNaN(given: TerminateOnNaN = {}): Callback {
  const { raiseError = false } = known("terminateOnNaN", "terminateOnNaN.", given, rules);
  return {
    name: "terminateOnNaN",
    // The error that fit has of its own names the layer, too.
    toleratesNaN: !raiseError,
    onBatchEnd(batch, { loss }, run) {
      if (raiseError || Number.isFinite(loss)) return;
      run.print(`Batch ${batch}: Invalid loss, terminating training`);
      run.stop();
    },
  };
}
