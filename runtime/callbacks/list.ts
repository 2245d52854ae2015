// THE list of callbacks. Out: their factories, called as Keras' classes in camelCase. Adding one is a file here and one line.
export { backupAndRestore } from "./backup-and-restore.ts";
export { csvLogger } from "./csv-logger.ts";
export { earlyStopping } from "./early-stopping.ts";
export { jsonEvents } from "./json-events.ts";
export { lambdaCallback } from "./lambda-callback.ts";
export { learningRateScheduler } from "./learning-rate-scheduler.ts";
export { modelCheckpoint } from "./model-checkpoint.ts";
export { progressBar } from "./progress-bar.ts";
export { reduceLROnPlateau } from "./reduce-lr-on-plateau.ts";
export { swapEMAWeights } from "./swap-ema-weights.ts";
export { terminateOnNaN } from "./terminate-on-nan.ts";
