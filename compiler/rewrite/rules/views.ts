// Chains of ops that only move numbers: two become one, and what moves nothing vanishes. All keep every bit.

import type { Random } from "../../base/random.ts";
import { type Node, type Shape, type Size, sameShape } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { any, as, list, op, type Pattern, type Rule, rule, where } from "../pattern.ts";
import { input } from "./sample.ts";

const x = any("x");
const isSame = (node: Node): boolean => sameShape(node.type.shape, node.inputs[0].type.shape);
const isCounting = (axes: readonly number[]): boolean => axes.every((axis, i) => axis === i);
/** `outer(inner(x))` under the names outer, inner, x. */
const chain = (outer: string, inner: string): Pattern => as("outer", op(outer, as("inner", op(inner, x))));

const grown = (shape: Shape): Size[] => [...shape, 2];
const swapLast = (g: G, x: Node): Node => {
  const perm = x.type.shape.map((_, axis) => axis);
  const [p, q] = perm.splice(-2);
  return g.transpose(x, { perm: [...perm, q, p] });
};
/** The numbers 1.. of the last axis of size ≥ 2 when there is one. */
const wide = (g: G, r: Random): Node => g.input({ name: "x0", shape: r.pick<Shape>([["n", 2, 5], [3, 4], ["n", 3, 3]]) }); // biome-ignore format: one line
const tail = (g: G, x: Node, start: number): Node =>
  g.slice(x, {
    starts: x.type.shape.map((_, axis) => (axis === 0 ? 0 : start)),
    sizes: x.type.shape.map((size, axis) => (axis === 0 ? size : (size as number) - start)),
  });

/** Two of a kind are one: reshape keeps the outer shape, transpose composes, slice adds up its starts, reverse cancels. */
export const views: readonly Rule[] = [
  rule(
    "reshape-of-reshape-is-one",
    "bits",
    chain("reshape", "reshape"),
    (g, { outer, x }) => g.reshape(x, { shape: outer.type.shape }),
    (g, r) => {
      const x = input(g, r);
      return g.reshape(g.reshape(x, { shape: [...x.type.shape, 1] }), { shape: [...x.type.shape, 1, 1] });
    },
  ),
  rule(
    "reshape-to-the-same-is-itself",
    "bits",
    where(op("reshape", x), isSame),
    (_, { x }) => x,
    (g, r) => {
      const x = input(g, r);
      return g.reshape(x, { shape: x.type.shape });
    },
  ),
  rule(
    "transpose-of-transpose-is-one",
    "bits",
    chain("transpose", "transpose"),
    (g, { outer, inner, x }) => g.transpose(x, { perm: list(outer, "perm").map((axis) => list(inner, "perm")[axis]) }),
    (g, r) => swapLast(g, swapLast(g, input(g, r, 3))),
  ),
  rule(
    "transpose-in-order-is-itself",
    "bits",
    where(op("transpose", x), (node) => isCounting(list(node, "perm"))),
    (_, { x }) => x,
    (g, r) => {
      const x = input(g, r);
      return g.transpose(x, { perm: x.type.shape.map((_, axis) => axis) });
    },
  ),
  rule(
    "broadcast-of-broadcast-is-one",
    "bits",
    chain("broadcast", "broadcast"),
    (g, { outer, inner, x }) =>
      g.broadcast(x, { shape: outer.type.shape, axes: list(inner, "axes").map((axis) => list(outer, "axes")[axis]) }),
    (g, r) => {
      const x = input(g, r);
      const axes = x.type.shape.map((_, axis) => axis);
      const once = grown(x.type.shape);
      return g.broadcast(g.broadcast(x, { shape: once, axes }), { shape: grown(once), axes: once.map((_, axis) => axis) });
    },
  ),
  rule(
    "broadcast-to-the-same-is-itself",
    "bits",
    where(op("broadcast", x), isSame),
    (_, { x }) => x,
    (g, r) => {
      const x = input(g, r);
      return g.broadcast(x, { shape: x.type.shape, axes: x.type.shape.map((_, axis) => axis) });
    },
  ),
  rule(
    "slice-of-slice-is-one",
    "bits",
    chain("slice", "slice"),
    (g, { outer, inner, x }) =>
      g.slice(x, {
        starts: list(outer, "starts").map((start, axis) => start + list(inner, "starts")[axis]),
        sizes: outer.type.shape,
      }),
    (g, r) => tail(g, tail(g, g.input({ name: "x0", shape: ["n", 5] }), r.integer(1, 2)), r.integer(1, 2)),
  ),
  rule(
    "slice-of-everything-is-itself",
    "bits",
    where(op("slice", x), isSame),
    (_, { x }) => x,
    (g, r) => {
      const x = input(g, r);
      return g.slice(x, { starts: x.type.shape.map(() => 0), sizes: x.type.shape });
    },
  ),
  rule(
    "reverse-of-reverse-is-one",
    "bits",
    chain("reverse", "reverse"),
    (g, { outer, inner, x }) => {
      const [first, second] = [list(inner, "axes"), list(outer, "axes")];
      return g.reverse(x, {
        axes: [...first.filter((axis) => !second.includes(axis)), ...second.filter((axis) => !first.includes(axis))],
      });
    },
    (g, r) => g.reverse(g.reverse(wide(g, r), { axes: [1] }), { axes: [1] }),
  ),
  rule(
    "reverse-along-nothing-is-itself",
    "bits",
    where(op("reverse", x), (node) => list(node, "axes").every((axis) => node.type.shape[axis] === 1)),
    (_, { x }) => x,
    (g, r) => g.reverse(input(g, r), { axes: [] }),
  ),
  rule(
    "pad-by-nothing-is-itself",
    "bits",
    where(op("pad", x), isSame),
    (_, { x }) => x,
    (g, r) => {
      const x = input(g, r);
      const none = x.type.shape.map(() => 0);
      return g.pad(x, { low: none, high: none, value: 0 });
    },
  ),
  rule(
    "pad-of-pad-is-one",
    "bits",
    where(chain("pad", "pad"), ({ attrs, inputs: [inner] }) => Object.is(attrs.value, inner.attrs.value)),
    (g, { outer, inner, x }) => {
      const [low, high] = ["low", "high"].map((side) => list(outer, side).map((size, axis) => size + list(inner, side)[axis]));
      return g.pad(x, { low, high, value: outer.attrs.value as number });
    },
    (g, r) => {
      const x = wide(g, r);
      const [none, one] = [0, 1].map((size) => x.type.shape.map((_, axis) => (axis === 1 ? size : 0)));
      return g.pad(g.pad(x, { low: none, high: one, value: 0 }), { low: one, high: one, value: 0 });
    },
  ),
  rule(
    "concat-of-one-is-itself",
    "bits",
    op("concat", x),
    (_, { x }) => x,
    (g, r) => g.concat(input(g, r, 2), { axis: 1 }),
  ),
];
