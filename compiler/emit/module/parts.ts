// What a module is made of, and what it becomes.
import type { Port, Rounding, WeightInfo } from "../../artifact.ts";
import type { Line } from "../../base/lines.ts";
import type { Item, Words } from "../../encode/define.ts";
import type { Feed, Log, Stream, Target } from "../../front/steps.ts";
import type { About } from "../../model.ts";
import type { Options, WeightsType } from "../../options.ts";
import type { Program } from "../../program/program.ts";
import { type Name, name } from "../code.ts";
import type { Marks } from "../marks.ts";
import type { SimdPrograms } from "./embed.ts";
import type { Narrow } from "./narrow.ts";

/** All that a module is made from. */
export interface ModuleParts {
  readonly model: { readonly name: string; readonly hash: string };
  readonly options: Options;
  readonly version: string;
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  /** By output: the words that its numbers stand for. */
  readonly words: readonly (Words | undefined)[];
  /** How the ports' numbers, or texts, reach the inputs of the entries. */
  readonly feeds: readonly Feed[];
  /** With training: what the outputs are held against. */
  readonly targets?: readonly Target[];
  /** With training: what is shown of it. */
  readonly logs?: readonly Log[];
  /** With a stream: what its step takes and gives, and what it keeps. */
  readonly stream?: Pick<Stream, "chunk" | "inputs" | "outputs" | "feeds"> & { readonly states: readonly Kept[] };
  /** Names of features and classes. */
  readonly about?: About;
  /** With training: the default of trainStep. */
  readonly learningRate?: number;
  readonly program: Program;
  readonly simd?: SimdPrograms;
  /** Contents of const and param buffers; what has none is computed by the entry `prepare`. */
  readonly constants: ReadonlyMap<string, Float32Array>;
  /** Which of them travel in fewer bits. */
  readonly narrow?: ReadonlyMap<string, Narrow>;
  /** With training: Keras' order. */
  readonly weights: readonly (WeightInfo & { readonly buffer: string })[];
  readonly selfTest?: SelfTest;
  /** Where weights are rounded, what it does at some rows. */
  readonly rounding?: Rounding;
  readonly counts: { readonly ops: number; readonly multiplyAdds: number };
  /** Whoever wants to know what the lines of the text are of. */
  readonly marks?: Marks;
}
/** A buffer that lives from call to call. */
export interface Kept {
  readonly name: string;
  readonly buffer: string;
  /** As callers may nest its numbers. */
  readonly shape: readonly number[];
}

/** The golden rows of one input. */
export type Rows =
  | Float32Array
  | { readonly items: readonly Item[] }
  | { readonly starts: readonly number[]; readonly integers?: number };
/** What selfTest compares. */
export interface SelfTest {
  readonly rows: number;
  /**
   * For each input its numbers, or the items that encoders take, or the state that each row is drawn from (`base/draws.ts`); `integers`: whole numbers below it.
   */
  readonly x: readonly Rows[];
  /** Positions in a row of the outputs, one output behind the other. */
  readonly columns: readonly number[];
  /** The state from which the factors of a weighted sum over each row are drawn, where it is compared too. */
  readonly sum?: number;
  /** Row by row: its columns, then its sum. */
  readonly y: readonly number[];
  /** How far the columns, then the sum, of any row may be off. */
  readonly bounds: readonly number[];
  /** Where weights are rounded: to what, and row by row the columns with the weights as they were given. */
  readonly given?: { readonly type: WeightsType; readonly y: readonly number[] };
}
/** The module's text, its types, and the files that go with it. */
export interface EmittedModule {
  readonly code: string;
  /** The whole module, where it is no text: then there is no code. */
  readonly binary?: Uint8Array;
  /** What the code calls by name, where it is no JavaScript itself. */
  readonly script?: string;
  /** Empty where nothing imports the code. */
  readonly declarations: string;
  readonly weights?: Uint8Array;
  /** Bytes of contents, where some travel in fewer bits. */
  readonly shipped?: number;
  readonly wasm?: Uint8Array;
  readonly wasmRelaxed?: Uint8Array;
  /** With marks: the code line by line, and the plain form of the kernels in WebAssembly as text. */
  readonly lines?: readonly Line[];
  readonly wasmLines?: readonly Line[];
  /** The relaxed form, where there is one. */
  readonly relaxedLines?: readonly Line[];
}

/** Whether its kernels in WebAssembly are a file beside it. */
export const importsWasm = ({ simd, options }: ModuleParts): boolean => simd !== undefined && options.wasm === "import";
/** The parameters of `create`. What has to be given first, a default instance cannot have. */
export const createParams = (parts: ModuleParts): readonly Name[] => [
  ...(parts.options.weights === "external" ? [name("bytes")] : []),
  ...(importsWasm(parts) ? [name("wasmModule")] : []),
];
