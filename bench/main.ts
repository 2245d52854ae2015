// `npm run bench`: every work on every engine, one thread each, alternating with the baseline in one process per pair. In: flags.
// Out: a table here, JSON and Markdown in bench/results. Guarantee: a wrong result, or a heap that grows, ends in exit code 1.
import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { cpus, release, type } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { svgChart } from "./chart.ts";
import type { Outcome, Rounds, Task } from "./child.ts";
import { type ColdLine, coldStarts, type HeapLine, heapGrowth } from "./cold.ts";
import type { Engine } from "./engines/define.ts";
import { engineNamed, engines as everyEngine } from "./engines/list.ts";
import { type FitLine, fitOverhead } from "./fit.ts";
import { quartiles } from "./measure.ts";
import { isDense } from "./nets.ts";
import { ask } from "./process.ts";
import { markdown } from "./report.ts";
import { type Absence, type Comparison, type Results, type RoofLine, short } from "./results.ts";
import { moduleSize, type RuntimeSize, runtimeSize } from "./sizes.ts";
import { coldNets, flopsOf, heapNets, measuredNets, netOf, predictions, steps, type Work, workName } from "./workloads.ts";

const here = fileURLToPath(new URL(".", import.meta.url));
const heapAllowed = 64 * 1024;

const parts = ["predict", "train", "fit", "roofline", "cold", "size", "heap"] as const;
const list = (text: string): string[] => text.split(",").map((item) => item.trim());
const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("wanted a whole number from 1");
  return value;
};

const flags = new Command("bench")
  .description("layerc beside its peers: alternating pairs, medians of ratios, rooflines of the same run")
  .option("--only <nets>", "these nets, e.g. 2-4-3-1,4-10-3", list)
  .option("--engines <names>", "these engines; the baseline always runs", list)
  .option("--batches <rows>", "these batches of predictions, e.g. 1,32", (text) => list(text).map(whole))
  .option("--parts <parts>", `some of ${parts.join(",")}`, list, [...parts])
  .option("--baseline <engine>", "what the others are compared with", "layerc")
  .option("--pairs <number>", "pairs of a comparison", whole, 21)
  .option("--milliseconds <number>", "shortest batch of calls", whole, 2)
  .option("--warm-up <milliseconds>", "least of each engine before the first pair, until none gets faster", whole, 1000)
  .option("--starts <number>", "starts of each process in part cold", whole, 11)
  .option("--deadline <seconds>", "for one comparison", whole, 300)
  .option("--with-python", "native PyTorch too, where a Python with it is found", false)
  .option("--python <path>", "that Python", "python3")
  .option("--out <folder>", "for <date>.json, <date>.md and chart.svg; by default only a whole run is kept, in bench/results")
  .parse()
  .opts<{
    only?: string[];
    engines?: string[];
    batches?: number[];
    parts: string[];
    baseline: string;
    pairs: number;
    milliseconds: number;
    warmUp: number;
    starts: number;
    deadline: number;
    withPython: boolean;
    python: string;
    out?: string;
  }>();
const python = flags.withPython ? flags.python : undefined;

const say = (line: string): void => void process.stderr.write(`${line}\n`);
const wants = (part: (typeof parts)[number]): boolean => flags.parts.includes(part);
const chosen = (net: { readonly name: string }): boolean => flags.only?.includes(net.name) ?? true;

const absences: Absence[] = [];
const wrong: string[] = [];

/** The version of an engine's first package, or why it is not there. */
function presence(engine: Engine): { version: string } | { why: string } {
  for (const name of engine.packages)
    if (!existsSync(join(here, "node_modules", name, "package.json"))) return { why: `${name} is not installed in bench/` };
  const why = engine.absent?.(python);
  if (why !== undefined) return { why };
  const version = engine.version?.(python);
  if (version !== undefined) return { version };
  const file =
    engine.packages.length === 0 ? join(here, "../package.json") : join(here, "node_modules", engine.packages[0], "package.json");
  return { version: (JSON.parse(readFileSync(file, "utf8")) as { version: string }).version };
}

async function compare(work: Work, rival: string, folder: string, baseline = flags.baseline): Promise<Rounds | undefined> {
  const pace = { pairs: flags.pairs, batch: flags.milliseconds, warmUp: flags.warmUp };
  const task: Task = { work: workName(work), baseline, rival, pace, folder, ...(python === undefined ? {} : { python }) };
  const outcome: Outcome = await ask<Outcome>(task, 1000 * flags.deadline);
  if ("rounds" in outcome) return outcome.rounds;
  const name = workName(work);
  if ("wrong" in outcome) wrong.push(`${name}, ${outcome.wrong}`);
  else absences.push({ engine: rival, work: name, why: outcome.failed, ...("cell" in outcome ? { cell: outcome.cell } : {}) });
  say(`${name}  ${rival}  ${"wrong" in outcome ? `WRONG: ${outcome.wrong}` : outcome.failed}`);
  return undefined;
}

const column = ({ nanoseconds }: Rounds, i: number): number => quartiles(nanoseconds.map((line) => line[i])).median;

async function against(work: Work, engine: Engine, folder: string): Promise<Comparison | undefined> {
  const rounds = await compare(work, engine.name, folder);
  if (rounds === undefined) return undefined;
  const [net, same] = [netOf(work), engine.instead?.(netOf(work))];
  const [mine, theirs] = [column(rounds, 0), column(rounds, 1)];
  const line: Comparison = {
    work: workName(work),
    rival: engine.name,
    ...(work.kind === "predict" && isDense(net) && same !== undefined && isDense(same) && same.end !== net.end
      ? { instead: `both with a ${same.end} end` }
      : {}),
    ...(work.kind === "train" && engine.rules?.online ? { note: "an update per row" } : {}),
    pairs: rounds.nanoseconds.length,
    baseline: mine / 1e3,
    time: theirs / 1e3,
    gflops: flopsOf(work) / mine,
    ratio: quartiles(rounds.nanoseconds.map(([a, b]) => b / a)),
  };
  say(
    `${line.work}  ${flags.baseline} ${short(line.baseline)} µs  ${line.rival} ${short(line.time)} µs  ${short(line.ratio.median)}x`,
  );
  return line;
}

async function beneath(work: Work, folder: string, engine: string): Promise<RoofLine[]> {
  const rounds = flopsOf(work) === 0 ? undefined : await compare(work, "rooflines", folder, engine);
  if (rounds === undefined) return [];
  const flops = flopsOf(work);
  return rounds.names.slice(1).map((name, at): RoofLine => {
    const i = at + 1;
    const operations = rounds.flops[i] as number;
    const line: RoofLine = {
      work: workName(work),
      ...(engine === flags.baseline ? {} : { engine }),
      name,
      says: rounds.says[i],
      pairs: rounds.nanoseconds.length,
      gflops: flops / column(rounds, 0),
      roof: operations / column(rounds, i),
      share: quartiles(rounds.nanoseconds.map((row) => flops / row[0] / (operations / row[i]))),
    };
    say(
      `${line.work}  ${engine} ${short(line.gflops)} of ${short(line.roof)} GFLOP/s ${name}: ${short(100 * line.share.median)} %`,
    );
    return line;
  });
}

function install(): void {
  if (existsSync(join(here, "node_modules"))) return;
  say("bench: installing the peers, once (750 MB): npm ci --ignore-scripts in bench/");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
}

/** The works of the flags, each against every rival and beneath the rooflines. */
async function compareAll(rivals: readonly Engine[], folder: string): Promise<Pick<Results, "comparisons" | "roofs">> {
  const asked = predictions(flags.batches);
  const comparisons: Comparison[] = [];
  const roofs: RoofLine[] = [];
  const works = [...(wants("predict") ? asked : []), ...(wants("train") ? steps : [])];
  for (const work of works.filter((one) => chosen(netOf(one)))) {
    for (const engine of rivals) {
      if ((work.kind === "train" ? engine.trainer : engine.predictor) === undefined) continue;
      const why = engine.refuses?.(work);
      if (why !== undefined) absences.push({ engine: engine.name, work: workName(work), why });
      else comparisons.push(...[await against(work, engine, folder)].filter((line) => line !== undefined));
    }
    const builds = rivals.filter((engine) => engine.hasRoof && engine.refuses?.(work) === undefined).map(({ name }) => name);
    for (const name of wants("roofline") ? [flags.baseline, ...builds] : []) roofs.push(...(await beneath(work, folder, name)));
  }
  return { comparisons, roofs };
}

async function startAll(engines: readonly Engine[], folder: string): Promise<ColdLine[]> {
  const cold: ColdLine[] = [];
  for (const net of wants("cold") ? coldNets.filter(chosen) : []) {
    say(`${net.name}  ${flags.starts} starts of each engine`);
    const { lines, failed } = await coldStarts(net, engines, flags.starts, folder);
    cold.push(...lines);
    absences.push(...failed.map(({ engine, why }) => ({ engine, work: `${net.name} from process start`, why })));
  }
  return cold;
}

async function fitAll(folder: string): Promise<FitLine[]> {
  if (!wants("fit") || flags.only !== undefined) return [];
  const lines = await fitOverhead(join(here, "../dist/src/index.js"), flags.pairs, 3 * flags.warmUp, folder);
  for (const { work, fit, share } of lines)
    say(`${work}  ${short(fit)} ms an epoch, ${short(1 / share.median)} times bare steps`);
  return lines;
}

async function sizeAll(rivals: readonly Engine[]): Promise<RuntimeSize[]> {
  const runtimes: RuntimeSize[] = [];
  for (const { name, ships } of wants("size") ? rivals : []) {
    try {
      if (ships !== undefined) runtimes.push(await runtimeSize(name, ships));
    } catch (error) {
      absences.push({ engine: name, work: "size", why: (error as Error).message });
    }
  }
  return runtimes;
}

async function growAll(emits: NonNullable<Engine["emits"]>, folder: string): Promise<HeapLine[]> {
  const heap: HeapLine[] = [];
  for (const net of wants("heap") ? heapNets.filter(chosen) : []) {
    const line = await heapGrowth(net, emits(net, folder), folder);
    heap.push(line);
    say(`${net.name}  heap ${line.growth} bytes over ${line.calls} calls`);
    if (line.growth >= heapAllowed) wrong.push(`${net.name}: the heap grows by ${line.growth} bytes over ${line.calls} calls`);
  }
  return heap;
}

async function run(folder: string): Promise<Results> {
  const baseline = engineNamed(flags.baseline);
  const { name, emits } = baseline;
  if (emits === undefined) throw new Error(`--baseline: wanted a build of layerc, got ${name}`);
  const versions: Record<string, string> = {};
  const asked = flags.engines?.map(engineNamed) ?? everyEngine;
  const rivals = [baseline, ...asked.filter((engine) => engine !== baseline)].filter((engine) => {
    const found = presence(engine);
    if ("version" in found) versions[engine.name] = found.version;
    else absences.push({ engine: engine.name, why: found.why });
    return "version" in found && engine !== baseline;
  });
  const compared = await compareAll(rivals, folder);
  const fit = await fitAll(folder);
  const cold = await startAll([baseline, ...rivals], folder);
  const modules = wants("size") ? measuredNets.filter(chosen).map((net) => moduleSize(net, emits(net, folder))) : [];
  const runtimes = await sizeAll(rivals);
  const heap = await growAll(emits, folder);
  const [{ model: cpu }] = cpus();
  const { node, v8 } = process.versions;
  const machine = { cpu, cores: cpus().length, node, v8, os: `${type()} ${release()}` };
  const date = new Date().toISOString().slice(0, 10);
  return { date, machine, baseline: name, versions, ...compared, fit, cold, modules, runtimes, heap, absences };
}

install();
mkdirSync(join(here, "node_modules"), { recursive: true });
// Inside node_modules, so that scripts in it find the peers and git does not find it.
const folder = mkdtempSync(join(here, "node_modules", ".work-"));
try {
  const results = await run(folder);
  const text = markdown(results);
  process.stdout.write(text);
  const isWhole = [flags.only, flags.engines, flags.batches].every((part) => part === undefined) && parts.every(wants);
  const out = flags.out ?? (isWhole ? join(here, "results") : undefined);
  if (out !== undefined && wrong.length === 0) {
    mkdirSync(out, { recursive: true });
    writeFileSync(join(out, `${results.date}.json`), `${JSON.stringify(results, null, 1)}\n`);
    writeFileSync(join(out, `${results.date}.md`), text);
    writeFileSync(join(out, "chart.svg"), svgChart(results));
  }
} finally {
  rmSync(folder, { recursive: true, force: true });
}
for (const line of wrong) say(`WRONG: ${line}`);
if (wrong.length > 0) process.exitCode = 1;
