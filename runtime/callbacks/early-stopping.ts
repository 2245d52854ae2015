// Keras' EarlyStopping: `wait` counts epochs without improvement; the first epoch never stops. In: the logs of an epoch. Out: the run is
// stopped; at its end the best weights, where they were asked for. https://keras.io/api/callbacks/early_stopping/
import { finite, flag, known, oneOf, type Rules, whole } from "../rules.ts";
import { type Callback, type Plain, plainOf, plainWeights, weightsOf } from "./define.ts";
import { deltaRule, type Monitor, type MonitoredChange, monitorOf, monitorRules } from "./monitor.ts";

/** Keras' options with their defaults; `minDelta` 0. */
export interface EarlyStopping extends MonitoredChange {
  /** Epochs without improvement before training stops. Default 0. */
  readonly patience?: number;
  /** What has to be beaten for an epoch to count as an improvement. */
  readonly baseline?: number;
  /** At the end of training the best weights return, even when it never stopped early. Default false. */
  readonly restoreBestWeights?: boolean;
  /** Epochs before this one (from 0) are not watched. Default 0. */
  readonly startFromEpoch?: number;
  /** 1 says what it does. Default 0. */
  readonly verbose?: 0 | 1;
}

const rules: Rules<EarlyStopping> = {
  ...monitorRules,
  minDelta: deltaRule,
  patience: whole(0),
  baseline: finite,
  restoreBestWeights: flag,
  startFromEpoch: whole(0),
  verbose: oneOf(0, 1),
};

/** Stops when a key of the logs has stopped improving. Throws TypeError or RangeError where an option does not fit. */
export function earlyStopping(given: EarlyStopping = {}): Callback {
  const options = known("earlyStopping", "earlyStopping.", given, rules);
  const { patience = 0, baseline, restoreBestWeights = false, startFromEpoch = 0, verbose = 0 } = options;
  let watch: Monitor;
  let best: number | undefined;
  let bestEpoch = 0;
  let weights: Float32Array[] | undefined;
  let wait = 0;
  let stopped = 0;
  return {
    name: "earlyStopping",
    onTrainBegin({ keys }) {
      watch = monitorOf("earlyStopping", options, keys);
      [best, bestEpoch, weights, wait, stopped] = [undefined, 0, undefined, 0, 0];
    },
    onEpochEnd(epoch, logs, run) {
      const current = watch.valueIn(logs);
      if (current === undefined || epoch < startFromEpoch) return;
      // Keras keeps the first epoch it watches, even one whose loss is NaN.
      const isFirst = restoreBestWeights && weights === undefined;
      const isBetter = watch.isBetter(current, best);
      if (isFirst || isBetter) bestEpoch = epoch;
      if (isFirst || (isBetter && restoreBestWeights)) weights = run.module.getWeights();
      wait++;
      if (isBetter) {
        best = current;
        if (baseline === undefined || watch.isBetter(current, baseline)) wait = 0;
      } else if (wait >= patience && epoch > 0) {
        stopped = epoch;
        run.stop();
      }
    },
    onTrainEnd(_, run) {
      if (stopped > 0 && verbose > 0) run.print(`Epoch ${stopped + 1}: early stopping`);
      if (weights === undefined) return;
      if (verbose > 0) run.print(`Restoring model weights from the end of the best epoch: ${bestEpoch + 1}.`);
      run.module.setWeights(weights);
      weights = undefined;
    },
    // The best weights are what is left of the run.
    onTrainError(_, { module }) {
      if (weights !== undefined) module.setWeights(weights);
      weights = undefined;
    },
    state: () => ({ wait, bestEpoch, best: best === undefined ? null : plainOf(best), weights: plainWeights(weights) }),
    restore(state) {
      const kept = state as { wait: number; bestEpoch: number; best: number | string | null; weights: Plain };
      wait = kept.wait;
      bestEpoch = kept.bestEpoch;
      best = kept.best === null ? undefined : Number(kept.best);
      weights = weightsOf(kept.weights);
    },
  };
}
