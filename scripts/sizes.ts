// What a page loads, of the last whole run of the bench. In: the newest JSON of bench/results. Out: tables for README.md and docs/speed.md.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { kilobytes, type Results } from "../bench/results.ts";
import { table } from "./markdown.ts";

const folder = join(resolve(import.meta.dirname, ".."), "bench/results");

function newest(): Results {
  const runs = readdirSync(folder).filter((name) => name.endsWith(".json"));
  return JSON.parse(readFileSync(join(folder, runs.sort().at(-1) ?? ""), "utf8"));
}

/** Modules that are smaller than any runtime, then the runtimes: what weighs more is weights, whoever computes with them. */
export function sizes(): string {
  const { modules, runtimes } = newest();
  const least = Math.min(...runtimes.map(({ bytes }) => bytes));
  const small = modules.filter(({ module }) => module < least);
  const ascending = [...runtimes].sort((a, b) => a.bytes - b.bytes);
  return table(
    ["what is loaded", "after gzip"],
    [
      ...small.map(({ net, module }) => [`**layerc**, a dense net of ${net}, weights included`, `**${kilobytes(module)}**`]),
      ...ascending.map(({ engine, bytes }) => [`${engine}, without a model`, kilobytes(bytes)]),
    ],
  );
}

/** Every net of the run. */
export const moduleSizes = (): string =>
  table(
    ["net", "module of layerc", "ONNX file"],
    newest().modules.map(({ net, module, onnx }) => [net, kilobytes(module), kilobytes(onnx)]),
  );

/** Every runtime of the run. */
export const runtimeSizes = (): string =>
  table(
    ["engine", "runtime"],
    newest().runtimes.map(({ engine, bytes }) => [engine, kilobytes(bytes)]),
  );
