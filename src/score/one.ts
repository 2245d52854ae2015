// One file, from rows to answers. In: a pair of paths, a session, a model. Out: rows written. Guarantee: the answers take their name when they
// are whole; a fault leaves what was there; a process that is killed leaves its parts to the next.
import { mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { version } from "../../compiler/base/version.ts";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { reasonOf, showFile } from "../files.ts";
import { Assembly } from "./assembly.ts";
import { bind, type Features, kept, resultColumns } from "./bind.ts";
import type { Nulls, Range, Scorer, Session, Task } from "./define.ts";
import { besideOf, type Pair } from "./outputs.ts";

/** What is asked of every file alike: plain data. */
export interface Asked {
  readonly features?: Features;
  /** Columns of the file that are written too; default all. */
  readonly keep?: readonly string[];
  readonly nulls: Nulls;
  /** Before the names of answers. */
  readonly prefix: string;
}

type Bound = Pick<Task, "cells" | "columns" | "keep" | "read" | "kept">;
/** Which columns of a file go where. Throws CompileError data/column, format/input. */
export async function boundOf(input: string, session: Session, scorer: Omit<Scorer, "answer">, asked: Asked): Promise<Bound> {
  const table = { file: showFile(input), fields: await session.fields(input) };
  const columns = resultColumns(scorer.outputs, scorer.about, asked.prefix);
  const cells = bind(table, scorer.inputs, scorer.about, asked.features);
  const keep = kept(table, asked.keep, columns);
  const fields = (names: readonly string[]) => table.fields.filter(({ name }) => names.includes(name));
  return { cells, columns, keep, read: fields([...keep, ...cells.map(({ column }) => column)]), kept: fields(keep) };
}

/** `hash`: of the model and of what is asked. Throws CompileError data/…, format/input, file/write, score/memory. */
export async function scoreOne(
  { input, output }: Pair,
  session: Session,
  scorer: Scorer,
  asked: Asked,
  hash: string,
  progress: (rows: number) => void,
): Promise<number> {
  const bound = await boundOf(input, session, scorer, asked);
  const part = besideOf(output);
  const task: Task = { input, output: part, ...bound, nulls: asked.nulls, scorer, progress };
  let assembly: Assembly | undefined;
  try {
    mkdirSync(dirname(output), { recursive: true });
    const ranges = await session.ranges(input, bound.read);
    if (ranges.length > 1) assembly = new Assembly(part, identityOf(task, hash, ranges, session.version));
    const rows = assembly === undefined ? await session.score(task) : await assembled(assembly, ranges, task, session);
    renameSync(part, output);
    return rows;
  } catch (error) {
    rmSync(part, { force: true });
    assembly?.drop();
    if (error instanceof CompileError || (error as { code?: unknown }).code === undefined) throw error;
    throw new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(output)}: ${reasonOf(error)}` });
  }
}

/** Part by part; those that a run before left are there. */
async function assembled(assembly: Assembly, ranges: readonly Range[], task: Task, session: Session): Promise<number> {
  task.progress(assembly.rows);
  for (const range of ranges.slice(assembly.count)) assembly.add(await session.score({ ...task, output: assembly.next, range }));
  assembly.finish();
  return assembly.rows;
}

/** Equal where all parts would be: the model and what is asked, the rows, where they are divided, and who writes. */
function identityOf({ input }: Task, hash: string, ranges: readonly Range[], engine: string): string {
  const { size, mtimeMs } = statSync(input);
  return JSON.stringify({ layerc: version, engine, hash, input: resolve(input), size, time: mtimeMs, ends: ranges.map(({ to }) => to) }); // biome-ignore format: one line
}
