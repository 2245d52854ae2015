// Examples of what is wrong with rows of data, files, model files as code, and command lines.
import { dense, type Example, file, good, head, type Pairs, plain, table } from "./pair.ts";

const output = (run: string, more: Readonly<Record<string, string>> = {}): Example => ({
  files: { ...good.files, ...more },
  run,
});
const other = "layerc compile net.model.ts -o net.js";

/** A model with a bias that a line above it makes. */
const beside = (bias: string): Example =>
  file(
    `${head}const start = ${bias};\nexport default l.sequential([${dense}], {\n  weights: { "dense/kernel": new Float32Array(6), "dense/bias": start as never },\n});\n`,
  );

/** Pairs of data/*, file/*, source/* and cli/*. */
export const files: Pairs = {
  "data/column": { wrong: table("size,sort\n1,a\n2,b\n"), right: table(plain) },
  "data/missing": { wrong: table("size,kind\n1,a\n,b\n3,a\n"), right: table("size,kind\n1,a\n,b\n3,a\n", " --impute mean") },
  "data/labels": { wrong: table("size,kind\n1,a\n2,b\n3,c\n"), right: table(plain) },
  "data/empty": { wrong: table("size,kind\n"), right: table(plain) },
  "report/saved": {
    wrong: output("layerc report --compare net.model.ts old.json", { "old.json": '{ "layerc": "0.1.0", "goals": 1 }\n' }),
    right: output("layerc report --compare net.model.ts net.model.ts"),
  },
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
  "source/not-data": {
    wrong: beside("() => new Float32Array([0, 1])"),
    right: beside("new Float32Array([0, 1])"),
  },
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

  "data/values": {
    wrong: table("size,kind,weight\n1,a,1\n2,b,-1\n3,a,1\n", " --weight weight"),
    right: table("size,kind,weight\n1,a,1\n2,b,2\n3,a,1\n", " --weight weight"),
  },
  "file/write": { wrong: output("layerc compile net.model.ts -o net.model.ts/net.js"), right: output(other) },
  "file/input": { wrong: output("layerc compile net.model.ts -o net.model.ts"), right: output(other) },
  "file/not-ours": {
    wrong: output(other, { "net.js": "console.log(1);\n" }),
    right: output(`${other} --force`, { "net.js": "console.log(1);\n" }),
  },
};
