// What roundings do to a Graph's results: the same run again and again, every op's result moved by some of what float32 may add to it.
// In: a Graph of primitives with the numbers of a run. Out: runs in pairs, whose spread says how far a right module may be off.
// Guarantee: each op moves by the sizes its column `rounding` states, magnified; what float32 cannot hold becomes infinite. Opposite
// runs follow each other, so that two never agree by chance; in every other pair an op moves all its elements to one side, as
// roundings of numbers that are alike do.
import { hash32 } from "../base/random.ts";
import { internal } from "../diagnostics/error.ts";
import type { Graph, Node } from "../graph/graph.ts";
import type { Tensor } from "../ops/define.ts";
import { ops } from "../ops/index.ts";
import { type GraphRun, type GraphRunOptions, runGraph } from "./graph.ts";

const unit = 2 ** -24;
/** Below it numbers are subnormal in float32, and a rounding is as large as the least of them. */
const [leastNormal, least] = [2 ** -126, 2 ** -149];
const largest = 2 ** 128 - 2 ** 103;

/** Runs of one graph on the same numbers, by their index: 2k + 1 is the opposite of 2k. `magnified`: by how much a node's sizes are. */
export function disturbedRuns(
  graph: Graph,
  options: Pick<GraphRunOptions, "rows" | "values">,
  magnified: (node: Node) => number,
): (index: number) => GraphRun {
  const ids = new Map<Node, number>();
  // By node, and in a scan by step: the first run finds them, and they hardly change.
  const sizes = new Map<Node, (Float64Array | undefined)[]>();
  // What nothing has moved yet, windows of the input above all, is computed once.
  const untouched = new Map<Node, readonly Tensor[]>();
  const top = new Set(graph.nodes);

  return (index) => {
    const visits = new Map<Node, number>();
    const sizesOf = (node: Node, inputs: readonly Tensor[], item: Tensor): Float64Array | undefined => {
      const visit = visits.get(node) ?? 0;
      visits.set(node, visit + 1);
      const list = sizes.get(node) ?? [];
      sizes.set(node, list);
      if (visit === list.length) list.push(roundingOf(node, inputs, item));
      return list[visit];
    };
    const made = (node: Node, inputs: readonly Tensor[], items: readonly Tensor[]): readonly Tensor[] => {
      if (!ids.has(node)) ids.set(node, ids.size);
      const found = items.length === 1 ? sizesOf(node, inputs, items[0]) : undefined;
      if (found === undefined) {
        if (top.has(node) && node.op !== "scan" && node.inputs.every((input) => untouched.has(input))) untouched.set(node, items);
        return items;
      }
      return [moved(items[0], found, signs(index, ids.get(node) ?? 0), magnified(node) * unit)];
    };
    return runGraph(graph, { ...options, precision: { known: (node) => untouched.get(node), made } });
  };
}

/** Undefined where nothing is rounded. */
function roundingOf(node: Node, inputs: readonly Tensor[], item: Tensor): Float64Array | undefined {
  const op = ops[node.op];
  if (op.kind !== "primitive") return internal(`${node.op} has no roundings: expand it first`);
  if (op.rounding === "none") return undefined;
  const found = op.rounding(inputs, item, node.attrs);
  return found.some((size) => size !== 0) ? found : undefined;
}

function moved({ shape, data }: Tensor, sizes: Float64Array, next: () => number, by: number): Tensor {
  const result = new Float64Array(data.length);
  for (let i = 0; i < data.length; i++) {
    const size = sizes[i] * by + (sizes[i] !== 0 && Math.abs(data[i]) < leastNormal ? least : 0);
    const value = size === 0 ? data[i] : data[i] + size * next();
    result[i] = Math.abs(value) >= largest ? value * Number.POSITIVE_INFINITY : value;
  }
  return { shape, data: result };
}

/** Numbers of magnitude ½ to 1: one for all elements of the node, or one for each. */
function signs(index: number, node: number): () => number {
  const pair = index >> 1;
  const side = index % 2 === 0 ? 1 : -1;
  let state = hash32(pair, node);
  const draw = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) | 0;
    return (state < 0 ? -side : side) * (0.5 + ((state >>> 8) & 0xffff) / 0x20000);
  };
  if (pair % 2 === 1) return draw;
  const all = draw();
  return () => all;
}
