// What a Graph or its kernels cost, in counts, and what follows: the sizes at which another kind of code pays. In: a Graph,
// kernels. Out: multiply-adds, number of arithmetic ops, decisions. The constants come from `npx tsx bench/crossover.ts`.
import { bindShape, type Graph, isBatched, isGraph, type Node, sizeOf } from "../graph/graph.ts";
import { servedBy } from "../ops/nest/dot-axes.ts";
import type { Kernel, Value } from "../program/program.ts";
import { operandsOf, visit } from "../program/walk.ts";
import { turns } from "../schedule/straight.ts";

/** Multiply-adds of all dots for `rows` rows; a scan counts its body once a step. */
export function multiplyAdds(graph: Graph, rows = 1): number {
  return graph.nodes.reduce((sum, node) => sum + ofNode(node, rows), 0);
}

/**
 * Of them, those of dots that use a weight for few points of a row: a dense layer, a step of a recurrent one. For these the weights come
 * from memory again with each row.
 */
export function weightBound(graph: Graph): number {
  return graph.nodes.reduce((sum, node) => {
    if (node.op === "scan" && isGraph(node.attrs.body)) return sum + weightBound(node.attrs.body) * (node.attrs.length as number);
    return sum + (servedBy(node) === "rows" ? ofNode(node, 1) : 0);
  }, 0);
}

function ofNode(node: Node, rows: number): number {
  if (node.op === "scan" && isGraph(node.attrs.body)) return multiplyAdds(node.attrs.body, rows) * (node.attrs.length as number);
  if (node.op !== "dot") return 0;
  const [[...contracted]] = node.attrs.contract as readonly (readonly number[])[];
  const left = bindShape(node.inputs[0].type.shape, rows);
  return sizeOf(bindShape(node.type.shape, rows)) * sizeOf(contracted.map((axis) => left[axis]));
}

/** Elements that are computed for a row; a scan's once a step. Views count too: the interpreter copies. */
export function elements(graph: Graph): number {
  return graph.nodes.reduce((sum, { op, attrs, type }) => {
    if (op === "scan" && isGraph(attrs.body)) return sum + elements(attrs.body) * (attrs.length as number);
    return sum + (isBatched(type) ? sizeOf(bindShape(type.shape, 1)) : 0);
  }, 0);
}

/** Nodes that compute something. */
export const countOps = (graph: Graph): number =>
  graph.nodes.filter(({ op }) => !["input", "param", "state", "constant", "rows"].includes(op)).length;

/** Arithmetic of kernels, as often as it runs: a multiply-add or a comparison counts one, an exponential about 25. */
export function operations(kernels: readonly Kernel[]): number {
  const counts = new Map<Kernel, number>();
  const of = (kernel: Kernel): number => {
    const known = counts.get(kernel) ?? turns(kernel.body, ({ value }) => inValue(value));
    counts.set(kernel, known);
    return known;
  };
  return kernels.reduce((sum, kernel) => sum + of(kernel), 0);
}

function inValue(root: Value): number {
  const seen = new Set<Value>();
  let count = 0;
  visit([root], (value) => {
    if (seen.has(value)) return;
    seen.add(value);
    const isFree = operandsOf(value).length === 0 || value.op === "load" || (value.op === "convert" && value.fmt === "f64");
    if (!isFree) count++;
  });
  return count;
}

/**
 * Most multiply-adds of a row that are written as one straight line where lanes are not wanted: beyond, loops are smaller and
 * sooner. Seen on 2026-11-24 by bench/crossover.ts, Node 24.21 on x64, relaxed SIMD, medians of 21 alternating rounds:
 * nanoseconds a call of one row (and of 32), and bytes of the module after gzip.
 *
 * | net      | multiply-adds | straight            | loops              | lanes             |
 * | -------- | ------------- | ------------------- | ------------------ | ----------------- |
 * | 2-4-3-1  | 23            | 22 (428), 1434      | 26 (624), 1594     | 25 (551), 2486    |
 * | 4-10-3   | 70            | 42 (1181), 2111     | 61 (1645), 2249    | 36 (830), 3156    |
 * | 8-12-4   | 144           | 77 (2298), 3109     | 91 (2457), 2575    | 37 (794), 3466    |
 * | 100-2-2  | 204           | 136 (4097), 4941    | 171 (5839), 2991   | 93 (3384), 3737   |
 * | 8-16-8-2 | 272           | 135 (4150), 4679    | 160 (4888), 3336   | 57 (1247), 4749   |
 * | 16-24-8  | 576           | 296 (9131), 8474    | 298 (9240), 4533   | 68 (1827), 5348   |
 * | 800-1    | 800           | 8445, 22190         | 530, 6463          | 177, 7016         |
 * | 16-32-16 | 1024          | 681 (18092), 14382  | 535 (13752), 7136  | 87 (1253), 9997   |
 *
 * In a fresh process (medians of 9) the first call of 8-16-8-2 comes after 1.0, 1.1 and 1.5 ms, the next 99 take 1.5, 2.4 and
 * 0.2 ms, the next 9,900 10, 8 and 4 ms: a long straight line waits long for the optimiser.
 */
export const straightUpTo = 200;

/** What a call does, as far as it matters for what pays. */
export interface Call {
  readonly rows: number;
  readonly train: boolean;
  readonly exact: boolean;
}

/**
 * Whether lanes pay in a call whose kernels do `operations` a row. A training step computes each dot three times over: forward,
 * and the gradients of both operands. Exact JavaScript, which rounds at every step, takes about twice as long. The crossing lies
 * between 4-10-3 with a linear end (92 operations: 42 and 36 ns, but 1 KB more) and with a softmax (170: 69 and 57 ns). Steps of
 * Adam, loops and lanes: 2-4-3-1 batch 1 359 and 340 ns, batch 4 634 and 372; 4-10-3 batch 1 786 and 384. Exact, straight and
 * lanes: 2-4-3-1 32 and 21 ns, 4-10-3 with a linear end 76 and 34.
 */
export const lanesPay = (operations: number, { rows, train, exact }: Call): boolean =>
  (train ? 3 : 1) * (exact ? 2 : 1) * rows * operations > 125;

/**
 * Models from `from` multiply-adds a row on have kernels over a tile of rows beside those for one row. Seen with f32x4 in batches
 * of 32, one by one and in tiles: 16-32-16 81 and 55 ns a row, 32-64-16 (3,072) 186 and 145; with js 523 and 445, 1482 and 1289.
 * Below, tiles would be as good, but their kernels (2.5 KB with gzip, written out and twice) are most of the module.
 *
 * Where many regions share a kernel, a tile adds one for all of them, and pays from `shared` on. Seen on
 * 2026-11-25 for chains of 4-4 layers, batches of 32 with f32x4, one by one and in tiles: nanoseconds a row, and the module.
 *
 * | layers     | multiply-adds | one by one            | in tiles               |
 * | ---------- | ------------- | --------------------- | ---------------------- |
 * | 12 of relu | 192           | 129, 10 KB (gzip 3.5) | 67, 18 KB (gzip 5.4)   |
 * | 50 of relu | 800           | 471, 14 KB (gzip 6.2) | 150, 25 KB (gzip 8.7)  |
 * | 25 of tanh | 400           | 870, 13 KB (gzip 5.4) | 304, 33 KB (gzip 10.5) |
 * | 50 of tanh | 800           | 1748, 18 KB (gzip 7.7) | 547, 40 KB (gzip 13.3) |
 */
export const tile = { from: 1024, shared: 512, part: 1 / 16, rows: { js: 8, simd: 32 } } as const;

/**
 * Whether a tile of rows pays for so many multiply-adds a row in a program that calls so many `kernels` that often. What counts are those
 * of dense layers, where they are a `part` of all: a convolution uses its weights for many points of one row, and a tile of pictures does
 * not fit in a cache.
 */
export const tilePays = (
  { all, weightBound }: { readonly all: number; readonly weightBound: number },
  { kernels, calls }: { readonly kernels: number; readonly calls: number },
): boolean => weightBound >= (calls >= 8 * kernels ? tile.shared : tile.from) && weightBound >= tile.part * all;
