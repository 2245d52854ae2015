// `layerc/model`: the types of `import … from "./iris.model.ts?model"`, for `"types": ["layerc/model"]` in tsconfig.json or
// `/// <reference types="layerc/model" />`. A file has no types of its own before it is compiled, so shapes are lists here.

declare module "*?model" {
  /** Name → shape of one row. */
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  /** One row, or n rows back to back; gives `out`, or a new Float32Array. Throws TypeError and RangeError. */
  export function predict(x: ArrayLike<number>, out?: Float32Array): Float32Array;
  /** Computes the rows carried along; gives the largest error, or throws when it is too large. */
  export function selfTest(): number;
  /** What computes; only a module with kernels in WebAssembly says so. */
  export const backend: "relaxed" | "simd" | "js";
}

declare module "*?model&train" {
  export const inputs: Readonly<Record<string, readonly number[]>>;
  export const outputs: Readonly<Record<string, readonly number[]>>;
  export const inputShape: readonly number[];
  export const outputShape: readonly number[];
  export interface StepOptions {
    /** One number per row. */
    readonly sampleWeight?: ArrayLike<number>;
    readonly learningRate?: number;
  }
  export interface Instance {
    predict(x: ArrayLike<number>, out?: Float32Array): Float32Array;
    selfTest(): number;
    /** One update from 1 to `batch` rows; gives the loss before it. */
    trainStep(x: ArrayLike<number>, y: ArrayLike<number>, options?: StepOptions): number;
    /** The mean loss over any number of rows. */
    evaluate(x: ArrayLike<number>, y: ArrayLike<number>, options?: Pick<StepOptions, "sampleWeight">): number;
    /** Copies, in Keras' order and shapes. */
    getWeights(): Float32Array[];
    setWeights(list: ArrayLike<ArrayLike<number>>): void;
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
