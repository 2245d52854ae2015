// The parts of README.md and of docs/ that say what the code says: the example, emitted text, printed output, tables. In: pages with blocks between
// `<!-- name -->` and `<!-- /name -->`. Out: the same with every block made anew; tests/readme.test.ts compares.
// Run by `npm run update-examples`, after a build.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { passes, snapshots } from "../compiler/compile.ts";
import { activations } from "../compiler/layers/activations.ts";
import type { AnyLayer } from "../compiler/layers/define.ts";
import * as layers from "../compiler/layers/list.ts";
import * as constraints from "../compiler/training/constraints/list.ts";
import * as initializers from "../compiler/training/initializers/list.ts";
import * as losses from "../compiler/training/losses/list.ts";
import * as metrics from "../compiler/training/metrics/list.ts";
import * as optimizers from "../compiler/training/optimizers/list.ts";
import * as regularizers from "../compiler/training/regularizers/list.ts";
import * as schedules from "../compiler/training/schedules/list.ts";
import seed from "../examples/seed-2-4-3-1/seed.model.ts";
import { pythonName } from "../src/formats/keras/operations/index.ts";
import { table as operations } from "../src/formats/keras/operations/table.ts";
import { type HostName, hosts } from "../src/hosts.ts";
import { runs } from "../tests/hosts/profiles.ts";
import { moduleSizes, runtimeSizes, sizes, starts, summary } from "./bench.ts";
import { commands, compileOptions } from "./commands.ts";
import { membersOf, reexportsOf, sayingOf } from "./declared.ts";
import { errorsPage, playAll, printsFile } from "./errors.ts";
import { absent, aliasOf, kerasNames } from "./keras-layers.ts";
import { blockOf, codes, fence, fill, table } from "./markdown.ts";
import { dialectTable, rowTable } from "./scale.ts";
import { parts, picturesOf } from "./shots.ts";
import { walk } from "./walk.ts";
import { exportTable } from "./wasm.ts";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");

/** What a list exports, by name: an engine sorts the names of a module, vitest leaves them as they stand. */
const sorted = <T>(list: Readonly<Record<string, T>>): readonly T[] =>
  Object.keys(list)
    .sort()
    .map((name) => list[name]);

/** Header and kernel of the emitted seed module: what a reader should look at. */
function excerpt(code: string): string {
  const lines = code.split("\n");
  const header = lines.slice(
    0,
    lines.findIndex((line) => !line.startsWith("//")),
  );
  const kernel = lines.findIndex((line) => line.startsWith("function compute("));
  const first = lines.findLastIndex((line, i) => i < kernel && !line.startsWith("//")) + 1;
  const last = lines.findIndex((line, i) => i > kernel && line === "}");
  return [...header, "…", ...lines.slice(first, last + 1), "…", lines.at(-2)].join("\n");
}

const seedModel = (): string => fence("ts", read("examples/seed-2-4-3-1/seed.model.ts").replace(/^\/\/.*\n/, ""));
const seedModule = (): string => fence("js", excerpt(read("examples/seed-2-4-3-1/model.js")));

function regions(): string {
  const plan = snapshots(seed).find(({ pass }) => pass === "plan")?.text ?? "";
  const lines = plan.split("\n").filter((line) => line.startsWith("region"));
  return fence("", lines.join("\n"));
}

type Named = Readonly<Record<string, { readonly name: string; readonly says: string; readonly aliases?: readonly string[] }>>;
const named = (head: readonly string[], items: Named) => (): string =>
  table(
    head,
    sorted(items).map(({ name, aliases = [], says }) => [codes([name, ...aliases]), says]),
  );

const fitOptions = (): string =>
  table(
    ["option", "what it does"],
    [...membersOf("runtime/fit-options.ts", "FitOptions"), ...membersOf("runtime/fit-options.ts", "FitAsyncOptions")].map(
      ([name, says]) => [`\`${name}\``, says],
    ),
  );

/** Where files are to be had the callback that writes them stands in the place of the one of every engine. */
function callbackTable(): string {
  const found = new Map([...reexportsOf("runtime/callbacks/list.ts"), ...reexportsOf("src/callbacks/list.ts")]);
  return table(
    ["callback", "what it does"],
    [...found].sort().map(([name, file]) => [`\`${name}\``, sayingOf(file, name)]),
  );
}

function layerTable(): string {
  const others = (own: string, keras: string): readonly string[] =>
    kerasNames.filter((name) => aliasOf(name) === keras && name.toLowerCase() !== own.toLowerCase());
  const rows = sorted<AnyLayer>(layers).map(({ name, keras, says, untrained, stream }) => [
    ...[[`\`${name}\``, ...others(name, keras)].join(" "), says, untrained === undefined ? "yes" : "no", stream?.says ?? "no"],
  ]);
  return table(["layer, other names in Keras", "what it computes", "training", "stream"], rows);
}

const lossHead = "per sample and position; the batch's loss is their mean, weighted by `sampleWeight`, or what `reduction` says";

/** Every page with generated parts: its blocks by name, each made from the page as it stands. */
interface Seen {
  readonly host: string;
  readonly version: string;
  readonly form: string;
  readonly computes: string;
  readonly says: string;
}
/** Places of one host that differ in nothing else are one line. */
function hostRuns(): string {
  const { seen } = JSON.parse(read("tests/hosts/results.json")) as { readonly seen: readonly Seen[] };
  const lines = new Map<string, string[]>();
  for (const { host, version, form, computes, says } of seen) {
    const [name, ...place] = host.split(/, (?!(?:compatibility|an older) )/);
    const key = [place.length > 0 ? name : host, version, form, computes, says].join("\0");
    lines.set(key, [...(lines.get(key) ?? []), ...place]);
  }
  return table(
    ["host", "version", "form", "computes with", "to know"],
    [...lines].map(([key, places]) => {
      const [host, ...rest] = key.split("\0");
      return [places.length === 0 ? host : `${host}: ${places.join(", ")}`, ...rest];
    }),
  );
}

interface Smaller {
  readonly node: string;
  readonly seen: readonly (Readonly<Record<"model" | "type", string>> &
    Readonly<Record<"gzip" | "weights" | "rows" | "right" | "moved" | "worst" | "microseconds" | "ratio" | "start", number>>)[];
}
/** What rounded weights cost and save, of the last `npm run bench:smaller`. */
function smallerTable(): string {
  const { seen, node } = JSON.parse(read("bench/smaller.json")) as Smaller;
  const kB = (bytes: number): string => `${(bytes / 1000).toFixed(1)} kB`;
  const rows = seen.map(({ model, type, gzip, weights, rows, right, moved, worst, microseconds, ratio, start }) => [
    ...[model, type, kB(weights), kB(gzip), `${((100 * right) / rows).toFixed(1)} % of ${rows}`],
    ...[type === "float32" ? "" : String(moved), type === "float32" ? "" : String(Number(worst.toPrecision(1)))],
    ...[type === "float32" ? `${microseconds} µs` : `× ${ratio}`, `${start} ms`],
  ]);
  const head = ["model", "weights", "their bytes", "module, gzip", "right", "changed", "off", "a call", "start"];
  return `${table(head, rows)}\n\nNode ${node.slice(1)}.`;
}

/** In which engine a profile is run. */
function runOf(name: HostName): string {
  const run = runs[name];
  return "own" in run ? run.own : `${run.standIn}, which stands in`;
}
/** What `--host` chooses, and why. */
const profiles = (): string =>
  table(
    ["`--host`", "for", "chooses", "since", "run in"],
    Object.entries(hosts).map(([name, { is, needs, suits, why }]) => [
      `\`${name}\``,
      is,
      codes(Object.entries({ ...suits, ...needs }).map(([key, value]) => `${key} ${value}`)),
      why,
      runOf(name as HostName),
    ]),
  );

export const pages: Readonly<Record<string, Readonly<Record<string, (page: string) => string>>>> = {
  "README.md": { sizes },
  "docs/index.md": { seed: seedModel, emitted: seedModule },
  "docs/examples.md": {
    // What `npm start` printed: made anew below, since it takes a training and tells the time.
    start: (page) => fence("", blockOf(page, "start")),
    seed: seedModel,
    emitted: seedModule,
    plan: regions,
  },
  "docs/command-line.md": { commands, options: compileOptions },
  "docs/scale.md": { rows: rowTable, dialects: dialectTable },
  "docs/wasm.md": { exports: exportTable },
  "docs/modules.md": { declarations: () => fence("ts", read("examples/seed-2-4-3-1/model.d.ts")) },
  "docs/smaller.md": { table: smallerTable },
  "docs/hosts.md": { profiles, runs: hostRuns },
  "docs/formats/keras.md": {
    operations: () => codes(Object.keys(operations).map(pythonName).sort()),
  },
  "docs/layers.md": {
    activations: () => codes(Object.keys(activations)),
    layers: layerTable,
    absent: () => table(["Keras", "why"], Object.entries(absent)),
  },
  "docs/fit.md": { options: fitOptions, callbacks: callbackTable },
  "docs/training-reference.md": {
    losses: named(["loss", lossHead], losses),
    metrics: named(["metric", "what it shows"], metrics),
    optimizers: named(["optimizer", "update"], optimizers),
    schedules: named(["schedule", "learning rate behind t batches"], schedules),
    initializers: () => codes(sorted(initializers).map(({ name }) => name)),
    regularizers: named(["regularizer", "what joins the loss"], regularizers),
    constraints: named(["constraint", "what holds after each update"], constraints),
  },
  "docs/inspect.md": {
    passes: () =>
      table(
        ["stage", "pass", "what it does"],
        passes.map(({ stage, name, says }) => [stage, `\`${name}\``, says]),
      ),
  },
  "docs/report-panes.md": Object.fromEntries(Object.keys(parts).map((part) => [part, () => picturesOf(part)])),
  "docs/walk.md": walk,
  "docs/speed.md": { run: summary, starts, modules: moduleSizes, runtimes: runtimeSizes },
};

/** A page with every block made anew. */
export function renewed(name: string, page: string): string {
  const made = Object.entries(pages[name]).map(([block, make]) => [block, make(page)]);
  return fill(page, Object.fromEntries(made));
}

/** What `npm start` prints, of the built package. */
export const runStart = (): string =>
  execFileSync(process.execPath, ["--import", "tsx", "examples/start.ts"], { cwd: root, encoding: "utf8" });

/** Times and the zlib at hand differ from one run and machine to the next; nothing else does. */
export const timeless = (printed: string): string => printed.replace(/[\d.]+ µs/g, "_ µs").replace(/\d+ gzip/g, "_ gzip");

/** The page that shows what `npm start` prints. */
export const startPage = "docs/examples.md";

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const name of Object.keys(pages)) writeFileSync(join(root, name), renewed(name, read(name)));
  const page = read(startPage);
  const [old, now] = [blockOf(page, "start"), runStart()];
  if (timeless(old) !== timeless(now))
    writeFileSync(
      join(root, startPage),
      page.replace(old, () => now),
    );
  const said = await playAll();
  writeFileSync(join(root, "src/cli/explain/prints.ts"), printsFile(said));
  writeFileSync(join(root, "docs/errors.md"), errorsPage(said));
}
