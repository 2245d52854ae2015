// The loop of fit: epochs of shuffled batches, validation, early stopping. In: a module, and a run that was read for its ports. Out: the
// history; the module holds the trained weights. Guarantee: nothing is trained before all data and options are checked.
import { type Batch, batches, type Divided, divide, readTable, type Table, wholeOf } from "./data.ts";
import { type Guard, guard } from "./divergence.ts";
import { watcher } from "./early-stopping.ts";
import { fitOptions } from "./options.ts";
import type { Ports } from "./ports.ts";
import { show } from "./rows.ts";
import { countEpoch, shuffle } from "./shuffle.ts";
import type { Data, FitOptions, Fitted, Logs, Losses, Trainable } from "./trainable.ts";

/** Data and options of a fit, checked. */
export interface Run extends Divided {
  readonly ports: Ports;
  readonly options: FitOptions;
  /** Where texts are among the data: all of them, which only the module can tell from words that it does not know. */
  readonly texts: readonly (readonly [what: string, table: Table])[];
  /** Most rows of a step. */
  readonly batchSize: number;
}

/** Reads what a fit is given. Throws TypeError or RangeError. */
export function readRun(ports: Ports, data: Data, given: FitOptions): Run {
  const options = fitOptions(given);
  const all = readTable("data", data, ports);
  const divided = divide(all, options, ports);
  const { validation } = divided;
  const hasTexts = ports.x.ports.some(({ isText }) => isText);
  const other: Run["texts"] = options.validationData && validation ? [["validationData", validation]] : [];
  const texts: Run["texts"] = hasTexts ? [["data", all], ...other] : [];
  return { ports, options, ...divided, texts, batchSize: Math.min(options.batchSize ?? 32, divided.train.rows) };
}

/** Trains a module in place. */
export function train(module: Trainable, run: Run): Fitted {
  const { options, validation } = run;
  const { epochs = 1, earlyStopping, onEpochEnd } = options;
  checkBatch(module, run);
  const losses = module.getMetrics === undefined ? ["loss"] : Object.keys(module.getMetrics());
  const known = validation === undefined ? losses : [...losses, ...losses.map(validated)];
  const watch = earlyStopping === undefined ? undefined : watcher(module, earlyStopping, known);
  const health = guard(module);
  checkTexts(module, run);
  const epochOf = trainer(module, run, health);
  const all: Logs[] = [];
  let stoppedEarly = false;
  try {
    for (let epoch = 0; epoch < epochs && !stoppedEarly; epoch++) {
      const logs = { ...epochOf(epoch), ...(validation && validate(module, validation, run.ports, health, epoch)) } as Logs;
      all.push(logs);
      if (watch?.stops(epoch, logs)) stoppedEarly = true;
      if (onEpochEnd !== undefined && saysStop(onEpochEnd(epoch, logs))) stoppedEarly = true;
    }
  } finally {
    // Also when it ends with an error: the best weights are what is left of the run.
    watch?.end();
  }
  const weights = module.getWeights();
  health.check(`after epoch ${all.length - 1}, the last`, weights);
  const keys = Object.keys(all[0]);
  const history = {
    ...Object.fromEntries(keys.map((key) => [key, all.map((logs) => logs[key])])),
    loss: all.map(({ loss }) => loss),
  };
  return { history, epochs: all.length, stoppedEarly, module, weights };
}

/** Throws where a text is none that the module knows, with the user's own row. */
function checkTexts({ predict }: Trainable, { texts, ports }: Run): void {
  for (const [what, table] of texts) {
    try {
      predict?.(wholeOf(table, ports).x);
    } catch (error) {
      if (!(error instanceof RangeError)) throw error;
      throw new RangeError(`${what}.${error.message}`);
    }
  }
}

/** A module takes so many rows a step as it was compiled for, which may be fewer than Keras' 32. */
function checkBatch({ batch }: Trainable, { options, batchSize }: Run): void {
  if (batch === undefined || batchSize <= batch) return;
  const { batchSize: given } = options;
  const wanted = given ?? 32;
  throw new RangeError(
    `batchSize: wanted at most ${batch}, the most rows of a step of this module, got ${wanted}${given === undefined ? " (the default)" : ""}; give batchSize: ${batch}, or compile with batch: ${wanted}`,
  );
}

/** Trains one epoch; gives the mean losses of its rows. */
function trainer(module: Trainable, { train: table, options, ports, batchSize }: Run, health: Guard): (epoch: number) => Losses {
  const { shuffle: isShuffled = true, seed = 0, learningRate } = options;
  const order = Int32Array.from({ length: table.rows }, (_, row) => row);
  const batch = batches(table, batchSize, ports);
  const rate = learningRate === undefined ? {} : { learningRate };
  return (epoch) => {
    const before = countEpoch(module);
    if (isShuffled) shuffle(order, seed, before);
    module.resetMetrics?.();
    let sum = 0;
    for (let from = 0; from < table.rows; from += batchSize) {
      const given = batch(order.subarray(from, from + batchSize));
      health.before();
      const loss = module.trainStep(given.x, given.y, { ...weighted(given), ...rate });
      health.after(`epoch ${epoch}, batch ${from / batchSize}`, loss, given.x);
      // trainStep gives the mean over its rows: the last batch may be smaller and must weigh less.
      sum += given.rows * loss;
    }
    return module.getMetrics?.() ?? { loss: sum / table.rows };
  };
}

const validated = (key: string): string => `val_${key}`;

/** Keras goes on where only the validation overflows; where the weights are gone there is nothing to go on with. */
function validate(module: Trainable, table: Table, ports: Ports, health: Guard, epoch: number): Losses {
  const whole = wholeOf(table, ports);
  const losses: unknown = module.evaluate(whole.x, whole.y, weighted(whole));
  if (typeof losses !== "object" || losses === null)
    throw new TypeError(`fit: wanted evaluate to give losses by name, got ${show(losses)}: compile the module again`);
  const entries = Object.entries(losses as Losses);
  if (entries.some(([, loss]) => !Number.isFinite(loss))) health.check(`after epoch ${epoch}`, module.getWeights());
  return Object.fromEntries(entries.map(([key, loss]) => [validated(key), loss]));
}

const weighted = ({ sampleWeight }: Batch) => (sampleWeight === undefined ? {} : { sampleWeight });

function saysStop(answer: unknown): boolean {
  if (typeof (answer as Partial<PromiseLike<unknown>> | null | undefined)?.then === "function")
    throw new TypeError(`onEpochEnd: fit is synchronous and awaits nothing, got a function that returns a ${show(answer)}`);
  return answer === false;
}
