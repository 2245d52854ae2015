// Numbers that are known before the model runs: shape arithmetic, constants, small weights. In: a row and known inputs. Out: known outputs.
// The row builds its ops in a Graph of its own, which the interpreter runs in doubles: an operator is said once, and whole numbers are
// exact to 2^53.
import { graph, type Node, sizeOf } from "../../../compiler/graph/graph.ts";
import { runGraph } from "../../../compiler/interpret/graph.ts";
import type { Tensor } from "../../../compiler/ops/define.ts";
import { begin, type G } from "../../../compiler/ops/index.ts";
import type { Made } from "./define.ts";
import { isWhole, rangeOf } from "./numbers.ts";
import { known, type Value } from "./values.ts";

/** Numbers that are folded in one node, of all inputs and of an output: more are left to the module, which does it once. */
export const most = 2 ** 16;
/** Whole numbers have to be known, if they can. */
const mostWhole = 2 ** 22;

/** Numbers of all nodes of a Graph that is run. */
const mostWork = 2 ** 23;

/** Whether these inputs are numbers that a row should be folded over. */
export function isFoldable(inputs: readonly Value[]): boolean {
  if (inputs.some(({ data }) => data === undefined)) return false;
  const limit = inputs.every(({ dtype }) => isWhole(dtype)) ? mostWhole : most;
  return inputs.reduce((sum, { shape }) => sum + sizeOf(shape), 0) <= limit;
}

/** What `make` builds, as numbers; its outputs stay as they are where they already are known; undefined where they are too many. `refuse`: for what does not fit its format. */
export function fold(
  make: (g: G, node: (value: Value) => Node) => Made,
  refuse: (what: string) => never,
): readonly (Value | undefined)[] | undefined {
  const g = begin();
  const params = new Map<Value, Node>();
  const given = new Map<Node, Tensor>();
  const node = (value: Value): Node => {
    if (value.node !== undefined) return value.node;
    const made = params.get(value) ?? g.param({ name: `known${params.size}`, shape: value.shape });
    params.set(value, made);
    given.set(made, { shape: value.shape, data: Float64Array.from(value.data ?? []) });
    return made;
  };
  const made = make(g, node);
  const outputs = (Array.isArray(made) ? made : [made]) as readonly (Value | undefined)[];
  if (outputs.some((value) => value !== undefined && sizeOf(value.shape) > (isWhole(value.dtype) ? mostWhole : most)))
    return undefined;
  const open = outputs.flatMap((value) => (value?.node === undefined ? [] : [value.node]));
  const source = graph("fold", open.map((root, i) => [String(i), root] as const)); // biome-ignore format: one line
  // What a row makes on the way may be larger than what it is given.
  if (source.nodes.reduce((sum, { type }) => sum + sizeOf(type.shape as readonly number[]), 0) > mostWork) return undefined;
  const watch = {
    known: (at: Node) => (given.has(at) ? [given.get(at) as Tensor] : undefined),
    made: (_: Node, __: readonly Tensor[], items: readonly Tensor[]) => items,
  };
  const run = runGraph(source, { rows: 1, values: {}, precision: watch });
  return outputs.map((value) => {
    if (value?.node === undefined) return value;
    return known(value.dtype, value.shape, fitted(run.value(value.node).data, value, refuse));
  });
}

/** Numbers as their format has them: floats rounded, whole ones in its range. */
function fitted(data: Float64Array, { dtype }: Value, refuse: (what: string) => never): Float64Array | Float32Array {
  if (!isWhole(dtype)) return dtype === "float64" ? data : Float32Array.from(data);
  const { least, most: largest } = rangeOf(dtype);
  const bad = data.find((value) => !Number.isInteger(value) || value < least || value > largest);
  if (bad !== undefined) refuse(`${bad} as ${dtype}: it does not wrap round`);
  return data;
}
