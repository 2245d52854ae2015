// The loop of fit, once: a generator that yields where it may rest and what has to be waited for. In: a module, and a run that was read for its
// ports. Out: the history; the module holds the trained weights. Guarantee: hooks come in Keras' order, nothing is trained before all
// data and options are checked, and whether somebody waits between batches changes no bit.
import { averagesOf } from "./averages.ts";
import type { Hook } from "./callbacks/define.ts";
import { type Batch, checkWidths, joined, slicesOf, type Table } from "./data.ts";
import { type Guard, guard } from "./divergence.ts";
import type { FitOptions, Fitted } from "./fit-options.ts";
import { show } from "./rows.ts";
import { checkBatch, checkTexts, type Run } from "./run.ts";
import { type Host, Session } from "./session.ts";
import { countEpoch } from "./shuffle.ts";
import { batchSource, type Feed, isThenable, rowSource, type Source, tablesOf } from "./source.ts";
import type { Data, Logs, Losses, Measure, StepOptions, Trainable } from "./trainable.ts";

/** What a run yields: nothing where it may rest, or a promise of `what`, whose value it goes on with. */
export type Seam = undefined | { readonly what: string; readonly promise: PromiseLike<unknown> };
/** A part of a run. */
type Steps<T> = Generator<Seam, T, unknown>;

/** Who drives a run. */
export interface Pace {
  /** Asked after each batch: whether to rest. */
  readonly isDue: () => boolean;
  /** Whether it ever is. */
  readonly rests: boolean;
}

/** Everything that the parts of one run share. */
interface Loop {
  readonly run: Run;
  readonly pace: Pace;
  readonly session: Session;
  readonly source: Source;
  readonly validation: Table | undefined;
  /** None where a callback deals with losses that are not finite. */
  readonly health: Guard | undefined;
}

/** What a run is training, by its trainStep, since a copy of a module's exports is the same module: a second run would spoil the first one's means. */
const busy = new WeakSet<object>();

/** Trains a module in place. Throws TypeError where another run does so already. */
export function* train(module: Trainable, run: Run, pace: Pace, host: Host = {}): Steps<Fitted> {
  const { trainStep } = module;
  if (busy.has(trainStep))
    throw new TypeError("fit: another run is training this module; train an instance of its own, create()");
  busy.add(trainStep);
  try {
    return yield* trained(module, run, pace, host);
  } finally {
    busy.delete(trainStep);
  }
}

function* trained(module: Trainable, run: Run, pace: Pace, host: Host): Steps<Fitted> {
  const { options, ports, batchSize } = run;
  checkBatch(module, run);
  const validation = run.validation ?? (yield* validationOf(run));
  const source =
    run.train === undefined
      ? batchSource(run.batches, ports, module.batch ?? batchSize, options)
      : rowSource(run.train, batchSize, ports, options);
  const losses = module.getMetrics === undefined ? ["loss"] : Object.keys(module.getMetrics());
  const keys = validation === undefined ? losses : [...losses, ...losses.map(validated)];
  const session = new Session(module, options, source.steps, keys, host);
  checkTexts(module, run);
  if (options.resume !== undefined) session.resume(options.resume);
  const toleratesNaN = session.callbacks.some((callback) => callback.toleratesNaN === true);
  const health = toleratesNaN ? undefined : guard(module);
  const loop: Loop = { run, pace, session, source, validation, health };
  const all: Logs[] = [];
  try {
    yield* call(session, "onTrainBegin");
    session.remember();
    for (let epoch = session.next; epoch < session.params.epochs && !session.isStopped; epoch++) {
      yield* epochOf(loop, epoch, all);
    }
  } catch (error) {
    yield* giveUp(session, error);
    throw error;
  } finally {
    const closed = source.close();
    if (isThenable(closed)) yield { what: "data", promise: closed };
  }
  return yield* finish(loop, all);
}

/** Trains and validates one epoch, and adds its logs. */
function* epochOf(loop: Loop, epoch: number, all: Logs[]): Steps<void> {
  const { session, run, validation } = loop;
  const { module } = session;
  session.begin(epoch);
  const before = countEpoch(module);
  module.resetMetrics?.();
  yield* call(session, "onEpochBegin", epoch);
  const trained = yield* batchesOf(loop, epoch, before);
  let logs = logsOf(Object.entries(trained));
  if (validation !== undefined && isValidated(run.options, epoch)) {
    yield* call(session, "onTestBegin");
    const found = yield* validate(loop, validation, epoch);
    const named = Object.entries(found);
    yield* call(session, "onTestEnd", logsOf(named));
    logs = logsOf([...Object.entries(trained), ...named.map(([key, value]): [string, Measure] => [validated(key), value])]);
    if (loop.pace.isDue()) yield undefined;
  }
  session.next = epoch + 1;
  yield* call(session, "onEpochEnd", epoch, logs);
  all.push(logs);
  const { onEpochEnd } = run.options;
  const answer = onEpochEnd?.(epoch, logs);
  if ((isThenable(answer) ? yield { what: "onEpochEnd", promise: answer } : answer) === false) session.stop();
  yield* call(session, "afterEpoch", epoch, logs);
}

/** Trains the batches of one epoch; gives the means over its rows. */
function* batchesOf({ session, source, health, pace }: Loop, epoch: number, order: number): Steps<Losses> {
  const { module, callbacks } = session;
  const [begins, ends] = (["onBatchBegin", "onBatchEnd"] as const).map((hook) =>
    callbacks.some((one) => one[hook] !== undefined),
  );
  const opened = source.open(epoch, order);
  const feed = (isThenable(opened) ? yield { what: "data", promise: opened } : opened) as Feed;
  let [sum, rows] = [0, 0];
  const means = (): Losses => module.getMetrics?.() ?? { loss: rows && sum / rows };
  for (let batch = 0; !session.isStopped; batch++) {
    const next = feed.next();
    const given = (isThenable(next) ? yield { what: "data", promise: next } : next) as Batch | undefined;
    if (given === undefined) break;
    if (begins) yield* call(session, "onBatchBegin", batch);
    health?.before();
    const loss = module.trainStep(given.x, given.y, stepOptions(given, session.givenRate));
    health?.after(epoch, batch, loss, given.x);
    // trainStep gives the mean over its rows: the last batch may be smaller and must weigh less.
    sum += given.rows * loss;
    rows += given.rows;
    if (ends) yield* call(session, "onBatchEnd", batch, logsOf(Object.entries(means())));
    if (pace.isDue()) yield undefined;
  }
  const closed = feed.close();
  if (isThenable(closed)) yield { what: "data", promise: closed };
  return means();
}

/** Nothing where there is nothing to say: steps are called often. */
function stepOptions({ sampleWeight }: Batch, learningRate: number | undefined): StepOptions | undefined {
  if (sampleWeight === undefined) return learningRate === undefined ? undefined : { learningRate };
  return learningRate === undefined ? { sampleWeight } : { sampleWeight, learningRate };
}

/** Keras goes on where only the validation overflows; where the weights are gone there is nothing to go on with. */
function* validate({ session: { module }, run, health, pace }: Loop, table: Table, epoch: number): Steps<Losses> {
  const { ports, testSize } = run;
  const most = Math.min(testSize, module.batch ?? testSize);
  let losses: unknown;
  let accumulate = false;
  // In one call where nobody waits: the sums are the same.
  for (const { x, y, sampleWeight } of slicesOf(table, pace.rests ? most : table.rows, ports)) {
    if (accumulate && pace.isDue()) yield undefined;
    losses = module.evaluate(x, y, { batchSize: most, accumulate, ...(sampleWeight === undefined ? {} : { sampleWeight }) });
    accumulate = true;
  }
  if (typeof losses !== "object" || losses === null)
    throw new TypeError(`fit: wanted evaluate to give losses by name, got ${show(losses)}: compile the module again`);
  const isBad = (value: Measure): boolean => typeof value === "number" && !Number.isFinite(value);
  if (Object.values(losses as Losses).some(isBad)) health?.check(`after epoch ${epoch}`, module.getWeights());
  return losses as Losses;
}

/** Averages become the weights, callbacks have the last word. */
function* finish({ session, health }: Loop, all: readonly Logs[]): Steps<Fitted> {
  const { module } = session;
  const resume = session.state();
  const averages = all.length === 0 ? undefined : averagesOf(module);
  averages?.apply();
  yield* call(session, "onTrainEnd", all.at(-1) ?? {});
  const isChanged = averages !== undefined || session.callbacks.some(({ onTrainEnd }) => onTrainEnd !== undefined);
  const weights = isChanged ? module.getWeights() : resume.weights;
  if (all.length > 0) health?.check(`after epoch ${session.epoch}, the last`, weights);
  const keys = new Set(["loss", ...all.flatMap((logs) => Object.keys(logs))]);
  const valuesOf = (key: string): readonly Measure[] => all.flatMap((logs) => (Object.hasOwn(logs, key) ? [logs[key]] : []));
  const history = Object.fromEntries([...keys].map((key) => [key, valuesOf(key)])) as Fitted["history"];
  return { history, epochs: all.length, stoppedEarly: session.isStopped, module, weights, resume };
}

/** Tells callbacks of an error; the first error is the one that counts. */
function* giveUp(session: Session, error: unknown): Steps<void> {
  for (const callback of session.callbacks) {
    try {
      const answer = callback.onTrainError?.(error, session);
      if (isThenable(answer)) yield { what: "onTrainError", promise: answer };
    } catch {
      // What went wrong first is thrown.
    }
  }
}

/** Calls a hook of every callback, and waits for what it gives. */
function* call(session: Session, hook: Exclude<Hook, "onTrainError">, ...given: readonly unknown[]): Steps<void> {
  for (const callback of session.callbacks) {
    const answer = (callback[hook] as ((...given: readonly unknown[]) => unknown) | undefined)?.call(callback, ...given, session);
    if (isThenable(answer)) yield { what: hook, promise: answer };
  }
}

/** Data to validate that come in batches are read once. */
function* validationOf({ options, ports, train }: Run): Steps<Table | undefined> {
  const { validationData } = options;
  if (validationData === undefined) return undefined;
  const reading = tablesOf("validationData", validationData as Iterable<Data>, ports);
  for (let step = reading.next(); ; ) {
    if (step.done === true) {
      const table = joined(step.value);
      if (train !== undefined) checkWidths("validationData", table, train);
      return table;
    }
    step = reading.next(yield { what: "validationData", promise: step.value });
  }
}

/** Made at one go: V8 gives each copy of an object that grows afterwards a hidden class of its own, which is more than its numbers. */
const logsOf = (entries: readonly (readonly [string, Measure])[]): Logs => Object.fromEntries(entries) as Logs;
const validated = (key: string): string => `val_${key}`;

/** `validationFreq` counts epochs from 1. */
const isValidated = ({ validationFreq: freq = 1 }: FitOptions, epoch: number): boolean =>
  typeof freq === "number" ? (epoch + 1) % freq === 0 : freq.includes(epoch + 1);
