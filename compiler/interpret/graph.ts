// The meaning of a Graph: every node by its op's own `eval`, one after the other. In: a Graph, the number of rows, and numbers for
// its inputs, params and states. Out: results, updates, and the value of every node on the way.
// Guarantee: nothing is expanded, fused or reordered; with "f32" each node is its exact-as-doubles result rounded once, with
// "double" only the given numbers and constants are rounded. Shares no code with anything that lowers or emits.
import { CompileError, internal, invariant } from "../diagnostics/error.ts";
import { bindShape, type Graph, type Node, sameShape, showShape, sizeOf } from "../graph/graph.ts";
import type { EvalContext, Tensor } from "../ops/define.ts";
import { ops } from "../ops/index.ts";

/** Rounds every node, or none. */
export type Precision = "f32" | "double";

/** What stands beside the ops' own rules; nodes of a scan's body pass too, once a step. */
export interface Watch {
  /** A value that is known already: the node is not evaluated then. Not asked inside a scan. */
  readonly known?: (node: Node) => readonly Tensor[] | undefined;
  /** Each node's items, or what takes their place. */
  readonly made: (node: Node, inputs: readonly Tensor[], items: readonly Tensor[]) => readonly Tensor[];
}

/** What a run is given. */
export interface GraphRunOptions {
  /** The number `n`. */
  readonly rows: number;
  /** Row-major numbers of every input, param and state the graph reads, by name. They are rounded to f32. */
  readonly values: Readonly<Record<string, ArrayLike<number>>>;
  readonly precision: Precision | Watch;
}

/** What a run leaves: tensors with n bound. */
export interface GraphRun {
  readonly results: Readonly<Record<string, Tensor>>;
  /** The next values of params and states. */
  readonly updates: Readonly<Record<string, Tensor>>;
  /** The value of any node of the graph (not of a scan's body, and not a bundle). */
  value(node: Node): Tensor;
}

/**
 * Runs a graph once. Throws CompileError `graph/values` when a value is missing or has another length than its shape with
 * n = rows asks for; values the graph does not read are ignored.
 */
export function runGraph(graph: Graph, { rows, values, precision }: GraphRunOptions): GraphRun {
  if (!Number.isInteger(rows) || rows < 0)
    throw new CompileError({ code: "graph/values", path: "", message: `rows must be a whole number from 0 on, found ${rows}` });
  const given = (node: Node): Tensor => {
    const name = node.attrs.name as string;
    const shape = bindShape(node.type.shape, rows);
    const what = `${node.op} ${JSON.stringify(name)} of shape ${showShape(node.type.shape)}`;
    if (!Object.hasOwn(values, name)) {
      throw new CompileError({
        code: "graph/values",
        path: name,
        message: `${what} has no value`,
        hint: `given: ${Object.keys(values).join(", ") || "nothing"}`,
      });
    }
    if (values[name].length !== sizeOf(shape)) {
      throw new CompileError({
        code: "graph/values",
        path: name,
        message: `${what} needs ${sizeOf(shape)} numbers at n = ${rows}, found ${values[name].length}`,
      });
    }
    const data = new Float64Array(values[name].length);
    for (let i = 0; i < data.length; i++) data[i] = Math.fround(values[name][i]);
    return { shape, data };
  };
  const watch = typeof precision === "string" ? precisions[precision] : precision;
  const memory = evaluate(graph, rows, watch, given);
  const value = (node: Node): Tensor => {
    const items = memory.get(node);
    if (items === undefined || node.type.items !== undefined)
      internal(`the graph ${JSON.stringify(graph.name)} holds no tensor for this ${node.op} node`);
    return items[0];
  };
  const named = (roots: Graph["results"]) => Object.fromEntries(roots.map(([name, node]) => [name, value(node)]));
  return { results: named(graph.results), updates: named(graph.updates), value };
}

const precisions: Readonly<Record<Precision, Watch>> = {
  f32: { made: (_node, _inputs, items) => items.map(rounded) },
  double: { made: (_node, _inputs, items) => items },
};

const sources: ReadonlySet<string> = new Set(["input", "param", "state"]);

/** Every node's tensors: one, or the items of a bundle. `given` answers for inputs, params and states. */
function evaluate(graph: Graph, rows: number, watch: Watch, given: (node: Node) => Tensor): Map<Node, readonly Tensor[]> {
  const memory = new Map<Node, readonly Tensor[]>();
  const read = (node: Node): readonly Tensor[] =>
    memory.get(node) ?? internal(`graph ${JSON.stringify(graph.name)}: an operand (${node.op}) stands after its user`);
  const run: EvalContext["run"] = (body, inputs) => {
    const inside = evaluate(body, rows, { made: watch.made }, (node) => {
      const name = node.attrs.name as string;
      const tensor =
        inputs.get(name) ??
        internal(`the body ${JSON.stringify(body.name)} reads ${node.op} ${JSON.stringify(name)}, which its scan does not give`);
      fits(node, bindShape(node.type.shape, rows), tensor);
      return tensor;
    });
    return body.results.map(
      ([name, node]) =>
        inside.get(node)?.[0] ??
        internal(`the body ${JSON.stringify(body.name)} has no value for its result ${JSON.stringify(name)}`),
    );
  };
  for (const node of graph.nodes) {
    const known = watch.known?.(node);
    if (known !== undefined) {
      memory.set(node, known);
      continue;
    }
    // Inputs, params and states have no rule to evaluate: their numbers come from outside, already rounded.
    if (sources.has(node.op)) {
      memory.set(node, watch.made(node, [], [given(node)]));
      continue;
    }
    if (!Object.hasOwn(ops, node.op))
      throw new CompileError({ code: "op/unknown", path: "", message: `there is no op ${JSON.stringify(node.op)}` });
    const shape = bindShape(node.type.shape, rows);
    // A bundle enters as its items, one after the other: only `pick` has one, and takes it alone.
    const inputs = node.inputs.flatMap(read);
    const out = ops[node.op].eval(inputs, node.attrs, { shape, rows, run });
    const items = Array.isArray(out) ? (out as readonly Tensor[]) : [out as Tensor];
    const types = node.type.items ?? [node.type];
    invariant(items.length === types.length, `${node.op} has ${types.length} items, its eval gave ${items.length}`);
    for (const [k, item] of items.entries()) fits(node, bindShape(types[k].shape, rows), item);
    memory.set(node, watch.made(node, inputs, items));
  }
  return memory;
}

/** A value has the shape its node states; anything else is a wrong `eval`, not a wrong input. */
function fits(node: Node, shape: readonly number[], { shape: found, data }: Tensor): void {
  if (sameShape(shape, found) && data.length === sizeOf(shape)) return;
  internal(`${node.op} has shape ${showShape(shape)}, its value ${data.length} numbers of shape ${showShape(found)}`);
}

/** Each element to the nearest float32, kept as a double. */
const rounded = ({ shape, data }: Tensor): Tensor => ({ shape, data: Float64Array.from(Float32Array.from(data)) });
