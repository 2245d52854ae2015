// The parts of README.md and docs/layers.md that say what the code says: the example, the emitted text, printed output, tables. In: README.md with
// blocks between `<!-- name -->` and `<!-- /name -->`. Out: the same with every block made anew; tests/readme.test.ts compares.
// Run by `npm run update-examples`, after a build.
import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command } from "commander";
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
import { addCompileFlags } from "../src/cli/flags.ts";
import { errorsPage } from "./errors.ts";
import { absent, aliasOf, kerasNames } from "./keras-layers.ts";

const root = resolve(import.meta.dirname, "..");
const read = (path: string): string => readFileSync(join(root, path), "utf8");
const fence = (language: string, text: string): string => `\`\`\`${language}\n${text.trimEnd()}\n\`\`\``;
const codes = (names: readonly string[]): string => names.map((name) => `\`${name}\``).join(" ");
const cell = (text: string): string => text.replaceAll("|", "\\|");
const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [head, head.map(() => "---"), ...rows].map((row) => `| ${row.map(cell).join(" | ")} |`).join("\n");

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

/** Every block by name. `start` is what `npm start` printed. */
export function blocks(start: string): Readonly<Record<string, string>> {
  const plan = snapshots(seed).find(({ pass }) => pass === "plan")?.text ?? "";
  const { options } = addCompileFlags(new Command());
  const named = (
    items: Readonly<Record<string, { readonly name: string; readonly says: string; readonly aliases?: readonly string[] }>>,
  ) => sorted(items).map(({ name, aliases = [], says }) => [codes([name, ...aliases]), says]);
  return {
    seed: fence("ts", read("examples/seed-2-4-3-1/seed.model.ts").replace(/^\/\/.*\n/, "")),
    emitted: fence("js", excerpt(read("examples/seed-2-4-3-1/model.js"))),
    declarations: fence("ts", read("examples/seed-2-4-3-1/model.d.ts")),
    plan: fence(
      "",
      plan
        .split("\n")
        .filter((line) => line.startsWith("region"))
        .join("\n"),
    ),
    start: fence("", start),
    options: table(
      ["option", "what it does (default)"],
      options.map(({ flags, description, argChoices }) => [
        `\`${flags}\``,
        `${description}${argChoices === undefined ? "" : `; one of ${codes(argChoices)}`}`,
      ]),
    ),
    activations: codes(Object.keys(activations)),
    losses: table(
      ["loss", "per sample and position; the batch's loss is their mean, weighted by `sampleWeight`, or what `reduction` says"],
      named(losses),
    ),
    metrics: table(["metric", "what it shows"], named(metrics)),
    optimizers: table(["optimizer", "update"], named(optimizers)),
    schedules: table(["schedule", "learning rate behind t batches"], named(schedules)),
    initializers: codes(sorted(initializers).map(({ name }) => name)),
    regularizers: table(["regularizer", "what joins the loss"], named(regularizers)),
    constraints: table(["constraint", "what holds after each update"], named(constraints)),
    passes: table(
      ["stage", "pass", "what it does"],
      passes.map(({ stage, name, says }) => [stage, `\`${name}\``, says]),
    ),
  };
}

/** Every block of docs/layers.md by name. */
export function layerBlocks(): Readonly<Record<string, string>> {
  const names = (keras: string): string => kerasNames.filter((name) => aliasOf(name) === keras).join(", ");
  const rows = sorted<AnyLayer>(layers).map(({ name, keras, says, untrained, stream }) => [
    ...[`\`${name}\``, names(keras), untrained === undefined ? "yes" : "no", stream?.says ?? "no", says],
  ]);
  return {
    layers: table(["layer", "Keras", "training", "stream", "what it computes"], rows),
    absent: table(["Keras", "why"], Object.entries(absent)),
  };
}

/** `text` with the content of its blocks replaced. Throws where a block is not there, or is not known. */
export function fill(text: string, content: Readonly<Record<string, string>>): string {
  const found = new Set<string>();
  const filled = text.replace(/^<!-- (\w+) -->\n[\s\S]*?^<!-- \/\1 -->$/gm, (_, name: string) => {
    if (!Object.hasOwn(content, name)) throw new Error(`the page has a block ${name} that nothing fills`);
    found.add(name);
    return `<!-- ${name} -->\n${content[name]}\n<!-- /${name} -->`;
  });
  const missing = Object.keys(content).filter((name) => !found.has(name));
  if (missing.length > 0) throw new Error(`the page has no block ${missing.join(", ")}`);
  return filled;
}

/** The text between a block's markers, without its fence. */
export const blockOf = (text: string, name: string): string =>
  new RegExp(`^<!-- ${name} -->\\n\`\`\`\\w*\\n([\\s\\S]*?)\`\`\`\\n<!-- /${name} -->$`, "m").exec(text)?.[1] ?? "";

/** What `npm start` prints, of the built package. */
export const runStart = (): string =>
  execFileSync(process.execPath, ["--import", "tsx", "examples/start.ts"], { cwd: root, encoding: "utf8" });

/** Times and the zlib at hand differ from one run and machine to the next; nothing else does. */
export const timeless = (printed: string): string => printed.replace(/[\d.]+ µs/g, "_ µs").replace(/\d+ gzip/g, "_ gzip");

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const readme = read("README.md");
  const [old, now] = [blockOf(readme, "start"), runStart()];
  writeFileSync(join(root, "README.md"), fill(readme, blocks(timeless(old) === timeless(now) ? old : now)));
  writeFileSync(join(root, "docs/layers.md"), fill(read("docs/layers.md"), layerBlocks()));
  writeFileSync(join(root, "docs/errors.md"), errorsPage());
}
