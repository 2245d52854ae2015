// What a form of a module is: how its statements are handed out. A new one is a file and a line in list.ts.
import type { Line } from "../../../base/lines.ts";
import type { Options } from "../../../options.ts";
import type { Code, Name } from "../../code.ts";
import type { Kind } from "../../tree.ts";
import type { ModuleParts } from "../parts.ts";

/** What stands around a module is made from. */
export interface FormSite {
  /** The comment on top. */
  readonly head: Code;
  /** The statements of the module. */
  readonly module: Code;
  /** What they show. */
  readonly names: readonly Name[];
  readonly parts: ModuleParts;
  /** What they take from outside, beside what every module may. */
  readonly takes: readonly string[];
}

/** The text of a form, and the script that goes with it. */
export interface Written {
  readonly code: string;
  readonly script?: string;
  /** The code line by line, where marks were asked for. */
  readonly lines?: readonly Line[];
}

/** One value of the option `format`. */
export type Form = TextForm | BinaryForm;

interface AnyForm {
  /** Whether what is inside stands in a text, of which engines read only so much. */
  readonly isText: boolean;
  /** How a file of it ends. */
  readonly extension: (options: Options) => string;
  /** Whether other code imports it, so that it has declarations. */
  readonly isImported: boolean;
  /** Options that it settles; another value is an error. */
  readonly fixed: (options: Options) => Partial<Options>;
  /** Options that only it has; and those of them without which it is nothing, each with what to do. */
  readonly own: readonly ("rows" | "dialect")[];
  readonly needs: Partial<Readonly<Record<"rows" | "dialect", string>>>;
}

/** A form that is text around the statements of a module. */
export interface TextForm extends AnyForm {
  readonly isText: true;
  /** What its code is written in, and as what its JavaScript is read. */
  readonly language: "JavaScript" | "SQL";
  readonly kind: Kind;
  /** Names that its text takes from outside, beside those of every module. */
  readonly takes: readonly string[];
  /** The JavaScript in a text, where that is not all of it; undefined where the text around it is another. */
  readonly javascriptIn?: (code: string, options: Options) => string | undefined;
  /** Judged. */
  readonly write: (site: FormSite) => Written;
}

/** A form without any text. */
export interface BinaryForm extends AnyForm {
  readonly isText: false;
  readonly language: "WebAssembly";
  /** Judged, with how many bytes of it are contents. Throws CompileError where only text could do what the model asks for. */
  readonly assemble: (parts: ModuleParts) => { readonly binary: Uint8Array; readonly shipped: number };
}
