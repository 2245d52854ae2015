// What people who come from Keras or TensorFlow.js write in a model file, as far as JavaScript itself refuses it. In: what the file threw, in
// Node's words, or the name that it imports. Out: what to write instead, or nothing.
import { layers } from "../../compiler/layers/index.ts";

const training = "sequential([…], { training: { loss, optimizer, metrics } })";
const inApp = (call: string) => `a model file exports its model alone; where it is used, ${call}`;

/** Methods of Keras' and TensorFlow.js' models and layers: here a model is plain data, and functions take it. */
export const methods: Readonly<Record<string, string>> = {
  add: "a model is a list: sequential([dense({ units: 4, inputShape: [2] }), …])",
  apply: 'a line names its inputs: model({ inputs: { a: [2] }, layers: [dense({ units: 1, inputs: ["a"] })] })',
  call: 'a line names its inputs: model({ inputs: { a: [2] }, layers: [dense({ units: 1, inputs: ["a"] })] })',
  compile: `loss and optimizer belong to the model: ${training}`,
  fit: inApp("fit(model, { x, y }, { epochs: 10 }) trains it, and so does layerc train"),
  fitDataset: inApp("fit(model, batches, { epochs: 10 }) trains it"),
  evaluate: inApp("the function evaluate of a module compiled with train: true judges it"),
  predict: inApp("load(compile(model)).predict(rows) answers, and so does layerc run"),
  predict_classes: inApp("load(compile(model)).predict(rows) answers"),
  predictOnBatch: inApp("load(compile(model)).predict(rows) answers"),
  trainOnBatch: inApp("the function trainStep of a module compiled with train: true takes a batch"),
  summary: "layerc summary prints it, and the function summary gives it",
  save: "save(model) gives bytes, and layerc convert writes files",
  save_weights: "save(model) gives bytes of the whole model, and layerc convert writes files",
  saveWeights: "save(model) gives bytes of the whole model, and layerc convert writes files",
  load_weights: 'give the file: sequential([…], { weights: "./model.safetensors" })',
  loadWeights: 'give the file: sequential([…], { weights: "./model.safetensors" })',
  getWeights: "getWeights(model) gives them",
  get_weights: "getWeights(model) gives them",
  setWeights: "withWeights(model, weights) gives the model with them",
  set_weights: "withWeights(model, weights) gives the model with them",
  getLayer: "model.layers is a list of lines: find one by its name",
  get_layer: "model.layers is a list of lines: find one by its name",
  pop: "a model is a list that does not change: leave the last layer out of it",
};

/** Names that Keras and TensorFlow.js export and layerc does not, by what does the same here. */
export const elsewhere: Readonly<Record<string, string>> = {
  Sequential: "write sequential([dense({ units: 4, inputShape: [2] }), …])",
  Model: "write model({ inputs: { a: [2] }, layers: [...] })",
  Input: "write model({ inputs: { a: [2] }, layers: [...] }), or input({ shape: [2] }) as the first layer",
  InputLayer: "write input({ shape: [2] })",
  layers: 'every layer is an export of its own: import { dense } from "layerc"',
  tf: 'layerc itself has the layers: import { dense, sequential } from "layerc"',
  keras: 'layerc itself has the layers: import { dense, sequential } from "layerc"',
  optimizers: 'an optimizer is a name, or one with its keys: optimizer: { name: "adam", learningRate: 0.001 }',
  losses: 'a loss is a name, or one with its keys: loss: { name: "huber", delta: 2 }',
  metrics: 'a metric is a name, or one with its keys: metrics: ["accuracy"]',
  train: 'an optimizer is a name, or one with its keys: optimizer: { name: "adam", learningRate: 0.001 }',
  loadLayersModel: "open(bytes) reads a file; the command line takes it as it is: layerc compile model.json",
  loadGraphModel: "open(bytes) reads a file; the command line takes it as it is: layerc compile model.json",
  load_model: "open(bytes) reads a file; the command line takes it as it is: layerc compile model.keras",
  tensor: "rows are lists of numbers, or a Float32Array",
  tensor2d: "rows are lists of numbers, or a Float32Array",
};

/** The layer that a name may stand for: its own, or that of Keras' class. */
const layerOf = (name: string): string | undefined =>
  layers.has(name) ? name : [...layers.values()].find(({ keras }) => keras === name)?.name;

/** Forms of Node's messages, each with what it may be about. */
const forms: readonly (readonly [form: RegExp, hint: (name: string) => string | undefined])[] = [
  [
    /^TypeError: (?:.*\.)?([\w$]+) is not a constructor$/,
    (name) => {
      const layer = layerOf(name);
      return layer === undefined ? elsewhere[name] : `layers are functions: write ${layer}({ … }), without new`;
    },
  ],
  // What a layer gives is a line: nothing to be called on tensors.
  [
    /^TypeError: ([\w$]+)\(\.\.\.\) is not a function$/,
    (name) =>
      layerOf(name) === undefined
        ? undefined
        : `what ${name} gives is a line of a model, which names its inputs: ${name}({ …, inputs: ["a"] })`,
  ],
  [/^TypeError: .*\.([\w$]+) is not a function$/, (name) => (Object.hasOwn(methods, name) ? methods[name] : exported(name))],
  [/^TypeError: Cannot read properties of undefined \(reading '([\w$]+)'\)$/, (name) => exported(name)],
  [/^ReferenceError: ([\w$]+) is not defined$/, (name) => exported(name)],
];

const exported = (name: string): string | undefined => {
  const layer = layerOf(name) ?? (["sequential", "model", "reuse", "call", "pipeline"].includes(name) ? name : undefined);
  if (layer !== undefined) return `layerc exports it as ${layer}: import { ${layer} } from "layerc"`;
  return Object.hasOwn(elsewhere, name) ? elsewhere[name] : undefined;
};

/** What to do about what a model file threw. */
export function habitIn(thrown: string): string | undefined {
  for (const [form, hint] of forms) {
    const name = form.exec(thrown)?.[1];
    const found = name === undefined ? undefined : hint(name);
    if (found !== undefined) return found;
  }
  return undefined;
}

/** What to import instead of a name that layerc does not export. */
export const importOf = (name: string): string | undefined => {
  const layer = layerOf(name);
  if (layer !== undefined && layer !== name) return `did you mean ${JSON.stringify(layer)}?`;
  return Object.hasOwn(elsewhere, name) ? elsewhere[name] : Object.hasOwn(methods, name) ? methods[name] : undefined;
};

/** Packages that hold what a model file takes from layerc. */
const packages = /^Could not resolve "(keras|tensorflow|@tensorflow\/[\w-]+)"/;
/** What to do about an import that led nowhere. */
export const packageHint = (text: string): string | undefined => (packages.test(text) ? elsewhere.tf : undefined);
