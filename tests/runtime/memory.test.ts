// What a long fit keeps: the numbers of its history, and nothing else. In: thousands of epochs in a bare process, whose heap is read after
// collecting garbage. Out: bytes an epoch, no more than an object with these numbers takes.
import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { expect, it } from "vitest";

const url = pathToFileURL(join(import.meta.dirname, "../../dist/src/index.js")).href;
const epochs = 6000;
const keys = ["loss", "accuracy", "val_loss", "val_accuracy"];

/** `begin(heard)` runs the epochs and calls `heard(epoch, logs)` after each. */
const script = (begin: string): string => `
import { compile, dense, earlyStopping, fit, fitAsync, load, sequential } from ${JSON.stringify(url)};
const model = sequential([dense({ units: 10, activation: "relu", inputShape: [4] }), dense({ units: 3, activation: "softmax" })], {
  seed: 1,
  training: { loss: "sparse_categorical_crossentropy", optimizer: "adam", metrics: ["accuracy"] },
});
const x = Float32Array.from({ length: 4 * 48 }, (_, i) => Math.sin(i * i)), y = Float32Array.from({ length: 48 }, (_, i) => i % 3);
const validationData = { x: x.subarray(64), y: y.subarray(16) };
const module = load(compile(model, { train: true, batch: 16 }));
const used = () => {
  for (let i = 0; i < 4; i++) gc();
  const { heapUsed, arrayBuffers } = process.memoryUsage();
  return [heapUsed, arrayBuffers];
};
const seen = [];
const heard = (epoch, logs) => {
  if (Object.keys(logs).join() !== ${JSON.stringify(keys.join())}) throw new Error("other keys: " + Object.keys(logs));
  // Before the first of them all code has run, and is compiled.
  if ((epoch + 1) % (${epochs} / 3) === 0) seen.push(used());
};
${begin}
const [[from, buffersFrom], , [to, buffersTo]] = seen;
console.log(JSON.stringify({ kept: (to - from) / (2 * ${epochs} / 3), buffers: buffersTo - buffersFrom, readings: seen.length }));
`;

const endless =
  "async function* () { for (;;) for (let at = 0; at < 48; at += 16) yield { x: x.slice(4 * at, 4 * at + 64), y: y.slice(at, at + 16) }; }";
const callbacks = 'callbacks: [earlyStopping({ monitor: "val_loss", patience: 1e6, restoreBestWeights: true })]';

it.each([
  [
    "fit of a table, validated, with callbacks",
    `fit(module, { x, y }, { epochs: ${epochs}, batchSize: 16, validationData, ${callbacks}, onEpochEnd: heard });`,
  ],
  [
    "fitAsync of batches without an end",
    `await fitAsync(module, (${endless})(), { epochs: ${epochs}, stepsPerEpoch: 3, validationData, onEpochEnd: heard });`,
  ],
])("%s keeps the numbers of its history alone", (_, begin) => {
  const output = execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "-e", script(begin)], {
    encoding: "utf8",
  });
  const { kept, buffers, readings } = JSON.parse(output) as Record<"kept" | "buffers" | "readings", number>;
  expect(readings).toBe(3);
  // A batch or two on their way, of thousands.
  expect(Math.abs(buffers)).toBeLessThan(2048);
  // The logs of an epoch are an object: a number and a slot for each key, a head, and a place in a list that grows ahead. A copy of
  // them would be as much again, and a hidden class of their own, which they once had, 190 bytes.
  expect(kept).toBeLessThan(24 * keys.length + 96);
});
