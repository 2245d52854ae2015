// Scoring files: which are finished, which process takes which, what is said on the way. In: a model, files, what is asked. Out: answers beside
// a manifest, and how many rows. Guarantee: all files are looked at before the first is scored; each is scored alone, so that answers do not
// depend on how many processes there are; what is finished stays finished whenever the run ends.
import { type ChildProcess, fork } from "node:child_process";
import { createHash } from "node:crypto";
import { availableParallelism } from "node:os";
import { extname } from "node:path";
import { fileURLToPath } from "node:url";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import type { Input } from "../outputs.ts";
import type { Engine } from "./define.ts";
import { filesOf } from "./glob.ts";
import { Manifest } from "./manifest.ts";
import { type Asked, boundOf, scoreOne } from "./one.ts";
import { checkPairs, engineFor, isFolderName, type Pair, pairsOf } from "./outputs.ts";
import { type ModelParts, scorerOf } from "./scorer.ts";
import type { Said, Setup } from "./worker.ts";

/** What is scored, and how. */
export interface Run {
  readonly model: ModelParts;
  /** Of the model with its options. */
  readonly hash: string;
  /** Files that the model is made from. */
  readonly modelFiles: readonly Input[];
  /** Paths and patterns. */
  readonly rows: readonly string[];
  /** A file, or a folder. */
  readonly output: string;
  readonly asked: Asked;
  readonly jobs: number;
  /** Bytes that the engine of a process may hold. */
  readonly memory?: number;
  readonly force: boolean;
  /** Told of rows as they are computed, and of files as they are finished. */
  readonly tell: (event: Event) => void;
}

/** What happens on the way. */
export type Event = { readonly rows: number } | { readonly file: Scored };
/** A file that is finished. */
export interface Scored extends Pair {
  readonly rows: number;
  /** By a run before. */
  readonly isOld: boolean;
}

/** Gives all files in the order of their names. Throws CompileError. */
export async function score(run: Run): Promise<readonly Scored[]> {
  const inputs = [...new Set(run.rows.flatMap(filesOf))];
  const pairs = pairsOf(inputs, run.output);
  const engine = engineFor(pairs);
  const manifest = isFolderName(run.output) ? new Manifest(run.output, hashOf(run)) : undefined;
  checkPairs(pairs, run.modelFiles, manifest?.ours ?? new Set(), run.force);
  const scored = new Map<Pair, Scored>();
  const note = (pair: Pair, rows: number, isOld: boolean): void => {
    const file = { ...pair, rows, isOld };
    scored.set(pair, file);
    run.tell({ file });
  };
  const waiting = pairs.filter((pair) => {
    const rows = manifest?.rowsOf(pair);
    if (rows !== undefined) note(pair, rows, true);
    return rows === undefined;
  });
  const finish = (pair: Pair, rows: number): void => {
    manifest?.finish(pair, rows);
    note(pair, rows, false);
  };
  const jobs = Math.min(run.jobs, waiting.length);
  const threads = Math.max(1, Math.floor(availableParallelism() / Math.max(1, jobs)));
  if (waiting.length > 0) await (jobs > 1 ? inProcesses : here)(run, engine, waiting, finish, threads, jobs);
  return pairs.flatMap((pair) => scored.get(pair) ?? []);
}

/** Equal where a file's answers would be. */
const hashOf = ({ hash, asked }: Run): string =>
  createHash("sha256")
    .update(JSON.stringify([hash, asked]))
    .digest("hex")
    .slice(0, 32);

type Way = (
  run: Run,
  engine: Engine,
  waiting: readonly Pair[],
  finish: (pair: Pair, rows: number) => void,
  threads: number,
  jobs: number,
) => Promise<void>;

const here: Way = async (run, engine, waiting, finish, threads) => {
  const { model, asked, memory, tell } = run;
  const session = await engine.open(threads, memory);
  try {
    for (const { input } of waiting) await boundOf(input, session, model, asked);
    const scorer = scorerOf(model);
    for (const pair of waiting) finish(pair, await scoreOne(pair, session, scorer, asked, hashOf(run), (rows) => tell({ rows })));
  } finally {
    await session.close();
  }
};

/** Beside this file, in the form in which this one runs. */
const worker = fileURLToPath(new URL(`./worker${extname(import.meta.url)}`, import.meta.url));

const inProcesses: Way = async (run, engine, waiting, finish, threads, jobs) => {
  const { model, asked, memory, tell } = run;
  const session = await engine.open(1, memory);
  try {
    for (const { input } of waiting) await boundOf(input, session, model, asked);
  } finally {
    await session.close();
  }
  const setup: Setup = {
    engine: engine.name,
    threads,
    model,
    asked,
    hash: hashOf(run),
    ...(memory === undefined ? {} : { memory }),
  };
  const left = [...waiting];
  const children: ChildProcess[] = [];
  // After a fault no file is begun; those that others are at are finished.
  let fault: unknown;
  const one = async (): Promise<void> => {
    const child = fork(worker, { execArgv: process.execArgv, serialization: "advanced" });
    children.push(child);
    child.send(setup);
    for (let pair = left.shift(); pair !== undefined && fault === undefined; pair = left.shift()) {
      try {
        finish(pair, await told(child, pair, (rows) => tell({ rows })));
      } catch (error) {
        fault ??= error;
      }
    }
    // One that has ended has said so already.
    if (child.connected) child.disconnect();
  };
  try {
    await Promise.all(Array.from({ length: jobs }, one));
  } finally {
    for (const child of children) child.kill();
  }
  if (fault !== undefined) throw fault;
};

/** Hands a file to a worker; gives its rows when it is done. */
function told(child: ChildProcess, pair: Pair, rows: (rows: number) => void): Promise<number> {
  return new Promise((settle, reject) => {
    const hear = (said: Said): void => {
      if (said.kind === "rows") {
        rows(said.rows);
        return;
      }
      child.off("message", hear).off("exit", ended);
      if (said.kind === "done") settle(said.rows);
      else if (said.diagnostic !== undefined) reject(new CompileError(said.diagnostic));
      else reject(new Error(said.stack));
    };
    const ended = (code: number | null, signal: string | null): void => {
      child.off("message", hear);
      reject(new CompileError({ code: "file/write", path: "", message: `the process that scored ${pair.input} ended by ${signal ?? `exit ${code}`}`, hint: "run the same command again: what is finished stays" })); // biome-ignore format: one line
    };
    child.on("message", hear).once("exit", ended);
    child.send(pair);
  });
}
