// What Keras says of training, in layerc's terms. In: a loss, an optimizer, a schedule or a metric as Keras of any version writes it in a
// file: a name, a function, or a class with its config. Out: a spec, whose names the compiler knows or refuses. Keys are camelCase; what is
// null is left out. Code of the file's author keeps the name it was registered under, which is none of ours.
import { snakeCase } from "../../../compiler/base/words.ts";
import { camelCase } from "../../../compiler/diagnostics/check.ts";
import { isPlain } from "../../../compiler/diagnostics/plain.ts";

type Keys = Readonly<Record<string, unknown>>;
/** A spec as `training` takes it. */
export type Spec = string | { readonly name: string; readonly [key: string]: unknown };

/** How a kind of thing is called here, from its class in Keras. */
const lower = (name: string): string => name.toLowerCase();

/** An object of Keras as it is saved: a class and its config. */
interface Saved {
  readonly name: string;
  readonly config: Keys;
  /** Whether its class is the author's. */
  readonly isForeign: boolean;
}

/** Whether an object says that its class is none of Keras': a module of the author's, or a package. */
function isForeign({ module, registered_name: registered, class_name: name }: Keys): boolean {
  if (typeof module === "string" && (module === "keras" || module.startsWith("keras."))) return false;
  return [registered, name].some((one) => typeof one === "string" && /^(?!Custom>).+>/.test(one));
}

/** The class and config of a value; undefined where it is none. TensorFlow 2.11 to 2.13 wrote `Custom>Adam`. */
function savedOf(value: unknown): Saved | undefined {
  if (!isPlain(value) || typeof value.class_name !== "string") return undefined;
  const isOwn = isForeign(value);
  const stated = typeof value.registered_name === "string" && isOwn ? value.registered_name : value.class_name;
  const name = isOwn ? stated : stated.replace(/^.*>/, "");
  return { name, config: isPlain(value.config) ? value.config : {}, isForeign: isOwn };
}

/** What null says where it is not the default: a loss whose values stay as they are. */
const nulls: Keys = { reduction: "none" };

/** A config in our terms: what Keras needs for itself is gone, objects in it are specs of their own. */
export function configOf(config: Keys): Record<string, unknown> {
  const entries = Object.entries(config)
    .map(([key, value]): [string, unknown] => [key, value ?? nulls[key] ?? null])
    .filter(([key, value]) => value !== null && key !== "name" && key !== "dtype");
  return Object.fromEntries(entries.map(([key, value]) => [camelCase(key), specOf(value) ?? value]));
}

/** A loss, a schedule or a metric; undefined where the value is no object of Keras. */
export function specOf(value: unknown): Spec | undefined {
  const saved = savedOf(value);
  return saved && { ...configOf(saved.config), name: saved.isForeign ? saved.name : snakeCase(saved.name) };
}

/** Keys of optimizers of Keras 1 and 2 that say nothing of their steps. */
const silent: readonly string[] = ["jit_compile", "is_legacy_optimizer"];

/** An optimizer: a name, or a class with its config. */
export function optimizerSpec(value: unknown): Spec | undefined {
  if (typeof value === "string") return lower(value);
  const saved = savedOf(value);
  if (saved === undefined) return undefined;
  const { lr, decay, ...rest } = saved.config;
  const config = Object.entries(rest).filter(([key]) => !silent.includes(key));
  const { learningRate = lr, ...keys } = configOf(Object.fromEntries(config));
  const rate = typeof decay === "number" && decay !== 0 ? falling(learningRate, decay) : learningRate;
  const name = saved.isForeign ? saved.name : lower(saved.name);
  return { name, ...(rate === undefined ? {} : { learningRate: rate }), ...keys };
}

/** What `decay` was before Keras 3: the rate divided by 1 + decay · iterations. */
const falling = (rate: unknown, decay: number): unknown =>
  typeof rate === "number"
    ? { name: "inverse_time_decay", initialLearningRate: rate, decayRate: decay, decaySteps: 1 }
    : { name: "decay", decay };

/** Names that are others today. */
const renamed: ReadonlyMap<string, string> = new Map([
  ["cosine_proximity", "cosine_similarity"],
  ["kullback_leibler_divergence", "kl_divergence"],
  ["logcosh", "log_cosh"],
]);
/** A name of a loss or a metric, as a function or a class: `MeanSquaredError`, `mse`, `Custom>my_loss`. */
function nameSpec(name: string): string {
  const own = snakeCase(name.replace(/^Custom>/, ""));
  return renamed.get(own) ?? own;
}

/** A function of Keras as a file has it: by its name, or as an object. */
function functionName(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return isPlain(value) && value.class_name === "function" && typeof value.config === "string" ? value.config : undefined;
}

/** A loss: a name, a function, or a class, which may wrap a function; undefined where the value is none of these. */
export function lossSpec(value: unknown): Spec | undefined {
  const name = functionName(value);
  if (name !== undefined) return nameSpec(name);
  const saved = savedOf(value);
  if (saved === undefined) return undefined;
  const { fn, reduction, ...config } = saved.config;
  const keys = configOf(config);
  // What every loss does by itself needs no word.
  const isUsual = reduction === undefined || reduction === "auto" || reduction === "sum_over_batch_size";
  const reduced = isUsual ? {} : { reduction: reduction ?? nulls.reduction };
  const wrapped = saved.name === "LossFunctionWrapper" ? functionName(fn) : undefined;
  const own = wrapped ?? saved.name;
  return { ...keys, ...reduced, name: saved.isForeign ? own : nameSpec(own) };
}

/** What Keras resolves by shapes, whatever function it came to. */
const resolved: readonly unknown[] = ["accuracy", "acc", "crossentropy", "ce"];
/** Wrappers of functions, which are what they wrap. */
const wrappers: readonly string[] = ["MeanMetricWrapper", "SumOverBatchSizeMetricWrapper"];

/** A metric: a name, a function, or a class, which may wrap a function; `as` is what it is called, where that is not by itself. */
export function metricSpec(value: unknown): Spec | undefined {
  const name = functionName(value);
  if (name !== undefined) return nameSpec(name);
  const saved = savedOf(value);
  if (saved === undefined) return undefined;
  const { name: label, fn, ...config } = saved.config;
  const wrapped = wrappers.includes(saved.name) ? functionName(fn) : undefined;
  // Keras 2 saved what "accuracy" had become.
  if (wrapped !== undefined && resolved.includes(label) && /accuracy|crossentropy/.test(wrapped)) return label as string;
  const own = wrapped ?? saved.name;
  const known = saved.isForeign ? own : nameSpec(own);
  const keys = { ...configOf(config), ...telling(saved) };
  const called = typeof label === "string" && label !== known ? { as: label } : {};
  // The class of that name compares numbers; the word alone stands for what fits the output.
  const isBare = Object.keys(keys).length + Object.keys(called).length === 0 && known !== "accuracy";
  return isBare ? known : { ...keys, name: known, ...called };
}

/** What a metric's config says by null, or by a type: no average over columns, and weights that are no whole numbers. */
function telling({ name, config }: Saved): Record<string, unknown> {
  const isOfAll = name === "R2Score" && config.class_aggregation === null;
  const isOfFloats = /IoU$/.test(name) && typeof config.dtype === "string" && /^b?float/.test(config.dtype);
  return { ...(isOfAll ? { classAggregation: null } : {}), ...(isOfFloats ? { dtype: config.dtype } : {}) };
}
