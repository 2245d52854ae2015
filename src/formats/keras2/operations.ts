// Operations of TensorFlow between layers, which Keras 2 saved as layers of their own: those that a layer does as well, as a table. In: such
// a layer with its calls. Out: the layer that does the same, with calls of its own; undefined for what is no operation. All others are
// refused by name.
//
//   TFOpLambda          {function: "math.truediv"}, called with {"y": 127.5}            (2.4 and later)
//   TensorFlowOpLayer   {node_def: {op: "RealDiv"}, constants: {"1": 127.5}}            (2.0 to 2.3)
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { type Keys, quote, unsupported } from "../keras/values.ts";
import type { Item } from "./item.ts";
import type { Call } from "./nodes.ts";
import { sameAs } from "./tensorflow.ts";

/** What an operation is given: tensors, numbers and whatever else, by position and by name. */
interface Given {
  readonly at: (position: number, name: string) => unknown;
}
/** A layer in the place of an operation. */
interface Made {
  readonly class_name: string;
  readonly config: Keys;
  readonly tensors: readonly unknown[];
}
type Make = (given: Given) => Made | undefined;

const isTensor = (value: unknown): boolean => isPlain(value) && value.class_name === "__keras_tensor__";
/** A number, or one for each point of the last axis. */
function numbersOf(value: unknown): number | readonly number[] | undefined {
  if (typeof value === "number") return value;
  if (!Array.isArray(value) || value.length === 0) return undefined;
  if (value.length === 1) return numbersOf(value[0]);
  return value.every((one) => typeof one === "number") ? value : undefined;
}
const each = (value: number | readonly number[], make: (one: number) => number): number | readonly number[] =>
  typeof value === "number" ? make(value) : value.map(make);

const rescaled = (x: unknown, scale: number | readonly number[], offset: number | readonly number[]): Made => ({
  class_name: "Rescaling",
  config: { scale, offset },
  tensors: [x],
});

/** An operation on two operands: of two tensors a layer, of a tensor and a number a rescaling. */
const binary =
  (
    merge: string | undefined,
    right: (x: unknown, c: number | readonly number[]) => Made,
    left?: (c: number | readonly number[], x: unknown) => Made,
  ): Make =>
  ({ at }) => {
    const [a, b] = [at(0, "x"), at(1, "y")];
    const [first, second] = [numbersOf(a), numbersOf(b)];
    if (isTensor(a) && isTensor(b)) return merge === undefined ? undefined : { class_name: merge, config: {}, tensors: [a, b] };
    if (isTensor(a) && second !== undefined) return right(a, second);
    return isTensor(b) && first !== undefined ? left?.(first, b) : undefined;
  };

const plus = binary("Add", (x, c) => rescaled(x, 1, c), (c, x) => rescaled(x, 1, c)); // biome-ignore format: one line
const times = binary("Multiply", (x, c) => rescaled(x, c, 0), (c, x) => rescaled(x, c, 0)); // biome-ignore format: one line
const minus = binary("Subtract", (x, c) => rescaled(x, 1, each(c, (one) => -one)), (c, x) => rescaled(x, -1, c)); // biome-ignore format: one line
const over = binary(undefined, (x, c) =>
  rescaled(
    x,
    each(c, (one) => 1 / one),
    0,
  ),
);
const alone =
  (class_name: string, config: Keys): Make =>
  ({ at }) => {
    const [x] = [at(0, "features"), at(0, "x"), at(0, "logits"), at(0, "input")].filter(isTensor);
    return x === undefined ? undefined : { class_name, config, tensors: [x] };
  };
const activation = (name: string): Make => alone("Activation", { activation: name });

/** By the name of the function, or of the operation in a graph. */
const operations: Readonly<Record<string, Make>> = {
  "__operators__.add": plus,
  "math.add": plus,
  AddV2: plus,
  Add: plus,
  "math.subtract": minus,
  Sub: minus,
  "math.multiply": times,
  Mul: times,
  "math.truediv": over,
  "math.divide": over,
  RealDiv: over,
  "nn.bias_add": ({ at }) => {
    const [x, bias] = [at(0, "value"), numbersOf(at(1, "bias"))];
    return isTensor(x) && bias !== undefined ? rescaled(x, 1, bias) : undefined;
  },
  "nn.relu": activation("relu"),
  Relu: activation("relu"),
  "nn.relu6": activation("relu6"),
  Relu6: activation("relu6"),
  "math.sigmoid": activation("sigmoid"),
  "nn.sigmoid": activation("sigmoid"),
  Sigmoid: activation("sigmoid"),
  "math.tanh": activation("tanh"),
  "nn.tanh": activation("tanh"),
  Tanh: activation("tanh"),
  "math.exp": activation("exponential"),
  Exp: activation("exponential"),
  "nn.silu": activation("silu"),
  identity: alone("Identity", {}),
  Identity: alone("Identity", {}),
  stop_gradient: alone("Identity", {}),
  concat: ({ at }) => {
    const [values, axis] = [at(0, "values"), at(1, "axis")];
    if (!Array.isArray(values) || !values.every(isTensor) || !Number.isSafeInteger(axis)) return undefined;
    return { class_name: "Concatenate", config: { axis }, tensors: values };
  },
};
const classes: ReadonlySet<string> = new Set([
  "TFOpLambda",
  "TensorFlowOpLayer",
  "SlicingOpLambda",
  "ClassMethod",
  "InstanceMethod",
  "InstanceProperty",
]);

/** The layer that does what an operation does, called once; undefined for a layer. Throws CompileError format/unsupported for others. */
export function operationOf(item: Item & Keys, nodes: readonly unknown[], name: string, path: string): Keys | undefined {
  if (!classes.has(item.class_name)) return undefined;
  const says = nameOf(item);
  const make = says !== undefined && Object.hasOwn(operations, says) ? operations[says] : undefined;
  const made = make !== undefined && nodes.length === 1 ? make(givenTo(item, nodes[0] as Call)) : undefined;
  // What no layer of Keras 2 does is the operation of Keras 3 that does.
  if (made === undefined && says !== undefined && !isPlain(item.config.node_def)) {
    const calls = nodes.map((node) => sameAs(says, node as Call));
    const [first] = calls;
    if (first !== undefined && !calls.includes(undefined)) {
      const inbound_nodes = calls.map((one) => ({ args: [], kwargs: one?.kwargs ?? {} }));
      return { module: "keras.ops", class_name: first.class_name, config: { name }, name, inbound_nodes };
    }
  }
  if (made === undefined)
    return unsupported(
      path,
      `layerc does not have TensorFlow's operation ${quote(says ?? item.config.name)} between layers, as it stands here`,
      "say it with a layer, and save the model again",
    );
  const { class_name, config, tensors } = made;
  const call: Call = { args: [tensors.length === 1 ? tensors[0] : tensors], kwargs: {} };
  return { module: "keras.layers", class_name, config: { ...config, name }, name, inbound_nodes: [call] };
}

function nameOf({ class_name, config }: Item): string | undefined {
  const op = isPlain(config.node_def) ? config.node_def.op : config.function;
  return typeof op === "string" ? op : class_name === "SlicingOpLambda" ? "__operators__.getitem" : undefined;
}

/** The operands of a call; constants of a graph take their places among the tensors. */
function givenTo({ config: { constants } }: Item, { args, kwargs }: Call): Given {
  if (!isPlain(constants)) return { at: (position, name) => (position < args.length ? args[position] : kwargs[name]) };
  const tensors = args.flat();
  const known = Object.entries(constants);
  const all = Array.from({ length: tensors.length + known.length }, (_, i) =>
    Object.hasOwn(constants, `${i}`) ? constants[`${i}`] : tensors.shift(),
  );
  return { at: (position) => all[position] };
}
