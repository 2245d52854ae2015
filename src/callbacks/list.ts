// Callbacks that keep files, where there is Node: those of `runtime/` with a path in place of a function. Adding one is a file and a line.
export { backupAndRestore } from "./backup-and-restore.ts";
export { csvLogger } from "./csv-logger.ts";
export { modelCheckpoint } from "./model-checkpoint.ts";
