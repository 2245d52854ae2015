// Keras' `fit` over an emitted module: epochs of shuffled batches, validation, early stopping. In: a module compiled with
// `train`, rows in any form, options. Out: the history; the module holds the trained weights. Repeats exactly from its seed.
import { batches, divide, readTable, type Table } from "./data.ts";
import { type Guard, guard } from "./divergence.ts";
import { watcher } from "./early-stopping.ts";
import { type Loadable, load } from "./load.ts";
import { fitOptions } from "./options.ts";
import { show } from "./rows.ts";
import { countEpoch, shuffle } from "./shuffle.ts";
import type { Data, FitOptions, Fitted, Logs, Trainable } from "./trainable.ts";

/**
 * Trains a module in place, or an artifact, which is loaded first. Throws TypeError or RangeError when data or options do not fit,
 * before anything is trained; and RangeError at the first batch whose loss is not finite, with the layer that went bad.
 */
export function fit(subject: Trainable | Loadable, data: Data, options: FitOptions = {}): Fitted {
  const module = moduleOf(subject);
  const checked = fitOptions(options);
  const { epochs = 1, earlyStopping, onEpochEnd } = checked;
  const { train, validation } = divide(readTable("data", data, module), checked, module);
  checkBatch(module, train.rows, checked.batchSize);
  const watch = earlyStopping === undefined ? undefined : watcher(module, earlyStopping, validation !== undefined);
  const health = guard(module);
  const run = trainer(module, train, checked, health);
  const loss: number[] = [];
  const valLoss: number[] = [];
  let stoppedEarly = false;
  try {
    for (let epoch = 0; epoch < epochs && !stoppedEarly; epoch++) {
      loss.push(run(epoch));
      if (validation !== undefined) valLoss.push(validate(module, validation, health, epoch));
      const logs: Logs = validation === undefined ? { loss: loss[epoch] } : { loss: loss[epoch], val_loss: valLoss[epoch] };
      if (watch?.stops(epoch, logs)) stoppedEarly = true;
      if (onEpochEnd !== undefined && saysStop(onEpochEnd(epoch, logs))) stoppedEarly = true;
    }
  } finally {
    // Also when it ends with an error: the best weights are what is left of the run.
    watch?.end();
  }
  const weights = module.getWeights();
  health.check(`after epoch ${loss.length - 1}, the last`, weights);
  const history = validation === undefined ? { loss } : { loss, val_loss: valLoss };
  return { history, epochs: loss.length, stoppedEarly, module, weights };
}

function moduleOf(subject: Trainable | Loadable): Trainable {
  const isObject = typeof subject === "object" && subject !== null;
  const module = isObject && "code" in subject ? load<Trainable>(subject) : (subject as Trainable);
  if (typeof module?.trainStep === "function") return module;
  const hint = isObject && "create" in module ? ", or what its create(…) gives" : "";
  throw new TypeError(`fit: wanted a module compiled with train: true, or its artifact${hint}`);
}

/** A module takes so many rows a step as it was compiled for, which may be fewer than Keras' 32. */
function checkBatch({ batch }: Trainable, rows: number, given: number | undefined): void {
  const batchSize = given ?? 32;
  if (batch === undefined || Math.min(batchSize, rows) <= batch) return;
  throw new RangeError(
    `batchSize: wanted at most ${batch}, the most rows of a step of this module, got ${batchSize}${given === undefined ? " (the default)" : ""}; give batchSize: ${batch}, or compile with batch: ${batchSize}`,
  );
}

/** Trains one epoch; gives the mean loss of its rows. */
function trainer(module: Trainable, train: Table, options: FitOptions, health: Guard): (epoch: number) => number {
  const { shuffle: isShuffled = true, seed = 0, batchSize = 32, learningRate } = options;
  const order = Int32Array.from({ length: train.rows }, (_, row) => row);
  const batch = batches(train, Math.min(batchSize, train.rows));
  const rate = learningRate === undefined ? {} : { learningRate };
  return (epoch) => {
    const before = countEpoch(module);
    if (isShuffled) shuffle(order, seed, before);
    let sum = 0;
    for (let from = 0; from < train.rows; from += batchSize) {
      const { rows, x, y, sampleWeight } = batch(order.subarray(from, from + batchSize));
      health.before();
      const loss = module.trainStep(x, y, { ...weighted(sampleWeight), ...rate });
      health.after(`epoch ${epoch}, batch ${from / batchSize}`, loss, x);
      // trainStep gives the mean over its rows: the last batch may be smaller and must weigh less.
      sum += rows * loss;
    }
    return sum / train.rows;
  };
}

/** Keras goes on where only the validation overflows; where the weights are gone there is nothing to go on with. */
function validate(module: Trainable, { x, y, sampleWeight }: Table, health: Guard, epoch: number): number {
  const loss = module.evaluate(x, y, weighted(sampleWeight));
  if (!Number.isFinite(loss)) health.check(`after epoch ${epoch}`, module.getWeights());
  return loss;
}

const weighted = (sampleWeight: Float32Array | undefined) => (sampleWeight === undefined ? {} : { sampleWeight });

function saysStop(answer: unknown): boolean {
  if (typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function")
    throw new TypeError(`onEpochEnd: fit is synchronous and awaits nothing, got a function that returns a ${show(answer)}`);
  return answer === false;
}
