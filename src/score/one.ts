// One file, from rows to answers. In: a pair of paths, a session, a model. Out: rows written. Guarantee: the answers take their name when they
// are whole; a fault leaves what was there.
import { mkdirSync, renameSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { reasonOf, showFile } from "../files.ts";
import { bind, type Features, kept, resultColumns } from "./bind.ts";
import type { Nulls, Scorer, Session, Task } from "./define.ts";
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

type Bound = Pick<Task, "cells" | "columns" | "keep">;
/** Which columns of a file go where. Throws CompileError data/column, format/input. */
export async function boundOf(input: string, session: Session, scorer: Omit<Scorer, "answer">, asked: Asked): Promise<Bound> {
  const table = { file: showFile(input), fields: await session.fields(input) };
  const columns = resultColumns(scorer.outputs, scorer.about, asked.prefix);
  return { cells: bind(table, scorer.inputs, scorer.about, asked.features), columns, keep: kept(table, asked.keep, columns) };
}

/** Throws CompileError data/…, format/input, file/write. */
export async function scoreOne(
  { input, output }: Pair,
  session: Session,
  scorer: Scorer,
  asked: Asked,
  progress: (rows: number) => void,
): Promise<number> {
  const bound = await boundOf(input, session, scorer, asked);
  const part = besideOf(output);
  try {
    mkdirSync(dirname(output), { recursive: true });
    const rows = await session.score({ input, output: part, ...bound, nulls: asked.nulls, scorer, progress });
    renameSync(part, output);
    return rows;
  } catch (error) {
    rmSync(part, { force: true });
    if (error instanceof CompileError || (error as { code?: unknown }).code === undefined) throw error;
    throw new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(output)}: ${reasonOf(error)}` });
  }
}
