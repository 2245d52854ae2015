// The one place that knows where a command reads and writes: streams, colour, exit code. Guarantee: a closed pipe
// (`layerc … | head`) ends the program quietly, and colours go only to a terminal that wants them.
import { AsyncLocalStorage } from "node:async_hooks";
import type { Readable } from "node:stream";
import { CompileError, type Diagnostic } from "../../compiler/diagnostics/error.ts";
import type { Model } from "../../compiler/model.ts";
import { reasonOf } from "../files.ts";
import { frameOf } from "./frame.ts";
import { diagnosticJson, type Paint, paint, renderDiagnostic } from "./render.ts";

/** 0 is success; a user's mistake, a wrong command line, and our own mistake differ. */
export const exitCodes = { compileError: 1, usage: 2, internal: 70 } as const;

/** Ends a command that has said all it had to say. */
export class Ended extends Error {
  readonly status: number;
  constructor(status: number) {
    super(`ended with ${status}`);
    this.status = status;
  }
}

interface Output {
  write(text: string | Uint8Array): unknown;
  readonly isTTY?: boolean;
  hasColors?(): boolean;
}
/** What a command reads and writes: the process, or what stands for it. */
export interface Terminal {
  readonly stdin: Readable & { readonly isTTY?: boolean };
  readonly stdout: Output;
  readonly stderr: Output;
}

const current = new AsyncLocalStorage<Terminal>();
/** Whatever `work` prints and reads, also later, goes to and comes from `terminal`. */
export const withTerminal = <T>(terminal: Terminal, work: () => T): T => current.run(terminal, work);
/** The streams of the command that runs. */
export const terminal = (): Terminal => current.getStore() ?? process;

/** Colours for a stream: real ones on a terminal, none into a pipe or where NO_COLOR asks for none. */
export const painted = (stream: Output): Paint =>
  paint(stream.isTTY === true && stream.hasColors?.() === true && !process.env.NO_COLOR);

/** Text to standard output, closed by a newline. */
export function print(text: string): void {
  terminal().stdout.write(text.endsWith("\n") ? text : `${text}\n`);
}

/** Bytes to standard output as they are. Throws CompileError cli/option where that is a terminal, which would take them for commands. */
export function printBytes(bytes: Uint8Array): void {
  const { stdout } = terminal();
  if (stdout.isTTY === true) {
    const message = "the module is bytes, and standard output is a terminal";
    throw new CompileError({ code: "cli/option", path: "", message, hint: "give -o <file>" });
  }
  stdout.write(bytes);
}

/** A line for people, on standard error. */
export function say(text: string): void {
  terminal().stderr.write(`${text}\n`);
}

/** Prints a value as indented JSON on standard output. */
export const printJson = (value: unknown): void => print(JSON.stringify(value, null, 2));

/** Prints warnings on standard error, each with its place in the model. */
export function warn(warnings: readonly Diagnostic[], model?: Model): void {
  for (const warning of warnings) say(shown(warning, "warning", model));
}

/** A diagnostic with the lines it points to. */
function shown(diagnostic: Diagnostic, kind: "error" | "warning", model: Model | undefined): string {
  const paint = painted(terminal().stderr);
  return renderDiagnostic(diagnostic, paint, kind, model, diagnostic.at === undefined ? [] : frameOf(diagnostic.at, paint));
}

/** Reports what a command threw and gives the exit code. */
export function report(error: unknown, json: boolean): number {
  const diagnostic: Diagnostic = error instanceof CompileError ? error.diagnostic : crash(error);
  if (json) printJson({ error: diagnosticJson(diagnostic) });
  else say(shown(diagnostic, "error", modelAbout(error)));
  return diagnostic.code === "internal/bug" ? exitCodes.internal : exitCodes.compileError;
}

/** Whatever is not a CompileError is our mistake, and then the stack is what a report needs. */
function crash(error: unknown): Diagnostic {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  const [message, ...stack] = text.split("\n");
  return {
    code: "internal/bug",
    path: "",
    message,
    notes: [stack.join("\n").trim()],
    hint: "this is a bug in layerc: please report it with the model",
  };
}

const modelOf = new WeakMap<object, Model>();
/** Remembers which model an error is about, so that its title can name the layer. */
export function about<T>(model: Model, error: T): T {
  if (typeof error === "object" && error !== null) modelOf.set(error, model);
  return error;
}

const modelAbout = (error: unknown): Model | undefined =>
  typeof error === "object" && error !== null ? modelOf.get(error) : undefined;

/** A reader that went away is no error; a disk that is full is one. */
export function toleratePipes(): void {
  for (const stream of [process.stdout, process.stderr]) {
    stream.on("error", (error: NodeJS.ErrnoException) => {
      if (error.code === "EPIPE") process.exit();
      const name = stream === process.stdout ? "standard output" : "standard error";
      const message = `cannot write to ${name}: ${reasonOf(error)}`;
      process.exit(report(new CompileError({ code: "file/write", path: "", message }), false));
    });
  }
}
