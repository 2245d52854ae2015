// Sampling a picture at places that are computed: GridSample. Along each axis a place is a factor for every pixel of the axis, 0 for all but
// its neighbours, so that a sample is a sum over one axis after the other; what stands outside the picture is in the factors too.
// https://onnx.ai/onnx/operators/onnx__GridSample.html
import { type Node, sizeOf } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Operator, operator, type Site } from "../define.ts";
import type { At, Value } from "../values.ts";

/** Numbers between two axes of one picture: more would take longer than anybody waits. */
const mostNumbers = 2 ** 24;
/** The cubic kernel's constant, which is no attribute. */
const cubic = -0.75;

/** One axis of pixels: how many, and which places are the ends of the picture. */
interface Axis {
  readonly size: number;
  readonly ends: readonly [number, number];
}
/** Places of float pixels back into the picture. */
type Inside = (g: G, place: Node, axis: Axis) => Node;

const clamped = (g: G, x: Node, least: number, most: number): Node => g.min(g.max(x, g.like(x, least)), g.like(x, most));

/** To and fro between the ends. */
const reflected: Inside = (g, place, { ends: [least, most] }) => {
  const range = most - least;
  if (range === 0) return g.like(place, least);
  const from = g.sub(place, g.like(place, least));
  const turns = g.floor(g.div(from, g.like(from, 2 * range)));
  const rest = g.sub(from, g.mul(turns, g.like(from, 2 * range)));
  return g.add(g.min(rest, g.sub(g.like(rest, 2 * range), rest)), g.like(rest, least));
};

/** By ONNX's word for what lies outside: places between pixels, and whole ones. */
const paddings: Readonly<Record<string, { readonly place: Inside; readonly pixel: Inside }>> = {
  zeros: { place: (_, x) => x, pixel: (_, x) => x },
  border: { place: (_, x) => x, pixel: (g, x, { size }) => clamped(g, x, 0, size - 1) },
  reflection: { place: reflected, pixel: (g, x, axis) => clamped(g, reflected(g, x, axis), 0, axis.size - 1) },
};

/** Pixels that a place takes, each so far from the one below it, and their factors by the part of a pixel that is left. */
interface Taps {
  readonly begin: (g: G, place: Node) => Node;
  readonly factors: readonly (readonly [offset: number, factor: (g: G, part: Node) => Node])[];
}
const times = (g: G, x: Node, factor: number): Node => g.mul(g.like(x, factor), x);
const minus = (g: G, x: Node, from: number): Node => g.sub(g.like(x, from), x);

/** Of a neighbour within one pixel, and of one within two. */
const near = (g: G, d: Node): Node => {
  const inner = g.sub(times(g, d, cubic + 2), g.like(d, cubic + 3));
  return g.add(g.mul(g.mul(inner, d), d), g.like(d, 1));
};
const far = (g: G, d: Node): Node => {
  const inner = g.add(g.mul(g.sub(times(g, d, cubic), g.like(d, 5 * cubic)), d), g.like(d, 8 * cubic));
  return g.sub(g.mul(inner, d), g.like(d, 4 * cubic));
};

const linear: Taps = { begin: (g, x) => g.floor(x), factors: [[0, (g, part) => minus(g, part, 1)], [1, (_, part) => part]] }; // biome-ignore format: one line
const modes: Readonly<Record<string, Taps>> = {
  nearest: { begin: (g, x) => g.round(x), factors: [[0, (g, part) => g.like(part, 1)]] },
  linear,
  bilinear: linear,
  cubic: {
    begin: (g, x) => g.floor(x),
    factors: [
      [-1, (g, part) => far(g, g.add(part, g.like(part, 1)))],
      [0, near],
      [1, (g, part) => near(g, minus(g, part, 1))],
      [2, (g, part) => far(g, minus(g, part, 2))],
    ],
  },
};
const modeOf = (name: string): Taps | undefined => (name === "bicubic" ? modes.cubic : modes[name]);

/** Factors for each pixel of an axis, [..., points, size], of places from −1 to 1. */
function factorsOf(site: Site, places: Node, size: number): Node {
  const { g } = site;
  const isAligned = site.int("align_corners", 0) !== 0;
  const [mode, padding] = [site.string("mode", "linear"), site.string("padding_mode", "zeros")];
  const taps = modeOf(mode) ?? site.refuse(`with the mode ${mode}`);
  const { place, pixel } = paddings[padding] ?? site.refuse(`with the padding ${padding}`);
  const axis: Axis = { size, ends: isAligned ? [0, size - 1] : [-0.5, size - 0.5] };
  const shifted = g.add(places, g.like(places, 1));
  const at = isAligned ? times(g, shifted, (size - 1) / 2) : times(g, g.sub(times(g, shifted, size), g.like(shifted, 1)), 0.5);
  const placed = place(g, at, axis);
  const begin = taps.begin(g, placed);
  const part = g.sub(placed, begin);
  const wide = [...places.type.shape, size];
  const axes = places.type.shape.map((_, i) => i);
  const pixels = g.broadcast(g.iota({ shape: [size], axis: 0 }), { shape: wide, axes: [axes.length] });
  const spread = (node: Node): Node => g.broadcast(node, { shape: wide, axes });
  const parts = taps.factors.map(([offset, factor]) => {
    const tap = pixel(g, g.add(begin, g.like(begin, offset)), axis);
    return g.select(g.equal(spread(tap), pixels), spread(factor(g, part)), g.fill(0, wide));
  });
  return parts.reduce((sum, next) => g.add(sum, next));
}

/** Axis after axis, from the last on: [batch, channels, ...sizes] by [batch, points, size] to [batch, channels, points]. */
function sampled(g: G, x: Node, factors: readonly Node[], lead: number): Node {
  const batch = Array.from({ length: lead }, (_, i) => i);
  const rank = x.type.shape.length;
  const last = factors[factors.length - 1];
  // The factors of a grid that no row has a part in have no batch.
  const own = last.type.shape.length - 2;
  let y = g.dot(x, last, { batch: own === 0 ? [[], []] : [batch, batch], contract: [[rank - 1], [own + 1]] });
  for (const factor of factors.slice(0, -1).reverse()) {
    const axis = y.type.shape.length - 2;
    const turned = g.transpose(factor, { perm: [...Array.from({ length: own }, (_, i) => i), own + 1, own] });
    const spread = g.broadcast(turned, { shape: y.type.shape, axes: [...batch.slice(0, own), axis, axis + 1] });
    y = g.reduceSum(g.mul(y, spread), { axes: [axis] });
  }
  return y;
}

const gridSample = (site: Site): Value => {
  const { g } = site;
  const [x, grid] = [site.firstAxis(site.input(0)), site.firstAxis(site.input(1))];
  const [, channels, ...sizes] = x.shape;
  const points = grid.shape.slice(1, -1);
  if (sizes.length < 1 || grid.shape.at(-1) !== sizes.length || points.length !== sizes.length)
    site.refuse(`of [${x.shape.join(", ")}] at [${grid.shape.join(", ")}]`);
  if (channels * sizeOf(sizes.slice(0, -1)) * sizeOf(points) > mostNumbers || sizeOf(points) * Math.max(...sizes) > mostNumbers)
    site.refuse(`of ${sizeOf(points)} points in pictures of [${[channels, ...sizes].join(", ")}]`);
  const at: At = site.common([x, grid], x.shape.length);
  const isFixed = at === 0 && grid.at === "none";
  const [picture] = site.aligned([x], at);
  const [places] = isFixed ? [site.laid(grid, 0, grid.shape.length)] : site.aligned([grid], at);
  const leadOf = (node: Node): number => node.type.shape.length - points.length - 1;
  const outer = places.type.shape.slice(0, leadOf(places));
  const flat = g.reshape(places, { shape: [...outer, sizeOf(points), sizes.length] });
  // The last axis of the picture is the first number of a place.
  const factors = sizes.map((size, axis) => {
    const starts = flat.type.shape.map((_, i) => (i === outer.length + 1 ? sizes.length - 1 - axis : 0));
    const one = g.slice(flat, { starts, sizes: [...outer, sizeOf(points), 1] });
    return factorsOf(site, g.reshape(one, { shape: [...outer, sizeOf(points)] }), size);
  });
  const lead = picture.type.shape.length - sizes.length - 1;
  const y = sampled(g, picture, factors, lead);
  return site.made(g.reshape(y, { shape: [...y.type.shape.slice(0, -1), ...points] }), at, x.dtype);
};

/** Rows of the group. */
export const gridSampling: readonly Operator[] = [operator("GridSample", 16, gridSample)];
