// What the wrong example of each code prints. Written by `npm run update-examples`; tests/cli/explain.test.ts runs them and compares.
import type { Code } from "../../../compiler/diagnostics/codes.ts";

/** As the command line prints it, without colours. */
export const prints: Partial<Readonly<Record<Code, string>>> = {
  "shape/mismatch":
    'shape/mismatch  layers[0].targetShape reshape\n  [3] needs 3 numbers, the layer before gives [4], which is 4\n  note  in layers[0] reshape "reshape"\n  note  a sample is [4]\n  hint  one size may be -1: whatever is left\n  at    net.model.ts:3:42\n    2 |\n  > 3 | export default l.sequential([l.reshape({ targetShape: [3], inputShape: [4] })]);\n      |                                          ^\n',
  "shape/rank":
    'shape/rank  layers[0] conv2d\n  the input needs 3 axes (height, width, channels), found [8, 8]\n  note  in layers[0] conv2d "conv2d"\n  note  a sample is [8, 8]\n  hint  check inputShape, or put reshape or flatten before this layer\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.conv2d({ filters: 1, kernelSize: 3, inputShape: [8, 8] })]);\n      |                              ^\n',
  "shape/unknown-size":
    'shape/unknown-size  layers[0] dense\n  the shape of a sample must be known, but layers[0] dense "dense" has no inputShape\n  hint  write dense({ …, inputShape: [2] }): the shape of one sample, without the batch\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 2 })]);\n      |                              ^\n',
  "model/empty":
    "model/empty  layers\n  the model has no layers\n  hint  start with dense({ units: 1, inputShape: [2] })\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([]);\n      |                ^\n",
  "model/schema":
    'model/schema  layers[0]\n  a line needs the name of its layer, found "dense"\n  hint  call the layer, with its keys: dense({ units: 4 })\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential(["dense" as never]);\n      |                              ^\n',
  "model/inputs":
    'model/inputs  layers[0].inputs[1] add\n  there is no input and no line "c"\n  hint  did you mean "a"?\n  at    net.model.ts:3:85\n    2 |\n  > 3 | … inputs: { a: [2], b: [2] }, layers: [l.add({ inputs: ["a", "c"] })] });\n      |                                                              ^\n',
  "layer/unknown":
    'layer/unknown  layers[0].layer Dense\n  there is no layer "Dense"\n  hint  did you mean "dense"?\n  at    net.json:1:16\n  > 1 | { "layers": [{ "layer": "Dense", "config": { "units": 2, "inputShape": [3] } }] }\n      |                ^\n',
  "layer/name":
    'layer/name  layers[1].name dense "a"\n  two layers are called "a"\n  hint  give each layer another name, or none\n  at    net.model.ts:3:91\n    2 |\n  > 3 | ….dense({ name: "a", units: 2, inputShape: [3] }), l.dense({ name: "a", units: 2 })]);\n      |                                                              ^\n',
  "layer/config":
    "layer/config  layers[0] dense\n  dense takes an object of keys and values, found 4\n  hint  write dense({ units: 4 })\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.dense(4 as never)]);\n      |                              ^\n",
  "layer/unsupported":
    "layer/unsupported  layers[0].loraRank dense\n  layerc does not have dense's loraRank yet, found 4\n  hint  leave it out, or give null\n  at    net.model.ts:3:67\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 2, inputShape: [3], loraRank: 4 } as never)]);\n      |                                                                   ^\n",
  "shape/too-large":
    'shape/too-large  layers[0] dense\n  kernel has 3000000000 numbers ([3, 1000000000]), at most 268435456 are possible\n  note  in layers[0] dense "dense"\n  note  a sample is [3]\n  hint  a value of one sample, and a weight, have at most 2^28 numbers\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 1e9, inputShape: [3] })]);\n      |                              ^\n',
  "op/unknown": 'op/unknown\n  line 3, column 8: there is no op "plus"\n',
  "op/attrs": "op/attrs\n  line 3, column 8: broadcast: Invalid input: expected array, received undefined at axes\n",
  "ir/parse": 'ir/parse\n  line 3, column 15: expected ")" or ",", found %0\n',
  "graph/values": 'graph/values  z\n  the Graph has no key "z"\n  hint  did you mean "x"?\n',
  "model/port":
    'model/port  inputs[0].name\n  [0].name needs a name without / and :, and not "__proto__", found "a/b"\n  hint  give a name without / and :, and not "__proto__"\n  at    net.model.ts:3:36\n    2 |\n  > 3 | export default l.model({ inputs: { "a/b": [2] }, layers: [l.dense({ units: 1 })] });\n      |                                    ^\n',
  "model/unused":
    'model/unused  layers[0] dense\n  nothing takes what "dense" gives\n  hint  name it in outputs or in a line\'s inputs, or leave it out\n  at    net.model.ts:3:63\n    2 |\n  > 3 | export default l.model({ inputs: { a: [2], b: [2] }, layers: [l.dense({ units: 2, inputs: ["a"] …\n      |                                                               ^\n',
  "model/about":
    'model/about  about.classes.y\n  classes of "y" need 2 names, found 1\n  hint  one for each number along the last axis\n  at    net.model.ts:3:82\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 2, inputShape: [3] })], { about: { classes: ["cat"…\n      |                                                                                  ^\n',
  "layer/untrained":
    'layer/untrained  layers[0] randAugment\n  a model with randAugment cannot be trained: layerc does not change pictures that way\n  note  in layers[0] randAugment "rand_augment"\n  hint  take randAugment out of the model that is trained; what it predicts is the same without\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.randAugment({ inputShape: [8, 8, 3] }), l.flatten(), l.dense({ un…\n      |                              ^\n',
  "stream/refused":
    'stream/refused  layers[0] globalAveragePooling1d\n  globalAveragePooling1d "global_average_pooling1d" takes no sequence in chunks: it looks at all steps at once\n  note  in layers[0] globalAveragePooling1d "global_average_pooling1d"\n  hint  leave stream out, or take a layer that looks back alone\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([l.globalAveragePooling1d({ inputShape: [4, 2] })]);\n      |                              ^\n',
  "training/spec":
    'training/spec  training.optimizer\n  there is no optimizer "adma"\n  hint  did you mean "adam"?\n  at    net.model.ts:3:98\n    2 |\n  > 3 | …{ units: 1, inputShape: [3] })], { training: { loss: "mse", optimizer: "adma" } });\n      |                                                              ^\n',
  "training/missing":
    'training/missing  training\n  a training step needs a loss and an optimizer; the model names none\n  hint  give sequential(list, { training: { loss: "mse", optimizer: "adam" } })\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 2, inputShape: [3] })]);\n      |                ^\n',
  "training/head":
    "training/head  layers[0] dense\n  categorical_crossentropy chooses from the last axis, which has one class: the loss cannot change\n  hint  give the last layer as many units as there are classes, or take binary_crossentropy with one sigmoid\n",
  "weights/untrained":
    "weights/untrained\n  the model has no weights: the seeded initial weights are used\n  hint  train it, or give `weights`\n",
  "training/state":
    'training/state  state["optimizer/m/dense/kernel"]\n  what is trained keeps nothing called "optimizer/m/dense/kernel"\n  hint  did you mean "optimizer/momentum/dense/kernel"?; without state, training begins anew\n  at    net.model.ts:3:13\n    2 |\n  > 3 | const net = l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n      |             ^\n    4 |   training: { loss: "mse", optimizer: { name: "sgd", momentum: 0.9 } },\n',
  "training/names":
    'training/names  weights\n  the weight "optimizer/m/dense/kernel" is called like what the optimizer keeps\n  hint  give the weight another name\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.dense({ name: "optimizer/m/dense", units: 1, inputShape: [1] }), …\n      |                ^\n    4 |   training: { loss: "mse", optimizer: "adam" },\n',
  "training/run":
    '2 rows to train, 1 to validate\ntraining/run\n  earlyStopping.monitor: wanted "loss" or "val_loss", got "val_acc"\n',
  "weights/unread":
    'weights/unread  layers\n  the model "model" names a weights file, which is read for a whole model only\n  hint  give it its weights: { ...model, weights: openWeights(bytes) }\n  at    net.model.ts:4:16\n    3 | const inner = l.sequential([l.dense({ units: 1, inputShape: [1] })], { weights: "./inner.safeten…\n  > 4 | export default l.sequential([l.call(inner)]);\n      |                ^\n',
  "weights/unknown":
    'weights/unknown  weights\n  the model has no weight "dense/kernels"\n  hint  did you mean "dense/kernel"?\n  at    net.model.ts:4:3\n    3 | export default l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n  > 4 |   weights: { "dense/kernels": new Float32Array([1]) },\n      |   ^\n    5 | });\n',
  "weights/missing":
    'weights/missing  weights["dense/bias"]\n  "dense/bias" needs 1 numbers ([1]), but is not among the given weights\n  hint  give every weight, or none\n  at    net.model.ts:4:3\n    3 | export default l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n  > 4 |   weights: { "dense/kernel": new Float32Array([1]) },\n      |   ^\n    5 | });\n',
  "weights/length":
    'weights/length  weights["dense/kernel"]\n  "dense/kernel" needs 1 numbers ([1, 1]), found 2\n  hint  the layers or the input shape differ from those the weights were made for\n  at    net.model.ts:4:14\n    3 | export default l.sequential([l.dense({ units: 1, inputShape: [1] })], {\n  > 4 |   weights: { "dense/kernel": new Float32Array([1, 2]), "dense/bias": new Float32Array([0]) },\n      |              ^\n    5 | });\n',
  "weights/not-finite":
    'weights/not-finite  layers[0] dense\n  "dense/kernel" holds 1 number that is not finite; the first, NaN, is at 0\n  hint  every prediction that meets it becomes NaN or infinite\n',
  "weights/rounding":
    'weights/rounding  weights["dense/kernel"]\n  "dense/kernel" holds 1000000 at 0, which float16 does not have: its largest number is 65504\n  hint  weightsType int8, whose scales fit each channel, or float32\n  at    net.model.ts:4:14\n    3 | export default l.sequential([l.dense({ units: 2, inputShape: [2] })], {\n  > 4 |   weights: { "dense/kernel": new Float32Array([1e6, 1, 1, 1]), "dense/bias": new Float32Array(2)…\n      |              ^\n    5 | });\n',
  "weights/gain":
    "weights rounded to int8: y is off by up to 0.0058 from float32 weights at 16 golden rows, and another number is its largest in 0\nweights/untrained\n  the model has no weights: the seeded initial weights are used\n  hint  train it, or give `weights`\nweights/gain  weightsType\n  the weights are rounded to int8, and the module is no smaller for it: they are so few that they travel as float32\n  hint  leave weightsType out\n",
  "weights/inline":
    'weights/inline  weights\n  16781312 numbers of weights are too many for the text of a module, which takes at most 16777216 (64 MiB)\n  hint  --weights external, or { weights: "external" }: the weights become a file that create(bytes) takes\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 4096, inputShape: [4096] })]);\n      |                ^\n',
  "compare/differs":
    'compare/differs  b.model.ts\n  they first differ at "dense": row 0, place 1 is 2.552736669778824 and 1.29240682721138\n',
  "options/host":
    "options/host  syntax\n  njs in nginx needs syntax es5, and syntax es2020 is asked for: njs lacks some of ES2015, and WebAssembly\n  hint  leave syntax or the host out\n",
  "options/budget":
    'options/budget  budget\n  the module takes 1444 bytes packed, and the budget is 1000 bytes\n  note  functions and checks: 1010 bytes\n  note  selfTest: 366 bytes\n  note  kernels of dense "dense": 233 bytes\n  hint  `selfTest: false` leaves it out\n',
  "options/invalid":
    "options/invalid  chunk\n  chunk is how many steps of a stream come at once, and no stream is asked for\n  hint  --stream, or { stream: true }\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 2, inputShape: [3] })]);\n      |                ^\n",
  "sql/limit":
    "sql/limit  dialect\n  the body of the function has 51805 bytes, bigquery takes 32768\n  hint  larger code goes to Cloud Storage: --format iife, and OPTIONS (library = [...])\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.dense({ units: 90, inputShape: [90] })]);\n      |                ^\n",
  "wasm/unsupported":
    'wasm/unsupported  inputs.x\n  the input "x" is encoded before the net (lookup), and a .wasm file takes float32 numbers alone\n  hint  compile the net behind the encoding alone, and give it the numbers; or another format\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default l.sequential([l.stringLookup({ vocabulary: ["red", "blue"], inputShape: [1] })]);\n      |                ^\n',
  "format/json":
    'format/json\n  the text is not JSON: wanted a name in double quotes, found } (line 1, column 17)\n  at    net.json:1:17\n  > 1 | { "layers": [], }\n      |                 ^\n',
  "format/spec":
    'format/spec  lyers\n  the spec has no key "lyers"\n  hint  did you mean "layers"?\n  at    net.json:1:3\n  > 1 | { "lyers": [] }\n      |   ^\n',
  "format/input":
    'format/input\n  rows.csv: row 1, column 3 holds "x", which is no number\n  at    rows.csv:1:5\n  > 1 | 1,2,x\n      |     ^\n',
  "format/truncated":
    "format/truncated\n  a .safetensors file starts with 8 bytes that say how long its header is; this one has 5 bytes\n  hint  the file was cut off: copy or save it again\n  at    net.safetensors\n",
  "format/metadata":
    'format/metadata\n  the file holds weights but no model: its metadata has no entry layerc\n  hint  name the file in a model: sequential([…], { weights: "./weights.safetensors" })\n  at    net.safetensors\n',
  "format/hdf5":
    "format/hdf5\n  the superblock at byte 0 has another checksum than its bytes\n  hint  the file is damaged: copy or save it again\n  at    net.h5\n",
  "format/hdf5-unsupported":
    "format/hdf5-unsupported\n  layerc does not read version 9 of the superblock\n  hint  Keras writes nothing of the kind: save the weights again with model.save or model.save_weights\n  at    net.h5\n",
  "format/npy":
    "format/npy  rows.npy\n  its header is no dict\n  hint  save it again with numpy.save or numpy.savez\n  at    rows.npy\n",
  "format/archive":
    "format/archive\n  the archive's directory says 1 members and holds 0\n  hint  save the model again, or copy the file again\n  at    net.keras\n",
  "onnx/unsupported":
    "onnx/unsupported  y\n  layerc has no operator Wide of opset 17\n  hint  docs/formats/onnx.md lists those it has; say it in layers that layerc has: --layer Wide=./wide.ts, or open(bytes, name, { layers: { Wide } }); docs/formats/custom-layers.md shows how\n",
  "format/unknown":
    'format/unknown\n  net.keras is no model: it starts with "hello"\n  hint  layerc opens .safetensors files that it saved, model.json of TensorFlow.js, an architecture of Keras as JSON, a spec as JSON, the text of a Graph, .keras files of Keras 2, .keras files of Keras 3, .h5 files of Keras, .onnx files\n  at    net.keras\n',
  "format/header":
    "format/header\n  the header is said to be 7863333806460921192 bytes long; at most 100000000 are read\n  at    net.safetensors\n",
  "format/onnx":
    "format/onnx\n  the bytes are no protobuf message: cant skip wire type 4\n  hint  the file is damaged, or no ONNX model\n  at    net.onnx\n",
  "format/beside":
    'format/beside  weightsManifest[0].paths[0]\n  the model names the file "weights.bin", which is not there\n  hint  put it beside the model\n  at    model.json\n',
  "format/dtype":
    'format/dtype  weightsManifest[0].weights[0]\n  the tensor "dense/kernel" holds complex64; layerc reads float32, float16, int32 and bool\n  hint  text and complex numbers are no weights of a layer\n  at    model.json\n',
  "format/tensor":
    "format/tensor  weightsManifest[0]\n  the files of the group hold 12 bytes, its tensors need 8\n  hint  copy the model again: all its files, and those that belong together\n  at    model.json\n",
  "format/unsupported":
    "format/unsupported  config.layers[1]\n  layerc does not have the layer Wide\n  hint  say it in layers that layerc has: --layer Wide=./wide.ts, or open(bytes, name, { layers: { Wide } }); docs/formats/custom-layers.md shows how\n  at    model.json\n",
  "training/left":
    'training/left  training\n  the model\'s file says more than layerc has; a metric: there is no metric "my_metric"\n',
  "format/custom-layer":
    'format/custom-layer  config.layers[1]\n  the definition of "Wide" for the layer "dense" gives no line\n  hint  give one line, a list of lines, a model, or { layers, weights }\n  at    model.json\n',
  "format/scaler":
    'format/scaler  scaler.json.scale_\n  scale_ has 2 numbers, and the input "x" has 3 features along its last axis\n  at    scaler.json:1:50\n  > 1 | { "class": "StandardScaler", "mean_": [1, 2, 3], "scale_": [1, 0] }\n      |                                                  ^\n',
  "format/size":
    "format/size  layers[0]\n  the model states its input shape itself: [3], found [5]\n  hint  --input-shape is for sizes that the model leaves open\n",
  "format/unwritten":
    'format/unwritten  x\n  lookup of the input "x" is not written as ONNX\n  hint  leave that layer out, and do its work before the model or behind it\n',
  "data/column": 'data/column  rows.csv\n  there is no column "kind"\n  hint  known: size, sort\n  at    rows.csv\n',
  "data/missing":
    "data/missing  rows.csv:3/size\n  the cell is empty\n  hint  give --impute mean, median, most_frequent, a value, or drop\n  at    rows.csv:3:1\n    2 | 1,a\n  > 3 | ,b\n      | ^\n    4 | 3,a\n",
  "data/labels":
    'data/labels  rows.csv/kind\n  has 3 different labels ("a", "b", "c"), the model tells 2 classes apart\n  hint  give the last layer units: 3\n  at    rows.csv:1:6\n  > 1 | size,kind\n      |      ^\n    2 | 1,a\n',
  "data/empty": "data/empty  rows.csv\n  there is a header and no row\n  at    rows.csv\n",
  "report/saved":
    "weights/untrained\n  the model has no weights: the seeded initial weights are used\n  hint  train it, or give `weights`\nreport/saved  model\n  model is missing\n  hint  give a string\n",
  "file/missing": "file/missing\n  cannot read nets.model.ts: there is no such file or folder\n",
  "source/syntax":
    'source/syntax\n  Unexpected ";"\n  at    net.model.ts:3:30\n    2 |\n  > 3 | export default l.sequential([;\n      |                              ^\n',
  "source/no-default-export":
    'source/no-default-export\n  net.model.ts has no default export; it exports net\n  hint  write: export default sequential([…])\n  at    net.model.ts:1:1\n  > 1 | import * as l from "layerc";\n      | ^\n    2 |\n',
  "source/no-such-export":
    'source/no-such-export\n  layerc has no "Dense"\n  hint  did you mean "dense"?\n  at    net.model.js:1:10\n  > 1 | import { Dense, sequential } from "layerc";\n      |          ^\n    2 |\n',
  "source/not-a-model":
    "source/not-a-model\n  the default export of net.model.ts is a list, not a model\n  hint  write: export default sequential([…])\n  at    net.model.ts:3:16\n    2 |\n  > 3 | export default [l.dense({ units: 2, inputShape: [3] })];\n      |                ^\n",
  "source/not-data":
    'source/not-data  weights["dense/bias"]\n  weights["dense/bias"] is the function start, and a model is plain data\n  hint  call it, if it gives what is meant: start(…)\n  at    net.model.ts:5:51\n    4 | export default l.sequential([l.dense({ units: 2, inputShape: [3] })], {\n  > 5 |   weights: { "dense/kernel": new Float32Array(6), "dense/bias": start as never },\n      |                                                   ^\n    6 | });\n',
  "source/threw":
    'source/threw\n  net.model.ts threw ReferenceError: dense is not defined\n  hint  layerc exports it as dense: import { dense } from "layerc"\n  at    net.model.ts:3:18\n    2 |\n  > 3 | export default l.sequential([dense({ units: 2, inputShape: [3] })]);\n      |                  ^\n',
  "source/ended":
    "source/ended\n  net.model.ts called process.exit(0) before its model was known\n  hint  a model file exports its model and returns\n  at    net.model.ts:3:9\n    2 |\n  > 3 | process.exit();\n      |         ^\n",
  "source/unsettled":
    'source/unsettled\n  net.model.ts waits for a top-level await that does not settle, and nothing is left to wait for\n  at    net.model.ts:1:1\n  > 1 | import * as l from "layerc";\n      | ^\n    2 |\n',
  "cli/option": 'cli/option\n  there is no code "layer/confg"\n  hint  did you mean "layer/config"?\n',
  "data/values":
    "data/values  rows.csv:3/weight\n  holds -1, and a weight is a number from 0\n  at    rows.csv:3:5\n    2 | 1,a,1\n  > 3 | 2,b,-1\n      |     ^\n    4 | 3,a,1\n",
  "file/write": "file/write\n  cannot write net.model.ts/net.js: a part of its path is no folder\n",
  "file/input": "file/input\n  the module would replace the model file net.model.ts\n  hint  give -o <file>\n",
  "file/not-ours":
    "weights/untrained\n  the model has no weights: the seeded initial weights are used\n  hint  train it, or give `weights`\nfile/not-ours\n  net.js is there already, and nothing in it says that layerc wrote it\n  hint  give -o <file> for another place, or --force to replace it\n",
};
