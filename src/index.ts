// The public API of layerc.
// Everything a user's program may import from "layerc"; the rest of the tree is private.
export type { Artifact, Manifest, OutputRounding, Port, Rounding, WeightInfo } from "../compiler/artifact.ts";
export { compile } from "../compiler/compile.ts";
export type { Code } from "../compiler/diagnostics/codes.ts";
export { CompileError, type Diagnostic, type Place } from "../compiler/diagnostics/error.ts";
export type { LayerSpec, Model, TrainingInput } from "../compiler/model.ts";
export type { Options, OptionsInput } from "../compiler/options.ts";
export type { LossSpec, MetricSpec, OptimizerSpec } from "../compiler/training/define.ts";
export type { ConstraintInput } from "../compiler/training/specs/constraints.ts";
export type { InitializerInput } from "../compiler/training/specs/initializers.ts";
export type { LossInput } from "../compiler/training/specs/losses.ts";
export type { MetricInput } from "../compiler/training/specs/metrics.ts";
export type { OptimizerInput } from "../compiler/training/specs/optimizers.ts";
export type { RegularizerInput } from "../compiler/training/specs/regularizers.ts";
export type { ScheduleInput } from "../compiler/training/specs/schedules.ts";
export {
  type Batches,
  type BatchesLike,
  type Callback,
  type ClassificationOptions,
  type ClassificationReport,
  type ClassScore,
  classificationReport,
  type Data,
  type EarlyStopping,
  earlyStopping,
  type FitAsyncOptions,
  type FitOptions,
  type Fitted,
  jsonEvents,
  type Logs,
  lambdaCallback,
  learningRateScheduler,
  load,
  progressBar,
  type RegressionReport,
  type RegressionScore,
  reduceLROnPlateau,
  regressionReport,
  swapEMAWeights,
  type TrainingRun,
  type TrainingState,
  terminateOnNaN,
} from "../runtime/index.ts";
export { backupAndRestore, csvLogger, modelCheckpoint } from "./callbacks/list.ts";
export { openTrainingState } from "./callbacks/state-file.ts";
export { type Compiled, type FittedModel, fit, fitAsync } from "./fit.ts";
export type { CustomLayer, Defined, LayerDefinition, LayerDefinitions, Variable } from "./formats/custom/define.ts";
export { type Given, open, openWeights, save, saveOnnx, saveTfjs, type TfjsFiles } from "./formats/index.ts";
export { type ClassesLike, type ScalerLike, withClasses, withScaler } from "./scikit.ts";
export * from "./sequential.ts";
export { type Summary, type SummaryRow, type SummaryTotals, summary } from "./summary.ts";
