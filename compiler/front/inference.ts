// What a forward pass is to callers: a Graph between named ports. In: the model's inputs and what the layers made of them. Out: the Graph,
// with ports that say shapes, ranges and texts, and how the ports' numbers reach the Graph's inputs.
import type { Port, WeightInfo } from "../artifact.ts";
import type { Encoder, Words } from "../encode/define.ts";
import { type Graph, graph, type Node, nodesOf } from "../graph/graph.ts";
import type { InputSpec } from "../model.ts";
import type { G } from "../ops/index.ts";
import type { Forward } from "./forward.ts";
import { graphName } from "./ports.ts";

/** An input of a Graph, and where its numbers come from: a port's as they are, or what an encoder makes of the items of one or more. */
export interface Feed {
  /** The Graph's input. */
  readonly name: string;
  /** Indices of the ports. */
  readonly ports: readonly number[];
  readonly encoder?: Encoder;
  /** Of a row of the Graph's input. */
  readonly shape: readonly number[];
}

/** `predict`: inputs [n, ...] → outputs [n, ...], layers in inference mode. Params are called `layer name/weight name`. */
export interface Inference {
  readonly graph: Graph;
  readonly inputs: readonly Port[];
  /** Each a result of the Graph, by its name. */
  readonly outputs: readonly Port[];
  /** By output: the words that its numbers stand for. */
  readonly words: readonly (Words | undefined)[];
  readonly feeds: readonly Feed[];
  readonly weights: readonly WeightInfo[];
}

/** `step`: a chunk of steps in, what follows from it out; what the layers keep between chunks are Graph states called `stream/…`. */
export interface Stream extends Omit<Inference, "weights"> {
  /** Steps of an input. */
  readonly chunk: number;
  /** `layer name/h`, and the shape of a stream's. */
  readonly states: readonly { readonly name: string; readonly shape: readonly number[] }[];
}

/** The Graph of a forward pass and its ports. */
export function portsOf(
  g: G,
  name: string,
  inputs: readonly InputSpec[],
  { outputs, ranges, encodings }: Forward,
): Omit<Inference, "weights"> {
  const results = outputs.map(({ name: port, y }): [string, Node] => [port, y]);
  const own = graph(name, results, [], g.builder.origins);
  const read = new Set(nodesOf(own, "input").map(({ attrs }) => attrs.name));
  return {
    graph: own,
    inputs: inputs.map(({ name: port, shape, type }, i) => {
      const range = ranges.get(i);
      return { name: port, shape, ...(type === "string" ? { type } : {}), ...(range === undefined ? {} : { range }) };
    }),
    outputs: outputs.map(({ name: port, y, words }) => ({
      name: port,
      shape: y.type.shape.slice(1) as number[],
      ...(words === undefined ? {} : { type: "string" as const }),
    })),
    words: outputs.map(({ words }) => words),
    feeds: [
      ...inputs.flatMap(({ name: from, type, shape }, port): Feed[] => {
        // Numbers that only encoders take are no input of the Graph.
        const isEncoded = encodings.some(({ ports }) => ports.includes(port));
        return type === "string" || (isEncoded && !read.has(graphName(from)))
          ? []
          : [{ name: graphName(from), ports: [port], shape }];
      }),
      ...encodings,
    ].sort((a, b) => a.ports[0] - b.ports[0]),
  };
}
