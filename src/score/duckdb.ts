// DuckDB as the engine: it reads, decodes, writes and packs in threads of its own, and calls the model as a function of 2,048 rows. In: tasks. Out:
// files. Guarantee: no more of a file is held than DuckDB needs on the way; rows keep their order; a fault is an error with row and column,
// looked up when it is known that there is one.
import { tmpdir } from "node:os";
import { extname, join } from "node:path";
import { CompileError } from "../../compiler/diagnostics/error.ts";
import { sizeOf } from "../../compiler/graph/graph.ts";
import { failAt } from "../data/table.ts";
import { showFile } from "../files.ts";
import type { Cell, Engine, Field, Session, Task, Values } from "./define.ts";
import * as sql from "./duckdb-sql.ts";
import { group, memoryFor, mostMemory, rangesOf } from "./memory.ts";

/** What of `@duckdb/node-api` is used: it need not be installed for layerc to be. */
interface Api {
  readonly DuckDBInstance: { create(path: string, config: Readonly<Record<string, string>>): Promise<Instance> };
  readonly DuckDBScalarFunction: { create(definition: object): object };
  readonly FLOAT: object;
  readonly VARCHAR: object;
  STRUCT(entries: Readonly<Record<string, object>>): object;
}
interface Instance {
  connect(): Promise<Connection>;
  closeSync(): void;
}
interface Connection {
  run(statement: string): Promise<unknown>;
  runAndReadAll(statement: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
  registerScalarFunction(made: object): void;
  closeSync(): void;
}
interface Vector {
  /** Of numbers. */
  readonly items: Float32Array;
  readonly validity: { readonly data: unknown; itemValid(index: number): boolean };
  /** Of records. */
  readonly entryVectors: readonly Vector[];
  getItem(index: number): unknown;
  setItem(index: number, value: unknown): void;
  flush(): void;
}
interface Chunk {
  readonly rowCount: number;
  getColumnVector(index: number): Vector;
}

const packageName = "@duckdb/node-api";
async function api(): Promise<Api> {
  try {
    return (await import(packageName)) as Api;
  } catch (error) {
    const why = (error as { code?: unknown }).code === "ERR_MODULE_NOT_FOUND" ? "it is not installed" : String(error);
    throw new CompileError({
      code: "cli/missing",
      path: "",
      message: `layerc score needs ${packageName}: ${why}`,
      hint: `npm install ${packageName}; it is 70 MB, and nothing else needs it`,
    });
  }
}

export const duckdb: Engine = {
  name: "DuckDB",
  reads: sql.reads,
  writes: sql.writes,
  open: async (threads, memory) => {
    const found = await api();
    // What does not fit is put there, and not into the folder in which somebody works.
    const config = {
      threads: String(threads),
      temp_directory: join(tmpdir(), `layerc-score-${process.pid}`),
      // What it has freed goes back to the system while it runs: else a process grows with the rows for a while, whatever the limit is.
      allocator_background_threads: "true",
    };
    const instance = await found.DuckDBInstance.create(":memory:", config);
    const connection = await instance.connect();
    const [[version]] = (await connection.runAndReadAll("SELECT version()")).getRows();
    return session(found, connection, { threads, memory, version: String(version) }, () => {
      connection.closeSync();
      instance.closeSync();
    });
  },
};

interface Asked {
  readonly threads: number;
  readonly memory: number | undefined;
  readonly version: string;
}

function session(api: Api, connection: Connection, { threads, memory, version }: Asked, close: () => void): Session {
  let functions = 0;
  return {
    close,
    version: `DuckDB ${version}`,
    ranges: async (file, columns) => {
      // A column of that name hides the number of the row.
      const canSeek = extname(file).toLowerCase() === ".parquet" && !columns.some(({ name }) => name.toLowerCase() === "file_row_number"); // biome-ignore format: one line
      if (!canSeek) return [];
      const groups = (await connection.runAndReadAll(sql.groups(file))).getRows();
      return rangesOf(groups.map(([rows]) => Number(rows)), columns.length); // biome-ignore format: one line
    },
    fields: async (file) => {
      try {
        const rows = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${sql.source(file)}`);
        return rows.getRows().map(([name, type]) => fieldOf(String(name), String(type)));
      } catch (error) {
        return unreadable(file, error);
      }
    },
    score: async (task) => {
      const { input, scorer, columns } = task;
      const isRecord = columns.length > 1 || columns[0].isText;
      const name = `layerc_score_${functions++}`;
      const typeOf = (isText: boolean): object => (isText ? api.VARCHAR : api.FLOAT);
      const state: State = { rows: 0 };
      const rows = task.range === undefined ? threads * group : task.range.to - task.range.from;
      let limit = memory ?? memoryFor(task.read, task.kept, rows, threads);
      const made = api.DuckDBScalarFunction.create({
        name,
        specialHandling: true,
        parameterTypes: task.cells.map(({ as }) => typeOf(as === "text")),
        returnType: isRecord
          ? api.STRUCT(Object.fromEntries(columns.map(({ isText }, i) => [`c${i}`, typeOf(isText)])))
          : api.FLOAT,
        mainFunction: (_: unknown, chunk: Chunk, output: Vector) => {
          const y = scorer.answer(gathered(task, chunk, state), chunk.rowCount);
          spread(y, chunk.rowCount, isRecord ? output.entryVectors : [output]);
          output.flush();
          state.rows += chunk.rowCount;
          task.progress(chunk.rowCount);
        },
      });
      connection.registerScalarFunction(made);
      const copied = async (): Promise<void> => {
        await connection.run(`SET memory_limit = '${Math.ceil(limit / 1000)}kB'`);
        try {
          await connection.run(sql.copyOf(task, name, isRecord));
        } catch (error) {
          if (!isOutOfMemory(error) || memory !== undefined || limit >= mostMemory()) throw error;
          // The limit is an estimate: columns may hold longer texts. What was written is written anew.
          limit = Math.min(4 * limit, mostMemory());
          task.progress(-state.rows);
          state.rows = 0;
          await copied();
        }
      };
      try {
        await copied();
      } catch (error) {
        if (isOutOfMemory(error)) outOfMemory(input, limit, memory !== undefined, error);
        await explain(connection, task, state, error);
        if (messageOf(error).includes(task.output)) throw new CompileError({ code: "file/write", path: "", message: `cannot write ${showFile(task.output)}: ${messageOf(error)}` }); // biome-ignore format: one line
        unreadable(input, error);
      }
      return state.rows;
    },
  };
}

interface State {
  rows: number;
  hasNull?: boolean;
}

/** Columns as rows of the inputs. */
function gathered({ scorer, cells }: Task, chunk: Chunk, state: State): readonly Values[] {
  const rows = chunk.rowCount;
  let at = 0;
  return scorer.inputs.map(({ shape, type }) => {
    const size = sizeOf(shape);
    const isText = type === "string";
    const values: Float32Array | string[] = isText ? new Array<string>(rows * size) : new Float32Array(rows * size);
    for (let i = 0; i < size; i++) {
      const vector = chunk.getColumnVector(at++);
      if (vector.validity.data !== null)
        for (let row = 0; row < rows; row++)
          if (!vector.validity.itemValid(row)) {
            state.hasNull = true;
            throw new Error(`${cells[at - 1].column} is NULL`);
          }
      if (isText) for (let row = 0; row < rows; row++) values[row * size + i] = vector.getItem(row) as string;
      else {
        const { items } = vector;
        for (let row = 0; row < rows; row++) values[row * size + i] = items[row];
      }
    }
    return values;
  });
}

/** Answers as columns. */
function spread(y: readonly Values[], rows: number, vectors: readonly Vector[]): void {
  let at = 0;
  for (const values of y) {
    const size = values.length / rows;
    for (let i = 0; i < size; i++) {
      const vector = vectors[at++];
      if (values instanceof Float32Array) for (let row = 0; row < rows; row++) vector.items[row] = values[row * size + i];
      else for (let row = 0; row < rows; row++) vector.setItem(row, values[row * size + i]);
    }
  }
}

const number = /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|FLOAT|DOUBLE|DECIMAL\(.*\)|BOOLEAN)$/;
function fieldOf(name: string, type: string): Field {
  const [, inner] = /^(.*)\[\d*\]$/.exec(type) ?? [];
  const kind = number.test(type)
    ? "number"
    : type === "VARCHAR" || type.startsWith("ENUM")
      ? "text"
      : inner !== undefined && number.test(inner)
        ? "list"
        : "other";
  return { name, kind, type };
}

/** The first line says what; the others show SQL that nobody wrote. */
const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).split("\n")[0];

function unreadable(file: string, error: unknown): never {
  const said = messageOf(error);
  const isParquet = /magic bytes|footer|parquet/i.test(said);
  throw new CompileError({
    code: "format/input",
    path: showFile(file),
    message: said,
    ...(isParquet ? { hint: "the file is no Parquet file, or it was cut off while it was written" } : {}),
  });
}

const isOutOfMemory = (error: unknown): boolean => /^Out of Memory Error/.test(messageOf(error));
function outOfMemory(file: string, limit: number, isGiven: boolean, error: unknown): never {
  throw new CompileError({
    code: "score/memory",
    path: showFile(file),
    message: `DuckDB needs more memory than the ${Math.round(limit / 1e6)} MB that it may hold${isGiven ? " by --memory" : ""}: ${messageOf(error).replace(/^Out of Memory Error: /, "")}`,
    hint: isGiven
      ? "give --memory more, or leave it out"
      : "give --memory <size>, keep fewer columns by --keep, or fewer processes by --jobs",
  });
}

/** Throws what is known better than DuckDB's words. */
async function explain(connection: Connection, task: Task, state: State, error: unknown): Promise<void> {
  const site = { file: showFile(task.input) };
  if (state.hasNull === true) {
    const [[row, ...isNull]] = (await connection.runAndReadAll(sql.firstNull(task))).getRows();
    const cell = task.cells[isNull.indexOf(true)];
    failAt(site, { row: Number(row) - 1, column: cell.column }, "data/missing", missingIn(cell), "give --null 0 (or another value, or nan), or --null drop to leave such rows out"); // biome-ignore format: one line
  }
  const isWord = (cell: Cell): cell is Extract<Cell, { as: "is" }> => cell.as === "is";
  if (messageOf(error).includes(sql.unknownWord)) {
    for (const cell of task.cells.filter(isWord)) {
      const [found] = (await connection.runAndReadAll(sql.firstUnknown(task, cell))).getRows();
      if (found !== undefined)
        failAt(site, { row: Number(found[0]) - 1, column: cell.column }, "data/values", `holds ${JSON.stringify(found[1])}, the model knows ${cell.among.map((word) => JSON.stringify(word)).join(", ")}`); // biome-ignore format: one line
    }
  }
  if (/^Conversion Error/.test(messageOf(error)))
    failAt(site, {}, "data/values", messageOf(error), "the model takes float32 numbers, up to 3.4e38");
  if (/^Invalid Input Error: \w+: /.test(messageOf(error))) failAt(site, {}, "data/values", messageOf(error).slice("Invalid Input Error: ".length)); // biome-ignore format: one line
}

const missingIn = (cell: Cell): string =>
  cell.as === "item" ? `holds no list of ${cell.of} numbers` : "holds nothing (NULL), and the model takes every value";
