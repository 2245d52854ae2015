// RNN, GRU and LSTM as loops over time: x [T, B, F], a direction's weights [gates · H, F] and [gates · H, H], biases of both. What does not
// depend on h is one product before the loop.
//
//   LSTM, gates i o f c      c′ = f · c + i · g(…)        h′ = o · h(c′)
//   GRU, gates z r h         h′ = (1 − z) · g(…) + z · h
import { graph, type Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Made, type Operator, operator, type Site } from "../define.ts";
import { type At, shapeAt, type Value } from "../values.ts";
import { type Activate, cellActivations } from "./cell-activations.ts";
import { cut, cutNode, joined, reshapeTo, transposeTo } from "./moves.ts";
import { matMul, products } from "./products.ts";

/** What a step is given. */
interface Step {
  readonly sums: Node;
  readonly states: readonly Node[];
  readonly size: number;
  /** h · Rᵀ of some gates. */
  readonly product: (h: Node, from: number, count: number) => Node;
  readonly extra: Readonly<Record<string, Node>>;
  readonly activate: readonly Activate[];
}
/** A kind of cell. */
interface Cell {
  readonly gates: number;
  readonly states: 1 | 2;
  readonly activations: readonly string[];
  /** Which gates' own biases are not added before the loop, but in it. */
  readonly innerBias: (site: Site) => boolean;
  readonly next: (g: G, step: Step, site: Site) => readonly Node[];
}

const gate = (g: G, sums: Node, k: number, size: number): Node => cutNode(g, sums, sums.type.shape.length - 1, k * size, size);

const rnnCell: Cell = {
  gates: 1,
  states: 1,
  activations: ["Tanh"],
  innerBias: () => false,
  next: (g, { sums, states: [h], product, activate: [f] }) => [f(g, g.add(sums, product(h, 0, 1)))],
};

const gruCell: Cell = {
  gates: 3,
  states: 1,
  activations: ["Sigmoid", "Tanh"],
  innerBias: (site) => site.int("linear_before_reset", 0) === 1,
  next: (g, { sums, states: [h], size, product, extra, activate: [f, other] }) => {
    const both = g.add(cutNode(g, sums, sums.type.shape.length - 1, 0, 2 * size), product(h, 0, 2));
    const [z, r] = [0, 1].map((k) => f(g, gate(g, both, k, size)));
    const input = gate(g, sums, 2, size);
    const own =
      extra.bias === undefined
        ? product(g.mul(r, h), 2, 1)
        : g.mul(r, g.add(product(h, 2, 1), g.broadcastTo(extra.bias, h.type.shape)));
    const fresh = other(g, g.add(input, own));
    return [g.add(g.mul(g.sub(g.like(z, 1), z), fresh), g.mul(z, h))];
  },
};

const lstmCell: Cell = {
  gates: 4,
  states: 2,
  activations: ["Sigmoid", "Tanh", "Tanh"],
  innerBias: () => false,
  next: (g, { sums, states: [h, c], size, product, extra: { peephole }, activate: [f, inner, outer] }) => {
    const all = g.add(sums, product(h, 0, 4));
    const look = (k: number, state: Node): Node => {
      const sum = gate(g, all, k, size);
      if (peephole === undefined) return sum;
      return g.add(sum, g.mul(g.broadcastTo(gate(g, peephole, k, size), state.type.shape), state));
    };
    const [i, forget] = [f(g, look(0, c)), f(g, look(2, c))];
    const nextC = g.add(g.mul(forget, c), g.mul(i, inner(g, gate(g, all, 3, size))));
    return [g.mul(f(g, look(1, nextC)), outer(g, nextC)), nextC];
  },
};

interface Direction {
  readonly sequence: Value;
  readonly last: readonly Value[];
}

const recurrentLayer =
  (cell: Cell) =>
  (site: Site): Made => {
    const isBatchFirst = site.int("layout", 0) === 1;
    const given = site.input(0);
    const x = isBatchFirst ? transposeTo(site, given, [1, 0, 2]) : given;
    checkLengths(site, x.shape[0]);
    if (site.int("input_forget", 0) !== 0) site.refuse("with input_forget");
    const way = site.string("direction", "forward");
    const count = way === "bidirectional" ? 2 : 1;
    const states = (index: number): Value | undefined => {
      const value = site.optional(index);
      return value !== undefined && isBatchFirst ? transposeTo(site, value, [1, 0, 2]) : value;
    };
    const initial = cell.states === 2 ? [states(5), states(6)] : [states(5)];
    const made = Array.from({ length: count }, (_, d) => runDirection(site, cell, x, initial, d, d === 1 || way === "reverse"));
    const both = (values: readonly Value[], axis: number): Value =>
      values.length === 1 ? values[0] : joined(site, values, axis);
    const sequence = both(made.map((direction) => direction.sequence), 1); // biome-ignore format: one line
    const last = made[0].last.map((_, k) => both(made.map((direction) => direction.last[k]), 0)); // biome-ignore format: one line
    if (!isBatchFirst) return [sequence, ...last];
    return [transposeTo(site, sequence, [2, 0, 1, 3]), ...last.map((value) => transposeTo(site, value, [1, 0, 2]))];
  };

/** Rows of other lengths than the longest are not there. */
function checkLengths(site: Site, steps: number): void {
  if (site.optional(4) === undefined) return;
  const lengths = site.numbers(4, "sequence_lens") ?? [];
  if (lengths.some((length) => length !== steps)) site.refuse("of sequences that end early (sequence_lens)");
}

function runDirection(
  site: Site,
  cell: Cell,
  x: Value,
  initial: readonly (Value | undefined)[],
  d: number,
  reverse: boolean,
): Direction {
  const { g } = site;
  const of = (index: number): Value | undefined => {
    const value = site.optional(index);
    return value === undefined ? undefined : reshapeTo(site, site.each(cut(site, value, 0, d, 1)), value.shape.slice(1));
  };
  const [weights, recurrent] = [of(1), of(2)];
  if (weights === undefined || recurrent === undefined) return site.refuse("without weights");
  const size = recurrent.shape[1];
  const biases = of(3);
  const sums = withBiases(site, cell, matMul(site, x, transposeTo(site, weights, [1, 0])), biases, size);
  const peephole = cell.states === 2 ? of(7) : undefined;
  const first = initial.map((value) => (value === undefined ? undefined : reshapeOne(site, cut(site, value, 0, d, 1))));
  const isLive = [sums, recurrent, peephole, ...first].some((value) => value !== undefined && value.at !== "none");
  const at: At = sums.at === 1 ? 1 : isLive ? "each" : "none";
  const stateAt: At = at === 1 ? 0 : at;
  const stateShape = shapeAt([x.shape[1], size], stateAt);
  const carries = initial.map((_, k) => {
    const value = first[k];
    return value === undefined ? g.fill(0, stateShape) : site.aligned([value], stateAt)[0];
  });
  const inner = cell.innerBias(site) && biases !== undefined ? cut(site, biases, 0, 5 * size, size) : undefined;
  const closed = { recurrent: site.node(site.each(recurrent)), ...named(site, { bias: inner, peephole }) };
  const [xs] = site.aligned([sums], at);
  const bundle = loop(site, cell, { carries, xs, closed, size, steps: x.shape[0], reverse, d });
  const items = carries.map((_, k) => g.pick(bundle, { index: k }));
  return {
    sequence: withAxis(site, g.pick(bundle, { index: carries.length }), at, 1, x.dtype),
    last: items.map((node) => withAxis(site, node, stateAt, 0, x.dtype)),
  };
}

/** Without a first axis of size 1. */
const reshapeOne = (site: Site, x: Value): Value => {
  if (x.at === "none") return reshapeTo(site, x, x.shape.slice(1));
  const at = typeof x.at === "number" ? x.at - 1 : x.at;
  return typeof at === "number" && at < 0
    ? reshapeOne(site, site.each(x))
    : site.made(site.g.reshape(site.node(x), { shape: shapeAt(x.shape.slice(1), at) }), at, x.dtype);
};

/** Weights that stand in the loop, [n, 1, …] where each row has its own. */
const named = (site: Site, values: Readonly<Record<string, Value | undefined>>): Record<string, Node> =>
  Object.fromEntries(
    Object.entries(values).flatMap(([name, value]) => {
      if (value === undefined) return [];
      return [[name, site.node(reshapeTo(site, site.each(value), [1, ...value.shape]))] as const];
    }),
  );

/** The products of x with both biases; of the last gate its own may come later. */
function withBiases(site: Site, cell: Cell, sums: Value, biases: Value | undefined, size: number): Value {
  if (biases === undefined) return sums;
  const count = cell.gates * size;
  const [outer, own] = [0, 1].map((k) => cut(site, biases, 0, k * count, count));
  const plus = (a: Value, b: Value): Value => site.elementwise([a, b], (g, p, q) => g.add(p, q));
  if (!cell.innerBias(site)) return plus(sums, plus(outer, own));
  const early = joined(site, [cut(site, own, 0, 0, 2 * size), site.elementwise([cut(site, own, 0, 2 * size, size)], (g, a) => g.like(a, 0))], 0); // biome-ignore format: one line
  return plus(sums, plus(outer, early));
}

/** A node as a value with a new axis of size 1. */
function withAxis(site: Site, node: Node, at: At, axis: number, dtype: Value["dtype"]): Value {
  const to: At = typeof at === "number" && at >= axis ? at + 1 : at;
  const whole = site.made(node, at, dtype);
  const shape = whole.shape.toSpliced(axis, 0, 1);
  return site.made(site.g.reshape(node, { shape: shapeAt(shape, to) }), to, dtype);
}

interface Loop {
  readonly carries: readonly Node[];
  readonly xs: Node;
  readonly closed: Readonly<Record<string, Node>>;
  readonly size: number;
  readonly steps: number;
  readonly reverse: boolean;
  readonly d: number;
}

function loop(site: Site, cell: Cell, { carries, xs, closed, size, steps, reverse, d }: Loop): Node {
  const { g } = site;
  const b = g.fresh();
  const activate = cellActivations(site, cell.activations, d);
  const states = carries.map((node, i) => b.input({ name: `carry${i}`, shape: node.type.shape }));
  const isLive = xs.type.shape[0] === "n";
  const sums = b.input({ name: "x0", shape: xs.type.shape.toSpliced(isLive ? 1 : 0, 1) });
  const inside = Object.entries(closed).map(
    ([name, node], i) => [name, b.input({ name: `closed${i}`, shape: node.type.shape })] as const,
  );
  const { recurrent, ...extra } = Object.fromEntries(inside);
  const product = (h: Node, from: number, count: number): Node => {
    const axis = recurrent.type.shape[0] === "n" ? 1 : 0;
    const part = cutNode(b, recurrent, axis, from * size, count * size);
    return products(b, h, part, { batch: [], contract: [h.type.shape.length - 1] }, { batch: [], contract: [axis + 1] });
  };
  const next = cell.next(b, { sums, states, size, product, extra, activate }, site);
  const results = [...next.map((node, i) => [`carry${i}`, node] as const), ["y0", next[0]] as const];
  const keep = [...carries.map(() => "last" as const), "all" as const];
  const attrs = { body: graph("body", results), carries: carries.length, xs: 1, length: steps, reverse, keep };
  return g.scan(...carries, xs, ...Object.values(closed), attrs);
}

/** Rows of the group. */
export const recurrent: readonly Operator[] = [
  operator("RNN", 1, recurrentLayer(rnnCell)),
  operator("GRU", 1, recurrentLayer(gruCell)),
  operator("LSTM", 1, recurrentLayer(lstmCell)),
];
