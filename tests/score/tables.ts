// Files of rows for the tests of scoring, written and read by the engine itself.
import { createRequire } from "node:module";
import { pathToFileURL } from "node:url";

interface Connection {
  run(statement: string): Promise<unknown>;
  runAndReadAll(statement: string): Promise<{ getRowObjects(): readonly Readonly<Record<string, unknown>>[] }>;
  registerScalarFunction(made: object): void;
}
interface Api {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
  readonly DuckDBScalarFunction: { create(definition: object): object };
  readonly [type: string]: unknown;
}

/** DuckDB, where it is installed. */
export const duckdb: Api | undefined = await (async () => {
  try {
    return (await import(pathToFileURL(createRequire(import.meta.url).resolve("@duckdb/node-api")).href)) as Api;
  } catch {
    return undefined;
  }
})();

const connection = duckdb === undefined ? undefined : await (await duckdb.DuckDBInstance.create(":memory:")).connect();
/** A connection of the tests' own. */
export const db = connection as Connection;
/** Runs statements of SQL. */
export const run = async (...statements: readonly string[]): Promise<void> => {
  for (const statement of statements) await db.run(statement);
};
/** Rows as objects. */
export const rowsOf = async (select: string): Promise<readonly Readonly<Record<string, unknown>>[]> =>
  (await db.runAndReadAll(select)).getRowObjects();
