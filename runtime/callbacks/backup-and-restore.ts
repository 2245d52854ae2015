// Keras' BackupAndRestore, without a file: the caller keeps the state. In: the last state that was kept, if any. Out: the run goes on from
// there; a new state after each epoch, or after so many batches. https://keras.io/api/callbacks/backup_and_restore/
import { callable, known, type Rules } from "../rules.ts";
import type { Callback, TrainingRun, TrainingState } from "./define.ts";
import { batchCounter, saveFreqRule } from "./model-checkpoint.ts";

/** Where states are kept, and when. */
export interface BackupAndRestore {
  /** The last state that was kept; undefined where there is none. In fitAsync also a promise of it. */
  readonly load: (run: TrainingRun) => TrainingState | undefined | PromiseLike<TrainingState | undefined>;
  readonly save: (state: TrainingState, run: TrainingRun) => unknown;
  /** Called when the run ended well: the state is not needed any more. */
  readonly remove?: () => unknown;
  /** After each epoch, or after so many batches: then a broken epoch begins anew with the weights it had. Default "epoch". */
  readonly saveFreq?: "epoch" | number;
}
const rules: Rules<BackupAndRestore> = { load: callable, save: callable, remove: callable, saveFreq: saveFreqRule };

/** Keeps the state of a run, and goes on from it when the run is begun again. Throws TypeError where an option does not fit. */
export function backupAndRestore(given: BackupAndRestore): Callback {
  const options = known("backupAndRestore", "backupAndRestore.", given, rules);
  const { load, save, remove, saveFreq = "epoch" } = options;
  if (load === undefined || save === undefined) throw new TypeError("backupAndRestore: load and save are both needed");
  const every = batchCounter(saveFreq);
  return {
    name: "backupAndRestore",
    onTrainBegin(run) {
      const goOn = (kept: TrainingState | undefined): void => {
        if (kept !== undefined) run.resume(kept);
      };
      const kept = load(run);
      return kept !== undefined && "then" in kept ? kept.then(goOn) : goOn(kept);
    },
    ...(saveFreq === "epoch"
      ? { afterEpoch: (_epoch, _logs, run) => save(run.state(), run) }
      : { onBatchEnd: (_batch, _logs, run) => (every.isDue() ? save(run.state(), run) : undefined) }),
    onTrainEnd: () => remove?.(),
  };
}
