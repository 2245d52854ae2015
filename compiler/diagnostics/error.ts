// What a user sees when something is wrong: one error class, one shape, for every stage.
// A diagnostic states what was needed and what was found, where (a spec path such as `layers[2].units`), and what to do.
import type { Code } from "./codes.ts";

/** A place in a file of the user's; line and column count from 1. A file of bytes has none, a line of data perhaps no column. */
export interface Place {
  readonly file: string;
  readonly line?: number;
  readonly column?: number;
}

/** An error or a warning as data. */
export interface Diagnostic {
  readonly code: Code;
  /** Where in the model, e.g. `layers[2].units`; empty when the whole model is meant. */
  readonly path: string;
  readonly message: string;
  readonly hint?: string;
  readonly notes?: readonly string[];
  /** Where in the user's source, when known. */
  readonly at?: Place;
}

/**
 * Every expected failure of layerc. `code` is stable; `message` is for people, whole: `path: what is wrong (what to do)`, so that
 * whoever prints an error and knows nothing of its fields shows them too. Its parts are in `diagnostic`.
 */
export class CompileError extends Error {
  override readonly name = "CompileError";
  readonly code: Code;
  readonly path: string;
  readonly hint?: string;
  readonly notes: readonly string[];
  readonly at?: Place;
  readonly #bare: string;

  constructor({ code, path, message, hint, notes = [], at }: Diagnostic) {
    super(`${path === "" ? "" : `${path}: `}${message}${hint === undefined || hint === "" ? "" : ` (${hint})`}`);
    this.#bare = message;
    this.code = code;
    this.path = path;
    this.notes = notes;
    if (hint !== undefined) this.hint = hint;
    if (at !== undefined) this.at = at;
  }

  /** The error as data; its message has neither path nor hint. */
  get diagnostic(): Diagnostic {
    const { code, path, hint, notes, at } = this;
    return {
      code,
      path,
      message: this.#bare,
      notes,
      ...(hint === undefined ? {} : { hint }),
      ...(at === undefined ? {} : { at }),
    };
  }

  /** The same error with facts an outer stage knows: a path in front, the place in the source, another note. */
  with(more: { under?: string; at?: Place; note?: string }): CompileError {
    const at = this.at ?? more.at;
    return new CompileError({
      ...this.diagnostic,
      path: more.under === undefined ? this.path : joinPath(more.under, this.path),
      notes: more.note === undefined ? this.notes : [...this.notes, more.note],
      ...(at === undefined ? {} : { at }),
    });
  }
}

/** `joinPath("layers[2]", "units")` is `layers[2].units`. */
export function joinPath(under: string, path: string): string {
  if (path === "" || under === "") return under + path;
  return path.startsWith("[") ? under + path : `${under}.${path}`;
}

/** Throws for a state that only a bug in layerc can reach; the message carries the IR around the bad node. */
export function internal(message: string, notes: readonly string[] = []): never {
  throw new CompileError({
    code: "internal/bug",
    path: "",
    message,
    notes,
    hint: "this is a bug in layerc: please report it with the model",
  });
}

/**
 * What `run` gives. An engine whose stack or memory ends says so with a RangeError (or InternalError): then the model is too large for
 * it, and nothing in layerc is wrong.
 */
export function withinEngine<T>(run: () => T): T {
  try {
    return run();
  } catch (error) {
    const isLimit = error instanceof RangeError || (error instanceof Error && error.name === "InternalError");
    if (!isLimit) throw error;
    throw new CompileError({
      code: "shape/too-large",
      path: "layers",
      message: `the model is too large for this engine: ${error.message}`,
      hint: "make it smaller, or give the engine more (node --stack-size, --max-old-space-size)",
    });
  }
}

/** Asserts what must hold unless layerc itself is wrong. */
export function invariant(condition: boolean, message: string): asserts condition {
  if (!condition) internal(message);
}
