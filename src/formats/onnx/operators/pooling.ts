// Pools over windows of spatial axes, and over all of them: the largest number, the mean, a norm; and the normalisation by neighbouring
// channels. Outside a window's input there is −∞ for a maximum, else 0.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { G } from "../../../../compiler/ops/index.ts";
import { type Made, type Operator, operator, type Site } from "../define.ts";
import { axesOf, type Value } from "../values.ts";
import { reduced } from "./reductions.ts";
import { checkCount } from "./sources.ts";
import { bordered, channelsFirst, channelsLast, type Geometry, geometryOf, type Picture, windowsOf } from "./windows.ts";

type OverTaps = (g: G, windows: Node, axes: readonly number[], site: Site, geometry: Geometry, picture: Picture) => Node;

const pool =
  (outside: number, of: OverTaps) =>
  (site: Site, x: Value): Value => {
    const picture = channelsLast(site, x);
    const { node, lead, rank } = picture;
    const lengths = node.type.shape.slice(lead, lead + rank) as number[];
    const geometry = geometryOf(site, site.ints("kernel_shape") ?? site.refuse("without kernel_shape"), lengths);
    const high = geometry.high.map((margin, i) => margin + geometry.more[i]);
    const windows = windowsOf(site, bordered(site, picture, geometry.low, high, outside), picture, geometry);
    const taps = axesOf(rank, lead + rank + 1);
    return channelsFirst(site, of(site.g, windows, taps, site, geometry, picture), picture);
  };

const largest = pool(Number.NEGATIVE_INFINITY, (g, windows, axes) => g.reduceMax(windows, { axes }));

/** The sum, over how many of the taps are inside: the input, or its margins too. */
export const averagePooled = pool(0, (g, windows, axes, site, geometry, picture) => {
  const sum = g.reduceSum(windows, { axes });
  const isWhole = site.int("count_include_pad", 0) === 1;
  const { lead, node } = picture;
  const counts = geometry.counts.map((count, i) => {
    const length = node.type.shape[lead + i] as number;
    checkCount(site, count * geometry.sizes[i]);
    const [from, to] = isWhole ? [-geometry.low[i], length + geometry.high[i]] : [0, length];
    const taps = axesOf(geometry.sizes[i]).map((tap) => tap * geometry.dilations[i] - geometry.low[i]);
    return axesOf(count).map((window) => taps.filter((tap) => tap + window * geometry.strides[i] >= from && tap + window * geometry.strides[i] < to).length); // biome-ignore format: one line
  });
  const { shape } = sum.type;
  const perAxis = counts.map((values, i) => g.broadcastTo(site.constant([values.length, ...axesOf(shape.length - lead - i - 1).map(() => 1)], values), shape)); // biome-ignore format: one line
  return g.div(sum, perAxis.reduce((a, b) => g.mul(a, b))); // biome-ignore format: one line
});

/** (Σ |x|^p)^(1/p). */
const norm = pool(0, (g, windows, axes, site) => {
  const p = site.int("p", 2);
  if (p === 2) return g.sqrt(g.reduceSum(g.square(windows), { axes }));
  const sum = g.reduceSum(g.pow(g.abs(windows), g.like(windows, p)), { axes });
  return g.pow(sum, g.like(sum, 1 / p));
});

const maxPool = (site: Site): Made => {
  if (site.outputCount > 1) site.refuse("with the places of the maxima (its second output)");
  return largest(site, site.input(0));
};

/** Over all spatial axes. */
const global = (name: string, build: (g: G, x: Node, axes: readonly number[], site: Site) => Node): Operator =>
  operator(name, 1, (site) => {
    const x = site.input(0);
    return reduced(site, x, axesOf(x.shape.length - 2, 2), true, (g, node, axes) => build(g, node, axes, site));
  });

const globalNorm = (g: G, x: Node, axes: readonly number[], site: Site): Node => {
  const p = site.int("p", 2);
  const sum = g.reduceSum(g.pow(g.abs(x), g.like(x, p)), { axes });
  return g.pow(sum, g.like(sum, 1 / p));
};

/** x / (bias + α/size · Σ of the squares of the neighbouring channels)^β. */
const localResponse = (site: Site): Value => {
  const x = site.input(0);
  const size = site.int("size", 1);
  const picture = channelsLast(site, x);
  const { g } = site;
  const { node } = picture;
  const last = node.type.shape.length - 1;
  const [low, high] = [Math.floor((size - 1) / 2), Math.ceil((size - 1) / 2)];
  const margins = (margin: number): number[] => axesOf(last + 1).map((axis) => (axis === last ? margin : 0));
  const wide = g.pad(g.square(node), { low: margins(low), high: margins(high), value: 0 });
  const sum = g.reduceSum(g.window(wide, { axes: [last], sizes: [size], strides: [1], dilations: [1] }), { axes: [last + 1] });
  const base = g.add(g.like(sum, site.float("bias", 1)), g.mul(g.like(sum, site.float("alpha", 0.0001) / size), sum));
  return channelsFirst(site, g.div(node, g.pow(base, g.like(base, site.float("beta", 0.75)))), picture);
};

/** Rows of the group. */
export const pooling: readonly Operator[] = [
  operator("MaxPool", 1, maxPool),
  operator("AveragePool", 1, (site) => averagePooled(site, site.input(0))),
  operator("LpPool", 1, (site) => norm(site, site.input(0))),
  global("GlobalMaxPool", (g, x, axes) => g.reduceMax(x, { axes })),
  global("GlobalAveragePool", (g, x, axes) => g.mean(x, { axes })),
  global("GlobalLpPool", globalNorm),
  operator("LRN", 1, localResponse),
];
