// Model "seed-2-4-3-1", compiled by layerc 0.1.0: [2] to [1]
/** Rows back to back, or a list of rows: of all their numbers each, or nested as their shape. Typed arrays may stand anywhere. */
export type Rows = ArrayLike<number> | readonly Rows[];
export declare const inputShape: readonly [2];
export declare const outputShape: readonly [1];
export declare const inputs: { x: readonly [2] };
export declare const outputs: { y: readonly [1] };
/**
 * `x`: k rows of [2], k * 2 numbers. Gives k rows of [1], k * 1 numbers: `out`, or a new Float32Array.
 * A Float32Array is taken as it is, and then nothing is allocated when `out` is given (but a copy of `x` where both are views of
 * one buffer); anything else is checked and copied. NaN is a number, and spreads. Throws TypeError or RangeError.
 */
export declare function predict(x: Rows, out?: Float32Array): Float32Array;
/** Computes the rows carried along; gives the largest error, or throws an Error that names the output, its row and how far it may be off. */
export declare function selfTest(): number;
