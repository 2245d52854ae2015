// Keras' rules of early stopping: `wait` counts epochs without improvement; the first epoch never stops. In: the losses of an epoch.
// Out: whether to stop; at the end the best weights, where they were asked for. https://keras.io/api/callbacks/early_stopping/
import { stoppingOptions } from "./options.ts";
import { show } from "./rows.ts";
import type { Logs, Trainable } from "./trainable.ts";

/** What watches a run. */
export interface Watcher {
  stops(epoch: number, logs: Logs): boolean;
  /** Puts the best weights back where that was asked for and some were seen. */
  end(): boolean;
}

/** `given`: EarlyStopping. Throws TypeError or RangeError where it does not fit; `known`: the keys of the logs. */
export function watcher(module: Trainable, given: unknown, known: readonly string[]): Watcher {
  const stopping = stoppingOptions(given);
  const { monitor = "val_loss", mode = "auto", restoreBestWeights = false } = stopping;
  const { patience = 0, startFromEpoch = 0, minDelta = 0 } = stopping;
  checkMonitor(monitor, known);
  const delta = Math.abs(minDelta);
  // What is to rise is negated, so that smaller is always better.
  const sign = mode === "max" || (mode === "auto" && isToRise(monitor)) ? -1 : 1;
  let best = Number.POSITIVE_INFINITY;
  let weights: Float32Array[] | undefined;
  let wait = 0;
  return {
    stops(epoch, logs) {
      if (epoch < startFromEpoch) return false;
      const current = sign * logs[monitor];
      // Keras keeps the first epoch it watches, even one whose loss is NaN.
      if (restoreBestWeights) weights ??= module.getWeights();
      wait++;
      if (current + delta < best) {
        best = current;
        if (restoreBestWeights) weights = module.getWeights();
        wait = 0;
        return false;
      }
      return wait >= patience && epoch > 0;
    },
    end() {
      if (weights !== undefined) module.setWeights(weights);
      return weights !== undefined;
    },
  };
}

/** An accuracy is to rise; losses are to fall, and all other metrics are losses too. */
const isToRise = (monitor: string): boolean => /(^|_)acc$|accuracy$/i.test(monitor);

function checkMonitor(monitor: string, known: readonly string[]): void {
  if (known.includes(monitor)) return;
  if (monitor.startsWith("val_") && known.includes(monitor.slice(4)))
    throw new TypeError(
      `earlyStopping: monitor ${show(monitor)} wants validationSplit or validationData; or monitor ${show(monitor.slice(4))}`,
    );
  const words = known.map(show);
  const wanted = words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  throw new TypeError(`earlyStopping.monitor: wanted ${wanted}, got ${show(monitor)}`);
}
