// A sequence that comes in chunks: what each call of a layer makes of one, and what it keeps until the next comes. In: the calls of a model,
// whose inputs are chunks of so many steps. Out: whether a result goes on in time, and the states of the layers as Graph `state`, one for
// every row, with what they are after the chunk.
// Guarantee: a layer that looks ahead, or says nothing of time (`Layer.stream`), is refused by its name.
import { CompileError } from "../diagnostics/error.ts";
import type { Node } from "../graph/graph.ts";
import type { Context, LayerResult } from "../layers/define.ts";
import type { Streaming } from "../layers/stream.ts";
import type { InputSpec } from "../model.ts";
import type { G } from "../ops/index.ts";
import type { Line } from "./lines.ts";
import { type Numbers, sampleShape } from "./values.ts";

/** What a layer carries from one step to the next: after the last one here, it is what a stream goes on with. */
export interface State {
  /** `layer name/h` */
  readonly name: string;
  /** Of a row. */
  readonly shape: readonly number[];
  readonly next: Node;
}

/** What the Graph calls a state: no weight, and no slot of an optimizer, is called so. */
export const stateName = (name: string): string => `stream/${name}`;

/** Inputs of a model as chunks of so many steps. Throws stream/refused where they are no sequences of one length. */
export function chunksOf(inputs: readonly InputSpec[], chunk: number): readonly InputSpec[] {
  const [first] = inputs;
  return inputs.map((input, i) => {
    const path = inputs.length === 1 ? "" : `inputs[${i}]`;
    const refuse = (message: string, hint: string) => new CompileError({ code: "stream/refused", path, message, hint });
    if (input.type === "string")
      throw refuse(`the input ${JSON.stringify(input.name)} holds text`, "a stream takes numbers: encode the text before it");
    const [steps] = input.shape;
    if (steps === undefined)
      throw refuse(`the input ${JSON.stringify(input.name)} is a single number`, "a stream takes sequences: [steps, features]");
    if (steps !== first.shape[0]) {
      const lengths = `${first.shape[0]} steps of ${JSON.stringify(first.name)} and ${steps} of ${JSON.stringify(input.name)}`;
      throw refuse(
        `the inputs of a stream are sequences of one length, found ${lengths}`,
        "every input has steps on its first axis",
      );
    }
    return { ...input, shape: [chunk, ...input.shape.slice(1)] };
  });
}

/** What the results of a call are to the calls behind it: undefined where its inputs are no sequences. Throws stream/refused. */
export function streamed({ layer, config, name, path }: Line, values: readonly Numbers[]): "steps" | "last" | undefined {
  const timed = values.filter(({ inTime }) => inTime).length;
  if (timed === 0) return undefined;
  const found: Streaming =
    timed < values.length
      ? { refused: "one of its inputs is a sequence, another is not" }
      : (layer.stream?.of(config, values.map(({ y }) => sampleShape(y))) ?? { refused: "it looks at all steps at once" }); // biome-ignore format: one line
  if (typeof found === "string") return found;
  const message = `${layer.name} ${JSON.stringify(name)} takes no sequence in chunks: ${found.refused}`;
  const hint = found.hint ?? "leave stream out, or take a layer that looks back alone";
  throw new CompileError({ code: "stream/refused", path, message, hint });
}

/** How the states of a call begin, and what becomes of them. */
type Carrying = Pick<Context<object>, "begin" | "past"> & { readonly carried: (made: LayerResult) => readonly State[] };

const zeros =
  (g: G): Carrying["begin"] =>
  (_state, shape) =>
    g.fill(0, ["n", ...shape]);

/** Outside a stream every sequence begins with zeros. */
export const anew = (g: G): Carrying => ({
  begin: zeros(g),
  past: (x, count) => {
    if (count === 0) return x;
    const none = x.type.shape.map(() => 0);
    return g.as("border", () => g.pad(x, { low: none.with(1, count), high: none, value: 0 }));
  },
  carried: () => [],
});

/** In a stream it goes on where the last chunk ended. */
export function goingOn(g: G, line: string): Carrying {
  const pasts: State[] = [];
  const begin: Carrying["begin"] = (state, shape) =>
    g.state({ name: stateName(`${line}/${state}`), shape: ["n", ...shape], initial: 0 });
  return {
    begin,
    past: (x, count) => {
      if (count === 0) return x;
      const [, ...step] = sampleShape(x);
      const state = pasts.length === 0 ? "past" : `past_${pasts.length}`;
      const whole = g.concat(begin(state, [count, ...step]), x, { axis: 1 });
      const [steps] = sampleShape(whole);
      const starts = whole.type.shape.map((_, axis) => (axis === 1 ? steps - count : 0));
      const next = g.slice(whole, { starts, sizes: ["n", count, ...step] });
      pasts.push({ name: `${line}/${state}`, shape: [count, ...step], next });
      return whole;
    },
    carried: ({ states = {} }) => [
      ...pasts,
      ...Object.entries(states).map(([state, next]) => ({ name: `${line}/${state}`, shape: sampleShape(next), next })),
    ],
  };
}
