// The same training from several seeds. In: a command line with `--seeds`. Out: a row when a run ends, and the best one's files. Guarantee: each run is
// a process of the same command with `--seed`, so it is that run alone, to the bit; a run that breaks off is a row too; what
// all runs are warned of is said once.
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { extname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { CompileError, type Diagnostic } from "../../../compiler/diagnostics/error.ts";
import { monitorOf } from "../../../runtime/callbacks/monitor.ts";
import { readBytes } from "../../files.ts";
import { open } from "../../formats/index.ts";
import { checkInputs, type Input, type Output, writeOutputs } from "../../outputs.ts";
import { fileIn, outputsOf } from "../model-outputs.ts";
import { print, say } from "../terminal.ts";
import { dataFiles } from "./data.ts";
import { monitorIn } from "./fitted.ts";
import type { TrainFlags } from "./flags.ts";
import { checkNames, savedAs } from "./outputs.ts";

interface Run {
  readonly seed: number;
  readonly epochs?: number;
  /** Of the epoch that is kept. */
  readonly logs?: Readonly<Record<string, unknown>>;
  readonly test?: Readonly<Record<string, unknown>>;
  readonly error?: Diagnostic;
  /** What the run said for people: with --json, its warnings. */
  readonly warned: string;
}

type Ended = Omit<Run, "warned">;

/** Runs all seeds, and saves the best. Throws CompileError where the flags do not go together, or no run came to its end. */
export async function sweep(model: string, flags: TrainFlags, args: readonly string[]): Promise<void> {
  checkNames(flags);
  refuseOthers(model, flags);
  const { seeds = [], jobs = availableParallelism() } = flags;
  const inputs: readonly Input[] = [
    { what: "the model file", path: model },
    ...dataFiles(flags).map((path) => ({ what: "the data", path })),
  ];
  const files = outputNames(flags);
  checkInputs(files.map(([, path]) => ({ what: "an output", path, content: "" })), inputs); // biome-ignore format: one line
  const folder = mkdtempSync(join(tmpdir(), "layerc-sweep-"));
  try {
    const waiting = [...seeds];
    const done: Ended[] = [];
    const told = new Set<string>();
    const worker = async (): Promise<void> => {
      for (let seed = waiting.shift(); seed !== undefined; seed = waiting.shift()) {
        const { warned, ...run } = await runOf(seed, args, flags, folder);
        if (run.error === undefined && warned !== "" && !told.has(warned)) say(warned);
        told.add(warned);
        if (done.length === 0 && flags.json !== true) print(headOf(run));
        done.push(run);
        print(flags.json === true ? JSON.stringify({ event: "run", ...run }) : rowOf(run));
      }
    };
    await Promise.all(Array.from({ length: Math.min(jobs, seeds.length) }, worker));
    finish(done, flags, folder, inputs);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function refuseOthers(model: string, { checkpoint, resume, seed }: TrainFlags): void {
  const refuse = (what: string): never => {
    throw new CompileError({
      code: "cli/option",
      path: "",
      message: `--seeds does not go with ${what}`,
      hint: "each run is begun anew, with a seed of its own",
    });
  };
  if (model === "-") refuse("a model on standard input");
  if (checkpoint !== undefined) refuse("--checkpoint");
  if (resume !== undefined) refuse("--resume");
  if (seed !== undefined) refuse("--seed");
}

type Kind = "save" | "history" | "plot";
const outputNames = ({ save, history, plot }: TrainFlags): readonly (readonly [kind: Kind, path: string])[] =>
  Object.entries({ save, history, plot }).flatMap(([kind, path]) => (path === undefined ? [] : [[kind as Kind, path] as const]));

/** What a run writes for itself: a model with all its numbers, whatever format the best one is to have. */
const ownFile = (folder: string, seed: number, kind: Kind): string =>
  join(folder, `${seed}.${kind === "save" ? "safetensors" : kind === "history" ? "csv" : "svg"}`);

/** The command of one seed: flags that are given again win. */
function argsOf(args: readonly string[], seed: number, flags: TrainFlags, folder: string): readonly string[] {
  const kept = args.filter((arg, i) => !/^--(seeds|jobs)(=|$)/.test(arg) && !/^--(seeds|jobs)$/.test(args[i - 1] ?? ""));
  const files = outputNames(flags).flatMap(([kind]) => [`--${kind}`, ownFile(folder, seed, kind)]);
  return [...kept, ...(flags.json === true ? [] : ["--json"]), ...files, `--seed=${seed}`];
}

/** Beside this file, in the form in which this one runs. */
const main = fileURLToPath(new URL(`../main${extname(import.meta.url)}`, import.meta.url));

function runOf(seed: number, args: readonly string[], flags: TrainFlags, folder: string): Promise<Run> {
  const child = spawn(process.execPath, [...process.execArgv, main, ...argsOf(args, seed, flags, folder)], {
    stdio: ["ignore", "pipe", "pipe"],
  });
  const said = { stdout: "", stderr: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    said.stdout += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    said.stderr = (said.stderr + text).slice(-2000);
  });
  return new Promise((settle) => {
    child.on("error", (error) => settle({ seed, error: failure(error.message), warned: "" }));
    child.on("close", (code, signal) =>
      settle({
        seed,
        ...resultIn(said.stdout, `it ended with ${signal ?? code}: ${said.stderr.trim()}`),
        warned: said.stderr.trimEnd(),
      }),
    );
  });
}

const failure = (message: string): Diagnostic => ({ code: "training/run", path: "", message });

/** The last event of a run; an error is printed as indented JSON. */
function resultIn(stdout: string, otherwise: string): Omit<Ended, "seed"> {
  const last = stdout.trimEnd().split("\n").at(-1) ?? "";
  try {
    if (last.startsWith('{"event":"trained"')) {
      const { epochs, logs, test } = JSON.parse(last) as Run;
      return {
        ...(epochs === undefined ? {} : { epochs }),
        ...(logs === undefined ? {} : { logs }),
        ...(test === undefined ? {} : { test }),
      };
    }
    const at = stdout.lastIndexOf('{\n  "error"');
    if (at >= 0) return { error: (JSON.parse(stdout.slice(at)) as { error: Diagnostic }).error };
  } catch {
    // What was cut off says no more than how the run ended.
  }
  return { error: failure(otherwise) };
}

const width = 12;
const cells = (list: readonly string[]): string =>
  list.map((text, i) => text.padStart(i === 0 ? 6 : Math.max(width, 8))).join("  ");
const keysOf = ({ logs = {}, test = {} }: Ended): readonly string[] => [
  ...Object.keys(logs),
  ...Object.keys(test).map((key) => `test_${key}`),
];
const headOf = (run: Ended): string => cells(["seed", "epochs", ...keysOf(run)]);

function rowOf({ seed, epochs, logs = {}, test = {}, error }: Ended): string {
  if (error !== undefined) return `${cells([String(seed)])}  ${error.code}: ${error.message}`;
  const measures = [...Object.values(logs), ...Object.values(test)];
  const show = (value: unknown): string => (typeof value === "number" ? String(Number(value.toPrecision(4))) : "…");
  return cells([String(seed), String(epochs), ...measures.map(show)]);
}

function finish(runs: readonly Ended[], flags: TrainFlags, folder: string, inputs: readonly Input[]): void {
  const ended = runs.filter(({ error }) => error === undefined);
  if (ended.length === 0) {
    const [{ error = failure("no run ended") }] = runs;
    throw new CompileError({ ...error, notes: [...(error.notes ?? []), `none of ${runs.length} runs came to its end`] });
  }
  const monitor = monitorIn(flags, ended[0].logs?.val_loss !== undefined);
  const watch = monitorOf("layerc train", { monitor }, Object.keys(ended[0].logs ?? {}));
  const measureOf = ({ logs }: Ended): number => Number(logs?.[monitor]);
  // Of equal ones the first seed, whichever ended first.
  const order = (a: Ended, b: Ended): number =>
    watch.isBetter(measureOf(a), measureOf(b)) ? -1 : watch.isBetter(measureOf(b), measureOf(a)) ? 1 : a.seed - b.seed;
  const best = ended.filter((run) => Number.isFinite(measureOf(run))).sort(order)[0] ?? ended[0];
  const outputs = outputNames(flags).flatMap(([kind, path]): readonly Output[] => {
    const bytes = readBytes(ownFile(folder, best.seed, kind));
    if (kind !== "save") return [{ what: `the ${kind}`, path, content: bytes, isOurs: (old) => startsAlike(old, bytes) }];
    const target = savedAs(path);
    return outputsOf(fileIn(path, target), target, target.holds === "training" ? [[null, bytes]] : target.write(open(bytes)));
  });
  if (outputs.length > 0) writeOutputs(outputs, inputs, flags.force === true);
  const files = outputs.map(({ path }) => path);
  if (flags.json === true) print(JSON.stringify({ event: "best", seed: best.seed, logs: best.logs, files }));
  else {
    print(`best: seed ${best.seed}, ${monitor} ${Number(Number(best.logs?.[monitor]).toPrecision(4))}`);
    if (files.length > 0) say(`written: ${files.join(", ")}`);
  }
}

/** What this command writes begins alike. */
const startsAlike = (old: Uint8Array, bytes: Uint8Array): boolean =>
  Buffer.from(old.subarray(0, 6)).equals(Buffer.from(bytes.subarray(0, 6)));
