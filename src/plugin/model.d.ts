// `layerc/model`: the types of `import … from "./iris.model.ts?model"`, for `"types": ["layerc/model"]` in tsconfig.json or
// `/// <reference types="layerc/model" />`. A file has no types of its own before it is compiled, so shapes are lists here.

declare module "*?model" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  /** Name → shape of one row. */
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Arguments whose numbers are whole: ids from 0 to below − 1. Only a module that takes such says so. */
  export const ranges: Readonly<Record<string, { readonly below: number; readonly ignore?: number }>>;
  /** One row, or n rows; gives `out`, or a new Float32Array. Throws TypeError and RangeError. */
  export function predict(x: Rows, out?: Float32Array): Float32Array;
  /** Computes the rows carried along; gives the largest error, or throws when it is too large. */
  export function selfTest(): number;
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
}

declare module "*?model&train" {
  /** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
  export type Rows = ArrayLike<number> | readonly Rows[];
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** Ids and labels, where there are such; `ignore` stands for no class. */
  export const ranges: Readonly<Record<string, { readonly below: number; readonly ignore?: number }>>;
  /** Most rows of one trainStep. */
  export const batch: number;
  /** In the order of getWeights. */
  export const weightNames: readonly string[];
  export interface StepOptions {
    /** One number per row. */
    readonly sampleWeight?: Rows;
    readonly learningRate?: number;
  }
  export interface Instance {
    predict(x: Rows, out?: Float32Array): Float32Array;
    selfTest(): number;
    /** One update from 1 to `batch` rows; gives the loss before it. */
    trainStep(x: Rows, y: Rows, options?: StepOptions): number;
    /** The mean loss over any number of rows. */
    evaluate(x: Rows, y: Rows, options?: Pick<StepOptions, "sampleWeight">): number;
    /** Copies, in Keras' order and shapes. */
    getWeights(): Float32Array[];
    setWeights(list: readonly Rows[]): void;
  }
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
  /** Another instance with its own weights. */
  export function create(): Instance;
  export const predict: Instance["predict"];
  export const selfTest: Instance["selfTest"];
  export const trainStep: Instance["trainStep"];
  export const evaluate: Instance["evaluate"];
  export const getWeights: Instance["getWeights"];
  export const setWeights: Instance["setWeights"];
}
