// `npm run example:clusters`: one filter of one model in every engine that is found here: Spark, Ray, ClickHouse, and a plain pipe. Out: for each
// engine the rows, and whether its answers are those of predict; a line with the reason where it is skipped.
import { spawnSync } from "node:child_process";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { compile, load, type Model } from "layerc";
import { score as clickhouse } from "./clickhouse/score.ts";
import model from "./net.model.ts";

const here = import.meta.dirname;
const out = join(here, "out");
mkdirSync(out, { recursive: true });
const count = 20_000;
const python = process.env.PYTHON ?? "python3";

const [script, rows] = ["net.cjs", "rows.csv"].map((name) => join(out, name));
// Exact: the same bits with WebAssembly and without, in every version of Node that an engine may call.
writeFileSync(script, compile(model as Model, { format: "filter", exact: true }).code);
const x = Float32Array.from({ length: 8 * count }, (_, i) => Math.sin(i) * 2);
const lines = Array.from({ length: count }, (_, row) => [row, ...x.subarray(8 * row, 8 * row + 8)].join(","));
writeFileSync(rows, `id,f0,f1,f2,f3,f4,f5,f6,f7\n${lines.join("\n")}\n`);
const wanted = load(compile(model as Model, { exact: true })).predict(x);

/** Runs a script of Python; gives why it could not. */
function inPython(engine: string, needs: string, answers: string, ...more: string[]): string | undefined {
  if (spawnSync(python, ["-c", `import ${needs}`]).status !== 0) return `${python} has no ${needs}`;
  const { status, stderr } = spawnSync(python, [join(here, engine, "score.py"), script, rows, answers, ...more], {
    encoding: "utf8",
    timeout: 300_000,
  });
  if (status !== 0) throw new Error(stderr || `${engine} did not end`);
  return undefined;
}

/** Writes answers as CSV of id and y, or says why it is skipped. */
const engines: Readonly<Record<string, (answers: string) => string | undefined>> = {
  "a pipe of the shell": (answers) => {
    const cells = readFileSync(rows, "utf8").split("\n").slice(1).join("\n").replaceAll(",", "\t");
    const { status, stdout, stderr } = spawnSync(process.execPath, [script, "--rows", "tsv", "--pass", "1"], { input: cells, encoding: "utf8", maxBuffer: 1 << 28 }); // biome-ignore format: one line
    if (status !== 0) throw new Error(stderr);
    writeFileSync(answers, `id,y\n${stdout.replaceAll("\t", ",")}`);
    return undefined;
  },
  ClickHouse: (answers) => clickhouse(script, rows, answers),
  Ray: (answers) => inPython("ray", "ray", answers),
  "Spark, mapInPandas": (answers) => inPython("spark", "pyspark", answers),
  "Spark, TRANSFORM": (answers) => inPython("spark", "pyspark", answers, "transform"),
};

let faults = 0;
for (const [name, run] of Object.entries(engines)) {
  const answers = resolve(out, `${name.replaceAll(/\W+/g, "-").toLowerCase()}.csv`);
  const start = performance.now();
  const why = run(answers);
  if (why !== undefined) {
    process.stdout.write(`${name}: skipped: ${why}\n`);
    continue;
  }
  const found = readFileSync(answers, "utf8").trim().split("\n").slice(1).map((line) => line.split(",").map(Number)); // biome-ignore format: one line
  const wrong = found.filter(([id, y], i) => id !== i || Math.fround(y) !== wanted[i]).length + Math.abs(found.length - count);
  faults += wrong;
  process.stdout.write(`${name}: ${found.length} rows in ${((performance.now() - start) / 1000).toFixed(1)} s, ${wrong === 0 ? "every bit that of predict" : `${wrong} are not those of predict`}\n`); // biome-ignore format: one line
}
process.exitCode = faults === 0 ? 0 : 1;
