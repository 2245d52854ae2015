// Examples of files that are no models, or not as their format asks for. Binary files are shown as far as a text can be one.
import { compile, type Example, good, net, type Pairs, rows, simpleSpec, spec } from "./pair.ts";

const binary = (name: string, text: string, run = `layerc compile ${name} --stdout`): Example => ({
  files: { [name]: text },
  run,
});
interface Parts {
  readonly layer?: string;
  readonly type?: string;
  readonly weights?: string;
  readonly metric?: string;
  readonly more?: Readonly<Record<string, string>>;
}
/** A model of TensorFlow.js: four letters are a float32 as good as any. */
const tfjs = (
  { layer = "Dense", type = "float32", weights = "AAAABBBB", metric = "mae", more = {} }: Parts,
  run = "",
): Example => ({
  files: {
    "model.json": `{
  "modelTopology": {
    "class_name": "Sequential",
    "config": { "layers": [{ "class_name": "${layer}", "config": { "name": "dense", "units": 1, "batch_input_shape": [null, 1] } }] },
    "training_config": { "loss": "mse", "metrics": ["${metric}"], "optimizer_config": { "class_name": "SGD", "config": {} } }
  },
  "weightsManifest": [{
    "paths": ["weights.bin"],
    "weights": [
      { "name": "dense/kernel", "shape": [1, 1], "dtype": "${type}" },
      { "name": "dense/bias", "shape": [1], "dtype": "float32" }
    ]
  }]
}
`,
    ...(weights === "" ? {} : { "weights.bin": weights }),
    ...more,
  },
  run: `layerc compile model.json --stdout${run}`,
});
const custom = (gives: string): Example =>
  tfjs(
    { layer: "Wide", more: { "wide.js": `import { dense } from "layerc";\n\nexport default (config) => ${gives};\n` } },
    " --layer Wide=./wide.js",
  );
const scaled = (scale: string): Example => ({
  files: { ...good.files, "scaler.json": `{ "class": "StandardScaler", "mean_": [1, 2, 3], "scale_": ${scale} }\n` },
  run: `${compile} --scaler scaler.json`,
});

/** Pairs of format/* and onnx/*, and of training/left, which a file alone can give. */
export const formats: Pairs = {
  "format/json": { wrong: spec('{ "layers": [], }\n'), right: spec(simpleSpec) },
  "format/spec": { wrong: spec('{ "lyers": [] }\n'), right: spec(simpleSpec) },
  "format/input": { wrong: rows("rows.csv", "1,2,x\n"), right: rows("rows.csv", "1,2,3\n") },
  "format/truncated": {
    wrong: { files: { "net.safetensors": "hello" }, run: "layerc compile net.safetensors --stdout" },
    right: spec(simpleSpec),
  },

  "format/unknown": { wrong: binary("net.keras", "hello"), right: spec(simpleSpec) },
  "format/header": { wrong: binary("net.safetensors", "hello, model"), right: spec(simpleSpec) },
  "format/onnx": { wrong: binary("net.onnx", "hello, model"), right: spec(simpleSpec) },
  "format/beside": { wrong: tfjs({ weights: "" }), right: tfjs({}) },
  "format/dtype": { wrong: tfjs({ type: "complex64" }), right: tfjs({}) },
  "format/tensor": { wrong: tfjs({ weights: "AAAABBBBCCCC" }), right: tfjs({}) },
  "format/unsupported": { wrong: tfjs({ layer: "Wide" }), right: tfjs({}) },
  "training/left": { wrong: tfjs({ metric: "my_metric" }, " --train"), right: tfjs({}, " --train") },
  "format/custom-layer": { wrong: custom("[]"), right: custom("dense({ units: config.units })") },
  "format/scaler": { wrong: scaled("[1, 0]"), right: scaled("[1, 2, 4]") },
  "format/size": { wrong: { ...good, run: `${compile} --input-shape 5` }, right: { ...good, run: `${compile} --input-shape 3` } },
  "format/unwritten": {
    wrong: net('l.stringLookup({ vocabulary: ["a", "b"], inputShape: [1] })', "layerc convert net.model.ts -o net.onnx"),
    right: { ...good, run: "layerc convert net.model.ts -o net.onnx" },
  },
};
