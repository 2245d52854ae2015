// The functions a caller sees, as text: predict, selfTest, and with training trainStep, evaluate, getWeights, setWeights.
// In: names of what stands in the module already (kernels, buffers). Out: function declarations. Guarantee: wrong arguments
// meet a TypeError or RangeError that says what was wanted and what was got, before anything is written.
import { braces, Code, commas, js, lines, literal, type Name, name, none, quote } from "../code.ts";

/** Words of the functions here that stand beside kernels and buffers. */
export const moduleWords =
  "create predict selfTest trainStep evaluate getWeights setWeights inputShape outputShape inputs outputs kind count compute computeTile rowsOf prepare stale weights weightNames memory bytes source wasm wasmModule backend".split(
    " ",
  );
/** Words that are parameters and variables inside functions: a kernel may have its own. */
export const localWords =
  "x y out from to row rows n i k end length list what value size sum scale error sampleWeight learningRate source at text floats digits values word h starts largest bound bounds columns wanted".split(
    " ",
  );

/** Kernels over buffers that compute `rows` rows. */
export interface Route {
  readonly rows: number;
  readonly input: Name;
  readonly output: Name;
  readonly calls: Code;
}

/** `kind` names what a value is, `count` how many items of `size` numbers it has; `count` throws where it is no list. */
export const checks = js`const kind = (value) => ({}).toString.call(value).slice(8, -1);
function count(what, value, size) {
  if (!value || typeof value !== "object" || !(value.length >= 0)) throw new TypeError(what + ": wanted a Float32Array or an array of numbers, got " + kind(value));
  if (value.length % size) throw new RangeError(what + ": wanted k * " + size + " numbers, got " + value.length);
  return value.length / size;
}`;

// `784 * row`, `row` or `0`.
const times = (row: Name | 0, size: number): Code => (row === 0 ? js`0` : size === 1 ? js`${row}` : js`${size} * ${row}`);

/** The function that computes the rows of one route. */
export function computeFunction(id: Name, route: Route, inputSize: number, outputSize: number, copy: () => Name): Code {
  const { rows, input, output, calls } = route;
  if (rows === 1) {
    return js`function ${id}(x, from, out, to) {
  ${inputSize < fewest ? js`for (let i = 0; i < ${inputSize}; i++) ${input}[i] = x[from + i];` : js`${copy()}(x, from, ${input}, 0, ${inputSize});`}
  ${calls}
  ${outputSize < fewest ? js`for (let i = 0; i < ${outputSize}; i++) out[to + i] = ${output}[i];` : js`${copy()}(${output}, 0, out, to, ${outputSize});`}
}`;
  }
  const [given, found] = [times(name("rows"), inputSize), times(name("rows"), outputSize)];
  return js`// ${literal(rows)} rows at once; missing rows are zeros.
function ${id}(x, from, out, to, rows) {
  ${copy()}(x, from, ${input}, 0, ${given});
  ${input}.fill(0, ${given});
  ${calls}
  ${copy()}(${output}, 0, out, to, ${found});
}`;
}

// Numbers from which a copy goes through `set`.
const fewest = 64;
/**
 * `copy(source, from, to, at, length)`: `set` costs about 60 ns and little for each number, the loop about 1 ns a number. Seen
 * with 32 rows of 784 numbers: 34 and 3 µs, of a call's 143.
 */
export const copyFunction: Code = js`function copy(source, from, to, at, length) {
  if (length >= ${fewest} && source instanceof Float32Array) to.set(length === source.length ? source : source.subarray(from, from + length), at);
  else for (let i = 0; i < length; i++) to[at + i] = source[from + i];
}`;

/**
 * `predict(x, out)`: rows by tiles while at least half a tile is left, then one by one, straight between the caller's arrays.
 * `first` runs before (what depends on weights alone).
 */
export function predictFunction(
  one: Name,
  tile: { readonly id: Name; readonly rows: number } | undefined,
  inputSize: number,
  outputSize: number,
  first: Code,
): Code {
  const row = name("row");
  const rows = name("rows");
  const [from, to] = [times(row, inputSize), times(row, outputSize)];
  const loops =
    tile === undefined
      ? js`for (let row = 0; row < rows; row++) ${one}(x, ${from}, out, ${to});`
      : js`let row = 0;
for (; rows - row >= ${Math.ceil(tile.rows / 2)}; row += ${tile.rows}) ${tile.id}(x, ${from}, out, ${to}, rows - row < ${tile.rows} ? rows - row : ${tile.rows});
for (; row < rows; row++) ${one}(x, ${from}, out, ${to});`;
  return braces(
    js`function predict(x, out)`,
    lines(
      js`const rows = count("x", x, ${inputSize});
if (out === undefined) out = new Float32Array(${times(rows, outputSize)});
else if (!(out instanceof Float32Array)) throw new TypeError("out: wanted a Float32Array, got " + kind(out));
else if (out.length !== ${times(rows, outputSize)}) throw new RangeError("out: wanted " + ${times(rows, outputSize)} + " numbers, got " + out.length);
// No row of out may overwrite a later row of x.
if (rows > 1 && x !== out && x.buffer === out.buffer && x.byteOffset < out.byteOffset + out.byteLength && out.byteOffset < x.byteOffset + x.byteLength) x = new Float32Array(x);`,
      first,
      loops,
      js`return out;`,
    ),
  );
}

/** Buffers of an entry over n rows. */
export interface Batch {
  readonly x: Name;
  readonly y: Name;
  readonly sampleWeight?: Name;
  readonly learningRate?: Name;
  readonly loss: Name;
  readonly calls: Code;
}
/** What the training functions work on; sizes in numbers per row. */
export interface Training {
  readonly batch: number;
  readonly inputSize: number;
  readonly targetSize: number;
  readonly learningRate: number;
  readonly trainStep: Batch;
  readonly evaluate: Batch;
  readonly weights: readonly { readonly name: string; readonly buffer: Name }[];
  readonly copy: Name;
  /** What `prepare` runs; undefined: nothing depends on weights alone. */
  readonly prepare?: Code;
}

// Copies n rows from `row` on into an entry's input buffers; without sample weights each row counts 1.
const feed = ({ x, y, sampleWeight }: Batch, { inputSize, targetSize, copy }: Training, row: Name | 0): Code =>
  lines(
    js`${copy}(x, ${times(row, inputSize)}, ${x}, 0, ${times(name("n"), inputSize)});
${copy}(y, ${times(row, targetSize)}, ${y}, 0, ${times(name("n"), targetSize)});`,
    sampleWeight === undefined
      ? undefined
      : js`if (sampleWeight === undefined) ${sampleWeight}.fill(1, 0, n);
else ${copy}(sampleWeight, ${row}, ${sampleWeight}, 0, n);`,
  );

/** trainStep, evaluate, getWeights and setWeights. The mean loss of `evaluate` weighs each batch with its rows. */
export function trainingFunctions(training: Training): Code {
  const { batch, inputSize, targetSize, trainStep, evaluate, weights, prepare } = training;
  const marks = prepare === undefined ? undefined : js`stale = true;`;
  return lines(
    prepare === undefined
      ? undefined
      : js`// What depends on weights alone is computed again after they changed.
let stale = true;
function prepare() {
  if (!stale) return;
  ${prepare}
  stale = false;
}`,
    js`function rowsOf(x, y, sampleWeight) {
  const rows = count("x", x, ${inputSize});
  if (count("y", y, ${targetSize}) !== rows) throw new RangeError("y: wanted " + ${times(name("rows"), targetSize)} + " numbers, ${literal(targetSize)} per row of x, got " + y.length);
  if (sampleWeight !== undefined && count("sampleWeight", sampleWeight, 1) !== rows) throw new RangeError("sampleWeight: wanted " + rows + " numbers, one per row of x, got " + sampleWeight.length);
  return rows;
}`,
    braces(
      js`function trainStep(x, y, { sampleWeight, learningRate = ${training.learningRate} } = {})`,
      lines(
        js`const n = rowsOf(x, y, sampleWeight);
if (n < 1 || n > ${batch}) throw new RangeError("x: wanted 1 to ${literal(batch)} rows of ${literal(inputSize)} numbers, got " + n + " rows");
if (typeof learningRate !== "number") throw new TypeError("learningRate: wanted a number, got " + kind(learningRate));`,
        feed(trainStep, training, 0),
        trainStep.learningRate === undefined ? undefined : js`${trainStep.learningRate}[0] = learningRate;`,
        trainStep.calls,
        marks,
        js`return ${trainStep.loss}[0];`,
      ),
    ),
    braces(
      js`function evaluate(x, y, { sampleWeight } = {})`,
      lines(
        js`const rows = rowsOf(x, y, sampleWeight);
if (rows < 1) throw new RangeError("x: wanted at least 1 row of ${literal(inputSize)} numbers, got 0 rows");`,
        prepare === undefined ? undefined : js`prepare();`,
        js`let sum = 0;`,
        braces(
          js`for (let row = 0; row < rows; row += ${batch})`,
          lines(
            js`const n = rows - row < ${batch} ? rows - row : ${batch};`,
            feed(evaluate, training, name("row")),
            evaluate.calls,
            js`sum += n * ${evaluate.loss}[0];`,
          ),
        ),
        js`return sum / rows;`,
      ),
    ),
    js`const weights = [${commas(weights.map(({ buffer }) => buffer))}];
const weightNames = [${new Code(weights.map((weight) => quote(weight.name)).join(", "))}];
function getWeights() {
  return weights.map((values) => values.slice());
}
function setWeights(list) {
  if (count("weights", list, 1) !== weights.length) throw new RangeError("weights: wanted ${literal(weights.length)} arrays, got " + list.length);
  for (let i = 0; i < weights.length; i++) {
    const what = "weights[" + i + "] (" + weightNames[i] + ")";
    if (count(what, list[i], 1) !== weights[i].length) throw new RangeError(what + ": wanted " + weights[i].length + " numbers, got " + list[i].length);
  }
  for (let i = 0; i < weights.length; i++) weights[i].set(list[i]);
  ${marks ?? none}
}`,
  );
}
