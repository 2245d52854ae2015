// What `fit` costs beside the steps it calls: an epoch by trainStep alone, by a call of fit, and by a call of ten epochs, in turn. In: rows of
// 4-10-3 with Adam and accuracy. Out: milliseconds of an epoch and the part of fit's time that bare steps take. Guarantee: it is the built
// package that runs, as a user has it: what a TypeScript loader adds to each call is no part of it.
import { pathToFileURL } from "node:url";
import { type Quartiles, quartiles } from "./measure.ts";
import { runScript } from "./process.ts";

export interface FitLine {
  readonly work: string;
  readonly rows: number;
  readonly batch: number;
  readonly pairs: number;
  /** Milliseconds of processor time of an epoch. */
  readonly steps: number;
  readonly fit: number;
  /** The part of fit's time that the steps alone take, pair by pair. */
  readonly share: Quartiles;
}

const [rows, batch, epochs] = [4096, 16, 10];

const script = (layerc: string, pairs: number, warmUp: number): string => `
import { compile, dense, fit, load, sequential } from ${JSON.stringify(layerc)};
const model = sequential([dense({ units: 10, activation: "relu", inputShape: [4] }), dense({ units: 3, activation: "softmax" })], {
  seed: 1,
  training: { loss: "sparse_categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] },
});
const x = Float32Array.from({ length: 4 * ${rows} }, (_, i) => Math.sin(i * i)), y = Float32Array.from({ length: ${rows} }, (_, i) => i % 3);
const module = load(compile(model, { train: true, batch: ${batch} }));
// Rows in another order each time, as in fit: an order that comes again is one that the processor's branch predictor has learned.
const orders = Array.from({ length: 32 }, (_, seed) => {
  const keys = x.map((_, row) => Math.sin((seed + 1) * (row + 1) ** 2)).subarray(0, ${rows});
  const order = Array.from(keys.keys()).sort((a, b) => keys[a] - keys[b]);
  return { x: Float32Array.from(order.flatMap((row) => [...x.subarray(4 * row, 4 * row + 4)])), y: Float32Array.from(order, (row) => y[row]) };
});
let turn = 0;
const steps = () => {
  const { x, y } = orders[turn++ % 32];
  for (let at = 0; at < ${rows}; at += ${batch}) module.trainStep(x.subarray(4 * at, 4 * (at + ${batch})), y.subarray(at, at + ${batch}));
};
const call = (epochs) => fit(module, { x, y }, { batchSize: ${batch}, epochs });
// Processor time, the garbage collector's threads included: a busy machine disturbs it least.
const clock = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
};
const time = (work) => {
  const from = clock();
  work();
  return clock() - from;
};
for (const end = performance.now() + ${warmUp}; performance.now() < end; ) {
  steps();
  call(1);
  call(${epochs});
}
// Steps before and after each: a pair is as near in time as can be.
const lines = [];
for (let pair = 0; pair < ${pairs}; pair++) {
  const [before, one, between, ten, after] = [time(steps), time(() => call(1)), time(steps), time(() => call(${epochs})) / ${epochs}, time(steps)];
  lines.push([(before + between) / 2, one, (between + after) / 2, ten]);
}
console.log(JSON.stringify(lines));
`;

/** What is measured, as claims name it: both ways to call fit, each beside bare steps. */
export const fitWorks = ["one epoch a call", `${epochs} epochs`].map((says) => `4-10-3 x${batch}, fit of ${says}`);

/** A line for each of them. */
export async function fitOverhead(layerc: string, pairs: number, warmUp: number, folder: string): Promise<FitLine[]> {
  const lines = await runScript<number[][]>(folder, "fit", script(pathToFileURL(layerc).href, pairs, warmUp));
  const median = (i: number): number => quartiles(lines.map((line) => line[i])).median;
  return fitWorks.map((work, k) => ({
    work,
    ...{ rows, batch, pairs, steps: median(2 * k), fit: median(2 * k + 1) },
    share: quartiles(lines.map((times) => times[2 * k] / times[2 * k + 1])),
  }));
}
