// What the kinds of modules export, for model.d.ts: names of TypeScript alone, which no program can import.

declare module "layerc/model/predict" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  /** The same of texts, for an input that holds such. */
  export type Texts = readonly string[] | readonly Texts[];
  /** Rows of the only input; of several an object by name. */
  export type In = Rows | Texts | { readonly [port: string]: Rows | Texts };
  /** An array for the only output; of several an object by name. */
  export type Out = Float32Array | { readonly [port: string]: Float32Array };
  export type Range = { readonly below: number; readonly ignore?: number };
  /** Name → shape of one row. */
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  /** Only of a module with one input, and with one output. */
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Inputs that hold texts, where there are such. */
  export const types: Readonly<Record<string, "string">>;
  /** Names of features and classes, where the model gives some. */
  export const features: Readonly<Record<string, readonly string[]>>;
  export const classes: Readonly<Record<string, readonly string[]>>;
  /** Arguments whose numbers are whole: ids from 0 to below − 1; by port where the argument has several. Only a module that takes such says so. */
  export const ranges: Readonly<Record<string, Range & Readonly<Record<string, Range>>>>;
  /** One row, or n rows; gives `out`, or new arrays. Throws TypeError and RangeError. */
  export function predict<O extends Out = Float32Array>(x: In, out?: O): O;
  /** Computes the rows carried along; gives the largest error, or throws when it is too large. */
  export function selfTest(): number;
  /** Only of a module with rounded weights that has golden rows: what they are rounded to, and how far that moves an answer there. */
  export function rounding(): { readonly type: "float16" | "int8"; readonly worst: number };
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
}

declare module "layerc/model/train" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  /** The same of texts, for an input that holds such. */
  export type Texts = readonly string[] | readonly Texts[];
  /** Rows of the only port; of several an object by name. */
  export type In = Rows | Texts | { readonly [port: string]: Rows | Texts };
  export type Targets = Rows | { readonly [port: string]: Rows };
  /** An array for the only output; of several an object by name. */
  export type Out = Float32Array | { readonly [port: string]: Float32Array };
  export type Range = { readonly below: number; readonly ignore?: number };
  /** `loss`, and of several outputs `price_loss` each. */
  export type Losses = { readonly loss: number; readonly [key: string]: number };
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  /** What the outputs are held against: name → shape of one row. */
  export const targets: Readonly<Record<string, readonly number[]>>;
  /** Only of a module with one input, and with one output. */
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Inputs that hold texts, where there are such. */
  export const types: Readonly<Record<string, "string">>;
  /** Names of features and classes, where the model gives some. */
  export const features: Readonly<Record<string, readonly string[]>>;
  export const classes: Readonly<Record<string, readonly string[]>>;
  /** Ids and labels, where there are such, by port where the argument has several; `ignore` stands for no class. */
  export const ranges: Readonly<Record<string, Range & Readonly<Record<string, Range>>>>;
  /** Most rows of one trainStep. */
  export const batch: number;
  /** In the order of getWeights. */
  export const weightNames: readonly string[];
  export interface StepOptions {
    /** One number per row; of several outputs by name, for any of them. */
    readonly sampleWeight?: Targets;
    readonly learningRate?: number;
  }
  export interface Instance {
    predict<O extends Out = Float32Array>(x: In, out?: O): O;
    selfTest(): number;
    /** One update from 1 to `batch` rows; gives the loss before it. */
    trainStep(x: In, y: Targets, options?: StepOptions): number;
    /** The mean losses over any number of rows. */
    evaluate(x: In, y: Targets, options?: Pick<StepOptions, "sampleWeight">): Losses;
    /** Forgets the steps so far: an epoch begins. */
    resetMetrics(): void;
    /** The mean losses of the rows trained since then; 0 where there are none. */
    getMetrics(): Losses;
    /** Copies, in Keras' order and shapes. */
    getWeights(): Float32Array[];
    setWeights(list: readonly Rows[]): void;
    /** The learning rate that the next step takes, unless it is given another. */
    getLearningRate(): number;
    /** Copies of what the optimizer keeps from step to step, by name. */
    getOptimizerState(): Record<string, Float32Array>;
    setOptimizerState(state: { readonly [name: string]: Rows }): void;
  }
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
  /** Another instance with its own weights. */
  export function create(): Instance;
  export const predict: Instance["predict"];
  export const selfTest: Instance["selfTest"];
  export const trainStep: Instance["trainStep"];
  export const evaluate: Instance["evaluate"];
  export const resetMetrics: Instance["resetMetrics"];
  export const getMetrics: Instance["getMetrics"];
  export const getWeights: Instance["getWeights"];
  export const setWeights: Instance["setWeights"];
  export const getLearningRate: Instance["getLearningRate"];
  export const getOptimizerState: Instance["getOptimizerState"];
  export const setOptimizerState: Instance["setOptimizerState"];
}

declare module "layerc/model/stream" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  /** Rows of the only input; of several an object by name. */
  export type In = Rows | { readonly [port: string]: Rows };
  /** An array for the only output; of several an object by name. */
  export type Out = Float32Array | { readonly [port: string]: Float32Array };
  export type Range = { readonly below: number; readonly ignore?: number };
  /** Name → shape of one row. */
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  /** Only of a module with one input, and with one output. */
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Steps of a sequence that one call of step takes; what goes in and out of it: name → shape. */
  export const chunk: number;
  export const stepInputs: Readonly<Record<string, readonly number[]>>;
  export const stepOutputs: Readonly<Record<string, readonly number[]>>;
  /** Names of features and classes, where the model gives some. */
  export const features: Readonly<Record<string, readonly string[]>>;
  export const classes: Readonly<Record<string, readonly string[]>>;
  /** Arguments whose numbers are whole: ids from 0 to below − 1; by port where the argument has several. Only a module that takes such says so. */
  export const ranges: Readonly<Record<string, Range & Readonly<Record<string, Range>>>>;
  export interface Instance {
    predict<O extends Out = Float32Array>(x: In, out?: O): O;
    selfTest(): number;
    /** Only of a module with rounded weights that has golden rows: what they are rounded to, and how far that moves an answer there. */
    rounding(): { readonly type: "float16" | "int8"; readonly worst: number };
    /** The next chunk of a sequence; gives `out`, or new arrays. Throws TypeError and RangeError. */
    step<O extends Out = Float32Array>(x: In, out?: O): O;
    /** The next step is the first of a sequence. */
    reset(): void;
    /** Copies of what the stream keeps, by layer. */
    getState(): Record<string, Float32Array>;
    setState(state: { readonly [name: string]: Rows }): void;
  }
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
  /** Another instance with its own stream. */
  export function create(): Instance;
  export const predict: Instance["predict"];
  export const selfTest: Instance["selfTest"];
  export const rounding: Instance["rounding"];
  export const step: Instance["step"];
  export const reset: Instance["reset"];
  export const getState: Instance["getState"];
  export const setState: Instance["setState"];
}

declare module "layerc/model/both" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  /** The same of texts, for an input that holds such. */
  export type Texts = readonly string[] | readonly Texts[];
  /** Rows of the only port; of several an object by name. */
  export type In = Rows | Texts | { readonly [port: string]: Rows | Texts };
  export type Targets = Rows | { readonly [port: string]: Rows };
  /** An array for the only output; of several an object by name. */
  export type Out = Float32Array | { readonly [port: string]: Float32Array };
  export type Range = { readonly below: number; readonly ignore?: number };
  /** `loss`, and of several outputs `price_loss` each. */
  export type Losses = { readonly loss: number; readonly [key: string]: number };
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  /** What the outputs are held against: name → shape of one row. */
  export const targets: Readonly<Record<string, readonly number[]>>;
  /** Only of a module with one input, and with one output. */
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Inputs that hold texts, where there are such. */
  export const types: Readonly<Record<string, "string">>;
  /** Steps of a sequence that one call of step takes; what goes in and out of it: name → shape. */
  export const chunk: number;
  export const stepInputs: Readonly<Record<string, readonly number[]>>;
  export const stepOutputs: Readonly<Record<string, readonly number[]>>;
  /** Names of features and classes, where the model gives some. */
  export const features: Readonly<Record<string, readonly string[]>>;
  export const classes: Readonly<Record<string, readonly string[]>>;
  /** Ids and labels, where there are such, by port where the argument has several; `ignore` stands for no class. */
  export const ranges: Readonly<Record<string, Range & Readonly<Record<string, Range>>>>;
  /** Most rows of one trainStep. */
  export const batch: number;
  /** In the order of getWeights. */
  export const weightNames: readonly string[];
  export interface StepOptions {
    /** One number per row; of several outputs by name, for any of them. */
    readonly sampleWeight?: Targets;
    readonly learningRate?: number;
  }
  export interface Instance {
    predict<O extends Out = Float32Array>(x: In, out?: O): O;
    selfTest(): number;
    /** One update from 1 to `batch` rows; gives the loss before it. */
    trainStep(x: In, y: Targets, options?: StepOptions): number;
    /** The mean losses over any number of rows. */
    evaluate(x: In, y: Targets, options?: Pick<StepOptions, "sampleWeight">): Losses;
    /** Forgets the steps so far: an epoch begins. */
    resetMetrics(): void;
    /** The mean losses of the rows trained since then; 0 where there are none. */
    getMetrics(): Losses;
    /** Copies, in Keras' order and shapes. */
    getWeights(): Float32Array[];
    setWeights(list: readonly Rows[]): void;
    /** The learning rate that the next step takes, unless it is given another. */
    getLearningRate(): number;
    /** Copies of what the optimizer keeps from step to step, by name. */
    getOptimizerState(): Record<string, Float32Array>;
    setOptimizerState(state: { readonly [name: string]: Rows }): void;
    /** The next chunk of a sequence; gives `out`, or new arrays. Throws TypeError and RangeError. */
    step<O extends Out = Float32Array>(x: In, out?: O): O;
    /** The next step is the first of a sequence. */
    reset(): void;
    /** Copies of what the stream keeps, by layer. */
    getState(): Record<string, Float32Array>;
    setState(state: { readonly [name: string]: Rows }): void;
  }
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
  /** Another instance with its own weights and stream. */
  export function create(): Instance;
  export const predict: Instance["predict"];
  export const selfTest: Instance["selfTest"];
  export const trainStep: Instance["trainStep"];
  export const evaluate: Instance["evaluate"];
  export const resetMetrics: Instance["resetMetrics"];
  export const getMetrics: Instance["getMetrics"];
  export const getWeights: Instance["getWeights"];
  export const setWeights: Instance["setWeights"];
  export const getLearningRate: Instance["getLearningRate"];
  export const getOptimizerState: Instance["getOptimizerState"];
  export const setOptimizerState: Instance["setOptimizerState"];
  export const step: Instance["step"];
  export const reset: Instance["reset"];
  export const getState: Instance["getState"];
  export const setState: Instance["setState"];
}
