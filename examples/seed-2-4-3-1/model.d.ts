// Model "seed-2-4-3-1", compiled by layerc 0.1.0: [2] to [1]
export declare const inputShape: readonly [2];
export declare const outputShape: readonly [1];
export declare const inputs: { x: readonly [2] };
export declare const outputs: { y: readonly [1] };
/**
 * `x`: k rows of [2], k * 2 numbers. Gives k rows of [1], k * 1 numbers: `out`, or a new Float32Array.
 * Allocates nothing when `out` is given (but a copy of `x` where both overlap and differ). Throws TypeError or RangeError.
 */
export declare function predict(x: ArrayLike<number>, out?: Float32Array): Float32Array;
/** Computes the rows carried along; gives the largest error, or throws when it is above 1e-5 * max(1, max|y|). */
export declare function selfTest(): number;
