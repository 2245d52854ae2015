// Model "seed-2-4-3-1", compiled by layerc 0.1.0
// hash c0238f0776e8bd40.482c6c, options: defaults
// 11 ops, 23 multiply-adds a row, weights as literals
// bits: approximate rules allowed, no contraction, float64 between float32 stores
const inputShape = [2], outputShape = [1], inputs = { x: inputShape }, outputs = { y: outputShape };
const fround = Math.fround, abs = Math.abs, max = Math.max;
const kind = (value) => typeof value === "string" ? '"' + value + '"' : ({}).toString.call(value).slice(8, -1);
function rowsOf(what, value, shape) {
  const list = [], size = (axes) => axes.reduce((a, b) => a * b, 1);
  function put(items, axes, k) {
    const at = list.length, length = items && typeof items === "object" && axes.length ? items.length : -1;
    const deep = length > 0 && typeof items[0] === "object";
    for (let i = 0; i < length; i++) {
      let item = items[i];
      if (!deep && typeof item === "number") list.push(item);
      else put(item, deep ? (k ? shape : axes.slice(1)) : [], "");
    }
    const found = list.length - at, want = size(axes);
    if (length >= 0 && (k ? found % want : found - want) === 0) return;
    throw new (length >= 0 ? RangeError : TypeError)(what + ": row " + (at - at % size(shape)) / size(shape) + ", place " + at % size(shape) + ": wanted " + k + want + " numbers, got " + (length >= 0 ? found : kind(items)));
  }
  put(value, shape, "k * ");
  if (value.buffer && !list.length) new Uint8Array(value.buffer);
  return new Float32Array(list);
}
// layers[0] dense "hidden1": matmul + add + most
// layers[1] dense "hidden2": matmul + add + most
// layers[2] dense "output": matmul + add
function compute(x, from, out, to) {
  const x_0 = x[from];
  const x_1 = x[from + 1];
  const hidden1_0 = fround(max(0 + x_0 * 0.6095590591430664 + x_1 * -0.11030542850494385, 0));
  const hidden1_1 = fround(max(0 + x_0 * 0.27296972274780273 + x_1 * -0.9826463460922241, 0));
  const hidden1_2 = fround(max(0 + x_0 * -0.8535364866256714 + x_1 * 0.6444939374923706, 0));
  const hidden1_3 = fround(max(0 + x_0 * -0.3343461751937866 + x_1 * 0.07764780521392822, 0));
  const hidden2_0 = fround(max(0 + hidden1_0 * 0.7934072017669678 + hidden1_1 * 0.6972466111183167 + hidden1_2 * 0.9209170937538147 + hidden1_3 * 0.4211258888244629, 0));
  const hidden2_1 = fround(max(0 + hidden1_0 * 0.15729103982448578 + hidden1_1 * -0.09659760445356369 + hidden1_2 * -0.48211202025413513 + hidden1_3 * 0.4166412651538849, 0));
  const hidden2_2 = fround(max(0 + hidden1_0 * 0.6370195150375366 + hidden1_1 * -0.2970822751522064 + hidden1_2 * -0.24550047516822815 + hidden1_3 * -0.0028953510336577892, 0));
  out[to] = 0 + hidden2_0 * 0.09027312695980072 + hidden2_1 * 0.35656195878982544 + hidden2_2 * 0.6784937977790833;
}
function predict(x, out) {
  if (!(x instanceof Float32Array) || !x.length || x.length % 2) x = rowsOf("x", x, [2]);
  const rows = x.length / 2;
  if (out === undefined) out = new Float32Array(rows);
  else if (!(out instanceof Float32Array) && kind(out) !== "Float32Array") throw new TypeError("out: wanted a Float32Array, got " + kind(out));
  else if (out.length !== rows) throw new RangeError("out: wanted " + rows + " numbers, got " + out.length);
  if (rows > 1 && x !== out && x.buffer === out.buffer) x = new Float32Array(x);
  for (let row = 0; row < rows; row++) compute(x, 2 * row, out, row);
  return out;
}
function selfTest() {
  const y = [0.1209788, 0.1431843, 0.0500317, 0.1726833];
  const out = predict([-0.8125, 0.9375, 0.8125, -0.9375, -0.6875, -0.8125, 0.5625, 0.3125]);
  let largest = 0;
  for (let i = 0; i < y.length; i++) {
    const error = abs(out[i] - y[i]), bound = 4.5e-7;
    if (!(error <= bound)) throw new Error("selfTest: output 0 of row " + i + " is off by " + error + ", more than " + bound);
    largest = max(largest, error);
  }
  return largest;
}
export { inputShape, inputs, outputShape, outputs, predict, selfTest };
