// How old an engine may be. A row a level: the edition that a module's text is written in, and what it may call that came with no syntax.
import type { Options } from "../../options.ts";
import type { Edition } from "../tree.ts";

/** The option `syntax`. */
export type Syntax = Options["syntax"];

/** What text of a level may hold. */
export interface Level {
  readonly edition: Edition;
  /** The form where nobody asks for one: an edition without modules has none of them. */
  readonly format?: Options["format"];
  /** Methods that text may call; absent: all that engines of the level have are fine. */
  readonly methods?: ReadonlySet<string>;
}

/** Methods of ES5 and of its typed arrays; `setFromBase64` is asked for before it is called, and so is WebAssembly. */
const methods5 =
  "call charAt charCodeAt concat defineProperty filter forEach indexOf join map match push reduce replace slice split toLowerCase toString set subarray setFromBase64 Instance Module validate".split(
    " ",
  );

/** From new to old. */
export const levels: Readonly<Record<Syntax, Level>> = {
  es2020: { edition: 2020 },
  es2015: { edition: 2015 },
  es5: { edition: 5, format: "iife", methods: new Set(methods5) },
};
