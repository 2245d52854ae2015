// What a dialect of SQL is, for a function that holds a model. In: arguments and results of the function, and the module. Out: text that defines
// the function in one warehouse.
import type { Options } from "../../../../options.ts";
import type { Name } from "../../../code.ts";
import type { Comment } from "../../head.ts";
import type { FormSite } from "../form.ts";
import type { Filling, Frame } from "./frame.ts";

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
  /** What the function is made of. */
  readonly says: string;
  /** When the model is evaluated. */
  readonly evaluated: string;
  /** Most bytes of a body that the warehouse takes, and what to do with more. */
  readonly mostBytes?: { readonly count: number; readonly hint: string };
  /** Most arguments; with more than this many named numbers an input is one list. */
  readonly mostArguments: number;
  /** Whether its code may be WebAssembly. */
  readonly hasWasm: boolean;
  /** The comment on top, and lines in it for whoever reads the text. */
  readonly comment: Comment;
  readonly notes: (udf: Udf) => readonly string[];
  /** The statement. */
  readonly frame: Frame;
  /** What stands in it; `body` gives the function's JavaScript, with limits checked. */
  readonly filling: (udf: Udf, body: (parsed?: boolean) => string) => Filling;
  /** What stands in it as a function of JavaScript again; none where it has no JavaScript. */
  readonly javascript: (filling: Filling) => string | undefined;
  /** A script that the statement calls, beside it. */
  readonly script?: (udf: Udf) => string;
}
