// `npm run bench:score`: rows in Parquet scored by `layerc score`, and by Python with DuckDB and onnxruntime where a Python with them is found, in
// turns. In: flags. Out: rows a second as median and range, and the most memory, for two numbers of rows. Guarantee: both give the same
// answers, or the run fails. Whole processes are timed, with their starts.
import { spawn } from "node:child_process";
import { mkdirSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { cpus, tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { Command } from "commander";
import { save, saveOnnx } from "../src/formats/index.ts";
import { dense, sequential } from "../src/index.ts";

const flags = new Command("bench:score")
  .description("layerc score beside Python with DuckDB and onnxruntime, on an 8-64-32-1 net")
  .option("--rows <count>", "rows of the larger file; the smaller one has a tenth", Number, 10_000_000)
  .option("--rounds <count>", "turns of each", Number, 5)
  .option("--python <path>", "a Python with duckdb, onnxruntime, numpy and pyarrow", "python3")
  .option("--folder <path>", "for files of some hundred megabytes", join(tmpdir(), "layerc-bench-score"))
  .parse()
  .opts<{ rows: number; rounds: number; python: string; folder: string }>();

const root = resolve(import.meta.dirname, "..");
const folder = resolve(flags.folder);
mkdirSync(folder, { recursive: true });
const at = (name: string): string => join(folder, name);

interface Api {
  readonly DuckDBInstance: { create(path: string): Promise<{ connect(): Promise<Connection> }> };
}
interface Connection {
  run(statement: string): Promise<unknown>;
  runAndReadAll(statement: string): Promise<{ getRows(): readonly (readonly unknown[])[] }>;
}
const api = (await import(pathToFileURL(createRequire(import.meta.url).resolve("@duckdb/node-api")).href)) as Api;
const db = await (await api.DuckDBInstance.create(":memory:")).connect();

const names = Array.from({ length: 8 }, (_, i) => `f${i}`);
const net = sequential(
  [dense({ units: 64, activation: "relu", inputShape: [8] }), dense({ units: 32, activation: "relu" }), dense({ units: 1, activation: "sigmoid" })],
  { name: "net", about: { features: names } },
); // biome-ignore format: one net
writeFileSync(at("net.safetensors"), save(net));
writeFileSync(at("net.onnx"), saveOnnx(net));

/** A process with the most memory that it had, where the system tells. */
async function timed(
  command: string,
  args: readonly string[],
): Promise<{ seconds: number; megabytes: number; status: number | null; said: string }> {
  const start = performance.now();
  const child = spawn(command, args, { stdio: ["ignore", "pipe", "pipe"] });
  let [said, most] = ["", 0];
  child.stdout.on("data", (text) => {
    said += text;
  });
  child.stderr.on("data", (text) => {
    said += text;
  });
  const look = setInterval(() => {
    try {
      const [, kilobytes] = /VmHWM:\s*(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, "utf8")) ?? [];
      most = Math.max(most, Number(kilobytes ?? 0) / 1024);
    } catch {
      // It has ended, or the system has no such file.
    }
  }, 20);
  const status = await new Promise<number | null>((settle) => {
    child.on("close", settle);
    child.on("error", () => settle(null));
  });
  clearInterval(look);
  return { seconds: (performance.now() - start) / 1000, megabytes: most, status, said };
}

const cli = join(root, "dist/src/cli/main.js");
const runners: Readonly<Record<string, (rows: string, out: string) => readonly [string, readonly string[]]>> = {
  "layerc score": (rows, out) => [
    process.execPath,
    [cli, "score", at("net.safetensors"), rows, "-o", out, "--keep", "id", "--force"],
  ],
  "Python, DuckDB and onnxruntime": (rows, out) => [
    flags.python,
    [join(root, "bench/python/score.py"), rows, at("net.onnx"), out],
  ],
};
const median = (list: readonly number[]): number => list.toSorted((a, b) => a - b)[Math.floor(list.length / 2)];
const millions = (value: number): string => (value / 1e6).toFixed(2);

process.stdout.write(
  `${cpus().length} cores, Node ${process.version}\n\n| rows | by | million rows/s, median (least to most) | most memory |\n| --- | --- | --- | --- |\n`,
);
for (const count of [Math.round(flags.rows / 10), flags.rows]) {
  const rows = at(`rows-${count}.parquet`);
  const numbers = names.map((name, i) => `((((i * ${7919 + 13 * i}) % 2000003) / 1000001.5) - 1)::FLOAT AS ${name}`);
  if (statSync(rows, { throwIfNoEntry: false }) === undefined)
    await db.run(`COPY (SELECT i AS id, ${numbers.join(", ")} FROM range(${count}) r(i)) TO '${rows}'`);
  const found = new Map<string, { speeds: number[]; megabytes: number; why?: string }>();
  for (let round = 0; round < flags.rounds; round++) {
    for (const [name, commandOf] of Object.entries(runners)) {
      const line = found.get(name) ?? { speeds: [], megabytes: 0 };
      found.set(name, line);
      if (line.why !== undefined) continue;
      const out = at(`${name.split(/\W/)[0].toLowerCase()}-${count}.parquet`);
      const { seconds, megabytes, status, said } = await timed(...commandOf(rows, out));
      if (status !== 0) line.why = said.trim().split("\n").at(-1) ?? "it did not start";
      else {
        line.speeds.push(count / seconds);
        line.megabytes = Math.max(line.megabytes, megabytes);
      }
    }
  }
  for (const [name, { speeds, megabytes, why }] of found) {
    const shown = why ?? `${millions(median(speeds))} (${millions(Math.min(...speeds))} to ${millions(Math.max(...speeds))})`;
    process.stdout.write(`| ${count.toLocaleString("en")} | ${name} | ${shown} | ${Math.round(megabytes)} MB |\n`);
  }
  if ([...found.values()].some(({ why }) => why !== undefined)) continue;
  const [[far, matched]] = (await db.runAndReadAll(`SELECT max(abs(a.y - b.y)), count(*) FROM '${at(`layerc-${count}.parquet`)}' a POSITIONAL JOIN '${at(`python-${count}.parquet`)}' b WHERE a.id = b.id`)).getRows(); // biome-ignore format: one line
  if (Number(matched) !== count || !(Number(far) < 1e-5)) throw new Error(`${matched} of ${count} rows are in place, the farthest answers are ${far} apart`); // biome-ignore format: one line
}
