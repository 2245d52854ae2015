// A model that is the text of a Graph instead of a list of layers: what a file of operators becomes. In: text nobody vouches for. Out: its
// ports and weights, and a forward pass that copies its nodes. Guarantee: inputs and results have rows on axis 0, nothing is kept from
// call to call, and every param is a weight that the model has to bring: a Graph says nothing of first values.
import { CompileError } from "../diagnostics/error.ts";
import { type Graph, isBatched, type Node, nodesOf, showShape } from "../graph/graph.ts";
import { checkSize } from "../graph/limits.ts";
import { parseGraph } from "../graph/parse.ts";
import { copyInto } from "../graph/rebuild.ts";
import { verifyGraph } from "../graph/verify.ts";
import type { InputSpec } from "../model.ts";
import { type G, ops } from "../ops/index.ts";
import type { Forward } from "./forward.ts";
import type { Weight } from "./params.ts";
import { checkInputs, checkOutputs, graphName } from "./ports.ts";
import type { Mode } from "./values.ts";

/** What a model is made of, whatever it was written in. */
export interface Front {
  readonly inputs: readonly InputSpec[];
  readonly weights: readonly Weight[];
  readonly make: (g: G, mode: Mode) => Forward;
}

/** Reads the text. Throws CompileError ir/parse, model/port or graph/values. */
export function fromGraph(text: string): Front {
  const source = parseGraph(text, ops);
  checkRules(source);
  const kept = [...source.updates.map(([name]) => name), ...nodesOf(source, "state").map(nameOf)];
  if (kept.length > 0) {
    const message = `a model keeps nothing from call to call, and this Graph has ${JSON.stringify(kept[0])}`;
    throw new CompileError({ code: "model/port", path: "graph", message, hint: "leave states and updates out" });
  }
  const named = nodesOf(source, "input").map((node) => ({
    name: nameOf(node),
    shape: rowsOf(node, `the input ${JSON.stringify(nameOf(node))}`),
  }));
  const inputs = checkInputs(named, "graph");
  const outputs = checkOutputs(source.results.map(([name]) => ({ name, from: name })), "graph", "", false); // biome-ignore format: one line
  for (const [name, node] of source.results) rowsOf(node, `the result ${JSON.stringify(name)}`);
  for (const { type } of source.nodes) checkSize("a value", type.shape.filter((size) => size !== "n") as number[], "graph");
  return {
    inputs,
    weights: nodesOf(source, "param").map((node): Weight => {
      const [name, shape] = [nameOf(node), node.type.shape as readonly number[]];
      return { name, shape, trainable: true, spec: { name, shape, initializer: "zeros", trainable: true }, path: "graph" };
    }),
    make: (g, { chunk }) => {
      if (chunk !== undefined) {
        const message = "a Graph does not say what in it is time";
        throw new CompileError({ code: "stream/refused", path: "graph", message, hint: "leave stream out" });
      }
      const made = copyInto(g.builder, source, (node) => renamed(g, node));
      const y = new Map(source.results);
      return {
        outputs: outputs.map(({ name }) => ({ name, y: made.get(y.get(name) as Node) as Node })),
        steps: [],
        losses: [],
        updates: [],
        ranges: new Map(),
        encodings: [],
        states: [],
      };
    },
  };
}

/** What a pass may never leave behind, a text may well say: the fault is not layerc's. */
function checkRules(source: Graph): void {
  try {
    verifyGraph(source, ops);
  } catch (error) {
    if (!(error instanceof CompileError)) throw error;
    const { message } = error.diagnostic;
    throw new CompileError({ code: "ir/parse", path: "graph", message, hint: "the text breaks a rule of Graphs" });
  }
}

const nameOf = ({ attrs }: Node): string => String(attrs.name);
const renamed = (g: G, node: Node): Node | undefined =>
  node.op === "input" ? g.input({ name: graphName(nameOf(node)), shape: [...node.type.shape] }) : undefined;

/** The shape of a row. */
function rowsOf({ type }: Node, what: string): readonly number[] {
  if (isBatched(type)) return type.shape.slice(1) as number[];
  const message = `${what} needs rows on its first axis, found ${showShape(type.shape)}`;
  throw new CompileError({ code: "model/port", path: "graph", message, hint: "its shape begins with n" });
}
