// Elementwise work on a reshaped value is done before it is reshaped, where the other operands have that shape too at no cost: then it
// stands in one region with what computes the value (the groups of a convolution and its bias), and the rules of fold.ts see both. The
// same for a transposed value: between layers that keep their channels first, the transposes meet and vanish.
//
//   f(reshape a, broadcast b, 2)    →  reshape f(a, broadcast b′, 2)
//   f(transpose a, broadcast b, 2)  →  transpose f(a, broadcast b′, 2)
import { type Node, type Shape, type Size, sameShape } from "../../graph/graph.ts";
import { type G, ops } from "../../ops/index.ts";
import { any, list, type Rule, rule, splatOf, where } from "../pattern.ts";
import { isElementwise } from "./constants.ts";

/** Neighbouring axes of two shapes that hold the same numbers: [6, 4] and [2, 3, 4] are [0] with [0, 1], and [1] with [2]. */
type Group = { readonly from: readonly number[]; readonly to: readonly number[] };

/** The shortest groups; undefined where an axis has no element or the shapes do not meet. */
export function groupsOf(from: Shape, to: Shape): readonly Group[] | undefined {
  const groups: Group[] = [];
  const productOf = (shape: Shape, axes: readonly number[]) => axes.reduce((product, axis) => product * numberOf(shape[axis]), 1);
  for (let i = 0, j = 0; i < from.length || j < to.length; ) {
    const [a, b] = [i < from.length ? [i++] : [], j < to.length ? [j++] : []];
    for (;;) {
      const [left, right] = [productOf(from, a), productOf(to, b)];
      if (left === right) break;
      if (left < right && i < from.length) a.push(i++);
      else if (left > right && j < to.length) b.push(j++);
      else return undefined;
    }
    groups.push({ from: a, to: b });
  }
  return groups;
}

/** n is longer than any number, so that it meets itself alone. */
const numberOf = (size: Size): number => (size === "n" ? Number.POSITIVE_INFINITY : size);

/** A broadcast under another shape as a broadcast of a reshape: every group of axes is repeated as a whole or not at all. */
function regrouped(g: G, node: Node, shape: Shape): Node | undefined {
  const groups = node.type.shape.includes(0) ? undefined : groupsOf(node.type.shape, shape);
  const axes = list(node, "axes");
  const kept = groups?.filter(({ from }) => from.some((axis) => axes.includes(axis)));
  if (kept === undefined || kept.some(({ from }) => !from.every((axis) => axes.includes(axis) || node.type.shape[axis] === 1)))
    return undefined;
  const own = kept.flatMap(({ to }) => to);
  return g.broadcast(g.reshape(node.inputs[0], { shape: own.map((axis) => shape[axis]) }), { shape, axes: own });
}

/** An operand in the shape that a reshaped one had before, if no number has to move for it. */
function unshaped(g: G, node: Node, shape: Shape): Node | undefined {
  const value = splatOf(node);
  if (value !== undefined) return g.fill(value, shape);
  if (isReshaped(node) && sameShape(node.inputs[0].type.shape, shape)) return node.inputs[0];
  return node.op === "broadcast" ? regrouped(g, node, shape) : undefined;
}

/** A reshape of what a region computes. */
const isReshaped = ({ op, inputs: [x] }: Node): boolean => op === "reshape" && (isAnchor(x) || isElementwise(x) || isTurned(x));

/** What a region computes with loops of its own, and takes elementwise work behind. */
function isAnchor({ op }: Node): boolean {
  const found = ops[op];
  return found?.kind === "primitive" && found.lower.kind === "nest" && found.lower.fusable;
}

/** A transpose of what a region computes. */
const isTurned = ({ op, inputs: [x] }: Node): boolean => op === "transpose" && (isAnchor(x) || isElementwise(x));

/** An operand as it is before axes are turned by `perm`, if no number has to move for it. */
function unturned(g: G, node: Node, perm: readonly number[]): Node | undefined {
  const { shape } = node.type;
  const before = perm.map((_, axis) => shape[perm.indexOf(axis)]);
  const value = splatOf(node);
  if (value !== undefined) return g.fill(value, before);
  if (node.op === "transpose" && sameShape(list(node, "perm"), perm)) return node.inputs[0];
  if (node.op !== "broadcast") return undefined;
  const places = list(node, "axes").map((axis) => perm[axis]);
  const axes = places.toSorted((a, b) => a - b);
  const [repeated] = node.inputs;
  const inOrder = g.transpose(repeated, { perm: axes.map((place) => places.indexOf(place)) });
  return g.broadcast(inOrder, { shape: before, axes });
}

export const reshapes: readonly Rule[] = [
  rule(
    "work-before-reshaping",
    "bits",
    where(any("node"), (node) => isElementwise(node) && node.inputs.some(isReshaped)),
    (g, _, node) => {
      const shape = node.inputs.find(isReshaped)?.inputs[0].type.shape ?? [];
      const operands = node.inputs.flatMap((input) => unshaped(g, input, shape) ?? []);
      if (operands.length < node.inputs.length) return undefined;
      return g.reshape(g.node(node.op, operands, node.attrs), { shape: node.type.shape });
    },
    (g, r) => {
      const x = g.neg(g.input({ name: "x0", shape: ["n", 2, 3, 4] }));
      const shape = r.pick<Shape>([
        ["n", 2, 12],
        ["n", 6, 4],
        ["n", 6, 2, 2],
        ["n", 2, 3, 4, 1],
      ]);
      const y = g.reshape(x, { shape });
      const last = shape.length - 1;
      const repeated = (axes: readonly number[]) =>
        g.broadcast(g.param({ name: "p", shape: axes.map((axis) => shape[axis]) }), { shape, axes });
      return r.pick([
        () => g.exp(y),
        () => g.max(y, g.fill(0, shape)),
        () => g.add(y, repeated(shape.length === 3 ? [last] : [2, 3])),
        () => g.mul(repeated([]), y),
        () => g.sub(g.reshape(g.neg(g.input({ name: "x1", shape: ["n", 2, 3, 4] })), { shape }), y),
      ])();
    },
  ),
  rule(
    "work-before-turning",
    "bits",
    where(any("node"), (node) => isElementwise(node) && node.inputs.some(isTurned)),
    (g, _, node) => {
      const perm = list(node.inputs.find(isTurned) as Node, "perm");
      const operands = node.inputs.flatMap((input) => unturned(g, input, perm) ?? []);
      if (operands.length < node.inputs.length) return undefined;
      return g.transpose(g.node(node.op, operands, node.attrs), { perm });
    },
    (g, r) => {
      const perm = r.pick([
        [0, 2, 1, 3],
        [0, 3, 1, 2],
        [0, 1, 3, 2],
      ]);
      const turned = (name: string) => g.transpose(g.neg(g.input({ name, shape: ["n", 2, 3, 4] })), { perm });
      const y = turned("x0");
      const { shape } = y.type;
      const repeated = (axes: readonly number[]) =>
        g.broadcast(g.param({ name: "p", shape: axes.map((axis) => shape[axis]) }), { shape, axes });
      return r.pick([
        () => g.exp(y),
        () => g.max(y, g.fill(0, shape)),
        () => g.add(y, repeated([1])),
        () => g.mul(repeated([1, 3]), y),
        () => g.sub(turned("x1"), y),
      ])();
    },
  ),
];
