// `npm run bench:smaller`: what rounded weights cost and save. Trains three of the examples, compiles each with float32, float16 and int8 weights, and
// predicts rows that were held out. In: the examples. Out: bench/smaller.json, from which docs/smaller.md has its table: bytes, the share told right, answers
// that changed, and times as medians of paired turns. Guarantee: the three modules of a model differ in `weightsType` alone.
import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { digits } from "../examples/mnist/data.ts";
import mnist from "../examples/mnist/mnist.model.ts";
import { penguins } from "../examples/penguins/main.ts";
import penguinModel from "../examples/penguins/penguins.model.ts";
import { reports } from "../examples/strikes/main.ts";
import strikes from "../examples/strikes/strikes.model.ts";
import { flat, split } from "../examples/support/data.ts";
import { type Artifact, adapt, compile, fit, load, type Model, withWeights } from "../src/index.ts";

type Rows = Float32Array | readonly string[];
/** A trained model, and rows that it has not seen. */
interface Work {
  readonly name: string;
  readonly model: Model;
  readonly x: Rows;
  readonly labels: readonly number[];
  /** Numbers or texts of a row. */
  readonly width: number;
}

interface Fitting {
  readonly x: Rows;
  readonly y: Float32Array;
  readonly epochs: number;
  readonly port?: string;
}
/** exact: the same numbers on every machine. */
function trained(model: Model, { x, y, epochs, port }: Fitting): Model {
  const trainer = compile(model, { train: true, exact: true });
  const given = port === undefined ? x : { [port]: x };
  const { weights } = fit(trainer, { x: given as Float32Array, y }, { epochs, batchSize: 32, seed: 1 });
  return withWeights(model, weights);
}

function works(): readonly Work[] {
  const pictures = split(digits(), 0.15);
  const pixels = (list: readonly { readonly pixels: readonly number[] }[]): Float32Array => flat(list.map((one) => one.pixels));
  const words = split(reports(), 0.2);
  const texts = (list: readonly { readonly text: string }[]): readonly string[] => list.map(({ text }) => text);
  const birds = split(penguins(), 0.25);
  const bodies = flat(birds.train.map(({ x }) => x));
  const labels = (list: readonly { readonly label: number }[]): number[] => list.map(({ label }) => label);
  const y = (list: readonly { readonly label: number }[]): Float32Array => Float32Array.from(labels(list));
  return [
    {
      name: "mnist: LeNet on digits",
      model: trained(mnist, { x: pixels(pictures.train), y: y(pictures.train), epochs: 3 }),
      ...{ x: pixels(pictures.held), labels: labels(pictures.held), width: 784 },
    },
    {
      name: "strikes: embedding and GRU on words",
      model: trained(adapt(strikes, "words", texts(words.train)), { x: texts(words.train), y: y(words.train), epochs: 6, port: "report" }),
      ...{ x: texts(words.held), labels: labels(words.held), width: 1 },
    },
    {
      name: "penguins: two dense layers",
      model: trained(adapt(penguinModel, "scale", bodies), { x: bodies, y: y(birds.train), epochs: 60 }),
      ...{ x: flat(birds.held.map(({ x }) => x)), labels: labels(birds.held), width: 4 },
    },
  ]; // biome-ignore format: a table
}

interface Module {
  predict(x: Rows): Float32Array;
}
const largest = (row: Float32Array): number => row.indexOf(Math.max(...row));
const median = (list: readonly number[]): number => [...list].sort((a, b) => a - b)[Math.floor(list.length / 2)];

/** Calls of one turn, of rows one by one: some milliseconds of the smallest net. */
const calls = 20_000;
const fewest = 300;

/** Seconds of a call in one turn, over so many passes through the rows. */
function turn({ predict }: Module, rows: readonly Rows[], passes: number): number {
  const begun = performance.now();
  for (let pass = 0; pass < passes; pass++) for (const row of rows) predict(row);
  return (performance.now() - begun) / 1000 / rows.length / passes;
}

/** Seconds from the text to the first answer, in a process that has read many. */
function start(artifact: Artifact, row: Rows): number {
  const begun = performance.now();
  load<Module>(artifact).predict(row);
  return (performance.now() - begun) / 1000;
}

const types = ["float32", "float16", "int8"] as const;
const turns = 101;

function measured({ name, model, x, labels, width }: Work) {
  const made = types.map((weightsType) => compile(model, { weightsType }));
  const modules = made.map((artifact) => load<Module>(artifact));
  const classes = modules.map(({ predict }) => {
    const y = predict(x);
    const units = y.length / labels.length;
    return labels.map((_, row) => largest(y.subarray(row * units, (row + 1) * units)));
  });
  const rows = labels.slice(0, fewest).map((_, row): Rows => x.slice(row * width, (row + 1) * width));
  // As many passes as make a turn long enough for the clock, of the largest net one.
  const passes = Math.max(1, Math.round(calls / rows.length / Math.max(1, turn(modules[0], rows, 2) * 1e6)));
  for (let i = 0; i < 5; i++) for (const module of modules) turn(module, rows, passes);
  // In turns, since a core changes its speed; which goes first goes round.
  const times = types.map((): number[] => []);
  for (let i = 0; i < turns; i++)
    for (let k = 0; k < types.length; k++)
      times[(i + k) % types.length].push(turn(modules[(i + k) % types.length], rows, passes));
  const starts = types.map((): number[] => []);
  for (let i = 0; i < turns; i++)
    for (let k = 0; k < types.length; k++) starts[(i + k) % types.length].push(start(made[(i + k) % types.length], rows[0]));
  return types.map((type, k) => ({
    ...{ model: name, type, bytes: made[k].code.length, gzip: gzipSync(made[k].code, { level: 9 }).length },
    weights: made[k].manifest.bytes.weights,
    rows: labels.length,
    right: labels.filter((label, row) => label === classes[k][row]).length,
    moved: classes[k].filter((one, row) => one !== classes[0][row]).length,
    worst: Math.max(0, ...(made[k].manifest.rounding?.outputs.map((output) => output.worst) ?? [])),
    microseconds: Number((median(times[k]) * 1e6).toPrecision(2)),
    start: Number((median(starts[k]) * 1000).toPrecision(2)),
    ratio: Number(median(times[k].map((time, i) => time / times[0][i])).toFixed(2)),
  }));
}

const seen = works().flatMap(measured);
console.table(seen);
writeFileSync(
  join(import.meta.dirname, "smaller.json"),
  `${JSON.stringify({ node: process.version, turns, seen }, undefined, 2)}\n`,
);
