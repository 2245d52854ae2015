// Products of matrices, and what is fused behind them. In: values of two axes or more, the last two a matrix. Out: their products, a matrix
// for each place of the axes before. A factor that has no rows is a weight, or made of such.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import type { Call, Operators } from "../define.ts";
import { refuse, together, type Value } from "../values.ts";
import { leaky, plusBias, prelu } from "./elementwise.ts";

/** Which factors are turned. */
type Turned = readonly [left: boolean, right: boolean];

/** Operators of this file, by name. */
export const matrix: Operators = {
  MatMul: (call) => product(call, turned(call, "transpose_a", "transpose_b")),
  _FusedMatMul: (call) => {
    const { node } = product(call, turned(call, "transpose_a", "transpose_b"));
    return call.live(fused(call, node));
  },
  BatchMatMul: (call) => product(call, turned(call, "adj_x", "adj_y")),
  Einsum: einsum,
  BatchMatMulV2: (call) => product(call, turned(call, "adj_x", "adj_y")),
};

const turned = (call: Call, a: string, b: string): Turned => [call.attrs.boolean(a, false), call.attrs.boolean(b, false)];

function product(call: Call, [turnLeft, turnRight]: Turned) {
  const { g, values } = call;
  const [left, right] = [call.floats(0), call.floats(1)];
  if (left.shape.length < 2 || right.shape.length < 2) refuse("its factors have less than two axes");
  const inputs = [left, right];
  // Contracted from the end: what has fewer axes is one matrix for all.
  const [fromLeft, fromRight] = [turnLeft ? 2 : 1, turnRight ? 1 : 2];
  const isAlone = right.shape.length === 2 && values.lead(right) === 0;
  if (isAlone) {
    const [x, w] = [values.node(left), values.node(right)];
    const rank = x.type.shape.length;
    const y = g.dot(x, w, { batch: [[], []], contract: [[rank - fromLeft], [2 - fromRight]] });
    return call.live(y, "float32", inputs);
  }
  const shape = together(left.shape.slice(0, -2), right.shape.slice(0, -2));
  const hasRows = inputs.some((value) => value.kind === "live" && value.hasRows);
  const [x, y] = inputs.map((value) => values.spreadTo(value, [...shape, ...value.shape.slice(-2)], hasRows));
  const batch = x.type.shape.slice(0, -2).map((_, axis) => axis);
  const rank = x.type.shape.length;
  const made = g.dot(x, y, { batch: [batch, batch], contract: [[rank - fromLeft], [rank - fromRight]] });
  return call.live(made, "float32", inputs);
}

/** A letter for the rows, which no equation has. */
const rowsLetter = "%";

/** A product by an equation such as `abc,cd->abd`: letters of both sides alone are summed over. */
function einsum(call: Call): Value {
  const [left, right, result] = lettersOf(call);
  const inputs = [call.floats(0), call.floats(1)];
  const letters = inputs.map((value, i) => [...(call.values.lead(value) === 1 ? rowsLetter : ""), ...[left, right][i]]);
  const whole = [...(letters.flat().includes(rowsLetter) ? rowsLetter : ""), ...result];
  // What has the first letter of the result comes first, and so the rows.
  const [a, b] = letters[0].includes(whole[0]) ? [0, 1] : [1, 0];
  const [x, y] = [inputs[a], inputs[b]].map((value) => call.values.node(value));
  const [ours, theirs] = [letters[a], letters[b]];
  const common = ours.filter((letter) => theirs.includes(letter));
  const batch = common.filter((letter) => whole.includes(letter));
  const summed = common.filter((letter) => !whole.includes(letter));
  const free = [ours, theirs].map((list) => list.filter((letter) => !common.includes(letter)));
  if (free.flat().some((letter) => !whole.includes(letter))) refuse("it sums over what one factor alone has");
  const places = (list: readonly string[], of: readonly string[]) => of.map((letter) => list.indexOf(letter));
  // The rows are on axis 0 of the result: behind them the axes that both have.
  const at = batch.includes(whole[0]) ? 0 : free[0].length;
  const made = call.g.dot(x, y, {
    batch: [places(ours, batch), places(theirs, batch)],
    contract: [places(ours, summed), places(theirs, summed)],
    at,
  });
  const order = at === 0 ? [...batch, ...free[0], ...free[1]] : [...free[0], ...batch, ...free[1]];
  return call.live(call.g.transpose(made, { perm: places(order, whole) }), "float32", inputs);
}

function lettersOf(call: Call): readonly string[][] {
  const equation = call.attrs.text("equation").replaceAll(" ", "");
  const sides = /^([a-zA-Z]*),([a-zA-Z]*)->([a-zA-Z]+)$/.exec(equation)?.slice(1);
  if (sides === undefined || call.inputs.length !== 2) return refuse(`its equation is ${JSON.stringify(equation)}`);
  const [left, right, result] = sides.map((side) => [...side]);
  const isPlain = [left, right, result].every((side) => new Set(side).size === side.length);
  const isGiven = result.every((letter) => left.includes(letter) || right.includes(letter));
  const fits = left.length === call.input(0).shape.length && right.length === call.input(1).shape.length;
  return isPlain && isGiven && fits ? [left, right, result] : refuse(`its equation is ${JSON.stringify(equation)}`);
}

/** How what stands behind a product is called; inputs are taken from the third on, in order. */
type Behind = (call: Call, x: Node, next: () => Value) => Node;
const behind: Readonly<Record<string, Behind>> = {
  BiasAdd: (call, x, next) => plusBias(call, x, next()),
  Relu: ({ g }, x) => g.relu(x),
  Relu6: ({ g }, x) => g.relu6(x),
  Elu: ({ g }, x) => g.elu(x, { alpha: 1 }),
  Sigmoid: ({ g }, x) => g.sigmoid(x),
  Tanh: ({ g }, x) => g.tanh(x),
  LeakyRelu: (call, x) => leaky(call, x, "leakyrelu_alpha"),
  Prelu: (call, x, next) => prelu(call.g, x, call.g.broadcastTo(call.values.node(next()), x.type.shape)),
};
const behindByName: ReadonlyMap<string, Behind> = new Map(
  Object.entries(behind).map(([name, rule]) => [name.toLowerCase(), rule]),
);

/** A product with what `fused_ops` names behind it. */
export function fused(call: Call, product: Node): Node {
  let place = 2;
  const next = (): Value => call.floats(place++);
  const names = call.attrs.texts("fused_ops");
  const y = names.reduce((x, name) => {
    const rule = behindByName.get(name.toLowerCase());
    return rule === undefined ? refuse(`it has ${JSON.stringify(name)} fused behind it`) : rule(call, x, next);
  }, product);
  if (place !== call.inputs.length)
    refuse(`it has ${call.inputs.length} inputs, and ${names.join(", ")} fused behind it take ${place}`);
  return y;
}
