// What runs beside emitted code. The artifact needs none of it.
export { type Data, type EarlyStopping, type FitOptions, type Fitted, fit, type Logs, type Trainable } from "./fit.ts";
export { type Loadable, load, type Predictor } from "./load.ts";
