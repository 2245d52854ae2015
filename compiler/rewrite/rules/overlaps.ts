// Overlap-adds without adding up in memory. What is spread from windows is asked for by each point instead:
//
//   windows that stand apart    y[…, o·s + t, …] = x[…, o, …, t]          an axis of o and one of t, woven: a transpose and a reshape
//   products                    y[…, p, …] = Σ_t Σ_k a[…, (p − t·d)/s, …, k] · b[t, k]     over the t that leave no remainder
//
// The second is a convolution over a bordered `a` with the taps of `b` in reverse: the gradient of a convolution to its picture. With a
// stride, the points of a phase (p modulo s) see every s-th tap, so each phase is a convolution of its own.
import type { Node } from "../../graph/graph.ts";
import type { WindowAttrs } from "../../ops/view/window.ts";
import { any, op, type Rule, rule, where } from "../pattern.ts";
import { type Along, gathered, productsOf, quotientsOf, woven } from "./gathered.ts";

/** The windowed axes of an overlap-add. */
function alongOf({ attrs, type, inputs: [x] }: Node): readonly Along[] {
  const { axes, sizes, strides, dilations } = attrs as WindowAttrs;
  return axes.map((axis, i) => ({
    axis,
    tap: type.shape.length + i,
    taps: sizes[i],
    stride: strides[i],
    dilation: dilations[i],
    windows: x.type.shape[axis] as number,
    points: type.shape[axis] as number,
  }));
}

/** No point is in two windows, and each has its taps side by side. */
const isApart = ({ taps, stride, dilation }: Along): boolean => taps === 1 || (dilation === 1 && taps <= stride);

/** How many products a gather forms for one that a scatter forms: those with the border count too. */
const costOf = (axes: readonly Along[]): number => axes.reduce((cost, axis) => (cost * quotientsOf(axis)) / axis.windows, 1);
/** Beyond it adding up in memory is cheaper. */
const mostTimes = 4;

const overlap = where(op("overlapAdd", any("x")), ({ type }) => !type.shape.includes(0));

export const overlaps: readonly Rule[] = [
  rule(
    "apart-windows-are-woven",
    "value",
    overlap,
    (g, { x }, node) => {
      const axes = alongOf(node);
      return axes.every(isApart) ? woven(g, x, axes, node.type.shape) : undefined;
    },
    (g, r) => {
      const [taps, windows] = [r.integer(1, 3), r.integer(1, 3)];
      const stride = r.integer(taps, 4);
      const span = (windows - 1) * stride + taps;
      const x = g.input({ name: "x0", shape: ["n", windows, 2, 2, taps] });
      // The third axis has one tap per window, two apart.
      const attrs = { axes: [2, 1], sizes: [1, taps], strides: [2, stride], dilations: [3, 1] };
      const turned = g.reshape(x, { shape: ["n", windows, 2, 2, 1, taps] });
      return g.overlapAdd(turned, { ...attrs, shape: ["n", span + r.integer(0, stride - 1), 3 + r.integer(0, 1), 2] });
    },
  ),
  rule(
    "spread-products-are-gathered",
    "approx",
    overlap,
    (g, { x }, node) => {
      const axes = alongOf(node);
      const products =
        axes.some((one) => one.stride > 1 && one.dilation > 1) || costOf(axes) > mostTimes ? undefined : productsOf(x, axes);
      return products && gathered(g, products, axes, node.type.shape);
    },
    (g, r) => {
      const axes = [1, 2].map(() => {
        const [taps, windows, stride] = [r.integer(2, 4), r.integer(6, 7), r.integer(1, 3)];
        const dilation = stride > 1 ? 1 : r.integer(1, 2);
        const points = (windows - 1) * stride + (taps - 1) * dilation + 1 + r.integer(0, stride - 1);
        return { taps, windows, stride, dilation, points };
      });
      const [h, w] = axes;
      const pick = <K extends "taps" | "stride" | "dilation">(key: K) => axes.map((one) => one[key]);
      const attrs = { axes: [1, 2], sizes: pick("taps"), strides: pick("stride"), dilations: pick("dilation") };
      const image = g.input({ name: "x0", shape: ["n", h.windows, w.windows, 3] });
      const dense = () => {
        const kernel = g.param({ name: "k", shape: [h.taps, w.taps, 2, 3] });
        const y = g.dot(image, kernel, { batch: [[], []], contract: [[3], [3]] });
        return g.overlapAdd(g.transpose(y, { perm: [0, 1, 2, 5, 3, 4] }), { ...attrs, shape: ["n", h.points, w.points, 2] });
      };
      const depthwise = () => {
        const kernel = g.param({ name: "k", shape: [h.taps, w.taps, 3] });
        const y = g.dot(image, kernel, { batch: [[3], [2]], contract: [[], []], at: 3 });
        return g.overlapAdd(y, { ...attrs, shape: ["n", h.points, w.points, 3] });
      };
      return r.pick([dense, depthwise])();
    },
  ),
];
