// Keras' ModelCheckpoint, without a file: the caller says how a state is saved. In: the logs of an epoch or batch. Out: `save` is called
// when it is time, or when the key under watch is better than ever. https://keras.io/api/callbacks/model_checkpoint/
import { callable, finite, flag, known, oneOf, type Rule, type Rules } from "../rules.ts";
import type { Logs } from "../trainable.ts";
import { type Callback, plainOf, type TrainingRun, type TrainingState } from "./define.ts";
import { type Monitor, type Monitored, monitorOf, monitorRules } from "./monitor.ts";

/** When a state is saved; both count from 0. */
export interface SavedAt {
  readonly epoch: number;
  /** Where it is saved between epochs. */
  readonly batch?: number;
  readonly logs: Logs;
}

/** Keras' options of when to save. */
export interface CheckpointTimes extends Monitored {
  /** Only what is better than all before by `monitor`. Default false. */
  readonly saveBestOnly?: boolean;
  /** After each epoch, or after so many batches. Default "epoch". */
  readonly saveFreq?: "epoch" | number;
  /** What the first one has to beat. */
  readonly initialValueThreshold?: number;
  /** 1 says what it does. Default 0. */
  readonly verbose?: 0 | 1;
}
/** With the way to save. */
export interface ModelCheckpoint extends CheckpointTimes {
  /** Takes the state to keep. What it returns is waited for in fitAsync. */
  readonly save: (state: TrainingState, at: SavedAt, run: TrainingRun) => unknown;
}

const everyOf: Rule = {
  wanted: '"epoch" or a whole number from 1',
  fits: (value) => value === "epoch" || (Number.isSafeInteger(value) && Number(value) >= 1),
};
/** Rules of when to save. */
export const checkpointRules: Rules<CheckpointTimes> = {
  ...monitorRules,
  saveBestOnly: flag,
  saveFreq: everyOf,
  initialValueThreshold: finite,
  verbose: oneOf(0, 1),
};
const rules: Rules<ModelCheckpoint> = { ...checkpointRules, save: callable };

/** Saves states of a training. Throws TypeError or RangeError where an option does not fit. */
export function modelCheckpoint(given: ModelCheckpoint): Callback {
  const options = known("modelCheckpoint", "modelCheckpoint.", given, rules, { filepath: "without files there is save(state)" });
  if (options.save === undefined) throw new TypeError("modelCheckpoint: save is missing: it takes the state to keep");
  return checkpoint(options, options.save);
}

/** The callback behind it, whatever saves. */
export function checkpoint(options: CheckpointTimes, save: ModelCheckpoint["save"]): Callback {
  const { saveBestOnly = false, saveFreq = "epoch", initialValueThreshold, verbose = 0 } = options;
  const every = batchCounter(saveFreq);
  let watch: Monitor | undefined;
  let best = initialValueThreshold;
  const isDue = (logs: Logs, epoch: number, run: TrainingRun): boolean => {
    const current = watch?.valueIn(logs);
    // Keras saves where there is nothing to go by.
    if (watch === undefined || current === undefined) return true;
    const isBetter = watch.isBetter(current, best);
    if (verbose > 0) {
      const says = isBetter ? `improved from ${best ?? "nothing"} to ${current}, saving` : `did not improve from ${best}`;
      run.print(`Epoch ${epoch + 1}: ${watch.key} ${says}`);
    }
    if (isBetter) best = current;
    return isBetter;
  };
  const keep = (at: SavedAt, run: TrainingRun): unknown =>
    isDue(at.logs, at.epoch, run) ? save(run.state(), at, run) : undefined;
  return {
    name: "modelCheckpoint",
    onTrainBegin({ keys }) {
      watch = saveBestOnly ? monitorOf("modelCheckpoint", options, keys) : undefined;
    },
    ...(saveFreq === "epoch"
      ? { afterEpoch: (epoch, logs, run) => keep({ epoch, logs }, run) }
      : { onBatchEnd: (batch, logs, run) => (every.isDue() ? keep({ epoch: run.epoch, batch, logs }, run) : undefined) }),
    state: () => ({ best: best === undefined ? null : plainOf(best), seen: every.seen }),
    restore(state) {
      const kept = state as { best: number | string | null; seen: number };
      best = kept.best === null ? undefined : Number(kept.best);
      every.seen = kept.seen;
    },
  };
}

/** Counts batches up to so many, over the ends of epochs. */
export function batchCounter(saveFreq: "epoch" | number) {
  const counter = {
    seen: 0,
    isDue(): boolean {
      counter.seen = (counter.seen + 1) % Number(saveFreq);
      return counter.seen === 0;
    },
  };
  return counter;
}

/** The rule of saveFreq, for others that save. */
export const saveFreqRule: Rule = everyOf;
