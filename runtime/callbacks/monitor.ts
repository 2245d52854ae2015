// Watching a key of the logs. In: its name, which way is better, the keys there are. Out: its value in an epoch, and whether that is better
// than another. Keras' rules: a metric's direction is a fact of its class; a key nobody knows is an error.

import { show } from "../rows.ts";
import { finite, oneOf, type Rule } from "../rules.ts";
import type { Logs } from "../trainable.ts";

/** Which key to watch, and which way is better. */
export interface Monitored {
  /** A key of the logs: "loss", "val_loss", "val_price_loss", "val_accuracy". Default "val_loss". */
  readonly monitor?: string;
  /** Default "auto": losses and errors are to fall, accuracies and scores to rise. */
  readonly mode?: "auto" | "min" | "max";
}
/** With the least change that counts. */
export interface MonitoredChange extends Monitored {
  /** Smaller changes are no improvement; the sign is ignored. */
  readonly minDelta?: number;
}

/** The rules of these options. */
export const monitorRules = {
  // Which keys there are, the module says.
  monitor: { wanted: "a key of the logs", fits: (value: unknown) => typeof value === "string" },
  mode: oneOf("auto", "min", "max"),
} as const satisfies Readonly<Record<string, Rule>>;
/** Any change, of either sign. */
export const deltaRule: Rule = finite;

/** A key under watch. */
export interface Monitor {
  readonly key: string;
  /** Undefined in an epoch without it, such as one that is not validated. */
  valueIn(logs: Logs): number | undefined;
  /** Anything is better than nothing. */
  isBetter(value: number, than: number | undefined): boolean;
}

/** `what` names the callback. Throws TypeError where no key is called so, or where nobody knows which way is better. */
export function monitorOf(what: string, options: MonitoredChange, keys: readonly string[]): Monitor {
  const { monitor: key = "val_loss", mode = "auto", minDelta = 0 } = options;
  checkKey(what, key, keys);
  const rises = mode === "auto" ? isToRise(what, key) : mode === "max";
  const delta = Math.abs(minDelta);
  return {
    key,
    valueIn: (logs) => {
      const value = Object.hasOwn(logs, key) ? logs[key] : undefined;
      if (typeof value === "object")
        throw new TypeError(`${what}.monitor: wanted a key with one number, got ${show(key)}, which has ${value.length}`);
      return value;
    },
    isBetter: (value, than) => than === undefined || (rises ? value - delta > than : value + delta < than),
  };
}

function checkKey(what: string, key: string, keys: readonly string[]): void {
  if (keys.includes(key)) return;
  if (key.startsWith("val_") && keys.includes(key.slice(4)))
    throw new TypeError(
      `${what}: monitor ${show(key)} wants validationSplit or validationData; or monitor ${show(key.slice(4))}`,
    );
  const words = keys.map(show);
  const wanted = words.length === 1 ? words[0] : `${words.slice(0, -1).join(", ")} or ${words.at(-1)}`;
  throw new TypeError(`${what}.monitor: wanted ${wanted}, got ${show(key)}`);
}

// Keras' names and short names of metrics, with an output's name before them and a number behind.
const rising =
  /(^|_)(acc|accuracy|auc|precision|recall|sensitivity_at_specificity|specificity_at_sensitivity|(precision_at_recall|recall_at_precision)|f1_score|f_?beta_score|r2_score|cosine_similarity|(one_hot_|binary_|mean_|one_hot_mean_)?io_?u|(pearson|concordance)_correlation)(_\d+)?$/i;
const falling =
  /(^|_)(loss|mse|mae|mape|msle|rmse|mean_squared_error|mean_absolute_error|mean_absolute_percentage_error|mean_squared_logarithmic_error|root_mean_squared_error|log_?cosh(_error)?|huber|bce|ce|\w*cross_?entropy|\w*hinge|poisson|kl_?d(ivergence)?|kullback_leibler_divergence|dice|tversky|learning_rate)(_\d+)?$/i;

/** Whether more is better of a key; undefined where nobody knows. */
export function isRising(key: string): boolean | undefined {
  // A metric may be called by its class: F1Score.
  const name = key.replaceAll(/([a-z0-9])([A-Z])/g, "$1_$2");
  // Keras' top_k_categorical_accuracy and the like end in accuracy.
  if (rising.test(name) || /accuracy(_\d+)?$/i.test(name)) return true;
  return falling.test(name) ? false : undefined;
}

function isToRise(what: string, key: string): boolean {
  const rises = isRising(key);
  if (rises !== undefined) return rises;
  throw new TypeError(`${what}.mode: nobody knows whether ${show(key)} is to fall or to rise: give mode: "min" or mode: "max"`);
}
