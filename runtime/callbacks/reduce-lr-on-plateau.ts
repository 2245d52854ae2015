// Keras' ReduceLROnPlateau: the learning rate falls by a factor when a key of the logs has stopped improving. In: the logs of an epoch,
// which get `learning_rate`. Out: the rate of the next. https://keras.io/api/callbacks/reduce_lr_on_plateau/
import { finite, known, oneOf, type Rule, type Rules, whole } from "../rules.ts";
import { type Callback, plainOf } from "./define.ts";
import { deltaRule, type Monitor, type MonitoredChange, monitorOf, monitorRules } from "./monitor.ts";

/** Keras' options with their defaults; `minDelta` 0.0001. */
export interface ReduceLROnPlateau extends MonitoredChange {
  /** Below 1. Default 0.1. */
  readonly factor?: number;
  /** Epochs without improvement before the rate falls. Default 10. */
  readonly patience?: number;
  /** Epochs after that before it is watched again. Default 0. */
  readonly cooldown?: number;
  /** Default 0. */
  readonly minLr?: number;
  /** 1 says what it does. Default 0. */
  readonly verbose?: 0 | 1;
}

const below1: Rule = { wanted: "a number from 0 to below 1", fits: (value) => Number(value) >= 0 && Number(value) < 1 };
const rules: Rules<ReduceLROnPlateau> = {
  ...monitorRules,
  minDelta: deltaRule,
  factor: below1,
  patience: whole(0),
  cooldown: whole(0),
  minLr: finite,
  verbose: oneOf(0, 1),
};

/** Reduces the learning rate on a plateau. Throws TypeError or RangeError where an option does not fit. */
export function reduceLROnPlateau(given: ReduceLROnPlateau = {}): Callback {
  const options = known("reduceLROnPlateau", "reduceLROnPlateau.", given, rules);
  const { factor = 0.1, patience = 10, cooldown = 0, minLr = 0, minDelta = 1e-4, verbose = 0 } = options;
  let watch: Monitor;
  let best: number | undefined;
  let wait = 0;
  let rest = 0;
  return {
    name: "reduceLROnPlateau",
    adds: ["learning_rate"],
    onTrainBegin({ keys }) {
      watch = monitorOf("reduceLROnPlateau", { ...options, minDelta }, keys);
      [best, wait, rest] = [undefined, 0, 0];
    },
    onEpochEnd(epoch, logs, run) {
      const rate = run.learningRate;
      logs.learning_rate = rate;
      const current = watch.valueIn(logs);
      if (current === undefined) return;
      if (rest > 0) [rest, wait] = [rest - 1, 0];
      if (watch.isBetter(current, best)) {
        [best, wait] = [current, 0];
        return;
      }
      if (rest > 0 || ++wait < patience || rate <= Math.fround(minLr)) return;
      const next = Math.max(rate * factor, minLr);
      run.learningRate = next;
      if (verbose > 0) run.print(`Epoch ${epoch + 1}: ReduceLROnPlateau reducing learning rate to ${next}.`);
      [rest, wait] = [cooldown, 0];
    },
    state: () => ({ wait, rest, best: best === undefined ? null : plainOf(best) }),
    restore(state) {
      const kept = state as { wait: number; rest: number; best: number | string | null };
      [wait, rest, best] = [kept.wait, kept.rest, kept.best === null ? undefined : Number(kept.best)];
    },
  };
}
