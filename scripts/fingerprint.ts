// A hash of every text the compiler makes of a fixed set of models: IR after each pass, module, declarations, weights, bytes.
// In: nothing, or a file that an earlier run wrote. Out: one line per text, or the lines in which the two runs differ.
// A change that should alter no output proves it: `npm run fingerprint -- before.txt` on the commit before, and again after.
import { createHash } from "node:crypto";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import fc from "fast-check";
import { compile, snapshots } from "../compiler/compile.ts";
import * as lc from "../src/index.ts";
import { type Kind, sampleOf } from "../tests/arbitrary/models.ts";
import { layerCases, trainingCases } from "../tests/fixtures/read.ts";

interface Item {
  readonly name: string;
  readonly model: lc.Model;
  readonly options: lc.OptionsInput;
}

const training = { loss: "mse", optimizer: "adam" } as const;
const mlp = (...[first, ...units]: readonly number[]): lc.Model =>
  lc.sequential(
    units.map((width, i) => lc.dense({ units: width, activation: "relu", ...(i === 0 ? { inputShape: [first] } : {}) })),
    { training },
  );
const models: Readonly<Record<string, lc.Model>> = {
  seed: mlp(2, 4, 3, 1),
  wide: mlp(11, 512, 512, 512, 1),
  digits: mlp(784, 128, 64, 10),
  convolutional: lc.sequential(
    [
      lc.conv2d({ filters: 6, kernelSize: 5, activation: "relu", inputShape: [28, 28, 1] }),
      lc.maxPooling2d({ poolSize: 2 }),
      lc.conv2d({ filters: 16, kernelSize: 5, activation: "relu" }),
      lc.flatten(),
      lc.dense({ units: 10, activation: "softmax" }),
    ],
    { training: { loss: "categorical_crossentropy", optimizer: "sgd" } },
  ),
  grouped: lc.sequential([lc.conv2d({ filters: 8, kernelSize: 3, groups: 4, inputShape: [9, 9, 4] })], { training }),
  recurrent: lc.sequential(
    [
      lc.embedding({ inputDim: 50, outputDim: 16, inputShape: [20], maskZero: true }),
      lc.lstm({ units: 32 }),
      lc.dense({ units: 1 }),
    ],
    { training },
  ),
  normal: lc.sequential(
    [
      lc.dense({ units: 64, inputShape: [16] }),
      lc.batchNormalization(),
      lc.activation({ activation: "gelu" }),
      lc.layerNormalization(),
      lc.softmax(),
    ],
    { training },
  ),
};

function* items(): Generator<Item> {
  for (const [name, model] of Object.entries(models)) {
    for (const train of [false, true])
      for (const target of ["js", "simd", "auto"] as const)
        for (const exact of [false, true]) yield { name, model, options: { train, target, exact } };
  }
  for (const { case: name, model } of layerCases().taken) yield { name, model, options: {} };
  for (const { case: name, model } of trainingCases().taken) yield { name, model, options: { train: true, target: "simd" } };
  for (const kind of ["dense", "probe", "big"] as const satisfies readonly Kind[]) {
    for (const train of [false, true]) {
      const drawn = fc.sample(sampleOf(kind, train), { seed: 7, numRuns: 12 });
      for (const [i, { model, options }] of drawn.entries()) yield { name: `${kind}-${i}`, model, options };
    }
  }
}

const hash = (text: string | Uint8Array): string => createHash("sha256").update(text).digest("hex").slice(0, 16);

const lines: string[] = [];
for (const { name, model, options } of items()) {
  const title = `${name} ${JSON.stringify(options)}`;
  const { code, declarations, weights, wasm, wasmRelaxed } = compile(model, options);
  for (const [what, text] of Object.entries({ code, declarations, weights, wasm, wasmRelaxed }))
    if (text !== undefined) lines.push(`${hash(text)} ${title} ${what}`);
  for (const goal of options.train === true ? (["predict", "trainStep", "evaluate"] as const) : (["predict"] as const)) {
    for (const { pass, stage, text } of snapshots(model, options, goal))
      if (stage !== "nests" && stage !== "schedule") lines.push(`${hash(text)} ${title} ${goal} ${pass}`);
  }
}

const [file] = process.argv.slice(2);
if (file === undefined) console.log(lines.join("\n"));
else if (!existsSync(file)) {
  writeFileSync(file, `${lines.join("\n")}\n`);
  console.log(`${lines.length} texts written to ${file}: ${hash(lines.join("\n"))}`);
} else {
  const before = readFileSync(file, "utf8").trimEnd().split("\n");
  const known = new Set(before);
  const now = new Set(lines);
  const changed = [
    ...before.filter((line) => !now.has(line)).map((line) => `- ${line}`),
    ...lines.filter((line) => !known.has(line)).map((line) => `+ ${line}`),
  ];
  console.log(changed.length === 0 ? `all ${lines.length} texts are equal: ${hash(lines.join("\n"))}` : changed.join("\n"));
  process.exitCode = changed.length === 0 ? 0 : 1;
}
