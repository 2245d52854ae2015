// What a compilation gives: module text, its declarations, packed weights where they are not inside, and facts about it.
import type { Diagnostic } from "./diagnostics/error.ts";
import type { About } from "./model.ts";
import type { Options, WeightsType } from "./options.ts";
import type { Range } from "./training/define.ts";

export type { Range } from "./training/define.ts";

/** A named tensor of the module's surface; shape without the batch axis. */
export interface Port {
  readonly name: string;
  readonly shape: readonly number[];
  /** Absent: numbers. */
  readonly type?: "string";
  /** Where its numbers are ids or labels. */
  readonly range?: Range;
}

/** A weight as getWeights and setWeights speak it: Keras' order and shape. */
export interface WeightInfo {
  /** `layer name/weight name`. */
  readonly name: string;
  readonly shape: readonly number[];
  readonly trainable: boolean;
}

/** How far rounded weights move one output. */
export interface OutputRounding {
  readonly name: string;
  /** The largest difference of any number. */
  readonly worst: number;
  /** Of an output of several numbers a row: in how many rows another one is the largest. */
  readonly moved?: number;
}

/** What rounding the weights does to the answers at some rows. */
export interface Rounding {
  readonly type: WeightsType;
  readonly rows: number;
  readonly outputs: readonly OutputRounding[];
}

/** Facts about a module: what it computes, from what it was made, and how large it is. */
export interface Manifest {
  readonly model: string;
  /** Hash of spec, weights and options: equal hash, equal bytes. */
  readonly hash: string;
  readonly options: Options;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly weights: readonly WeightInfo[];
  /** Names of features and classes, by port. */
  readonly about?: About;
  /** With a `weightsType` and `selfTest`: how far its answers at some rows, twice the golden ones, are from those of float32 weights. */
  readonly rounding?: Rounding;
  /** Multiply-adds of one row. */
  readonly multiplyAdds: number;
  /** Bytes of weights shipped, of the arena, and of the module's text. */
  readonly bytes: { readonly weights: number; readonly arena: number; readonly code: number };
}

/** What a compilation gives: the module and all that belongs beside it. */
export interface Artifact {
  /** The module; of format sql the text of the function; empty of format wasm. */
  readonly code: string;
  /** Of format wasm: the module, which needs nothing beside it. */
  readonly binary?: Uint8Array;
  /** Of dialect clickhouse: the script that the function calls. */
  readonly script?: string;
  /** Its TypeScript declarations; empty for what nobody imports: a filter, SQL, a .wasm file. */
  readonly declarations: string;
  /** With `weights: "external"`: the bytes that `create` takes. */
  readonly weights?: Uint8Array;
  /** With `wasm: "import"`, where lanes pay: the kernels, for every engine with SIMD; compiled, it is what `create` takes. */
  readonly wasm?: Uint8Array;
  /** The same for engines with relaxed SIMD: multiply-adds contracted. Absent with `exact`. */
  readonly wasmRelaxed?: Uint8Array;
  readonly manifest: Manifest;
  readonly warnings: readonly Diagnostic[];
}
