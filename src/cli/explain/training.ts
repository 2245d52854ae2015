// Examples of what is wrong with a training, with weights, and with what a command is asked for beside the model.
import { compile, dense, type Example, file, good, head, net, type Pairs, trained } from "./pair.ts";

const weighted = (weights: string, size = 1, flags = ""): Example =>
  file(
    `${head}export default l.sequential([l.dense({ units: ${size}, inputShape: [${size}] })], {\n  weights: { ${weights} },\n});\n`,
    ...(flags === "" ? [] : [`${compile} ${flags}`]),
  );
const numbers = (kernel: string, bias = "[0]"): Example =>
  weighted(`"dense/kernel": new Float32Array(${kernel}), "dense/bias": new Float32Array(${bias})`);
const inner = (weights: string): Example =>
  file(
    `${head}const inner = l.sequential([l.dense({ units: 1, inputShape: [1] })]${weights});\nexport default l.sequential([l.call(inner)]);\n`,
  );
const state = (name: string): Example =>
  file(
    `${head}const net = l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n  training: { loss: "mse", optimizer: { name: "sgd", momentum: 0.9 } },\n});\nexport default { ...net, state: { "${name}": new Float32Array([1]) } };\n`,
    `${compile} --train`,
  );
const names = (first: string): Example =>
  file(
    `${head}export default l.sequential([l.dense({ name: "${first}", units: 1, inputShape: [1] }), l.dense({ name: "dense", units: 1 })], {\n  training: { loss: "mse", optimizer: "adam" },\n});\n`,
    `${compile} --train`,
  );
const fitted = (more: string): Example => ({
  files: {
    "net.model.ts": `${head}export default l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n  training: { loss: "mse", optimizer: "sgd" },\n});\n`,
    "rows.csv": "x,y\n1,2\n2,4\n3,6\n",
  },
  run: `layerc train net.model.ts --data rows.csv --target y --epochs 3${more}`,
});
const seeded = (seed: number): Example => ({
  files: {
    "a.model.ts": `${head}export default l.sequential([${dense}]);\n`,
    "b.model.ts": `${head}export default l.sequential([${dense}], { seed: ${seed} });\n`,
  },
  run: "layerc compare a.model.ts b.model.ts --input [[1,2,3]]",
});

/** Pairs of training/*, weights/*, compare/* and options/*. */
export const training: Pairs = {
  "training/spec": {
    wrong: trained('{ loss: "mse", optimizer: "adma" }'),
    right: trained('{ loss: "mse", optimizer: "adam" }'),
  },
  "training/missing": { wrong: { ...good, run: `${compile} --train` }, right: trained('{ loss: "mse", optimizer: "adam" }') },
  "training/head": {
    wrong: trained('{ loss: "categorical_crossentropy", optimizer: "adam" }'),
    right: trained('{ loss: "mse", optimizer: "adam" }'),
  },
  "weights/untrained": { wrong: good, right: trained('{ loss: "mse", optimizer: "adam" }') },

  "training/state": { wrong: state("optimizer/m/dense/kernel"), right: state("optimizer/momentum/dense/kernel") },
  "training/names": { wrong: names("optimizer/m/dense"), right: names("first") },
  "training/run": { wrong: fitted(" --patience 1 --monitor val_acc"), right: fitted(" --patience 1 --monitor val_loss") },
  "weights/unread": { wrong: inner(', { weights: "./inner.safetensors" }'), right: inner("") },
  "weights/unknown": { wrong: weighted('"dense/kernels": new Float32Array([1])'), right: numbers("[1]") },
  "weights/missing": { wrong: weighted('"dense/kernel": new Float32Array([1])'), right: numbers("[1]") },
  "weights/length": { wrong: numbers("[1, 2]"), right: numbers("[1]") },
  "weights/not-finite": { wrong: numbers("[NaN]"), right: numbers("[1]") },
  "weights/rounding": {
    wrong: weighted(
      '"dense/kernel": new Float32Array([1e6, 1, 1, 1]), "dense/bias": new Float32Array(2)',
      2,
      "--weights-type float16",
    ),
    right: weighted(
      '"dense/kernel": new Float32Array([1e6, 1, 1, 1]), "dense/bias": new Float32Array(2)',
      2,
      "--weights-type int8",
    ),
  },
  "weights/gain": {
    wrong: net("l.dense({ units: 8, inputShape: [8] })", `${compile} --weights-type int8`),
    right: net("l.dense({ units: 64, inputShape: [64] })", `${compile} --weights-type int8`),
  },
  "weights/inline": {
    wrong: net("l.dense({ units: 4096, inputShape: [4096] })"),
    right: net("l.dense({ units: 16, inputShape: [4096] })"),
  },
  "compare/differs": { wrong: seeded(1), right: seeded(0) },
  "options/host": {
    wrong: { ...good, run: `${compile} --host njs --syntax es2020` },
    right: { ...good, run: `${compile} --host njs` },
  },
  "options/budget": {
    wrong: { ...good, run: `${compile} --budget 1kb` },
    right: { ...good, run: `${compile} --budget 9kb` },
  },
  "options/invalid": {
    wrong: { ...good, run: `${compile} --chunk 2` },
    right: net("l.lstm({ units: 2, inputShape: [4, 2] })", `${compile} --stream --chunk 2`),
  },
  "sql/limit": {
    wrong: net("l.dense({ units: 90, inputShape: [90] })", `${compile} --format sql --dialect bigquery`),
    right: net("l.dense({ units: 9, inputShape: [90] })", `${compile} --format sql --dialect bigquery`),
  },
  "wasm/unsupported": {
    wrong: net('l.stringLookup({ vocabulary: ["red", "blue"], inputShape: [1] })', `${compile} --format wasm`),
    right: net("l.embedding({ inputDim: 3, outputDim: 2, inputShape: [1] })", `${compile} --format wasm`),
  },
};
