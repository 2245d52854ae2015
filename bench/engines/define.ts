// What an engine is: one file here and one line in list.ts. In: nets, weights, inputs. Out: runners fed in the engine's best
// way on one thread. Guarantee: `predictor` and `trainer` say what they computed, so it can be judged before it is timed.
import type { Runner } from "../measure.ts";
import { type DenseNet, isDense, type Net } from "../nets.ts";
import type { Training, Weights, Work } from "../workloads.ts";

/** Where a run keeps the files that engines make (emitted modules, ONNX files). */
export interface Place {
  readonly folder: string;
  /** The Python to ask, where one was asked for. */
  readonly python?: string;
}

export interface Prediction extends Place {
  readonly net: Net;
  readonly batch: number;
  readonly weights: Weights;
  /** A power of two of them; call i takes number i, around and around. */
  readonly inputs: readonly Float32Array[];
}

export interface Predictor extends Runner {
  /** The result for the first input. */
  output(): ArrayLike<number> | Promise<ArrayLike<number>>;
}

export interface Lesson extends Place {
  readonly training: Training;
  readonly weights: Weights;
  readonly x: Float32Array;
  readonly y: Float32Array;
}

/** Absent: Keras' rules. */
export interface TrainingRules {
  /** It updates after every row, by the gradient of half the summed squared error: an epoch is compared to a step. */
  readonly online?: true;
  /** Adam adds ε to the root of the corrected v, not of v. */
  readonly correctedEpsilon?: true;
}

/** `run(steps)` trains on the same rows again and again and reads the loss of each step. */
export interface Trainer extends Runner {
  /** Every weight that is trained, in Keras' order and shape: kernel and bias of each dense layer in turn. */
  weights(): Weights | Promise<Weights>;
}

/** Files that a bare process finds beside its script. */
export interface ColdFiles extends Place {
  readonly net: DenseNet;
  /** Every weight, one after the other, little-endian. */
  readonly weights: string;
  /** For batch 1. */
  readonly onnx: string;
}

/** What a page must carry besides the model. */
export interface Shipment {
  /** An ES module that uses what a prediction needs; bundled and minified for browsers. */
  readonly entry?: string;
  /** Files beside it, relative to bench/node_modules. */
  readonly files?: readonly string[];
}

export interface Engine {
  readonly name: string;
  /** One line for the report: what it is and how it is fed. */
  readonly says: string;
  /** Packages it needs; the first one's version is reported. */
  readonly packages: readonly string[];
  /** Where it is no package. */
  readonly version?: (python: string | undefined) => string | undefined;
  /** Why it does not run on this machine, where that is known before trying. */
  readonly absent?: (python: string | undefined) => string | undefined;
  /** Why it is not timed on a work it could be asked for. */
  readonly refuses?: (work: Work) => string | undefined;
  /** The net it computes where it cannot compute the one asked for; the baseline is then measured on the same. */
  readonly instead?: (net: Net) => Net;
  /** It is judged against the rooflines too, where it runs. */
  readonly hasRoof?: true;
  /** How its training differs from Keras'. */
  readonly rules?: TrainingRules;
  /** layerc: the file of the module it emits for a net. */
  readonly emits?: (net: Net, folder: string) => string;
  /** Absent: only its start is measured. */
  readonly predictor?: (prediction: Prediction) => Promise<Predictor>;
  readonly trainer?: (lesson: Lesson) => Promise<Trainer>;
  /** Text of an ES module that ends up with `call`: one prediction for the Float32Array `x`, by value or by promise. */
  readonly cold?: (files: ColdFiles) => string;
  readonly ships?: Shipment;
}

/** For scripts of `cold`: an import of node:fs makes a process start 2.5 ms later, since it loads fs/promises too. */
export const readFile = `const { readFileSync } = process.getBuiltinModule("node:fs");`;

/** A package of bench/node_modules. What of it is used, each engine states as a type: the peers need not be installed to type-check. */
export const peer = <T>(name: string): Promise<T> => import(name) as Promise<T>;

/** For engines whose nets are written by hand here. */
export const denseOnly = (net: Net): string | undefined => (isDense(net) ? undefined : "dense nets only");

/** Throws for a net that `denseOnly` refuses. */
export function asDense(net: Net): DenseNet {
  if (isDense(net)) return net;
  throw new Error(`${net.name} is more than fully connected layers`);
}
