// Examples of files that are no models, or not as their format asks for. Of a binary file the first bytes are enough for most.
import { bytes, compile, type Example, good, net, type Pairs, rows, simpleSpec, spec } from "./pair.ts";

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

const written = (name: string, text: string, run = `layerc compile ${name} --stdout`): Example => ({
  files: { [name]: bytes(text) },
  run,
});
/** An ONNX file of one operator over three numbers. */
const onnx = (operator: "Wide" | "Relu"): Example => {
  const port = (name: string): string => `\x0a\x01${name}\x12\x0e\x0a\x0c\x08\x01\x12\x08\x0a\x02\x08\x01\x0a\x02\x08\x03`;
  const node = `\x0a\x0c\x0a\x01x\x12\x01y"\x04${operator}`;
  return written("net.onnx", `\x08\x08:;${node}\x12\x01gZ\x13${port("x")}b\x13${port("y")}B\x02\x10\x11`);
};
/** Three numbers as NumPy saves them, or a header of another length. */
const npy = (length: number): Example => {
  const header = "{'descr': '<f4', 'fortran_order': False, 'shape': (1, 3)}\n";
  const text = `\x93NUMPY\x01\x00${String.fromCharCode(header.length + length)}\x00${header}${"\x00\x00\x80\x3f".repeat(3)}`;
  return { files: { ...good.files, "rows.npy": bytes(text) }, run: "layerc run net.model.ts --input rows.npy" };
};
const hdf5 = "\x89HDF\r\n\x1a\n";
/** The first block of a file of Keras, which ends with a sum of its bytes. */
const superblock = (sum: string): string =>
  `${hdf5}\x02\x08\x08\x00${"\x00".repeat(8)}${"\xff".repeat(8)}0${"\x00".repeat(7)}0${"\x00".repeat(7)}${sum}`;

/** Pairs of format/* and onnx/*, and of training/left, which a file alone can give. */
export const formats: Pairs = {
  "format/json": { wrong: spec('{ "layers": [], }\n'), right: spec(simpleSpec) },
  "format/spec": { wrong: spec('{ "lyers": [] }\n'), right: spec(simpleSpec) },
  "format/input": { wrong: rows("rows.csv", "1,2,x\n"), right: rows("rows.csv", "1,2,3\n") },
  "format/truncated": {
    wrong: { files: { "net.safetensors": "hello" }, run: "layerc compile net.safetensors --stdout" },
    right: spec(simpleSpec),
  },

  "format/metadata": { wrong: written("net.safetensors", "\x02\x00\x00\x00\x00\x00\x00\x00{}"), right: spec(simpleSpec) },
  "format/hdf5": { wrong: written("net.h5", superblock("abcd")), right: spec(simpleSpec) },
  "format/hdf5-unsupported": { wrong: written("net.h5", `${hdf5}\x09`), right: spec(simpleSpec) },
  "format/npy": { wrong: npy(-4), right: npy(0) },
  "format/archive": {
    wrong: written("net.keras", `PK\x05\x06${"\x00".repeat(4)}\x01\x00\x01\x00${"\x00".repeat(10)}`),
    right: spec(simpleSpec),
  },
  "onnx/unsupported": { wrong: onnx("Wide"), right: onnx("Relu") },

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
