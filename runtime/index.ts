// What runs beside emitted code. The artifact needs none of it.
export { fit } from "./fit.ts";
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
  Data,
  EarlyStopping,
  FitOptions,
  Fitted,
  Logs,
  Losses,
  PortRows,
  RowsLike,
  TextsLike,
  Trainable,
} from "./trainable.ts";
