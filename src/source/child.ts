// The process that runs a model file: the user's code may loop, exit or break what it likes here. In: the file as one module, and
// a time limit. Out: one message on the channel, then the end of the process and of all that it started.
import { readSync, writeSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { types } from "node:util";
import { Worker } from "node:worker_threads";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { resolve } from "../../compiler/front/steps.ts";
import { isModel } from "../formats/json.ts";
// The module will ask for it; until that is written there is time to load it.
import "../index.ts";
import { readBytes, showFile } from "../files.ts";
import type { LayerDefinition, LayerDefinitions } from "../formats/custom/define.ts";
import { readData } from "./data.ts";
import { channel, encode, type FileRequest, type Message, type Stage } from "./message.ts";
import { tell, toPlain } from "./plain.ts";

/** Writes a message and ends: at once, whatever timers, servers and exit handlers there are. */
function end(message: Message): never {
  for (const piece of encode(message)) for (let at = 0; at < piece.length; ) at += writeSync(channel, piece, at);
  process.kill(process.platform === "win32" ? process.pid : -process.pid, "SIGKILL");
  // The signal is on its way; nothing more may happen.
  while (true) Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 1000);
}

/** Beats from the main thread, and its stage, for the watch. */
const shared = new Int32Array(new SharedArrayBuffer(8));
const stages: readonly Stage[] = ["file", "promise"];

/**
 * Runs in a thread of its own, so that a loop cannot keep it from ending the process: when the time is over, or when the process
 * that asked is gone. In plain JavaScript, because it is handed over as text.
 */
const watch = `
const { workerData: { shared, parent, limit, messages } } = require("node:worker_threads");
const { writeSync } = require("node:fs");
const kill = () => process.kill(process.platform === "win32" ? process.pid : -process.pid, "SIGKILL");
setInterval(() => { if (process.ppid !== parent) kill(); }, 250);
setTimeout(() => {
  const before = Atomics.load(shared, 0);
  setTimeout(() => {
    const busy = Atomics.load(shared, 0) === before;
    for (const piece of messages[Atomics.load(shared, 1)][busy ? 1 : 0]) for (let at = 0; at < piece.length; ) at += writeSync(${channel}, piece, at);
    kill();
  }, 250);
}, limit);
`;

function startWatch(limit: number): void {
  const messages = stages.map((stage) => [false, true].map((busy) => encode({ kind: "late", stage, busy })));
  new Worker(watch, { eval: true, workerData: { shared, parent: process.ppid, limit, messages } }).unref();
  setInterval(() => Atomics.add(shared, 0, 1), 50).unref();
}

const stackOf = (error: unknown): { stack?: string } => {
  try {
    // What a definition threw tells where it stands; our error about it does not.
    if (!types.isProxy(error) && error instanceof CompileError && error.cause instanceof Error) return stackOf(error.cause);
    return !types.isProxy(error) && error instanceof Error && typeof error.stack === "string" ? { stack: error.stack } : {};
  } catch {
    return {};
  }
};

function failed(error: unknown): Message {
  // Asking a Proxy for its class would run its traps.
  if (!types.isProxy(error) && error instanceof CompileError) {
    return {
      kind: "failed",
      diagnostic: error.diagnostic,
      ...stackOf(error),
      ...(request === undefined ? {} : { seen: [...seen] }),
    };
  }
  const text = tell(error);
  const [, missing] = /^SyntaxError: .*does not provide an export named '([^']+)'/.exec(text) ?? [];
  return { kind: "threw", text, ...(missing === undefined ? {} : { missing }), ...stackOf(error) };
}

/** CommonJS compiled from a module has its default one step further in. */
function defaultOf(module: object): unknown {
  const outer: unknown = "default" in module ? module.default : undefined;
  return typeof outer === "object" && outer !== null && !isModel(outer) && "default" in outer ? outer.default : outer;
}

/** Files that were looked for beside a file of data. */
const seen = new Set<string>();

/** Opens a file of data with what the module says of its layers. */
async function read(module: object, request: FileRequest): Promise<Message> {
  const given = (module as { readonly default: readonly Given[] }).default;
  const layers: LayerDefinitions = Object.fromEntries(given.map((one) => [one.name, functionIn(one)]));
  const found = await readData(request, readBytes(request.bytes), layers, (file) => seen.add(file));
  return { kind: "read", read: toPlain(found) as typeof found, seen: [...seen] };
}

interface Given {
  readonly name: string;
  readonly file: string;
  readonly module: { readonly [key: string]: unknown };
}
/** The export of the class's name, or the default one; CommonJS has both one step further in. */
function functionIn({ name, file, module }: Given): LayerDefinition {
  const bare = name.replace(/^.*[>:]/s, "");
  const inner = typeof module.default === "object" && module.default !== null ? (module.default as Given["module"]) : {};
  const found = [module[bare], module.default, inner[bare], inner.default].find((one) => typeof one === "function");
  if (found !== undefined) return found as LayerDefinition;
  const names = Object.keys(module).slice(0, 5).join(", ");
  throw new CompileError({
    code: "source/no-default-export",
    path: "",
    message: `${showFile(file)} exports no function for the layer ${JSON.stringify(name)}${names === "" ? "" : `; it exports ${names}`}`,
    hint: "write: export default (config) => dense({ units: config.units })",
    at: { file, line: 1, column: 1 },
  });
}

async function load(file: string, request: FileRequest | undefined): Promise<Message> {
  const module: object = await import(pathToFileURL(file).href);
  if (request !== undefined) return read(module, request);
  if (!("default" in module)) return { kind: "none", names: Object.keys(module) };
  const exported = defaultOf(module);
  Atomics.store(shared, 1, stages.indexOf("promise"));
  const value = await exported;
  // Asked of the copy: of a Proxy or a getter the same question may have another answer next time.
  if (typeof value !== "object" || value === null || Array.isArray(value) || !("layers" in value))
    return { kind: "other", what: kindOf(value) };
  const model = plain(value);
  return isModel(model) ? { kind: "model", model } : { kind: "other", what: kindOf(model) };
}

/** Where a model is no data, the compiler's own check may know better what was meant: a layer that was not called, say. */
function plain(value: object): unknown {
  try {
    return toPlain(value);
  } catch (error) {
    try {
      if (isModel(value)) resolve(value);
    } catch (better) {
      if (better instanceof CompileError && better.code !== "internal/bug") throw better;
    }
    throw error;
  }
}

/** What somebody exported instead of a model, in words. */
function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  if (typeof value !== "object") return `a ${typeof value}`;
  if ("layers" in value)
    return Array.isArray(value.layers)
      ? "an object whose name is no string, or whose seed is no number"
      : "an object whose layers are no list";
  const names = Object.keys(value).slice(0, 5).join(", ");
  return `an object without layers${names === "" ? "" : `, with ${names}`}`;
}

const [file, limit, request] = process.argv.splice(2);
process.on("exit", (code) => {
  const { stack } = new Error();
  end({ kind: "exit", code, ...(stack === undefined ? {} : { stack }) });
});
process.on("uncaughtException", (error) => end(failed(error)));
process.on("beforeExit", () => end({ kind: "stuck", stage: stages[Atomics.load(shared, 1)] }));
// The file is being made; no byte means that it will not be.
if (readSync(channel, new Uint8Array(1)) === 0) process.kill(process.pid, "SIGKILL");
startWatch(Number(limit));
Error.stackTraceLimit = 50;
try {
  load(file, request === undefined ? undefined : (JSON.parse(request) as FileRequest))
    .then(end, (error) => end(failed(error)))
    .catch((error) => end(failed(error)));
} catch (error) {
  end(failed(error));
}
