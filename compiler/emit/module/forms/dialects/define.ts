// What a dialect of SQL is, for a function that holds a model. In: arguments and results of the function, and the module. Out: text that defines
// the function in one warehouse.
import type { Options } from "../../../../options.ts";
import type { Name } from "../../../code.ts";
import type { FormSite, Written } from "../form.ts";

/** An argument of the function. */
export interface Argument {
  /** In SQL and in JavaScript: a word of both, but for words of SQL, which stand in quotes there. */
  readonly id: Name;
  readonly isText: boolean;
  /** Whether it is a list of them. */
  readonly isList: boolean;
}

/** An output. */
export interface Result extends Argument {
  /** Its port. */
  readonly name: string;
}

/** A function that is to be defined. */
export interface Udf {
  readonly site: FormSite;
  readonly name: Name;
  /** By input; of one with names for its numbers an argument for each of them. */
  readonly inputs: readonly (readonly Argument[])[];
  readonly results: readonly Result[];
}

/** One value of the option `dialect`. */
export interface Dialect {
  readonly name: NonNullable<Options["dialect"]>;
  readonly extension: string;
  /** Most bytes of a body that the warehouse takes, and what to do with more. */
  readonly mostBytes?: { readonly count: number; readonly hint: string };
  /** Most arguments; with more than this many named numbers an input is one list. */
  readonly mostArguments: number;
  /** Whether its code may be WebAssembly. */
  readonly hasWasm: boolean;
  /** Whether what a body leaves in a global is there for the next row. */
  readonly isKept: boolean;
  /** The text of the function. `body` gives its JavaScript, with limits checked. */
  readonly write: (udf: Udf, body: () => string) => Written;
}
