// Probabilities of classes from those of pairs, as libsvm couples them (Wu, Lin and Weng, 2004, second approach) and onnxruntime with it: steps
// until the error is small, at most a hundred. In: for each pair the share of its first class, [..., pairs]. Out: [..., classes].
import { graph, type Node } from "../../../../../compiler/graph/graph.ts";
import type { G } from "../../../../../compiler/ops/index.ts";

const steps = 100;
/** Times the number of classes. */
const smallest = 0.005;

/** Pairs of classes, in their order. */
export const pairsOf = (classes: number): readonly (readonly [number, number])[] =>
  Array.from({ length: classes }, (_, i) => i).flatMap((i) =>
    Array.from({ length: classes - i - 1 }, (_, k) => [i, i + 1 + k] as const),
  );

const column = (g: G, x: Node, i: number): Node => {
  const { shape } = x.type;
  const starts = shape.map((_, axis) => (axis === shape.length - 1 ? i : 0));
  return g.slice(x, { starts, sizes: [...shape.slice(0, -1), 1] });
};
const spread = (g: G, x: Node, like: Node): Node => g.broadcastTo(x, like.type.shape);
const whole = (g: G, x: Node, most: boolean): Node => {
  const axes = [x.type.shape.length - 1];
  const y = most ? g.reduceMax(x, { axes }) : g.reduceSum(x, { axes });
  return g.reshape(y, { shape: [...y.type.shape, 1] });
};

/** Shares that a class has beside each other one, squared on the diagonal: a row [..., classes] for each class. */
function matrixOf(g: G, shares: Node, classes: number): readonly Node[] {
  const at = new Map(pairsOf(classes).map(([i, j], k) => [`${i},${j}`, column(g, shares, k)] as const));
  const share = (i: number, j: number): Node => {
    const found = at.get(`${i},${j}`);
    if (found !== undefined) return found;
    const other = at.get(`${j},${i}`) as Node;
    return g.sub(g.like(other, 1), other);
  };
  const all = Array.from({ length: classes }, (_, i) => i);
  return all.map((i) => {
    const row = all.map((j) =>
      i === j
        ? all
            .filter((k) => k !== i)
            .map((k) => g.square(share(k, i)))
            .reduce((a, b) => g.add(a, b))
        : g.neg(g.mul(share(j, i), share(i, j))),
    );
    return g.concat(...row, { axis: row[0].type.shape.length - 1 });
  });
}

/** One step for all classes in turn; numbers that are near enough stay. */
function step(b: G, p: Node, rows: readonly Node[]): Node {
  const classes = rows.length;
  const times = rows.map((row, j) => b.mul(spread(b, column(b, p, j), row), row)).reduce((a, c) => b.add(a, c));
  const form = whole(b, b.mul(p, times), false);
  const error = whole(b, b.abs(b.sub(times, spread(b, form, times))), true);
  let now = { p, times, form };
  for (const [i, row] of rows.entries()) {
    const own = column(b, row, i);
    const at = column(b, now.times, i);
    const by = b.div(b.sub(now.form, at), own);
    const all = b.add(by, b.like(by, 1));
    const more = b.mul(by, b.add(b.mul(by, own), b.mul(b.like(at, 2), at)));
    const isOwn = b.broadcastTo(b.constant({ shape: [classes], values: rows.map((_, k) => Number(k === i)) }), p.type.shape);
    const raised = b.select(isOwn, b.add(now.p, spread(b, by, p)), now.p);
    now = {
      p: b.div(raised, spread(b, all, p)),
      times: b.div(b.add(now.times, b.mul(spread(b, by, row), row)), spread(b, all, row)),
      form: b.div(b.div(b.add(now.form, more), all), all),
    };
  }
  return b.select(spread(b, b.less(error, b.like(error, smallest / classes)), p), p, now.p);
}

/** What the shares of pairs say of all classes. */
export function coupled(g: G, shares: Node, classes: number): Node {
  const rows = matrixOf(g, shares, classes);
  const b = g.fresh();
  const p = b.input({ name: "carry0", shape: rows[0].type.shape });
  const closed = rows.map((row, i) => b.input({ name: `closed${i}`, shape: row.type.shape }));
  const body = graph("body", [["carry0", step(b, p, closed)]]);
  const even = g.fill(1 / classes, rows[0].type.shape);
  return g.pick(g.scan(even, ...rows, { body, carries: 1, xs: 0, length: steps, reverse: false, keep: ["last"] }), { index: 0 });
}
