// What pages show of the bench. In: the newest run in bench/results, its JSON and its report. Out: tables for README.md and docs/speed.md.
import { readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { isDense, netNamed } from "../bench/nets.ts";
import { kilobytes, type Results } from "../bench/results.ts";
import type { StartLine } from "../bench/start.ts";
import { table } from "./markdown.ts";

const folder = join(resolve(import.meta.dirname, ".."), "bench/results");

const last = (kind: string): string =>
  readdirSync(folder)
    .filter((name) => name.endsWith(kind))
    .sort()
    .at(-1) ?? "";
const newest = (): Results => JSON.parse(readFileSync(join(folder, last(".json")), "utf8"));

/** Where the run was made, what it found in short, and where all of it stands. */
export function summary(): string {
  const { date, machine } = newest();
  const report = readFileSync(join(folder, last(".md")), "utf8");
  const [found] = /^## Summary\n[\s\S]*?(?=^## )/m.exec(report) ?? [];
  if (found === undefined) throw new Error(`${last(".md")} has no summary`);
  return [
    `The [run of ${date}](../bench/results/${last(".md")}), on ${machine.cpu} with Node ${machine.node}.`,
    found.replace(/^## Summary\n/, "").trim(),
  ].join(" ");
}

/** Dense nets whose modules are smaller than any runtime, then the runtimes: what weighs more is weights, whoever computes with them. */
export function sizes(): string {
  const { modules, runtimes } = newest();
  const least = Math.min(...runtimes.map(({ bytes }) => bytes));
  const small = modules.filter(({ net, module }) => module < least && isDense(netNamed(net)));
  const ascending = [...runtimes].sort((a, b) => a.bytes - b.bytes);
  return table(
    ["what is loaded", "after gzip"],
    [
      ...small.map(({ net, module }) => [`**layerc**, a dense net of ${net}, weights included`, `**${kilobytes(module)}**`]),
      ...ascending.map(({ engine, bytes }) => [`${engine}, without a model`, kilobytes(bytes)]),
    ],
  );
}

/** What a start takes, of the last `npm run bench:start`. */
export function starts(): string {
  const { node, lines }: { readonly node: string; readonly lines: readonly StartLine[] } = JSON.parse(
    readFileSync(join(folder, "../start.json"), "utf8"),
  );
  const rows = lines.map(({ net, form, bytes, load, first }) => [
    net,
    form,
    kilobytes(bytes),
    ...[load, first].map((ms) => ms.toFixed(2)),
  ]);
  return `${table(["net", "form", "files", "loading, ms", "first call, ms"], rows)}\n\nNode ${node}, whose own start takes ${lines[0].node.toFixed(0)} ms before.`;
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
