// Where two models first differ. In: two models, and rows that both take. Out: their layers in pairs with the largest difference of what they
// give, in the order of the first, and those that nothing could be paired with.
// Layers are paired by name, then by shape in their order; the outputs in theirs. What computes is the interpreter in double precision, so a
// difference is one of the models, not of roundings.

import type { Resolved } from "../compiler/front/steps.ts";
import { type Node, sameShape } from "../compiler/graph/graph.ts";
import type { showOrigin } from "../compiler/graph/origin.ts";
import { runGraph } from "../compiler/interpret/graph.ts";

/** What a layer, or an output, gives for some rows. */
export interface Given {
  readonly name: string;
  /** Of a row. */
  readonly shape: readonly number[];
  readonly values: ArrayLike<number>;
}
/** Two of them. */
export interface Pair {
  readonly a: string;
  readonly b: string;
  readonly by: "name" | "shape" | "place";
  readonly shape: readonly number[];
  /** The largest difference, and what both give there. */
  readonly largest: number;
  readonly row: number;
  readonly place: number;
  readonly values: readonly [a: number, b: number];
  /** Whether it is beyond the tolerance. */
  readonly differs: boolean;
}
/** The comparison: layers first, then outputs. */
export interface Comparison {
  readonly pairs: readonly Pair[];
  /** Names that nothing stands beside. */
  readonly only: { readonly a: readonly string[]; readonly b: readonly string[] };
}
export interface Tolerance {
  readonly abs: number;
  readonly rel: number;
}

/** What every layer of a model gives for rows, in order, then its outputs. `feeds`: what the Graph's inputs take. */
export function givenBy(
  {
    steps,
    predict,
    modelWeights,
  }: Pick<Resolved, "steps" | "predict"> & { modelWeights: () => { values: Readonly<Record<string, Float32Array>> } },
  feeds: Readonly<Record<string, Float32Array>>,
  rows: number,
): { readonly layers: readonly Given[]; readonly outputs: readonly Given[] } {
  const run = runGraph(predict.graph, { rows, values: { ...modelWeights().values, ...feeds }, precision: "double" });
  const given = (name: string, node: Node): Given => {
    const { shape, data } = run.value(node);
    return { name, shape: shape.slice(1), values: data };
  };
  const computed = new Set(predict.graph.nodes);
  const named =
    steps.length > 0
      ? steps.map(({ entry, y }) => [entry.name, y] as const)
      : origins(predict.graph.nodes, predict.graph.origins);
  return {
    layers: named.flatMap(([name, y]) => (y === undefined || !computed.has(y) ? [] : [given(name, y)])),
    outputs: predict.outputs.map(({ name, shape }) => ({ name, shape, values: run.results[name].data })),
  };
}

/** Of a model that is a Graph: the last node of each origin that is a value. */
function origins(
  nodes: readonly Node[],
  known: ReadonlyMap<Node, Parameters<typeof showOrigin>[0]>,
): readonly (readonly [string, Node])[] {
  const last = new Map<string, Node>();
  for (const node of nodes) {
    const origin = known.get(node);
    if (origin !== undefined && node.op !== "scan" && node.type.shape[0] === "n") last.set(origin.name, node);
  }
  return [...last];
}

/** Pairs two lists; `how`: outputs go by name and then by place, layers by name and then by shape in their order. */
export function compare(
  a: { readonly layers: readonly Given[]; readonly outputs: readonly Given[] },
  b: { readonly layers: readonly Given[]; readonly outputs: readonly Given[] },
  rows: number,
  tolerance: Tolerance,
): Comparison {
  const layers = paired(a.layers, b.layers, "shape");
  const outputs = paired(a.outputs, b.outputs, "place");
  const all = [...layers.pairs, ...outputs.pairs];
  return {
    pairs: all.map(([one, other, by]) => differenceOf(one, other, by, rows, tolerance)),
    only: { a: [...layers.a, ...outputs.a], b: [...layers.b, ...outputs.b] },
  };
}

type By = Pair["by"];
function paired(a: readonly Given[], b: readonly Given[], rest: By) {
  const partner = new Map<Given, readonly [Given, By]>();
  const free = new Set(b);
  const take = (one: Given, other: Given | undefined, by: By): void => {
    if (other === undefined) return;
    partner.set(one, [other, by]);
    free.delete(other);
  };
  for (const one of a) take(one, b.find((other) => free.has(other) && other.name === one.name && sameShape(other.shape, one.shape)), "name"); // biome-ignore format: one line
  // In order: what stands behind a pair of the first stands behind it in the second.
  let at = 0;
  for (const one of a) {
    const known = partner.get(one);
    if (known !== undefined) {
      at = Math.max(at, b.indexOf(known[0]) + 1);
      continue;
    }
    const other = b.slice(at).find((each) => free.has(each) && (rest === "place" || sameShape(each.shape, one.shape)));
    take(one, other, rest);
    if (other !== undefined) at = b.indexOf(other) + 1;
  }
  return {
    pairs: a.flatMap((one) => {
      const known = partner.get(one);
      return known === undefined ? [] : [[one, known[0], known[1]] as const];
    }),
    a: a.filter((one) => !partner.has(one)).map(({ name }) => name),
    b: [...free].map(({ name }) => name),
  };
}

function differenceOf(a: Given, b: Given, by: By, rows: number, { abs, rel }: Tolerance): Pair {
  const size = a.values.length / rows;
  let [worst, largest, differs] = [0, 0, a.values.length !== b.values.length];
  for (let i = 0; i < Math.min(a.values.length, b.values.length); i++) {
    const [x, y] = [a.values[i], b.values[i]];
    if (Object.is(x, y) || x === y) continue;
    const difference = Math.abs(x - y);
    // NaN beside a number is as far apart as it gets.
    const found = Number.isNaN(difference) ? (Number.isNaN(x) && Number.isNaN(y) ? 0 : Number.POSITIVE_INFINITY) : difference;
    if (found > largest) [worst, largest] = [i, found];
    if (found === Number.POSITIVE_INFINITY || !(found <= abs + rel * Math.abs(x))) differs = true;
  }
  return {
    ...{ a: a.name, b: b.name, by, shape: a.shape, largest, differs },
    ...{ row: Math.floor(worst / size), place: worst % size, values: [a.values[worst], b.values[worst]] },
  };
}
