// Keras' `fit` over an emitted module. In: a module compiled with `train`, rows in any form, options. Out: the history; the module holds
// the trained weights. Repeats exactly from its seed.
import { type Loadable, load } from "./load.ts";
import { portsOf } from "./ports.ts";
import { readRun, train } from "./train.ts";
import type { Data, FitOptions, Fitted, Trainable } from "./trainable.ts";

/**
 * Trains a module in place, or an artifact, which is loaded first. Throws TypeError or RangeError when data or options do not fit,
 * before anything is trained; and RangeError at the first batch whose loss is not finite, with the layer that went bad.
 */
export function fit(subject: Trainable | Loadable, data: Data, options: FitOptions = {}): Fitted {
  const module = moduleOf(subject);
  return train(module, readRun(portsOf(module), data, options));
}

function moduleOf(subject: Trainable | Loadable): Trainable {
  const isObject = typeof subject === "object" && subject !== null;
  const module = isObject && "code" in subject ? load<Trainable>(subject) : (subject as Trainable);
  if (typeof module?.trainStep === "function") return module;
  const hint = isObject && "create" in module ? ", or what its create(…) gives" : "";
  throw new TypeError(`fit: wanted a module compiled with train: true, or its artifact${hint}`);
}
