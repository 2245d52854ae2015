// Which call of a layer a reference means. In: the layers of a functional config, their calls, and what the model gives. Out: the same with
// calls counted from 0. A model within begins with a call of its own, which no file lists: Keras 1 and 2 and TensorFlow.js count its calls
// from 1, Keras 3 counts so in what a model gives, and from 0 in what layers take.
// Guarantee: every call that a file lists is taken by something, so that at most one way of counting fits; where two do, it is Keras 3's.
import { isPlain } from "../../../compiler/diagnostics/plain.ts";
import { type Listed, type Port, type Reference, tensorsIn } from "./references.ts";

/** How much a layer's calls are counted up by, in what layers take and in what the model gives. */
interface Counting {
  readonly taken: number;
  readonly given: number;
}
const plain: Counting = { taken: 0, given: 0 };
const keras3: Counting = { taken: 0, given: 1 };
const older: Counting = { taken: 1, given: 1 };

/** The layers and outputs with calls counted from 0. */
export function counted(
  layers: readonly Listed[],
  outputs: readonly Port[],
): { readonly layers: readonly Listed[]; readonly outputs: readonly Port[] } {
  const taken = layers.flatMap(({ nodes }) => nodes.flatMap(({ args, kwargs }) => tensorsIn([args, kwargs])));
  const given = outputs.map(({ from }) => from);
  const countings = new Map(
    layers
      .filter(({ class_name }) => class_name === "Functional" || class_name === "Sequential")
      .map((layer) => [layer.name, countingOf(layer, taken, given)]),
  );
  const of = (name: string): Counting => countings.get(name) ?? plain;
  return {
    layers: layers.map((layer) => ({
      ...layer,
      nodes: layer.nodes.map(({ args, kwargs }) => ({
        args: args.map((arg) => moved(arg, of)),
        kwargs: moved(kwargs, of) as typeof kwargs,
      })),
    })),
    outputs: outputs.map((port) => ({ ...port, from: less(port.from, of(port.from[0]).given) })),
  };
}

function countingOf({ name, class_name, nodes }: Listed, taken: readonly Reference[], given: readonly Reference[]): Counting {
  const callsIn = (references: readonly Reference[]) => references.filter(([layer]) => layer === name).map(([, call]) => call);
  const [ins, outs] = [callsIn(taken), callsIn(given)];
  const fits = (counting: Counting): boolean => {
    const calls = new Set([...ins.map((call) => call - counting.taken), ...outs.map((call) => call - counting.given)]);
    return calls.size === nodes.length && [...calls].every((call) => call >= 0 && call < nodes.length);
  };
  const likely = class_name === "Functional" ? [keras3, plain, older] : [plain, keras3, older];
  return likely.find(fits) ?? plain;
}

const less = ([layer, call, result]: Reference, by: number): Reference => [layer, call - by, result];

/** An argument with its tensors counted from 0. */
function moved(value: unknown, of: (name: string) => Counting, depth = 0): unknown {
  if (depth > 16) return value;
  if (Array.isArray(value)) return value.map((item) => moved(item, of, depth + 1));
  if (!isPlain(value)) return value;
  const [reference] = value.class_name === "__keras_tensor__" ? tensorsIn(value) : [];
  if (reference === undefined)
    return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, moved(item, of, depth + 1)]));
  const history = less(reference, of(reference[0]).taken);
  return { ...value, config: { ...(value.config as object), keras_history: history } };
}
