// What a file says of training, in layerc's terms. In: `training_config` of a .h5 file. Out: a training, or undefined where layerc lacks
// the loss or the optimizer: predicting needs neither, so that nothing is refused for it. Metrics that layerc lacks are left out alone.
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { CompileError } from "../../../compiler/diagnostics/error.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { snakeCase } from "../../../compiler/front/lines.ts";
import { resolve } from "../../../compiler/front/steps.ts";
import type { Model, Training } from "../../../compiler/model.ts";
import type { Keys } from "../keras/values.ts";
import { unwrapped } from "./item.ts";

/** Keys of every optimizer that say nothing of its steps at these values. */
const neutral: Readonly<Record<string, readonly unknown[]>> = {
  name: [],
  decay: [0],
  weight_decay: [0, null],
  clipnorm: [null],
  clipvalue: [null],
  global_clipnorm: [null],
  use_ema: [false],
  ema_momentum: [],
  ema_overwrite_frequency: [],
  jit_compile: [],
  is_legacy_optimizer: [],
  loss_scale_factor: [null],
  gradient_accumulation_steps: [null],
  epsilon: [null],
};
const renamed: Readonly<Record<string, string>> = { lr: "learning_rate" };
/** Keys of a loss that change no number here. */
const ofLoss: readonly string[] = ["name", "reduction", "fn", "dtype", "axis"];

/** `Custom>Adam` is Adam. */
const bare = (name: string): string => name.slice(name.lastIndexOf(">") + 1);
const classIn = (value: unknown): string | undefined =>
  isPlain(value) && typeof value.class_name === "string" ? bare(value.class_name) : undefined;
const keysIn = (value: unknown): Keys => (isPlain(value) && isPlain(value.config) ? value.config : {});

/** The model with the training that the file states, where layerc has it. */
export function withTraining<M extends Model>(model: M, stated: unknown): M {
  const config = unwrapped(stated);
  if (!isPlain(config)) return model;
  const optimizer = optimizerOf(config.optimizer_config ?? config.optimizer);
  const loss = lossOf(config.loss);
  if (optimizer === undefined || loss === undefined) return model;
  const weights = isPlain(config.loss_weights) ? { lossWeights: config.loss_weights as Training["lossWeights"] } : {};
  if (Array.isArray(config.loss_weights)) return model;
  const metrics = metricsOf(config.metrics);
  // A list of metrics that does not fit as a whole may in part.
  const lists = [metrics, ...(metrics.length > 0 ? [[]] : [])];
  const trainings = lists.map(
    (list) => ({ loss, ...weights, optimizer, ...(list.length === 0 ? {} : { metrics: list }) }) as Training,
  );
  const found = trainings.find((training) => isKnown({ ...model, training }));
  return found === undefined ? model : { ...model, training: found };
}

/** Whether layerc has what the training names, and it fits the model. */
function isKnown(model: Model): boolean {
  try {
    resolve(model);
    return true;
  } catch (error) {
    if (error instanceof CompileError) return false;
    throw error;
  }
}

function optimizerOf(value: unknown): Training["optimizer"] | undefined {
  const name = classIn(value);
  if (name === undefined) return undefined;
  const keys: [string, unknown][] = [];
  for (const [key, said] of Object.entries(keysIn(value))) {
    const allowed = Object.hasOwn(neutral, key) ? neutral[key] : undefined;
    if (allowed !== undefined && (allowed.length === 0 || allowed.includes(said))) continue;
    keys.push([camelCase(Object.hasOwn(renamed, key) ? renamed[key] : key), said]);
  }
  return { ...Object.fromEntries(keys), name: name.toLowerCase() };
}

/** A loss by name, as an object, or by output. */
function lossOf(value: unknown): unknown {
  if (typeof value === "string") return snakeCase(bare(value));
  const name = classIn(value);
  if (name === undefined) {
    if (!isPlain(value)) return undefined;
    const entries = Object.entries(value).map(([port, loss]) => [port, lossOf(loss)] as const);
    return entries.some(([, loss]) => loss === undefined) ? undefined : Object.fromEntries(entries);
  }
  const { fn, ...config } = keysIn(value);
  // A function that Python wrapped in a class keeps its own name.
  const own =
    name === "LossFunctionWrapper" || name === "function" ? (typeof fn === "string" ? fn : (value as Keys).config) : name;
  if (typeof own !== "string") return undefined;
  const keys = Object.entries(config).filter(([key]) => !ofLoss.includes(key));
  return { ...Object.fromEntries(keys.map(([key, item]) => [camelCase(key), item])), name: snakeCase(own) };
}

/** The names of metrics for all outputs; `MeanMetricWrapper` has that of its function. */
function metricsOf(value: unknown): readonly string[] {
  if (!Array.isArray(value)) return [];
  return value.flat(2).flatMap((metric: unknown): readonly string[] => {
    if (typeof metric === "string") return [metric];
    const { fn, name } = keysIn(metric);
    const found = classIn(metric) === "MeanMetricWrapper" ? fn : name;
    return typeof found === "string" ? [found] : [];
  });
}
