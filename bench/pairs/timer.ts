// One work in a process of its own: both checkouts' modules, in pairs. In: a TimerTask in argv[2]. Out: an outcome as a message.
// Guarantee: nothing is timed before both gave nearly the same numbers, in training over several steps; each module is called
// from a loop of its own, so that neither's call site learns of the other.
import { writeFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { random, seedFor } from "../../compiler/base/random.ts";
import { relativeError } from "../reference.ts";
import type { Emitted } from "./compiler.ts";
import { inputsFor, targetsFor } from "./data.ts";
import { type Pair, type PairPace, type Timed, timePairs } from "./pairing.ts";

export interface TimerTask extends Emitted {
  readonly work: string;
  readonly kind: "predict" | "train";
  readonly rows: number;
  readonly tokens?: number;
  readonly oneHot: boolean;
  /** The modules: the base's, ours. */
  readonly files: readonly [string, string];
  /** Who is imported and warmed up first. */
  readonly oursFirst: boolean;
  readonly pace: PairPace;
}

export type TimerOutcome = { readonly pairs: readonly Pair[] } | { readonly failed: string };

interface Subject extends Timed {
  /** Numbers that the other's must resemble. */
  readonly says: Float32Array;
}

type Loop = (calls: number) => void;

/** In short runs: a loop that is entered often is compiled whole, not again and again from its middle. */
const inRuns =
  (loop: Loop): Loop =>
  (calls) => {
    for (let left = calls; left > 0; left -= 1024) loop(Math.min(left, 1024));
  };

const predictLoop = `export const loop = (inputs, out) => {
  const mask = inputs.length - 1;
  return (calls) => { for (let i = 0; i < calls; i++) predict(inputs[i & mask], out); };
};`;
const trainLoop = `export const loop = (inputs, y) => {
  const mask = inputs.length - 1;
  let loss = 0;
  return (calls) => {
    for (let i = 0; i < calls; i++) loss += trainStep(inputs[i & mask], y);
    if (Number.isNaN(loss)) throw new Error("the loss is NaN");
  };
};`;

async function subject(task: TimerTask, file: string): Promise<Subject> {
  const { kind, work, rows, input, output, tokens, oneHot } = task;
  const url = pathToFileURL(file).href;
  const names = kind === "predict" ? "predict" : "predict, trainStep, getWeights, setWeights";
  const text = `import { ${names} } from ${JSON.stringify(url)};\nexport { ${names} };\n${kind === "predict" ? predictLoop : trainLoop}\n`;
  const loopFile = file.replace(/\.mjs$/, ".loop.mjs");
  writeFileSync(loopFile, text);
  const module = (await import(pathToFileURL(loopFile).href)) as {
    predict(x: Float32Array, out?: Float32Array): Float32Array;
    trainStep(x: Float32Array, y: Float32Array): number;
    getWeights(): Float32Array[];
    setWeights(weights: Float32Array[]): void;
    loop(inputs: Float32Array[], other: Float32Array): Loop;
  };
  const inputs = inputsFor(work, rows * input, tokens);
  if (kind === "predict") {
    const says = Float32Array.from(inputs.flatMap((x) => [...module.predict(x)]));
    return { says, run: inRuns(module.loop(inputs, new Float32Array(rows * output))) };
  }
  const y = targetsFor(work, rows, output, oneHot);
  const initial = module.getWeights().map((values) => values.slice());
  const losses = Array.from({ length: 8 }, (_, i) => module.trainStep(inputs[i % inputs.length], y));
  return {
    says: Float32Array.from([...losses, ...module.predict(inputs[0])]),
    run: inRuns(module.loop(inputs, y)),
    // A net that has learned its few rows by heart has gradients of almost nothing, which are slow to compute with.
    reset: () => module.setWeights(initial),
  };
}

/** What float32 in another order may change; after training, what Adam makes of it. */
const allowed = { predict: 1e-4, train: 1e-2 };

async function main(task: TimerTask): Promise<TimerOutcome> {
  try {
    const [first, second] = task.oursFirst ? [1, 0] : [0, 1];
    const made = { [first]: await subject(task, task.files[first]), [second]: await subject(task, task.files[second]) };
    const error = relativeError(made[1].says, made[0].says);
    if (!(error <= allowed[task.kind])) return { failed: `WRONG: results differ by ${error} of the largest` };
    const noise = random(seedFor(task.oursFirst ? 1 : 2, task.work));
    return { pairs: timePairs(made[0], made[1], task.pace, noise) };
  } catch (error) {
    return { failed: error instanceof Error ? error.message.split("\n")[0] : String(error) };
  }
}

if (process.send !== undefined) {
  const outcome = await main(JSON.parse(process.argv[2]) as TimerTask);
  process.send(outcome, () => process.exit(0));
}
