// What each op is of many steps at once, as a table. In: a node of one step, and its inputs, with an axis for time where they have one.
// Out: the node of all steps, time at `timeAxis` of its shape. What is elementwise, or has its axes in `axis` or `axes`, shares a row.
import { internal } from "../../diagnostics/error.ts";
import type { Attrs, Node, Shape } from "../../graph/graph.ts";
import type { G } from "../define.ts";
import { type DotAttrs, freeAxes, placesOf } from "../nest/dot-axes.ts";
import { stackedShape, timeAxis } from "../scan/attrs.ts";

/** A value of all steps; `has`: it has time, and is not the same at every step. */
export interface Lifted {
  readonly node: Node;
  readonly has: boolean;
  /** Of a bundle: which of its items have time. */
  readonly items?: readonly boolean[];
}

interface Site {
  readonly g: G;
  /** Of one step. */
  readonly node: Node;
  readonly inputs: readonly Lifted[];
  readonly length: number;
}
type Rule = (site: Site) => Node;

/** Where an axis of `shape` is once there is time before it. */
const moved = (axis: number, shape: Shape): number => (axis >= timeAxis(shape) ? axis + 1 : axis);
/** One entry per axis, and `own` for time. */
const inserted = <T>(list: readonly T[], shape: Shape, own: T): T[] => list.toSpliced(timeAxis(shape), 0, own);
const shapeOf = (node: Node, i = 0): Shape => node.inputs[i].type.shape;

/** The value with time, repeated where it has none; `shape` is that of one step. */
export function timed(g: G, { node, has }: Lifted, shape: Shape, length: number): Node {
  if (has) return node;
  return g.broadcast(node, { shape: stackedShape(shape, length), axes: shape.map((_, axis) => moved(axis, shape)) });
}

/** The two axes at the place of time change places. */
export function swapTime(g: G, x: Node): Node {
  const { shape } = x.type;
  const time = timeAxis(shape);
  const perm = shape.map((_, axis) => axis);
  return g.transpose(x, { perm: perm.with(time, time + 1).with(time + 1, time) });
}

/** All inputs with time; attributes as `change` says. */
const alike =
  (change: (attrs: Attrs, site: Site) => Attrs = (attrs) => attrs): Rule =>
  (site) => {
    const { g, node, inputs, length } = site;
    return g.node(
      node.op,
      inputs.map((input, i) => timed(g, input, shapeOf(node, i), length)),
      change(node.attrs, site),
    );
  };

const elementwise = alike();
const alongAxis = alike(({ axis, ...attrs }, { node }) => ({ ...attrs, axis: moved(axis as number, shapeOf(node)) }));
const alongAxes = alike(({ axes, ...attrs }, { node }) => ({
  ...attrs,
  axes: (axes as readonly number[]).map((axis) => moved(axis, shapeOf(node))),
}));

/** Sources: what has rows is of each step. */
const ofShape: Rule = ({ g, node, inputs, length }) => {
  const { shape, axis, ...attrs } = node.attrs as { shape: Shape; axis?: number };
  const own = { ...attrs, shape: stackedShape(shape, length), ...(axis === undefined ? {} : { axis: moved(axis, shape) }) };
  return g.node(node.op, inputs.map((input) => input.node), own); // biome-ignore format: one line
};

const special: Readonly<Record<string, Rule>> = {
  constant: ofShape,
  random: ofShape,
  iota: ofShape,
  broadcast: ({ g, node, inputs: [x], length }) => {
    const { axes } = node.attrs as { axes: readonly number[] };
    const { shape } = node.type;
    const to = axes.map((axis) => moved(axis, shape));
    return g.broadcast(x.node, {
      shape: stackedShape(shape, length),
      axes: x.has ? inserted(to, shapeOf(node), timeAxis(shape)) : to,
    });
  },
  reshape: alike((_attrs, { node, length }) => ({ shape: stackedShape(node.type.shape, length) })),
  slice: alike(({ starts }, { node, length }) => ({
    starts: inserted(starts as number[], shapeOf(node), 0),
    sizes: stackedShape(node.type.shape, length),
  })),
  pad: alike(({ low, high, value }, { node }) => ({
    low: inserted(low as number[], shapeOf(node), 0),
    high: inserted(high as number[], shapeOf(node), 0),
    value,
  })),
  transpose: alike(({ perm }, { node }) => {
    const { shape } = node.type;
    const to = (perm as number[]).map((axis) => moved(axis, shape));
    return { perm: inserted(to, shape, timeAxis(shape)) };
  }),
  mix: alike(({ axis, matrix }, { node }) => ({ axis: moved(axis as number, shapeOf(node)), matrix })),
  overlapAdd: alike(({ axes, ...attrs }, { node: { type }, length }) => ({
    ...attrs,
    axes: (axes as number[]).map((axis) => moved(axis, type.shape)),
    shape: stackedShape(type.shape, length),
  })),
  // Where each step has a table of its own, the tables lie one behind the other, and so do the numbers of their rows.
  gather: (site) => {
    const { g, node, inputs, length } = site;
    const [table, ids] = inputs;
    if (!table.has) return g.gather(table.node, ids.node);
    const [rows, ...rest] = shapeOf(node) as number[];
    const all = g.reshape(table.node, { shape: [length * rows, ...rest] });
    const found = g.gather(all, numbered(site, 1, rows));
    const [own, shape] = [timeAxis(shapeOf(node, 1)), timeAxis(node.type.shape)];
    return own === shape ? found : internal("ids that have rows give a value that has rows");
  },
  scatterAdd: (site) => {
    const { g, node, inputs, length } = site;
    const { rows } = node.attrs as { rows: number };
    const updates = timed(g, inputs[1], shapeOf(node, 1), length);
    const sum = g.scatterAdd(numbered(site, 0, rows), updates, { rows: length * rows });
    return g.reshape(sum, { shape: stackedShape(node.type.shape, length) });
  },
  dot,
};

/** Ids of step t as rows of a table of all steps: t · rows + the row they name, NaN being row 0. */
function numbered({ g, node, inputs, length }: Site, i: number, rows: number): Node {
  const shape = shapeOf(node, i);
  const ids = timed(g, inputs[i], shape, length);
  const whole = g.floor(ids);
  const row = g.select(g.less(g.like(ids, 0), whole), g.min(whole, g.like(ids, rows - 1)), g.like(ids, 0));
  const step = g.iota({ shape: ids.type.shape, axis: timeAxis(shape) });
  return g.add(row, g.mul(step, g.like(ids, rows)));
}

/** Time goes together where both sides have it, and is free where one has; behind n, and before the axes it finds. */
function dot({ g, node, inputs }: Site): Node {
  const attrs = node.attrs as unknown as DotAttrs;
  const shapes = [shapeOf(node, 0), shapeOf(node, 1)];
  const [left, right] = inputs;
  const sides = (pair: DotAttrs["batch"]) =>
    pair.map((axes, side) => axes.map((axis) => (inputs[side].has ? moved(axis, shapes[side]) : axis))) as [number[], number[]];
  const [batch, contract] = [sides(attrs.batch), sides(attrs.contract)];
  const time = [timeAxis(shapes[0]), timeAxis(shapes[1])] as const;
  const to = timeAxis(node.type.shape);
  const ranks = [left, right].map((input) => input.node.type.shape.length);
  const { at = 0 } = attrs;
  let found: { readonly attrs: DotAttrs; readonly axis: number };
  if (left.has && right.has) {
    // Before the other batch axes, but behind n.
    const index = to === 1 && at === 0 && batch[0].length > 0 ? 1 : 0;
    const both = batch.map((axes, side) => axes.toSpliced(index, 0, time[side])) as [number[], number[]];
    const own = { batch: both, contract, at: batch[0].length > 0 ? at : to };
    found = { attrs: own, axis: placesOf(ranks[0], ranks[1], own).batch[index] };
  } else {
    const side = left.has ? 0 : 1;
    const plain = { batch, contract };
    const before = side === 0 ? 0 : freeAxes(ranks[0], 0, plain).length;
    const index = freeAxes(ranks[side], side, plain).indexOf(time[side]);
    // The batch axes keep behind as many free axes as before, and behind time where it would be the next of them.
    const own = { ...plain, at: at > 0 && before + index <= at ? at + 1 : at };
    found = { attrs: own, axis: placesOf(ranks[0], ranks[1], own)[side === 0 ? "left" : "right"][index] };
  }
  const y = g.dot(left.node, right.node, found.attrs);
  if (found.axis === to) return y;
  const rest = y.type.shape.map((_, axis) => axis).filter((axis) => axis !== found.axis);
  return g.transpose(y, { perm: rest.toSpliced(to, 0, found.axis) });
}

/** The rule of a node: of its op, or by what its attributes name. Undefined where nothing is known. */
export function ruleOf(g: G, node: Node): Rule | undefined {
  if (Object.hasOwn(special, node.op)) return special[node.op];
  const { axis, axes } = node.attrs;
  if (typeof axis === "number") return alongAxis;
  if (Array.isArray(axes)) return alongAxes;
  const op = g.ops[node.op];
  const isElementwise = op.kind === "composite" || op.lower.kind === "pointwise" || node.op === "stopGradient";
  return isElementwise ? elementwise : undefined;
}
