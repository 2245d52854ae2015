// What a Graph costs, in counts, and what follows from it: the sizes at which another kind of code pays. In: a Graph. Out:
// multiply-adds, number of arithmetic ops, decisions. The constants come from `npx tsx bench/crossover.ts`.
import { bindShape, type Graph, isGraph, type Node, sizeOf } from "./ir/graph.ts";

/** Multiply-adds of all dots for `rows` rows; a scan counts its body once a step. */
export function multiplyAdds(graph: Graph, rows = 1): number {
  return graph.nodes.reduce((sum, node) => sum + ofNode(node, rows), 0);
}

function ofNode(node: Node, rows: number): number {
  if (node.op === "scan" && isGraph(node.attrs.body)) return multiplyAdds(node.attrs.body, rows) * (node.attrs.length as number);
  if (node.op !== "dot") return 0;
  const [[...contracted]] = node.attrs.contract as readonly (readonly number[])[];
  const left = bindShape(node.inputs[0].type.shape, rows);
  return sizeOf(bindShape(node.type.shape, rows)) * sizeOf(contracted.map((axis) => left[axis]));
}

/** Nodes that compute something. */
export const countOps = (graph: Graph): number =>
  graph.nodes.filter(({ op }) => !["input", "param", "state", "constant", "rows"].includes(op)).length;

/**
 * Most multiply-adds of a row that are written as one straight line, unless the option `unroll` says otherwise. Beyond, lanes are
 * faster, smaller, and sooner at full speed; without them loops are smaller and sooner. Seen on 2026-11-24, Node 24.21 on x64,
 * relaxed SIMD, medians of 21 alternating rounds: nanoseconds a call of one row, and bytes (gzip) of the module.
 *
 * | net      | multiply-adds | straight     | loops     | lanes     |
 * | -------- | ------------- | ------------ | --------- | --------- |
 * | 2-4-3-1  | 23            | 21, 1433     | 25, 1594  | 34, 2475  |
 * | 4-10-3   | 70            | 42, 2165     | 54, 2222  | 38, 3131  |
 * | 8-12-4   | 144           | 76, 3218     | 90, 2549  | 38, 3453  |
 * | 100-2-2  | 204           | 136, 4922    | 213, 2880 | 129, 3604 |
 * | 8-16-8-2 | 272           | 133, 4794    | 158, 3308 | 54, 4730  |
 * | 16-24-8  | 576           | 265, 8877    | 307, 4508 | 69, 5298  |
 * | 800-1    | 800           | 7756, 22158  | 849, 6351 | 496, 6889 |
 * | 16-32-16 | 1024          | 684, 14954   | 559, 6450 | 87, 7369  |
 *
 * In a fresh process (medians of 9) the first call of 8-16-8-2 comes after 1.0, 1.1 and 1.5 ms, the next 99 take 1.5, 2.4 and
 * 0.2 ms, the next 9,900 10, 8 and 4 ms: a long straight line waits long for the optimiser.
 */
export const straightUpTo = 200;

/**
 * Whether lanes pay in a call of `rows` rows. A training step computes each dot three times over: forward, and the gradients of
 * both operands. Seen in the same run, loops and lanes, Adam: 2-4-3-1 batch 1 330 and 324 ns, batch 4 594 and 372; 4-10-3 batch 1
 * 776 and 347, batch 16 3256 and 1088.
 */
export const lanesPay = (graph: Graph, rows: number, train: boolean, unroll: number): boolean =>
  (train ? 3 : 1) * rows * multiplyAdds(graph) > unroll;

/**
 * Models from `from` multiply-adds a row on have kernels over a tile of rows beside those for one row. Seen with f32x4 in batches
 * of 32, one by one and in tiles: 16-32-16 81 and 55 ns a row, 32-64-16 (3,072) 186 and 145; with js 523 and 445, 1482 and 1289.
 * Below, tiles would be as good, but their kernels (2.5 KB with gzip, written out and twice) are most of the module.
 */
export const tile = { from: 1024, rows: { js: 8, simd: 32 } } as const;
