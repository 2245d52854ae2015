// backupAndRestore with a folder. In: Keras' options. Out: the state of a run in one file, which is removed when the run has ended well.
// Guarantee: the file is whole, old or new; what is broken is refused, or with doubleCheckpoint the one before is taken.
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { type BackupAndRestore, backupAndRestore as backup } from "../../runtime/callbacks/backup-and-restore.ts";
import { saveFreqRule } from "../../runtime/callbacks/model-checkpoint.ts";
import type { Callback, TrainingState } from "../../runtime/index.ts";
import { callable, flag, known, text } from "../../runtime/rules.ts";
import { inFolder, readFile, removeFile, writeFile } from "./disk.ts";
import { openTrainingState, saveTrainingState } from "./state-file.ts";

/** Keras' options; `backupDir`, or `load` and `save`. */
export interface FolderBackup extends Partial<BackupAndRestore> {
  /** A folder of this run's own. */
  readonly backupDir?: string;
  /** The state before the last is kept too, for when the last cannot be read. Default false. */
  readonly doubleCheckpoint?: boolean;
  /** Default true: the state goes when the run has ended. */
  readonly deleteCheckpoint?: boolean;
}
const rules = {
  backupDir: text,
  doubleCheckpoint: flag,
  deleteCheckpoint: flag,
  saveFreq: saveFreqRule,
  load: callable,
  save: callable,
  remove: callable,
};
const what = "the backup";

/** Keeps the state of a run, and goes on from it when the run is begun again. Throws TypeError where an option does not fit. */
export function backupAndRestore(given: FolderBackup): Callback {
  const options = known<FolderBackup>("backupAndRestore", "backupAndRestore.", given, rules);
  const { backupDir, doubleCheckpoint = false, deleteCheckpoint = true, saveFreq = "epoch", ...own } = options;
  if (backupDir === undefined) return backup({ ...own, saveFreq } as BackupAndRestore);
  if (backupDir === "") throw new TypeError("backupAndRestore.backupDir: wanted the name of a folder, got an empty text");
  const files = ["latest.safetensors", "previous.safetensors"].map((name) => () => inFolder(what, backupDir, name));
  const [latest, previous] = files;
  return backup({
    saveFreq,
    load() {
      const bytes = readFile(what, latest());
      if (bytes === undefined) return undefined;
      try {
        return openTrainingState(bytes);
      } catch (error) {
        const before = doubleCheckpoint ? readFile(what, previous()) : undefined;
        if (before === undefined || !(error instanceof CompileError)) throw error;
        return openTrainingState(before);
      }
    },
    save(state: TrainingState, run) {
      const { weightNames = state.weights.map((_, i) => `weights[${i}]`) } = run.module;
      const before = doubleCheckpoint ? readFile(what, latest()) : undefined;
      if (before !== undefined) writeFile(what, previous(), before);
      writeFile(what, latest(), saveTrainingState(state, weightNames, run.model?.() as Model | undefined));
    },
    ...(deleteCheckpoint ? { remove: () => files.map((file) => removeFile(what, file())) } : {}),
  });
}
