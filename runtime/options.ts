// The options of fit, and the parts of its data. In: objects nobody vouches for. Out: copies with known keys of the right kinds, or
// an error that names the key; what Keras calls otherwise, or what is not there, is told.
import type { Callback } from "./callbacks/define.ts";
import { earlyStopping } from "./callbacks/early-stopping.ts";
import type { FitAsyncOptions, FitOptions } from "./fit-options.ts";
import { kindOf, lengthOf } from "./rows.ts";
import {
  anything,
  callable,
  flag,
  type Hints,
  isNumber,
  isPlain,
  known,
  object,
  oneOf,
  type Rule,
  type Rules,
  rate,
  whole,
} from "./rules.ts";
import type { Data } from "./trainable.ts";

const isHooked = (value: unknown): boolean => typeof value === "object" && value !== null && lengthOf(value) === undefined;
const listOfHooks: Rule = {
  wanted: "a list of callbacks, such as [earlyStopping({ patience: 5 })]",
  fits: (value) => Array.isArray(value) && value.every(isHooked),
};
const everyOrList: Rule = {
  wanted: "a whole number from 1, or a list of epochs",
  fits: (value) => whole(1).fits(value) || (Array.isArray(value) && value.every(whole(1).fits)),
};
const resumed: Rule = {
  wanted: "the resume of what fit gave: { weights, state, epoch, … }",
  fits: (value) => isPlain(value) && Array.isArray(value.weights) && isPlain(value.state) && whole(0).fits(value.epoch),
};

const fitRules: Rules<FitOptions> = {
  epochs: whole(1),
  initialEpoch: whole(0),
  batchSize: whole(1),
  stepsPerEpoch: whole(1),
  shuffle: flag,
  seed: { wanted: "a whole number", fits: Number.isSafeInteger },
  validationSplit: { wanted: "a number from 0 to below 1", fits: (value) => isNumber(value) && value >= 0 && value < 1 },
  validationData: { wanted: "{ x, y, sampleWeight? }", fits: (value) => isPlain(value) || isBatches(value) },
  validationFreq: everyOrList,
  validationBatchSize: whole(1),
  classWeight: anything("weights by class"),
  learningRate: rate,
  callbacks: listOfHooks,
  verbose: oneOf(0, 1, 2),
  resume: resumed,
  earlyStopping: object,
  onEpochEnd: {
    wanted: "a function that is not async and no generator (fit is synchronous and awaits nothing)",
    fits: (value) => typeof value === "function" && kindOf(value) === "Function",
  },
};
const asyncRules: Rules<FitAsyncOptions> = {
  ...fitRules,
  onEpochEnd: callable,
  signal: { wanted: "an AbortSignal", fits: (value) => kindOf(value) === "AbortSignal" },
};
const rows: Rule = anything("rows");
const dataRules: Rules<Data> = { x: rows, y: rows, sampleWeight: rows };

// Arguments of Keras that are called otherwise here, or are not there.
const compiled = "it is compiled in: sequential(layers, { training: { loss, optimizer, metrics } })";
const given = "it belongs to the data: fit(module, { x, y, sampleWeight })";
const noWorkers = "leave it out: batches are made where they are trained; fitAsync takes them from a generator that waits";
const hints: Hints = {
  ...{ loss: compiled, optimizer: compiled, metrics: compiled, x: given, y: given, sampleWeight: given },
  ...{ lr: 'did you mean "learningRate"?', validation: 'did you mean "validationData"?' },
  validationSteps: "validation takes all rows",
  steps: "an epoch takes all rows; stepsPerEpoch says how many batches it takes of data that come in batches",
  ...{ workers: noWorkers, maxQueueSize: noWorkers, useMultiprocessing: noWorkers },
  exact: "it is compiled in: compile(model, { train: true, exact: true }); fit of a model takes it",
  signal: "fit is synchronous: fitAsync takes a signal",
};

/** The options of fit. Throws TypeError or RangeError. */
export function fitOptions(value: unknown, isAsync = false): FitAsyncOptions {
  if (typeof value === "object" && (lengthOf(value) ?? 0) > 0)
    throw new TypeError("fit options: got rows; inputs and targets go together: fit(module, { x, y }, { epochs: 10 })");
  const options = isAsync
    ? known<FitAsyncOptions>("fit options", "", value, asyncRules, hints)
    : known<FitOptions>("fit options", "", value, fitRules, hints);
  const { callbacks = [] } = options;
  // A shorthand is checked before anything is compiled.
  return { ...options, callbacks: [...shorthand(options.earlyStopping), ...callbacks] };
}

const shorthand = (given: FitOptions["earlyStopping"]): readonly Callback[] =>
  given === undefined ? [] : [earlyStopping(given)];

/** Whether data come in batches: a list of such, or what gives them one after another. Text and typed arrays do not. */
export function isBatches(value: unknown): boolean {
  if (typeof value === "function") return true;
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return false;
  // A list of lists is meant as rows.
  if (Array.isArray(value)) return value.every(isPlain);
  return Symbol.asyncIterator in value || Symbol.iterator in value;
}

/** `{ x, y, sampleWeight? }`; its rows are not looked at. Throws TypeError. */
export const dataParts = (what: string, value: unknown): Partial<Data> => known(what, `${what}.`, value, dataRules);
