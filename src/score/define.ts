// Scoring files of rows: what a column, a cell of the model's input and an engine are. An engine reads a file, calls the model batch by batch
// and writes a file; it decides nothing about columns. A new one is a file and a line in engines.ts.
import type { Port } from "../../compiler/artifact.ts";
import type { About } from "../../compiler/model.ts";

/** A column of a file. */
export interface Field {
  readonly name: string;
  readonly kind: "number" | "text" | "list" | "other";
  /** As the engine calls it. */
  readonly type: string;
}

/** What stands at one place of a row of the model: a column, a place in a column of lists, or whether a column holds a word. */
export type Cell =
  | { readonly column: string; readonly as: "number" | "text" }
  | { readonly column: string; readonly as: "item"; readonly index: number; readonly of: number }
  | { readonly column: string; readonly as: "is"; readonly word: string; readonly among: readonly string[] };

/** What becomes of a cell that holds nothing: an error, the row is left out, or a number (a text where texts are wanted). */
export type Nulls = "refuse" | "drop" | { readonly fill: number | string };

/** A column that is written beside those that are kept. */
export interface ResultColumn {
  readonly name: string;
  readonly isText: boolean;
}

/** The answers of a batch: an array for each output. */
export type Values = Float32Array | readonly string[];
/** A model as engines call it. */
export interface Scorer {
  /** Of a row, one input behind the other. */
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly about?: About;
  /** `x`: for each input the values of `rows` rows. Throws what the module throws. */
  readonly answer: (x: readonly Values[], rows: number) => readonly Values[];
}

/** Rows of a file, counted from 0, `to` left out. */
export interface Range {
  readonly from: number;
  readonly to: number;
}

/** One file that is to be scored. */
export interface Task {
  readonly input: string;
  /** These rows alone: a part of the output, which begins as the output does where `from` is 0 and goes on without a header elsewhere. */
  readonly range?: Range;
  /** It is not there yet; how it ends says its format. */
  readonly output: string;
  /** In the order of the inputs. */
  readonly cells: readonly Cell[];
  readonly columns: readonly ResultColumn[];
  /** Columns of the file that are written too, in this order. */
  readonly keep: readonly string[];
  /** Columns of the file that are read, and those of them that are written. */
  readonly read: readonly Field[];
  readonly kept: readonly Field[];
  readonly nulls: Nulls;
  readonly scorer: Scorer;
  /** Told the rows of each batch. */
  readonly progress: (rows: number) => void;
}

/** An engine that has been started. */
export interface Session {
  /** The columns of a file. Throws CompileError format/input. */
  readonly fields: (file: string) => Promise<readonly Field[]>;
  /**
   * How a file is divided, where the engine can go to a row without reading those before: equal for equal files and columns, wherever it runs.
   * One range, or none, where it is not.
   */
  readonly ranges: (file: string, columns: readonly Field[]) => Promise<readonly Range[]>;
  /** Of the engine: another version may write other bytes. */
  readonly version: string;
  /** Writes the output and gives its rows, in the order of the input. Throws CompileError data/…, format/input, file/write, score/memory. */
  readonly score: (task: Task) => Promise<number>;
  /** Ends its threads and lets go of what it holds; also where a file was at fault. */
  readonly close: () => Promise<void>;
}

/** What reads, computes by a model, and writes. */
export interface Engine {
  readonly name: string;
  /** Endings of files, from the point on. */
  readonly reads: readonly string[];
  readonly writes: readonly string[];
  /**
   * `threads`: how many it may use beside the model's own; `memory`: bytes it may hold, without which it is what a file needs (memory.ts).
   * Throws CompileError where it is not installed.
   */
  readonly open: (threads: number, memory?: number) => Promise<Session>;
}
