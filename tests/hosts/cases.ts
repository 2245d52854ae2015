// What every host computes: five models, and an exercise in words that all engines know. In: how a module is to be written. Out: modules, and the text that
// runs them. The answer is one hash of all bits that came out, with what selfTest and `backend` say.
import type { Artifact } from "../../compiler/artifact.ts";
import { compile } from "../../compiler/compile.ts";
import type { Model } from "../../compiler/model.ts";
import type { OptionsInput } from "../../compiler/options.ts";
import * as l from "../../src/sequential.ts";

/** One model, by the name of its file. */
interface Case {
  readonly name: string;
  readonly model: Model;
  readonly options: OptionsInput;
}
const simd = { target: "simd" } as const;
/** A straight line, products, windows, a loop over time, and a training. */
export const cases: readonly Case[] = [
  {
    name: "seed",
    model: l.sequential([
      l.dense({ units: 4, activation: "relu", inputShape: [2] }),
      l.dense({ units: 3, activation: "relu" }),
      l.dense({ units: 1 }),
    ]),
    options: {},
  },
  {
    name: "dense",
    model: l.sequential([
      l.dense({ units: 40, activation: "tanh", inputShape: [60] }),
      l.dense({ units: 10, activation: "softmax" }),
    ]),
    options: simd,
  },
  {
    name: "conv",
    model: l.sequential([
      l.conv2d({ filters: 4, kernelSize: 3, activation: "relu", inputShape: [8, 8, 1] }),
      l.maxPooling2d(),
      l.flatten(),
      l.dense({ units: 5, activation: "softmax" }),
    ]),
    options: simd,
  },
  {
    name: "lstm",
    model: l.sequential([l.lstm({ units: 8, inputShape: [10, 4] }), l.dense({ units: 1 })]),
    options: simd,
  },
  {
    name: "train",
    model: l.sequential([l.dense({ units: 16, activation: "relu", inputShape: [8] }), l.dense({ units: 1 })], {
      training: { loss: "mse", optimizer: "adam" },
    }),
    options: { ...simd, train: true, batch: 9 },
  },
];

type Made = readonly { readonly name: string; readonly artifact: Artifact }[];
// Most hosts take the same form.
const known = new Map<string, Made>();

/** The modules in one form, with equal bits everywhere. */
export function modulesIn(form: OptionsInput): Made {
  const key = JSON.stringify(Object.entries(form).sort());
  const made = known.get(key) ?? compiledIn(form);
  known.set(key, made);
  return made;
}
const compiledIn = (form: OptionsInput): Made =>
  cases.map(({ name, model, options }) => ({
    name,
    // A number is no name of a variable.
    artifact: compile(model, { ...options, ...form, exact: true, globalName: `model_${name}` }),
  }));

/** What a host says of one module. */
export interface Answer {
  readonly name: string;
  /** Of all bits that it computed. */
  readonly hash: string;
  readonly computes: string;
  /** Whether it passed; else what it threw. */
  readonly selfTest: string;
}

/** `exerciseAll([[name, module], …])`, in ES5: hashes of predictions, and of a training where there is one. */
export const exercise = `
function exerciseOne(name, model) {
  var hash = 40389, size = 1, i, step;
  function times(a, b) { return (a & 65535) * b + (((a >>> 16) * b & 65535) << 16) | 0; }
  function eat(values) {
    var copy = new Float32Array(values.length), bits = new Int32Array(copy.buffer), i;
    for (i = 0; i < values.length; i++) copy[i] = values[i];
    for (i = 0; i < bits.length; i++) hash = times(hash ^ bits[i], 16777619);
  }
  for (i = 0; i < model.inputShape.length; i++) size *= model.inputShape[i];
  var rows = 9, x = new Float32Array(rows * size), y = new Float32Array(rows), one = [];
  for (i = 0; i < x.length; i++) x[i] = (i * 37 % 19) / 8 - 1;
  for (i = 0; i < rows; i++) y[i] = i % 3 - 1;
  for (i = 0; i < size; i++) one.push(x[i] / 2);
  eat(model.predict(x));
  eat(model.predict(one));
  if (model.trainStep) {
    for (step = 0; step < 6; step++) eat([model.trainStep(x, y)]);
    var weights = model.getWeights();
    for (i = 0; i < weights.length; i++) eat(weights[i]);
    eat([model.evaluate(x, y).loss]);
    model.setWeights(weights);
    eat(model.predict(x));
  }
  var said = "passed";
  try { model.selfTest(); } catch (error) { said = String(error); }
  return { name: name, hash: (hash >>> 0).toString(16), computes: model.backend || "js", selfTest: said };
}
function exerciseAll(list) {
  var answers = [], i;
  for (i = 0; i < list.length; i++) answers.push(exerciseOne(list[i][0], list[i][1]));
  return answers;
}`;

/** What stands before the line with the answers, where a host prints. */
const mark = "answers of the host: ";
/** The same as a statement of an expression that gives them. */
export const printed = (expression: string): string =>
  `(typeof console === "object" && console.log ? function (text) { console.log(text); } : print)(${JSON.stringify(mark)} + JSON.stringify(${expression}));\n`;
/** The answers in what a host printed. */
export function answersIn(text: string): readonly Answer[] {
  const at = text.indexOf(mark);
  if (at < 0) throw new Error(`the host printed no answers: ${text.slice(0, 2000)}`);
  return JSON.parse(
    text
      .slice(at + mark.length)
      .split("\n")[0]
      .replace(/\s*$/, ""),
  ) as readonly Answer[];
}

/** All modules and the exercise as one script that gives the answers; `form` is an iife or CommonJS. */
export function scriptOf(form: OptionsInput): string {
  const made = modulesIn(form);
  const texts = made.map(({ name, artifact: { code } }) =>
    form.format === "cjs" ? `var model_${name} = (function () { var module = {};\n${code}\nreturn module.exports; })();\n` : code,
  );
  return `${texts.join("\n")}${exercise}\n`;
}
/** The call in such a script. */
export const call = `exerciseAll([${cases.map(({ name }) => `["${name}", model_${name}]`).join(", ")}])`;

/** The modules as files, and one more, main.js, that imports them and ends with `last`, which sees the expression. */
export function filesOf(
  form: OptionsInput,
  last: (expression: string) => string,
): readonly (readonly [string, string | Uint8Array])[] {
  const imported = form.wasm === "import";
  const made = modulesIn({ ...form, format: "esm" });
  const imports = made.map(({ name, artifact: { wasm } }) =>
    imported && wasm !== undefined
      ? `import wasm_${name} from "./${name}.wasm";\nimport * as module_${name} from "./${name}.js";\nconst model_${name} = Object.assign({}, module_${name}, module_${name}.create(wasm_${name}));`
      : `import * as model_${name} from "./${name}.js";`,
  );
  return [
    ...made.flatMap(({ name, artifact: { code, wasm } }): (readonly [string, string | Uint8Array])[] => [
      [`${name}.js`, code],
      ...(wasm === undefined ? [] : [[`${name}.wasm`, wasm] as const]),
    ]),
    ["main.js", `${imports.join("\n")}\n${exercise}\n${last(call)}`],
  ];
}
