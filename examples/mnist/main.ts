// `npm run example:mnist`: trains LeNet on handwritten digits with its own generated step, tests it on digits it never saw, ships the
// module, and makes a page of it on which one draws a digit and the answer changes while drawing.
import { realpathSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { compile, fit, withWeights } from "layerc";
import { type Logs, load, type Trainable } from "layerc/runtime";
import { flat, split } from "../support/data.ts";
import { penPage } from "../support/page.ts";
import { askBareProcess, ship, showShipped } from "../support/ship.ts";
import { type Digit, digits } from "./data.ts";
import model from "./mnist.model.ts";

const here = fileURLToPath(new URL("./", import.meta.url));
/** Where the page is: index.html beside its script. */
export const out: string = join(here, "out");

const says = "A LeNet of 60,000 numbers, trained and compiled by layerc, answers at every move of the pen.";

export interface Result {
  /** Share of the held-out digits that are told right. */
  readonly accuracy: number;
  readonly held: readonly Digit[];
  readonly seconds: number;
}

/** Trains, ships and makes the page. */
export async function main(): Promise<Result> {
  const { train, held } = split(digits(), 0.15);
  const x = flat(train.map(({ pixels }) => pixels));
  const y = Float32Array.from(train, ({ label }) => label);
  console.log(`mnist: ${train.length} digits to learn from, ${held.length} held out`);
  // exact: the same bits on every engine, so that everybody sees the same numbers.
  const trainer = load<Trainable>(compile(model, { train: true, exact: true }));
  const begun = performance.now();
  fit(trainer, { x, y }, { epochs: 8, batchSize: 32, seed: 1, onEpochEnd: report });
  // Smaller steps at the end: the module goes on from where it is.
  const { weights } = fit(trainer, { x, y }, { epochs: 4, batchSize: 32, seed: 2, learningRate: 0.0003, onEpochEnd: report });
  const seconds = (performance.now() - begun) / 1000;

  const shipped = ship(withWeights(model, weights), out);
  const answer = askBareProcess(shipped.file, flat(held.map(({ pixels }) => pixels)), 2000);
  const right = held.filter(({ label }, i) => {
    const scores = answer.y.slice(10 * i, 10 * i + 10);
    return scores.indexOf(Math.max(...scores)) === label;
  });
  const accuracy = right.length / held.length;
  console.log(`  ${right.length} of ${held.length} right: ${(100 * accuracy).toFixed(2)} %, learned in ${seconds.toFixed(1)} s`);
  console.log(`  ${showShipped(shipped, answer.microseconds)}`);
  await penPage(join(here, "draw.ts"), out, says);
  console.log(`  draw a digit: open ${pathToFileURL(join(out, "index.html")).href}`);
  return { accuracy, held, seconds };
}

function report(epoch: number, { loss, accuracy }: Logs): void {
  console.log(`  epoch ${epoch + 1}: loss ${loss.toFixed(4)}, accuracy ${accuracy.toFixed(4)}`);
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) await main();
