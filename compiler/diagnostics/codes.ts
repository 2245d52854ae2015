// The catalogue of error and warning codes. A code never changes meaning; `layerc explain <code>` prints the text.
/** Code → what it means, for whoever asks with `layerc explain`. */
export const codes = {
  "internal/bug":
    "layerc reached a state that its own rules exclude. The notes show the IR around the fault and the pass that made it.",
  "shape/mismatch": "Two tensors that must agree in shape do not. Sizes are written without the batch axis.",
  "shape/rank": "A layer or an op got a tensor with another number of axes than it takes.",
  "shape/unknown-size": "A size is needed as a number before the graph can be built. Give it with inputShape or --input-shape.",
  "shape/too-large":
    "A value has more numbers, or more axes, than layerc can hold: 2^28 numbers a sample or weight, 32 axes, 2^29 numbers in all. Or the model is too large for the stack or the memory of the engine that compiles it.",
  "op/unknown": "IR text names an op that layerc does not have.",
  "op/attrs": "An op's attributes do not have the form its schema asks for.",
  "ir/parse": "IR text could not be read. The message names line and column.",
  "ir/verify": "An IR breaks one of its own rules. The notes show the place.",
  "graph/values":
    "A number, vector or matrix needed to run a graph was not given, or has another length than its shape asks for.",
  "autodiff/not-differentiable":
    "A gradient is wanted through an op that has none. The message names the op, the reason and the layer; freeze what lies before it, or use another op.",
  "model/empty": "A model needs at least one layer.",
  "model/schema": "The value is no model: it needs `layers`, a list of {layer, config} lines.",
  "model/inputs":
    "A line names an input or a line that is not there, or not yet, or a result that the line does not give; or its layer takes another number of inputs.",
  "model/port":
    "An input or output of the model is not well named or described: names are unique strings without / and :, shapes lists of sizes.",
  "model/unused": "Nothing takes what a line gives: it is no output, and no other line names it.",
  "model/about": "Names of features and classes are lists of strings by port, one for each number along the last axis.",
  "layer/unknown":
    "There is no layer of this name: in layerc, where layers are Keras' class names in camelCase, or in the model.",
  "layer/name": "Layer names are strings, each used once; with the weights' names behind a slash they must stay distinct.",
  "layer/config": "A layer's config has an unknown key, a value its schema does not allow, or values that exclude each other.",
  "layer/unsupported": "Keras has this key, but layerc honours it only at the values named in the hint.",
  "layer/untrained":
    "The layer predicts as in Keras, but layerc cannot train a model with it: it has no training form of it, or what follows would have other shapes in training. Compile the model without training, or take the layer out while it is trained: at inference it changes nothing.",
  "stream/refused":
    'The model cannot take a sequence in chunks: a layer looks at later steps, or at all of them at once. The message names the layer. Leave `stream` out, or take a layer that looks back alone: padding "causal", a recurrent layer that is not bidirectional, a normalisation along the features.',
  "compare/differs":
    "`layerc compare` found a difference beyond the tolerance. The message names the first layer, row and place, in the order of the first model; both from 0.",
  "training/spec": "The loss, the optimizer or an initializer is unknown, or its config has a value its schema does not allow.",
  "training/head":
    "The last layer and the loss do not go together, so that training learns little or nothing. A warning: the model compiles.",
  "training/state":
    "The state that training goes on from is not that of the model's optimizer: a name that it does not have, or another number of values. Names are those of a module's getOptimizerState(): optimizer/m/dense/kernel.",
  "training/left":
    "A file says something of training that layerc does not have, and it was left out. A warning: the model predicts as it should, and what is trained is said in the message.",
  "training/names":
    "A weight is called like something that training adds: the targets, the learning rate, a state of the optimizer. Give the weight another name, or compile without training.",
  "weights/unread":
    "The model names a weights file, and compile was called without its content. compile itself reads no file; the command line and the plugins do.",
  "weights/unknown": "The model has no weight of this name. Names are `layer name/weight name`.",
  "weights/missing": "Weights were given, but one that the model needs is not among them.",
  "weights/length": "A weight has another number of values than its shape asks for.",
  "weights/inline":
    "The weights are too many to stand in the module's text, which an engine reads before it runs a line. Beyond 64 MiB they are a file of their own: --weights external.",
  "weights/not-finite": "A weight holds NaN or an infinity. The model compiles, but such values spread through every prediction.",
  "weights/rounding":
    "A weight holds a number that float16 or int8 does not have: NaN, an infinity, or, for float16, more than 65504. Nothing is cut off in silence: take another weightsType, or mend the weight.",
  "weights/gain":
    "Weights were rounded to float16 or int8, and the module is no smaller: it has so few that they stand in its text as numbers. A warning: rounding only makes such a model less accurate. Leave weightsType out.",
  "format/unknown":
    "The bytes are no model file that layerc reads: a file of Keras, a model.json of TensorFlow.js, a spec as JSON, a .safetensors file, or the text of a Graph. Nothing in a model file is ever run.",
  "format/truncated": "A file ends before what its header promises. It was probably cut off while being copied.",
  "format/header":
    "The header of a .safetensors file is not what the format asks for: a JSON object that gives dtype, shape and data_offsets per tensor.",
  "format/dtype": "A tensor of the file has a number format that layerc does not read. Weights are float32 (F32).",
  "format/tensor":
    "A tensor's shape, byte range and data do not fit together. Byte ranges must cover the data without gap or overlap.",
  "format/metadata":
    "A .safetensors file holds no model spec, or one of another format version. Files saved by layerc carry the spec in their metadata.",
  "format/hdf5":
    "An HDF5 file (a Keras .h5 file, or the weights in a .keras file) contradicts its own format: it is damaged. The path is that of the group, dataset or attribute in the file.",
  "format/hdf5-unsupported":
    "An HDF5 file holds something that layerc does not read, and names it: links to other places, a compression other than gzip, values that are neither numbers nor text, or more data than its length allows for. Keras writes none of these.",
  "format/beside":
    "The model names another file, such as a shard of its weights, that is not there, or that lies outside its folder. Keep the files of a model together; a page gives them to `open` by `beside`.",
  "format/npy": "An array of NumPy (.npy, or one in an .npz archive) is damaged, or its header is not what NumPy writes.",
  "format/archive":
    "A zip archive (a .keras file) is damaged, or holds what no model needs: an encrypted member, one packed otherwise than by deflate, or one that unpacks to more than a hundred times its size.",
  "format/custom-layer":
    "The definition that was given for a layer of the file's author (--layer, or `layers` of `open`) throws, gives no lines, or has other weights than the file holds variables. The message names the class and the layer; docs/formats/custom-layers.md says what a definition is.",
  "format/scaler":
    "The numbers of a scaler or the names of classes that go with a model (--scaler, --classes) do not fit: another count than the model has features or classes, a scale of 0, or what is no finite number. docs/formats/scikit-learn.md shows the three lines of Python that print them.",
  "format/unsupported":
    "The file holds something that layerc does not have: a layer, a call or an option of Keras, or code. The message names it; nothing of a file is left out in silence.",
  "format/onnx":
    "An ONNX file is damaged: its bytes are no protobuf message, a tensor and its bytes differ, or a node reads what nothing makes. The path is that of the node or tensor.",
  "onnx/unsupported":
    "A node of an ONNX file needs what layerc does not have: its operator, a domain, a number format, or a value that must be known before the model runs. The path is the node's name; nothing of a file is left out in silence.",
  "format/unwritten":
    "The format of a file that is to be written has no form for a layer, an op or a port of the model. The message names it. A .safetensors file holds every model.",
  "format/json": "A .json model file is not JSON.",
  "format/spec":
    "A model spec does not have the form {name, seed, layers: [{name, layer, config}]}. The path names the offending key.",
  "format/size":
    "A shape that was given for an input (inputShape, --input-shape) contradicts the model, or is of no input that it has.",
  "format/input":
    "The rows to run a model on could not be read. They are a JSON array of numbers (or of rows), or a CSV file of numbers.",
  "report/saved":
    "A file that begins as a report saved by `layerc report --json` is none: a part is missing or has another form. Write it again, with this version of layerc.",
  "data/values": "Rows of data hold something that is no number, or a number that may not stand there, such as NaN.",
  "data/empty": "A file of data holds no row, or too few rows for what is asked of them, such as a part for validation.",
  "data/column":
    "A table lacks a column that is asked for, or its columns do not fit: a line has another number of cells than the header, or the columns together have another number of values than the model takes.",
  "data/missing":
    "A cell holds nothing, and nothing says what stands in its place. `--impute mean` (median, most_frequent, drop, or a value) does; a target is never made up.",
  "data/labels": "A label is none of the classes that the model tells apart, or there are more labels than classes.",
  "file/missing": "A file could not be read: it does not exist, is a folder, or may not be read.",
  "file/write": "A file could not be written.",
  "file/input":
    "An output would replace a file that the model is made from: itself, what it imports, or its weights, by whatever name or link. --force does not change that.",
  "file/not-ours":
    "A file stands where an output goes, and layerc did not write it: modules and declarations say so in their first line, and a module names its .bin and .wasm with their hash. --force replaces it.",
  "file/endless":
    "Standard input, a pipe or a device did not end, gave nothing for too long, or was not read. layerc waits 10 seconds; the environment variable LAYERC_TIMEOUT gives another number, 0 waits for ever.",
  "source/syntax": "A model file is not valid TypeScript or JavaScript, or imports a file that cannot be found.",
  "source/no-default-export": "A model file has no default export. layerc compiles what the file exports as default.",
  "source/no-such-export": "A model file imports a name that layerc does not have, such as a misspelt layer.",
  "source/not-a-model": "A model file's default export is not a model, that is, not what sequential([...]) returns.",
  "source/not-data":
    "A model is plain data, and a model file's default export holds something else: a function, a symbol, a reference to itself, or a getter that throws.",
  "source/unsettled":
    "A model file did not give its model: an endless loop, a top-level await or an exported Promise that never settles. It has 10 seconds; the environment variable LAYERC_TIMEOUT gives another number, 0 waits for ever.",
  "source/ended": "A model file ended the process that runs it, by process.exit or a signal, before its model was known.",
  "source/threw": "A model file is the user's own code and threw an error while it ran.",
  "cli/option": "A command got an option value or an argument that it does not know.",
  "cli/missing":
    "A command needs a package that is not installed with layerc, because few need it and it is large. The hint says how to install it.",
  "weights/untrained":
    "The model has no weights of its own, so the module answers with the seeded initial ones. Train it or give `weights`.",
  "training/missing":
    "A training step was asked for, but the model names no loss and optimizer: sequential(list, { training: { loss, optimizer } }).",
  "training/run":
    "A training broke off: a loss is not finite, or what it was asked to watch is no key of its logs. What was checkpointed before is whole.",
  "verify/header":
    "The file has no header of a module that layerc wrote, or one of a version without a digest: `layerc verify` has nothing to hold it against. A bundler and a minifier leave the header out; verify what they were given.",
  "verify/changed":
    "A module, or a file beside it that its header names, is not what was written: its digest is another, or the compiler makes other bytes of the same model. Compile the model again.",
  "verify/model":
    "The module was not made of this model: other layers, other weights, or by another version of layerc, whose text need not be the same to the byte.",
  "verify/self-test":
    "The module does not compute what it did when it was compiled: an output of selfTest is further off than its bound. The bytes are right, so the engine, or a file beside the module, is to be looked at.",
  "verify/endless":
    "The code of a file did not end in the time it has (`--timeout`, 60 seconds). What the compiler writes always ends: the file was changed and given a digest of its own, or its model is very large.",
  "options/host":
    "There is no host of this name, or it does not run what another option asks for. docs/hosts.md lists what each host needs, and why.",
  "options/budget":
    "A module takes more bytes, packed by gzip, than `budget` allows; the notes name what takes most of them, each packed alone. Or the budget is no size.",
  "score/memory":
    "The engine that reads and writes tables ran out of the memory that it may hold. `--memory` gives it more; fewer columns (`--keep`) and fewer processes (`--jobs`) need less.",
  "sql/limit":
    "The text of a function for a warehouse (--format sql) is larger than the warehouse takes. The message has both numbers; a smaller model, or the way that the hint names, fits.",
  "wasm/unsupported":
    "A .wasm file (--format wasm) takes numbers and gives numbers; what turns texts and whole numbers into them (lookups, hashes, vocabularies) is JavaScript in the other formats.",
  "options/invalid": "An option of compile has a value outside its range, or is unknown.",
} as const satisfies Record<string, string>;

/** A code of the catalogue. */
export type Code = keyof typeof codes;
