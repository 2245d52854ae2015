// `npm run example:strikes`: learns from words. Reports of animals that met aircraft, of which the size was noted: trains on strings by the
// generated step, ships one module, and asks it in a bare process, from the string to the class.
import { execFileSync } from "node:child_process";
import { realpathSync } from "node:fs";
import { fileURLToPath, pathToFileURL } from "node:url";
import { adapt, compile, fit, withWeights } from "layerc";
import { csv, shuffled, split } from "../support/data.ts";
import { ship, showShipped } from "../support/ship.ts";
import model, { sizes } from "./strikes.model.ts";

export interface Report {
  readonly text: string;
  readonly label: number;
}

/** Reports that name the animal; "Unknown bird - small" would say what is asked. */
export function reports(): readonly Report[] {
  const rows = csv("birdstrikes.csv").flatMap((row): Report[] => {
    const [animal, phase, time] = ["Wildlife Species", "Phase of flight", "Time of day"].map((column) => row[column]);
    const label = sizes.indexOf(row["Wildlife Size"]);
    return animal.startsWith("Unknown bird -") || label < 0 ? [] : [{ text: `${animal}, ${phase}, ${time}`, label }];
  });
  return shuffled(rows, 4);
}

export interface Result {
  /** Share of the held-out reports whose size is told right. */
  readonly accuracy: number;
  /** The same of who always says the commonest size. */
  readonly guess: number;
}

export function main(epochs = 6): Result {
  const { train, held } = split(reports(), 0.2);
  const texts = train.map(({ text }) => text);
  const y = Float32Array.from(train, ({ label }) => label);
  const known = adapt(model, "words", texts);
  // exact: the same bits on every engine, so that everybody sees the same numbers.
  const trainer = compile(known, { train: true, exact: true });
  const { weights } = fit(trainer, { x: { report: texts }, y }, { epochs, batchSize: 32, seed: 1 });

  const shipped = ship(withWeights(known, weights), fileURLToPath(new URL("./out/", import.meta.url)));
  const { answers, microseconds } = ask(shipped.file, held.map(({ text }) => text)); // biome-ignore format: one line
  const right = held.filter(({ label }, i) => answers[i] === label).length;
  const accuracy = right / held.length;
  const guess = Math.max(...sizes.map((_, k) => held.filter(({ label }) => label === k).length)) / held.length;
  console.log(`strikes: ${train.length} reports to learn from, ${held.length} held out`);
  console.log(`  ${right} of ${held.length} sizes right: ${percent(accuracy)}; the commonest alone would be ${percent(guess)}`);
  console.log(`  "${held[0].text}": ${sizes[answers[0]]}`);
  console.log(`  ${showShipped(shipped, microseconds)}`);
  return { accuracy, guess };
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/** The classes that a bare process tells, and microseconds for one of them. */
function ask(file: string, texts: readonly string[]): { answers: number[]; microseconds: number } {
  const script = `
    const { predict, selfTest, classes } = await import(${JSON.stringify(pathToFileURL(file).href)});
    const { readFileSync } = await import("node:fs");
    const texts = JSON.parse(readFileSync(0, "utf8")), count = classes.size.length;
    selfTest();
    const start = process.hrtime.bigint();
    const y = predict(texts);
    const microseconds = Number(process.hrtime.bigint() - start) / 1000 / texts.length;
    const answers = texts.map((_, i) => y.subarray(i * count, i * count + count)).map((row) => row.indexOf(Math.max(...row)));
    console.log(JSON.stringify({ answers, microseconds }));`;
  const args = ["--disallow-code-generation-from-strings", "--input-type=module", "--eval", script];
  return JSON.parse(execFileSync(process.execPath, args, { encoding: "utf8", input: JSON.stringify(texts) })) as {
    answers: number[];
    microseconds: number;
  };
}

const [, script = ""] = process.argv;
if (script !== "" && realpathSync(script) === fileURLToPath(import.meta.url)) main();
