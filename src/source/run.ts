// Runs a model file. In: TypeScript or JavaScript of the user's. Out: the Model it exports, or a CompileError that says how it
// ended instead, with the place. Guarantee: it runs in a process of its own with a time limit, and ends with it.
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import type { Duplex } from "node:stream";
import { CompileError, internal, type Place } from "../../compiler/diagnostics/error.ts";
import { suggestionFor } from "../../compiler/diagnostics/suggest.ts";
import type { Model } from "../../compiler/model.ts";
import { readBytes, showFile } from "../files.ts";
import { limitHint, showLimit, timeLimit } from "../limit.ts";
import { type Bundle, bundle, type Entry } from "./bundle.ts";
import type { Read } from "./data.ts";
import { habitIn, importOf } from "./habits.ts";
import { locate } from "./locate.ts";
import { Decoder, type FileRequest, type Message, type Stage } from "./message.ts";
import { own } from "./own.ts";

/** A model, and what it was made from. */
export interface Run {
  readonly model: Model;
  readonly files: readonly string[];
  readonly imported: readonly string[];
}

/** Whether a file is code; everything else is data and is never run. */
export const isSource = (file: string): boolean => /\.[mc]?[jt]sx?$/.test(file);

/** Runs the file; `seen` is told of every file that is read, also where the run fails. */
export async function runSource(path: string, seen: (file: string) => void): Promise<Run> {
  const { message, made, limit } = await inChild(path, seen);
  if (message.kind === "model") return { model: message.model, files: made.files, imported: made.imported };
  throw await failureOf(message, path, made, limit);
}

/** Where a layer's class is defined: a file of the user's. */
export type Definitions = Readonly<Record<string, string>>;

/** A file of data read in a process of its own, where the definitions of its layers run. */
export async function runDefinitions(
  definitions: Definitions,
  request: FileRequest,
  seen: (file: string) => void,
): Promise<Omit<Run, "model"> & { readonly read: Read }> {
  const files = Object.values(definitions).map((file) => resolve(file)) as [string, ...string[]];
  const list = Object.keys(definitions).map(
    (name, i) => `{ name: ${JSON.stringify(name)}, file: ${JSON.stringify(files[i])}, module: d${i} }`,
  );
  const text = [
    ...files.map((file, i) => `import * as d${i} from ${JSON.stringify(file)};`),
    `export default [${list.join(", ")}];`,
  ];
  const { message, made, limit } = await inChild({ text: text.join("\n"), files }, seen, request);
  if (message.kind === "read" || message.kind === "failed") for (const file of message.seen ?? []) seen(file);
  if (message.kind === "read") return { read: message.read, files: made.files, imported: made.imported };
  throw await failureOf(message, files[0], made, limit);
}

/** Runs a module in a process of its own; gives what that says. */
async function inChild(entry: string | Entry, seen: (file: string) => void, request?: FileRequest) {
  // For its error: esbuild's own would be a syntax error.
  for (const one of typeof entry === "string" ? [entry] : entry.files) if (!existsSync(one)) readBytes(one);
  // A fresh name for every run, so that a stack tells whose it is.
  const folder = mkdtempSync(join(realpathSync(tmpdir()), "layerc-"));
  const file = join(folder, "model.mjs");
  const limit = timeLimit();
  // It starts while the bundle is made.
  const child = start(file, limit, request);
  try {
    const made = await bundle(entry, seen);
    writeFileSync(file, made.code);
    return { message: await answer(child, limit), made, limit };
  } finally {
    kill(child);
    rmSync(folder, { recursive: true, force: true });
  }
}

const isWindows = process.platform === "win32";

/** Output of the user's goes to standard error, because a module may go to standard output. */
function start(file: string, limit: number, request: FileRequest | undefined): ChildProcess {
  const more = request === undefined ? [] : [JSON.stringify(request)];
  return spawn(process.execPath, [own().child, file, String(limit), ...more], {
    stdio: ["inherit", 2, 2, "pipe"],
    // A group of its own: what the file starts ends with it.
    detached: !isWindows,
    windowsHide: true,
  });
}

function kill(child: ChildProcess): void {
  if (child.pid === undefined) return;
  try {
    process.kill(isWindows ? child.pid : -child.pid, "SIGKILL");
  } catch {
    // It has ended already.
  }
}

type Ended = { readonly kind: "ended"; readonly how: string };

/** Lets the child run; gives what it says, or how it ended without a word. */
function answer(child: ChildProcess, limit: number): Promise<Message | Ended> {
  return new Promise((settle, reject) => {
    const pipe = child.stdio[3] as Duplex;
    const decoder = new Decoder();
    // The child's own clock ends it; this one is for a child that cannot even do that.
    const timer = setTimeout(
      () => settle({ kind: "ended", how: "did not end when its time was over" }),
      Math.min(2 ** 31 - 1, limit + 10_000),
    );
    const done = (message: Message | Ended): void => {
      clearTimeout(timer);
      settle(message);
    };
    pipe.on("data", (piece: Uint8Array) => {
      const message = decoder.push(piece);
      if (message !== undefined) done(message);
    });
    // What could not be written or read shows in how the child ends.
    pipe.on("error", () => undefined);
    child.on("error", (error) => {
      clearTimeout(timer);
      reject(error);
    });
    child.on("close", (code, signal) =>
      done({ kind: "ended", how: signal === null ? `ended with code ${code}` : `was ended by ${signal}` }),
    );
    if (child.exitCode !== null || child.signalCode !== null) done({ kind: "ended", how: `ended with code ${child.exitCode}` });
    pipe.write("\n");
  });
}

const waits: Readonly<Record<Stage, string>> = {
  file: "waits for a top-level await that does not settle",
  promise: "exports a Promise that does not settle",
};

/** The error of a run that did not end with what was wanted. */
async function failureOf(message: Message | Ended, path: string, { original, files }: Bundle, limit: number): Promise<Error> {
  const name = showFile(path);
  const top = { file: path, line: 1, column: 1 };
  const placeOf = (stack: string | undefined) => placeIn(stack, original);
  switch (message.kind) {
    case "model":
    case "read":
      return internal(`the process of ${name} gave a ${message.kind}`);
    case "none": {
      const names = message.names.length === 0 ? "" : `; it exports ${message.names.slice(0, 5).join(", ")}`;
      return fail("source/no-default-export", `${name} has no default export${names}`, top, exportHint(path));
    }
    case "other":
      return fail(
        "source/not-a-model",
        `the default export of ${name} is ${message.what}, not a model`,
        (await locate(path, "")) ?? top,
        exportHint(path),
      );
    case "failed": {
      const error = new CompileError(message.diagnostic);
      // A path into the list is found in the text; a factory that fails by itself is found on the stack.
      const isWritten =
        /^(layers|training)\b/.test(error.path) || error.code === "source/not-data" || error.code.startsWith("model/");
      // Of a file of data no text has the lines.
      const written = isWritten && message.seen === undefined;
      const at = error.at ?? (written ? await locate(path, error.path) : placeOf(message.stack));
      return at === undefined ? error : error.with({ at });
    }
    case "threw":
      if (message.missing !== undefined) return missingExport(message.missing, files);
      return fail("source/threw", `${name} threw ${message.text}`, placeOf(message.stack), habitIn(message.text));
    case "exit":
      return fail(
        "source/ended",
        `${name} called process.exit(${message.code}) before its model was known`,
        placeOf(message.stack),
        "a model file exports its model and returns",
      );
    case "ended":
      return fail("source/ended", `the process that runs ${name} ${message.how} before its model was known`, top);
    case "stuck":
      return fail("source/unsettled", `${name} ${waits[message.stage]}, and nothing is left to wait for`, top);
    case "late": {
      const what = message.busy ? "was still busy" : `was not done: it ${waits[message.stage]}`;
      return fail(
        "source/unsettled",
        `${name} ${what} after ${showLimit(limit)}${message.busy ? " (an endless loop?)" : ""}`,
        top,
        limitHint,
      );
    }
  }
}

const exportHint = (path: string): string =>
  /\.c[jt]s$/.test(path) ? "write: module.exports = sequential([…])" : "write: export default sequential([…])";

function fail(code: CompileError["code"], message: string, at: Place | undefined, hint?: string): CompileError {
  return new CompileError({
    code,
    path: "",
    message,
    ...(at === undefined ? {} : { at }),
    ...(hint === undefined ? {} : { hint }),
  });
}

/** A misspelt layer in a JavaScript file: Node says which name is missing, but neither where nor what was meant. */
async function missingExport(name: string, files: readonly string[]): Promise<CompileError> {
  const at = files.map((file) => placeOfWord(file, name)).find((place) => place !== undefined);
  return new CompileError({
    code: "source/no-such-export",
    path: "",
    message: `layerc has no ${JSON.stringify(name)}`,
    hint: importOf(name) ?? suggestionFor(name, Object.keys(await import("../index.ts"))),
    ...(at === undefined ? {} : { at }),
  });
}

function placeOfWord(file: string, word: string): Place | undefined {
  const lines = isSource(file) ? readFileSync(file, "utf8").split("\n") : [];
  const found = lines.map((line) => line.search(new RegExp(`(?<![\\w$])${word.replaceAll("$", "\\$")}(?![\\w$])`)));
  const line = found.findIndex((column) => column >= 0);
  return line < 0 ? undefined : { file, line: line + 1, column: found[line] + 1 };
}

/** The first stack frame inside the bundle, as a place in the file it was bundled from. */
function placeIn(stack: string | undefined, original: Bundle["original"]): Place | undefined {
  // The bundle runs from a fresh folder, so its name on the stack is that of this run.
  const [, line, column] = stack?.match(/layerc-[^\s/\\]+[/\\]model\.mjs:(\d+):(\d+)/) ?? [];
  return line === undefined ? undefined : original(Number(line), Number(column));
}
