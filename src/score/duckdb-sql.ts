// SQL of DuckDB for scoring a file. In: a task. Out: statements. Guarantee: no name and no word of a file reaches the text unquoted.
import { extname } from "node:path";
import type { Cell, Nulls, Task } from "./define.ts";

/** A name. */
export const quoted = (name: string): string => `"${name.replaceAll('"', '""')}"`;
/** A text. */
export const literal = (text: string): string => `'${text.replaceAll("'", "''")}'`;

/** Bytes that each thread has of a file of lines; a line has two million at most, and DuckDB's own choice is 32 MB. */
const csvBuffer = ", buffer_size = 4194304";
/** How a file is read, and how one is written, by its ending. */
const readers: Readonly<Record<string, readonly [by: string, how: string]>> = {
  ".parquet": ["read_parquet", ""],
  ".csv": ["read_csv", csvBuffer],
  ".tsv": ["read_csv", csvBuffer],
  ".ndjson": ["read_json", ""],
  ".jsonl": ["read_json", ""],
};
const writers: Readonly<Record<string, string>> = {
  ".parquet": "FORMAT parquet",
  ".csv": "FORMAT csv, HEADER true",
  ".tsv": "FORMAT csv, HEADER true, DELIMITER '\\t'",
  ".ndjson": "FORMAT json",
  ".jsonl": "FORMAT json",
};
export const reads: readonly string[] = Object.keys(readers);
export const writes: readonly string[] = Object.keys(writers);

/** The rows of a file. */
export function source(file: string): string {
  const [by, how] = readers[extname(file).toLowerCase()];
  return `${by}(${literal(file)}${how})`;
}

/** What an error of ours begins with, in the midst of DuckDB's words. */
export const unknownWord = "layerc knows no word";

/** A cell as a number or a text; NULL where it holds nothing. */
export function cellOf(cell: Cell): string {
  const column = quoted(cell.column);
  switch (cell.as) {
    case "number":
      return `CAST(${column} AS FLOAT)`;
    case "text":
      return column;
    case "item": {
      const list = `CAST(${column} AS FLOAT[])`;
      return `CASE WHEN len(${list}) = ${cell.of} THEN ${list}[${cell.index + 1}] END`;
    }
    case "is": {
      const others = cell.among.filter((word) => word !== cell.word).map(literal);
      const none = others.length === 0 ? "" : ` WHEN ${column} IN (${others.join(", ")}) THEN 0`;
      return `CASE WHEN ${column} IS NULL THEN NULL WHEN ${column} = ${literal(cell.word)} THEN 1${none} ELSE CAST(error(${literal(unknownWord)} || ${column}) AS FLOAT) END`;
    }
  }
}

/** The same with what stands for nothing. */
function filled(cell: Cell, nulls: Nulls): string {
  const value = cellOf(cell);
  if (typeof nulls === "string") return value;
  const { fill } = nulls;
  return `coalesce(${value}, ${cell.as === "text" ? literal(String(fill)) : `CAST(${literal(String(fill))} AS FLOAT)`})`;
}

/** `COPY (SELECT …) TO …`, with a function that gives the answers of a row: one number, or a record `c0, c1, …`. */
export function copyOf({ input, output, cells, columns, keep, nulls, range }: Task, fn: string, isRecord: boolean): string {
  const called = `${fn}(${cells.map((cell) => filled(cell, nulls)).join(", ")})`;
  const conditions = [
    ...(range === undefined ? [] : [`file_row_number >= ${range.from} AND file_row_number < ${range.to}`]),
    ...(nulls === "drop" ? cells.map((cell) => `${cellOf(cell)} IS NOT NULL`) : []),
  ];
  const where = conditions.length === 0 ? "" : ` WHERE ${conditions.join(" AND ")}`;
  const format = writers[extname(output).toLowerCase()];
  // One header stands for all parts.
  const how = (range?.from ?? 0) === 0 ? format : format.replace("HEADER true", "HEADER false");
  const answer = quoted("layerc answer");
  const answers = columns.map(({ name }, i) => `${isRecord ? `${answer}.c${i}` : answer} AS ${quoted(name)}`);
  const own = keep.map(quoted);
  return `COPY (SELECT ${[...own, ...answers].join(", ")} FROM (SELECT ${[...own, `${called} AS ${answer}`].join(", ")} FROM ${source(input)}${where})) TO ${literal(output)} (${how})`;
}

/** Rows of each group of a Parquet file, in their order. */
export const groups = (file: string): string =>
  `SELECT any_value(row_group_num_rows) FROM parquet_metadata(${literal(file)}) WHERE column_id = 0 GROUP BY row_group_id ORDER BY row_group_id`;

/** The first row, from 1, in which one of the cells is NULL, and whether each is. */
export const firstNull = ({ input, cells }: Task): string =>
  `SELECT n, ${cells.map((_, i) => `b${i}`).join(", ")} FROM (SELECT row_number() OVER () AS n, ${cells.map((cell, i) => `${cell.as === "is" ? quoted(cell.column) : cellOf(cell)} IS NULL AS b${i}`).join(", ")} FROM ${source(input)}) WHERE ${cells.map((_, i) => `b${i}`).join(" OR ")} LIMIT 1`;

/** The first row in which a column of words holds another one, and that word. */
export const firstUnknown = ({ input }: Task, { column, among }: Extract<Cell, { as: "is" }>): string =>
  `SELECT n, w FROM (SELECT row_number() OVER () AS n, ${quoted(column)} AS w FROM ${source(input)}) WHERE w IS NOT NULL AND w NOT IN (${among.map(literal).join(", ")}) LIMIT 1`;
