// ClickHouse: a query whose rows go through the filter, by the table function `executable`. In: the filter, rows.csv, and where the answers go. It is
// run by `clickhouse local`, or by chdb, which is ClickHouse as a package of npm. README.md has the function for a server.
import { spawnSync } from "node:child_process";
import { chmodSync, copyFileSync, mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";

interface Session {
  query(statement: string, format: string): string;
  cleanup(): void;
}
const folder = mkdtempSync(join(tmpdir(), "clickhouse-"));

/** What runs a statement, or nothing where no ClickHouse is found. */
function engine(): ((statement: string) => string) | undefined {
  const local = ["local", `--path=${folder}`, "--query"];
  if (spawnSync("clickhouse", ["local", "--version"]).status === 0)
    return (statement) => {
      const { status, stdout, stderr } = spawnSync("clickhouse", [...local, statement, "--", `--user_scripts_path=${join(folder, "user_scripts")}`], { encoding: "utf8" }); // biome-ignore format: one line
      if (status !== 0) throw new Error(stderr);
      return stdout;
    };
  try {
    // CHDB is the folder of a project in which it was installed.
    const { Session } = createRequire(join(resolve(process.env.CHDB ?? "."), "x.js"))("chdb") as {
      Session: new (path: string) => Session;
    };
    const session = new Session(folder);
    return (statement) => session.query(statement, "CSV");
  } catch {
    return undefined;
  }
}

/** Gives why it was not run, or nothing. */
export function score(script: string, rows: string, answers: string): string | undefined {
  const query = engine();
  if (query === undefined) return "there is no clickhouse in PATH, and no chdb (npm install chdb)";
  // ClickHouse runs what lies in this folder, and nothing else.
  mkdirSync(join(folder, "user_scripts"), { recursive: true });
  copyFileSync(script, join(folder, "user_scripts/net.cjs"));
  chmodSync(join(folder, "user_scripts/net.cjs"), 0o755);
  const features = Array.from({ length: 8 }, (_, i) => `f${i}`);
  // Types that are not Nullable: a NULL would be one more byte, or \N, which the filter refuses.
  const table = `file('${rows}', CSVWithNames, 'id UInt32, ${features.map((name) => `${name} Float32`).join(", ")}')`;
  const found = query(`SELECT * FROM executable('net.cjs --rows tsv --pass 1', TSV, 'id UInt32, y Float32', (SELECT id, ${features.join(", ")} FROM ${table})) ORDER BY id FORMAT CSVWithNames`); // biome-ignore format: one line
  writeFileSync(answers, found.replaceAll('"', ""));
  return undefined;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const [script, rows, answers] = process.argv.slice(2).map((path) => resolve(path));
  const why = score(script, rows, answers);
  if (why !== undefined) process.stderr.write(`skipped: ${why}\n`);
}
