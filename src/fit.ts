// `fit` for whoever has the compiler: of a Model, which is compiled for training first, or of what is compiled already. In: a model and
// data. Out: what the loop of `runtime/` gives, and the model with its trained weights. Guarantee: data and options are checked before
// anything is compiled, and the batch is as large as the data need, not larger.
import { compile } from "../compiler/compile.ts";
import type { Diagnostic } from "../compiler/diagnostics/error.ts";
import { resolve } from "../compiler/front/steps.ts";
import type { Model } from "../compiler/model.ts";
import { atOnce, drive, driveAsync } from "../runtime/drive.ts";
import { withCallbacks } from "../runtime/fit.ts";
import {
  type BatchesLike,
  type Data,
  type FitAsyncOptions,
  type FitOptions,
  type Fitted,
  fitAsync as fitAsyncModule,
  fit as fitModule,
  type Loadable,
  load,
  progressBar,
  type Trainable,
} from "../runtime/index.ts";
import type { Ports } from "../runtime/ports.ts";
import { flag, isPlain, known } from "../runtime/rules.ts";
import { type Run, readRun } from "../runtime/run.ts";
import { type Pace, train } from "../runtime/train.ts";
import { isModel } from "./formats/json.ts";
import { withWeights } from "./sequential.ts";
import { standardOutput } from "./terminal.ts";

/** What training a model gives. */
export interface FittedModel extends Fitted {
  /** With the trained weights and the optimizer's state; the model that was given is as it was. */
  readonly model: Model;
  /** Of its compilation. */
  readonly warnings: readonly Diagnostic[];
}
/** What `fit` of a model takes besides, since it compiles it. */
export interface Compiled {
  /** Compiles with `exact: true`: the same numbers on every engine, more slowly. Default false. */
  readonly exact?: boolean;
}
type Subject = Model | Trainable | Loadable;

/**
 * Trains a model: compiles it with `train: true` and steps of `batchSize` rows, and trains that. Throws CompileError where the model
 * does not compile or names no loss and optimizer, TypeError or RangeError where data or options do not fit or the loss is not finite.
 */
export function fit(model: Model, data: Data | BatchesLike, options?: FitOptions & Compiled): FittedModel;
/** Trains a module compiled with `train: true` in place, or its artifact, which is loaded first. Throws TypeError or RangeError. */
export function fit(subject: Trainable | Loadable, data: Data | BatchesLike, options?: FitOptions): Fitted;
export function fit(subject: Subject, data: Data | BatchesLike, options: FitOptions & Compiled = {}): Fitted | FittedModel {
  if (!isModel(subject)) return fitModule(subject, data, options);
  const { own, rest } = parted(options);
  const { begin, result } = prepare(subject, readRun(portsOf(subject), data, rest), own);
  return result(drive(begin(atOnce)));
}

/** The same run, which waits between batches, for callbacks and for batches, and ends with the reason of `signal`. */
export async function fitAsync(
  model: Model,
  data: Data | BatchesLike,
  options?: FitAsyncOptions & Compiled,
): Promise<FittedModel>;
/** Likewise of a module, or its artifact. */
export async function fitAsync(
  subject: Trainable | Loadable,
  data: Data | BatchesLike,
  options?: FitAsyncOptions,
): Promise<Fitted>;
export async function fitAsync(
  subject: Subject,
  data: Data | BatchesLike,
  options: FitAsyncOptions & Compiled = {},
): Promise<Fitted | FittedModel> {
  if (!isModel(subject)) return fitAsyncModule(subject, data, options);
  const { own, rest } = parted(options);
  const run = readRun(portsOf(subject), data, rest, true);
  const { begin, result } = prepare(subject, run, own);
  return result(await driveAsync(begin, run.options.signal));
}

/** Options of the compiler, and those of the loop, which judges whatever is no object. */
function parted<T extends object>(options: T & Compiled): { readonly own: Compiled; readonly rest: T } {
  if (!isPlain(options) || !("exact" in options)) return { own: {}, rest: options };
  const { exact, ...rest } = options;
  return { own: known<Compiled>("fit options", "", { exact }, { exact: flag }), rest: rest as T };
}

/** Compiles a model for a run; gives the way to begin it, and what it comes to. */
function prepare(model: Model, run: Run, own: Compiled) {
  const isValidated = run.validation !== undefined || run.options.validationData !== undefined;
  const batch = Math.max(run.batchSize, isValidated ? run.testSize : 0);
  const artifact = compile(model, { train: true, batch, selfTest: false, ...own });
  const module = load<Trainable>(artifact);
  return {
    begin: (pace: Pace) => train(module, shown(run), pace, { model: () => modelOf(model, module, module.getWeights()) }),
    result: (fitted: Fitted): FittedModel => ({
      ...fitted,
      model: modelOf(model, module, fitted.weights),
      warnings: artifact.warnings,
    }),
  };
}

/** The model with what its module holds: it goes on from there when it is trained again, as a model of Keras does. */
const modelOf = (model: Model, { getOptimizerState }: Trainable, weights: readonly Float32Array[]): Model => ({
  ...withWeights(model, weights),
  state: getOptimizerState?.() ?? {},
});

/** The run with Keras' line on standard output: by default where that is a terminal. */
function shown(run: Run): Run {
  const { verbose, callbacks = [] } = run.options;
  const output = standardOutput();
  const level = verbose ?? (output?.isTerminal === true ? 1 : 0);
  if (level === 0 || output === undefined) return run;
  return withCallbacks(run, [...callbacks, progressBar({ ...output, verbose: level })]);
}

/** The arguments of the module that the model will be. */
function portsOf(model: Model): Ports {
  const { inputs, outputs, targets } = resolve(model).evaluate();
  const isSingle = outputs.length === 1;
  return {
    x: {
      ports: inputs.map(({ type, ...port }) => ({ ...port, isText: type === "string" })),
      isSingle: inputs.length === 1,
      also: [],
    },
    y: {
      ports: targets.map(({ name, shape, range }) => ({
        name: isSingle ? "y" : name,
        shape,
        isText: false,
        ...(range === undefined ? {} : { range }),
      })),
      isSingle,
      also: isSingle ? outputs.map(({ name }) => name) : [],
    },
  };
}
