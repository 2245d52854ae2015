// Which of the drawn rows are kept: rows on which the bound is small, and that together use the whole model. In: rows with what they
// should give, how far that may be off, and a run. Out: some of the rows, in order. Guarantee: repeatable; it never fails.
import { type Graph, isBatched, sizeOf } from "../graph/graph.ts";
import type { GraphRun } from "../interpret/graph.ts";

/** Candidates, by row. */
interface Candidates {
  readonly wanted: readonly Float64Array[];
  readonly spreads: readonly Float64Array[];
  readonly graph: Graph;
  readonly run: GraphRun;
  /** The inputs that name rows of a table. */
  readonly ids: readonly Float64Array[];
}

/** Ops that may shut a unit off: a weight before or behind one matters where the result is not 0. */
const gates: ReadonlySet<string> = new Set(["max", "min", "most", "least", "select"]);
/** Beyond as many elements the rows stay as they were drawn. */
const mostLooks = 2 ** 21;

/** `count` of the rows. */
export function pickRows(count: number, candidates: Candidates): readonly number[] {
  const all = candidates.wanted.map((_, row) => row);
  if (all.length <= count) return all;
  const calm = calmRows(candidates, count);
  const used = calm.map((row) => usedBy(row, candidates));
  const chosen = new Set<number>();
  const seen = new Set<number>();
  while (chosen.size < count) {
    const left = calm.map((_, i) => i).filter((i) => !chosen.has(i));
    const gains = new Map(left.map((i) => [i, used[i].reduce((sum, mark) => sum + (seen.has(mark) ? 0 : 1), 0)]));
    const best = left.reduce((a, b) => ((gains.get(b) ?? 0) > (gains.get(a) ?? 0) ? b : a));
    chosen.add(best);
    for (const mark of used[best]) seen.add(mark);
  }
  return [...chosen].map((i) => calm[i]).sort((a, b) => a - b);
}

/** Rows without the half whose results are off most, relative to their columns. */
function calmRows({ wanted, spreads }: Candidates, count: number): readonly number[] {
  const scales = Array.from(wanted[0], (_, i) => wanted.reduce((most, y) => Math.max(most, Math.abs(y[i]) || 0), 2 ** -126));
  const off = spreads.map((spread) => spread.reduce((most, value, i) => Math.max(most, value / scales[i]), 0));
  const sorted = off.map((_, row) => row).sort((a, b) => (off[a] === off[b] ? a - b : off[a] - off[b]));
  // Rows that are hardly worse than the ones that have to be taken may be taken instead of them.
  const limit = 2 * off[sorted[count - 1]];
  return sorted.filter((row, i) => i < count || off[row] <= limit).sort((a, b) => a - b);
}

/** Marks of what a row uses: open gates, and rows of a table. */
function usedBy(row: number, { wanted, graph, run, ids }: Candidates): readonly number[] {
  const marks: number[] = [];
  const rows = wanted.length;
  let base = 0;
  for (const values of ids) {
    const size = values.length / rows;
    for (let i = 0; i < size; i++) marks.push(-1 - values[row * size + i]);
  }
  for (const node of graph.nodes) {
    if (!gates.has(node.op) || !isBatched(node.type)) continue;
    const { shape, data } = run.value(node);
    const size = sizeOf(shape) / rows;
    if (base + size > mostLooks / rows) break;
    for (let i = 0; i < size; i++) if (data[row * size + i] !== 0) marks.push(base + i);
    base += size;
  }
  return marks;
}
