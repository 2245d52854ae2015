// `npm run example:audio`: a small net learns what an amplifier does to a guitar, is compiled for an AudioWorklet, and becomes a page on which one
// hears it. Out: how much is wrong on strings that it never heard, and what a million calls of 128 samples leave on the heap.
import { execFileSync } from "node:child_process";
import { mkdirSync, readFileSync, realpathSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { build } from "esbuild";
import { compile, fit, type Model, save, withWeights } from "layerc";
import { layerc } from "layerc/esbuild";
import { type Logs, load, type Trainable } from "layerc/runtime";
import { amp, frames } from "./amp.model.ts";
import { amplifier, errorToSignal, guitar } from "./signal.ts";

const here = import.meta.dirname;
/** Where the page is: index.html beside its script. */
export const out: string = join(here, "out");

/** Samples of a window to learn from, and how many of them. */
const [length, windows] = [512, 200];
/** Strings that the net never heard: a second, in whole calls. */
export const held: Float32Array = guitar(345 * frames, 77);

export interface Result {
  /** With the trained weights, over the samples of one call. */
  readonly model: Model;
  /** The part of the energy on `held` that is wrong. */
  readonly error: number;
  /** What `predict` makes of all of `held` at once. */
  readonly whole: Float32Array;
  /** Bytes that a call of `step` left on the heap. */
  readonly bytes: number;
}

/** Trains, ships and makes the page; `calls`: how often `step` is called while its heap is watched. */
export async function main(calls = 1_000_000): Promise<Result> {
  const x = guitar(length * windows, 5);
  const y = amplifier(x);
  console.log(`amp: ${windows} windows of ${length} samples to learn from`);
  // exact: the same bits on every engine, so that everybody hears the same.
  const trainer = load<Trainable>(compile(amp(length), { train: true, exact: true, batch: 10, selfTest: false }));
  const begun = performance.now();
  const run = (epochs: number, learningRate: number) =>
    fit(trainer, { x, y }, { epochs, batchSize: 10, seed: epochs, learningRate, onEpochEnd: report });
  run(15, 0.01);
  run(15, 0.004);
  const { weights } = run(15, 0.001);
  console.log(`  learned in ${((performance.now() - begun) / 1000).toFixed(1)} s`);

  const model = withWeights(amp(frames), weights);
  // The same weights over the whole signal: what the calls must give one after another.
  const whole = load(compile(withWeights(amp(held.length), weights), { exact: true, selfTest: false })).predict(held);
  const error = errorToSignal(whole, amplifier(held));
  console.log(`  ${(100 * error).toFixed(2)} % of the energy is wrong on strings it never heard`);
  const file = ship(model);
  const { bytes, microseconds } = watched(file, calls);
  console.log(
    `  ${calls.toLocaleString("en")} calls of ${frames} samples left ${bytes.toFixed(2)} bytes each on the heap, and took ${microseconds.toFixed(1)} µs of the ${((frames / 44100) * 1e6).toFixed(0)} there are`,
  );
  await page();
  console.log(`  hear it: open ${pathToFileURL(join(out, "index.html")).href}`);
  return { model, error, whole, bytes };
}

function report(epoch: number, { loss }: Logs): void {
  if (epoch % 5 === 4) console.log(`  epoch ${epoch + 1}: loss ${loss.toFixed(5)}`);
}

/** The model as a file, and the module as the command line makes it for an AudioWorklet. */
function ship(model: Model): string {
  mkdirSync(out, { recursive: true });
  const [weights, file] = [join(out, "amp.safetensors"), join(out, "amp.js")];
  writeFileSync(weights, save(model));
  const args = ["compile", weights, "--host", "audio", "--stream", "--chunk", String(frames), "--exact", "-o", file];
  execFileSync(process.execPath, [resolve(here, "../../dist/src/cli/main.js"), ...args], {
    stdio: ["ignore", "ignore", "inherit"],
  });
  return file;
}

/** A bare process that calls `step` again and again, and looks at its heap thirty times: how much more a look finds, the median, by calls between. */
function watched(file: string, calls: number): { readonly bytes: number; readonly microseconds: number } {
  const script = `
    const { step } = await import(${JSON.stringify(pathToFileURL(file).href)});
    const x = Float32Array.from({ length: ${frames} }, (_, i) => Math.sin(i)), out = new Float32Array(${frames});
    for (let i = 0; i < 5000; i++) step(x, out);
    gc();
    const rises = [], each = ${Math.ceil(calls / 30)};
    let last = process.memoryUsage().heapUsed;
    const start = process.hrtime.bigint();
    for (let i = 1; i <= ${calls}; i++) {
      step(x, out);
      if (i % each !== 0) continue;
      const now = process.memoryUsage().heapUsed;
      rises.push(now - last);
      last = now;
    }
    // The engine's own work is in few of them; what a call left would be in all.
    const bytes = rises.sort((a, b) => a - b)[rises.length >> 1] / each;
    const microseconds = Number(process.hrtime.bigint() - start) / 1000 / ${calls};
    console.log(JSON.stringify({ bytes, microseconds }));`;
  return JSON.parse(
    execFileSync(process.execPath, ["--expose-gc", "--input-type=module", "--eval", script], { encoding: "utf8" }),
  ) as { bytes: number; microseconds: number };
}

/** `index.html` and its only script, which has the text of the worklet inside. */
async function page(): Promise<void> {
  const common = { bundle: true, minify: true, target: "es2022" } as const;
  const worklet = await build({
    ...common,
    entryPoints: [join(here, "processor.ts")],
    format: "esm",
    write: false,
    plugins: [layerc()],
  });
  await build({
    ...common,
    entryPoints: [join(here, "page.ts")],
    outfile: join(out, "page.js"),
    format: "iife",
    define: { worklet: JSON.stringify(worklet.outputFiles[0].text) },
  });
  writeFileSync(join(out, "index.html"), readFileSync(join(here, "page.html"), "utf8"));
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) await main();
