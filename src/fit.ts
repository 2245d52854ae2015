// `fit` for whoever has the compiler: of a Model, which is compiled for training first, or of what is compiled already. In: a model and
// data. Out: what the loop of `runtime/` gives, and the model with its trained weights. Guarantee: data and options are checked before
// anything is compiled, and the batch is as large as the data need, not larger.
import { compile } from "../compiler/compile.ts";
import type { Diagnostic } from "../compiler/diagnostics/error.ts";
import { resolve } from "../compiler/front/steps.ts";
import type { Model } from "../compiler/model.ts";
import {
  type Data,
  type FitOptions,
  type Fitted,
  fit as fitModule,
  type Loadable,
  load,
  type Trainable,
} from "../runtime/index.ts";
import type { Ports } from "../runtime/ports.ts";
import { readRun, train } from "../runtime/train.ts";
import { isModel } from "./formats/json.ts";
import { withWeights } from "./sequential.ts";

/** What training a model gives. */
export interface FittedModel extends Fitted {
  /** With the trained weights; the model that was given is as it was. */
  readonly model: Model;
  /** Of its compilation. */
  readonly warnings: readonly Diagnostic[];
}

/**
 * Trains a model: compiles it with `train: true` and steps of `batchSize` rows, and trains that. Throws CompileError where the model
 * does not compile or names no loss and optimizer, TypeError or RangeError where data or options do not fit or the loss is not finite.
 */
export function fit(model: Model, data: Data, options?: FitOptions): FittedModel;
/** Trains a module compiled with `train: true` in place, or its artifact, which is loaded first. Throws TypeError or RangeError. */
export function fit(subject: Trainable | Loadable, data: Data, options?: FitOptions): Fitted;
export function fit(subject: Model | Trainable | Loadable, data: Data, options: FitOptions = {}): Fitted | FittedModel {
  if (!isModel(subject)) return fitModule(subject, data, options);
  const run = readRun(portsOf(subject), data, options);
  const artifact = compile(subject, { train: true, batch: run.batchSize, selfTest: false });
  const fitted = train(load<Trainable>(artifact), run);
  return { ...fitted, model: withWeights(subject, fitted.weights), warnings: artifact.warnings };
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
