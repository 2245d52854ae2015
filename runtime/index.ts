// What runs beside emitted code. The artifact needs none of it.
export type { Callback, Memory, Plain, TrainingRun, TrainingState } from "./callbacks/define.ts";
export type { EarlyStopping } from "./callbacks/early-stopping.ts";
export * from "./callbacks/list.ts";
export { fit, fitAsync } from "./fit.ts";
export type { FitAsyncOptions, FitOptions, Fitted, History } from "./fit-options.ts";
export { type Loadable, load, type PortPredictor, type Predictor } from "./load.ts";
export {
  type ClassificationOptions,
  type ClassificationReport,
  type ClassScore,
  classificationReport,
  type RegressionReport,
  type RegressionScore,
  regressionReport,
} from "./reports.ts";
export type {
  Batches,
  BatchesLike,
  Data,
  Logs,
  Losses,
  Measure,
  PortRows,
  RowsLike,
  TextsLike,
  Trainable,
} from "./trainable.ts";
