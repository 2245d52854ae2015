// What a format of rows is, in a filter: how rows are read from `bytes` and how answers are written. The texts share the variables of the loop
// (loop.ts): `bytes`, `from`, `to`, `isLast`, `fault`, `inputs`, `outputs`, `x`, `views`, `width`, `passing`.
import type { Options } from "../../../../options.ts";
import type { Code } from "../../../code.ts";

/** One value of the option `rows`. */
export interface RowFormat {
  readonly name: NonNullable<Options["rows"]>;
  /** What stands in its help, in a few words. */
  readonly says: string;
  /** Whether it can hold texts. */
  readonly hasTexts: boolean;
  /** Whether `--pass` of the loop is for it: cells before those of the model, which go over as they are. */
  readonly passes: boolean;
  /**
   * `function (limit)`: reads up to `limit` whole rows into `x`, moves `from` behind them, and gives their number; leaves in `fault` what is wrong
   * with the row behind them, where something is.
   */
  readonly read: Code;
  /** `function (y, rows)`: the answers, a list of arrays in the order of the outputs, as a Buffer. */
  readonly write: Code;
}
