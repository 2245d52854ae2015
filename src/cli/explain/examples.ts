// A wrong and a right example of error and warning codes. In: a code. Out: two small sets of files, each with the command that is run on them.
// Guarantee: the wrong one gives that very code and the right one does not, a law that tests/cli/explain.test.ts runs. Loaded by `explain`
// alone, so that no other command and no page carries the texts.
import type { Code } from "../../../compiler/diagnostics/codes.ts";

/** Files by name, and what is called in their folder. */
export interface Example {
  readonly files: Readonly<Record<string, string>>;
  readonly run: string;
}
/** What gives a code, and the same put right. */
export interface Pair {
  readonly wrong: Example;
  readonly right: Example;
}

const compile = "layerc compile net.model.ts --stdout";
const head = 'import * as l from "layerc";\n\n';
const net = (lines: string, run = compile): Example => ({
  files: { "net.model.ts": `${head}export default l.sequential([${lines}]);\n` },
  run,
});
const trained = (training: string): Example => ({
  files: {
    "net.model.ts": `${head}export default l.sequential([l.dense({ units: 1, inputShape: [3] })], { training: ${training} });\n`,
  },
  run: `${compile} --train`,
});
const file = (text: string, run = compile): Example => ({ files: { "net.model.ts": text }, run });
const spec = (text: string): Example => ({ files: { "net.json": text }, run: "layerc compile net.json --stdout" });
const graph = (lines: string): string => `{ inputs: { a: [2], b: [2] }, layers: [${lines}] }`;
const model = (lines: string): Example => file(`${head}export default l.model(${graph(lines)});\n`);

const dense = "l.dense({ units: 2, inputShape: [3] })";
const good = net(dense);
const rows = (name: string, text: string): Example => ({
  files: { ...good.files, [name]: text },
  run: `layerc run net.model.ts --input ${name}`,
});
const table = (text: string, more = ""): Example => ({
  files: {
    "net.model.ts": `${head}export default l.sequential([l.dense({ units: 2, activation: "softmax", inputShape: [1] })], {\n  training: { loss: "sparse_categorical_crossentropy", optimizer: "sgd" },\n});\n`,
    "rows.csv": text,
  },
  run: `layerc train net.model.ts --data rows.csv --target kind${more}`,
});
const plain = "size,kind\n1,a\n2,b\n3,a\n";
const simpleSpec = '{ "layers": [{ "layer": "dense", "config": { "units": 2, "inputShape": [3] } }] }\n';

/** The pairs by code. */
export const examples: Partial<Readonly<Record<Code, Pair>>> = {
  "shape/mismatch": {
    wrong: net("l.reshape({ targetShape: [3], inputShape: [4] })"),
    right: net("l.reshape({ targetShape: [2, 2], inputShape: [4] })"),
  },
  "shape/rank": {
    wrong: net("l.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8] })"),
    right: net("l.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8, 1] })"),
  },
  "shape/unknown-size": { wrong: net("l.dense({ units: 2 })"), right: good },
  "model/empty": { wrong: net(""), right: good },
  "model/schema": { wrong: net('"dense"'.concat(" as never")), right: good },
  "model/inputs": { wrong: model('l.add({ inputs: ["a", "c"] })'), right: model('l.add({ inputs: ["a", "b"] })') },
  "layer/unknown": {
    wrong: spec('{ "layers": [{ "layer": "Dense", "config": { "units": 2, "inputShape": [3] } }] }\n'),
    right: spec(simpleSpec),
  },
  "layer/name": {
    wrong: net('l.dense({ name: "a", units: 2, inputShape: [3] }), l.dense({ name: "a", units: 2 })'),
    right: net('l.dense({ name: "a", units: 2, inputShape: [3] }), l.dense({ name: "b", units: 2 })'),
  },
  "layer/config": { wrong: net("l.dense(4 as never)"), right: net("l.dense({ units: 4, inputShape: [3] })") },
  "layer/unsupported": {
    wrong: net("l.dense({ units: 2, inputShape: [3], loraRank: 4 } as never)"),
    right: good,
  },
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
  "format/json": { wrong: spec('{ "layers": [], }\n'), right: spec(simpleSpec) },
  "format/spec": { wrong: spec('{ "lyers": [] }\n'), right: spec(simpleSpec) },
  "format/input": { wrong: rows("rows.csv", "1,2,x\n"), right: rows("rows.csv", "1,2,3\n") },
  "format/truncated": {
    wrong: { files: { "net.safetensors": "hello" }, run: "layerc compile net.safetensors --stdout" },
    right: spec(simpleSpec),
  },
  "data/column": { wrong: table("size,sort\n1,a\n2,b\n"), right: table(plain) },
  "data/missing": { wrong: table("size,kind\n1,a\n,b\n3,a\n"), right: table("size,kind\n1,a\n,b\n3,a\n", " --impute mean") },
  "data/labels": { wrong: table("size,kind\n1,a\n2,b\n3,c\n"), right: table(plain) },
  "data/empty": { wrong: table("size,kind\n"), right: table(plain) },
  "file/missing": { wrong: { ...good, run: "layerc compile nets.model.ts --stdout" }, right: good },
  "source/syntax": { wrong: file(`${head}export default l.sequential([;\n`), right: good },
  "source/no-default-export": { wrong: file(`${head}export const net = l.sequential([${dense}]);\n`), right: good },
  "source/no-such-export": {
    wrong: {
      files: {
        "net.model.js":
          'import { Dense, sequential } from "layerc";\n\nexport default sequential([Dense({ units: 2, inputShape: [3] })]);\n',
      },
      run: "layerc compile net.model.js --stdout",
    },
    right: {
      files: {
        "net.model.js":
          'import { dense, sequential } from "layerc";\n\nexport default sequential([dense({ units: 2, inputShape: [3] })]);\n',
      },
      run: "layerc compile net.model.js --stdout",
    },
  },
  "source/not-a-model": { wrong: file(`${head}export default [${dense}];\n`), right: good },
  "source/threw": { wrong: file(`${head}export default l.sequential([dense({ units: 2, inputShape: [3] })]);\n`), right: good },
  "source/ended": { wrong: file(`${head}process.exit();\n`), right: good },
  "source/unsettled": {
    wrong: file(`${head}await new Promise(() => {});\nexport default l.sequential([${dense}]);\n`),
    right: good,
  },
  "cli/option": {
    wrong: { ...good, run: "layerc explain layer/confg" },
    right: { ...good, run: "layerc explain layer/config" },
  },
};
