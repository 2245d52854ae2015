// `npm run bench:pair -- --base <commit or folder>`: the working tree beside another checkout, work by work, in alternating pairs.
// In: flags. Out: a table or JSON on stdout, progress on stderr. Guarantee: each checkout compiles with its own compiler, both
// modules are timed in one process, a work whose results differ is not timed, and then the exit code is 1.
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, InvalidArgumentError } from "commander";
import { random, seedFor } from "../compiler/base/random.ts";
import type { Emitted } from "./pairs/compiler.ts";
import { type Clock, type Pair, type PairLine, pairLine } from "./pairs/pairing.ts";
import { Compiler } from "./pairs/remote.ts";
import { type PairResults, pairReport, type SizeLine } from "./pairs/report.ts";
import type { TimerOutcome, TimerTask } from "./pairs/timer.ts";
import { type Tree, treeOf } from "./pairs/trees.ts";
import { compilings, type Pairing, pairings } from "./pairs/workloads.ts";
import { ask } from "./process.ts";
import { short } from "./results.ts";

const root = fileURLToPath(new URL("..", import.meta.url));
const timer = fileURLToPath(new URL("./pairs/timer.ts", import.meta.url));
const deadline = 300_000;

const whole = (text: string): number => {
  const value = Number(text);
  if (!Number.isInteger(value) || value < 1) throw new InvalidArgumentError("wanted a whole number from 1");
  return value;
};
const pattern = (text: string): RegExp => {
  try {
    return new RegExp(text, "i");
  } catch (error) {
    throw new InvalidArgumentError((error as Error).message);
  }
};

const flags = new Command("bench:pair")
  .description("the working tree beside another checkout: alternating pairs, medians and quartiles of base/new")
  .requiredOption("--base <commit or folder>", "what the working tree is compared with")
  .option("--only <regex>", "works whose name matches", pattern)
  .option("--pairs <number>", "pairs of a work, over all its processes", whole, 32)
  .option("--processes <number>", "that share the pairs of a work; in every other one the new module comes first", whole, 2)
  .option("--milliseconds <number>", "shortest batch of calls", whole, 8)
  .option("--warm-up <milliseconds>", "least of each module in each process", whole, 300)
  .option("--wall", "by the clock on the wall instead of the processor time: for an idle machine", false)
  .option("--compile", "compare the time that compile() takes, and what it makes", false)
  .option("--json", "JSON instead of the table", false)
  .parse()
  .opts<{
    base: string;
    only?: RegExp;
    pairs: number;
    processes: number;
    milliseconds: number;
    warmUp: number;
    wall: boolean;
    compile: boolean;
    json: boolean;
  }>();

const clock: Clock = flags.wall ? "wall" : "cpu";
const say = (line: string): void => void process.stderr.write(`${line}\n`);
const failures: { work: string; why: string }[] = [];
const lines: PairLine[] = [];
const sizes: SizeLine[] = [];

function fail(work: string, why: string): void {
  failures.push({ work, why });
  say(`${work}  ${why}`);
}

function add(work: string, pairs: readonly Pair[]): void {
  const line = pairLine(work, pairs);
  lines.push(line);
  const { q1, median, q3 } = line.ratio;
  const ratio = `${median.toFixed(3)} (${q1.toFixed(3)}–${q3.toFixed(3)})`;
  say(`${work}  ${short(line.base)} µs  ${short(line.ours)} µs  ${ratio}`);
}

const message = (error: unknown): string => (error instanceof Error ? error.message : String(error));

interface Modules extends Emitted {
  readonly files: readonly [string, string];
}

/** The modules of every work that both compile, by its name. Works that differ in rows only share them. */
async function emitAll(works: readonly Pairing[], compilers: readonly [Compiler, Compiler], folder: string) {
  const made = new Map<string, Modules>();
  const shared = new Map<string, Modules | string>();
  for (const { name, net, options } of works) {
    const key = JSON.stringify([net.name, options]);
    if (!shared.has(key)) {
      say(`compiling ${name}`);
      const files = ["base", "new"].map((side) => join(folder, `${side}-${shared.size}.mjs`)) as [string, string];
      try {
        const [, ours] = await Promise.all(compilers.map((compiler, i) => compiler.emit(name, files[i])));
        shared.set(key, { ...ours, files });
      } catch (error) {
        shared.set(key, message(error));
      }
    }
    const found = shared.get(key) as Modules | string;
    if (typeof found === "string") fail(name, found);
    else made.set(name, found);
  }
  return made;
}

async function timeWork({ name, net, rows, kind }: Pairing, modules: Modules): Promise<void> {
  const pairs: Pair[] = [];
  for (let i = 0; i < flags.processes; i++) {
    const task: TimerTask = {
      ...modules,
      work: name,
      kind,
      rows,
      tokens: net.tokens,
      oneHot: String(net.loss).includes("crossentropy"),
      oursFirst: i % 2 === 1,
      pace: { pairs: Math.ceil(flags.pairs / flags.processes), batch: flags.milliseconds, warmUp: flags.warmUp, clock },
    };
    const outcome: TimerOutcome = await ask<TimerOutcome>(task, deadline, timer);
    if ("failed" in outcome) return fail(name, outcome.failed);
    pairs.push(...outcome.pairs);
  }
  add(name, pairs);
}

/** compile() itself: two processes that take turns, each asked once in a pair. */
async function timeCompile({ name }: Pairing, compilers: readonly [Compiler, Compiler]): Promise<void> {
  const [base, ours] = [await compilers[0].size(name), await compilers[1].size(name)];
  const noise = random(seedFor(3, name));
  const calls: [number, number] = [1, 1];
  const time = async (side: 0 | 1): Promise<number> => compilers[side].time(name, calls[side], clock);
  const pair = async (): Promise<Pair> => {
    if (noise.uniform() < 0.5) {
      const first = await time(0);
      return [first, await time(1)];
    }
    const first = await time(1);
    return [await time(0), first];
  };
  for (let i = 0; i < 12; i++) {
    const each = await pair();
    for (const side of [0, 1]) calls[side] = Math.max(1, Math.ceil((flags.milliseconds * 1e6) / each[side]));
  }
  const pairs: Pair[] = [];
  for (let i = 0; i < flags.pairs; i++) pairs.push(await pair());
  add(name, pairs);
  sizes.push({ work: name, base, ours });
}

async function run(tree: Tree, folder: string): Promise<void> {
  const works = (flags.compile ? compilings : pairings).filter(({ name }) => flags.only?.test(name) ?? true);
  if (works.length === 0) throw new Error(`--only: no work matches ${flags.only}`);
  const compilers = [new Compiler("base", tree.folder), new Compiler("new", root)] as const;
  let modules = new Map<string, Modules>();
  try {
    for (const work of flags.compile ? works : []) {
      try {
        await timeCompile(work, compilers);
      } catch (error) {
        fail(work.name, message(error));
      }
    }
    if (!flags.compile) modules = await emitAll(works, compilers, folder);
  } finally {
    for (const compiler of compilers) compiler.close();
  }
  for (const work of works) {
    const found = modules.get(work.name);
    if (found !== undefined) await timeWork(work, found);
  }
}

let tree: Tree | undefined;
const folder = mkdtempSync(join(tmpdir(), "layerc-pair-"));
const clean = (): void => {
  rmSync(folder, { recursive: true, force: true });
  tree?.remove();
  tree = undefined;
};
for (const signal of ["SIGINT", "SIGTERM"] as const)
  process.once(signal, () => {
    clean();
    process.exit(1);
  });
try {
  tree = treeOf(flags.base, root);
  const results: PairResults = { base: tree.label, clock, lines, sizes, failures };
  await run(tree, folder);
  process.stdout.write(flags.json ? `${JSON.stringify(results, null, 1)}\n` : pairReport(results));
} catch (error) {
  say(`bench:pair: ${message(error)}`);
  process.exitCode = 1;
} finally {
  clean();
}
if (failures.length > 0) process.exitCode = 1;
