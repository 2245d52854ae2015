// Contrast by the histograms of tiles, held below a limit (CLAHE). In and out: a picture [n, H, W, C], in training and at inference.
//
//   bins      256 of `valueRange`; a tile's histogram is cut at clipLimit · points / 256, what was cut is spread over all bins
//   a tile    bin b  →  255 · (F(b) − F(0)) / (points − F(0)),   F the running sum of its histogram
//   a point   between the four tiles whose middles lie around it, bilinear; at the edge the last tile stands for the one beyond
//
//      ┌───┬───┐      tiles of two by two points                 half a tile in front: all points of a block
//      │ A │ B │      have their middles between points          have the same four neighbours, so that a
//      └───┴───┘                                                 block reads four tables and no place is computed
//
// Guarantee: the bin of a number is the one that Keras' float32 arithmetic gives it, whatever a target computes in. NaN is in no bin and becomes
// the least number of the range.
import * as z from "zod";
import type { Node } from "../../graph/graph.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { fromLast, toLast } from "../layout.ts";
import { count } from "../shared.ts";
import { clipped, imageFixed, imageKeys, needsImage, rangeKey } from "./images.ts";

const bins = 256;
const top = bins - 1;

/**
 * Contrast limited adaptive histogram equalization, [n, H, W, C] to the same shape.
 * https://keras.io/api/layers/preprocessing_layers/image_augmentation/contrast_limited_adaptive_histogram_equalization/
 */
export const contrastLimitedAdaptiveHistogramEqualization = layer({
  name: "contrastLimitedAdaptiveHistogramEqualization",
  keras: "ContrastLimitedAdaptiveHistogramEqualization",
  says: "Each channel's contrast by the histograms of `tileGridSize` tiles, of 256 bins over `valueRange` and cut at `clipLimit` (0: not at all); always.",
  config: z.strictObject({
    ...rangeKey,
    clipLimit: z.number().default(4),
    tileGridSize: z.array(count).length(2).default([8, 8]),
    ...imageKeys,
  }),
  fixed: imageFixed,
  legal: (config, input) => needsImage(config, input) ?? needsWidth(config.valueRange),
  weights: () => [],
  lower: (g, { x, config }) => {
    const { valueRange, clipLimit, tileGridSize } = config;
    const picture = toLast(g, config, x);
    const [, height, width] = picture.type.shape as readonly number[];
    const tiles = [height, width].map((size, i): Tiles => ({ grid: tileGridSize[i], size: Math.ceil(size / tileGridSize[i]) }));
    const ids = g.as("bins", () => binOf(g, picture, valueRange));
    const padded = tiles.reduce((all, { grid, size }, i) => mirrored(g, all, i + 1, grid * size), ids);
    const tables = g.as("tables", () => tablesOf(g, padded, tiles, clipLimit));
    const looked = g.as("between", () => between(g, { ids: padded, tables, tiles }));
    const y = g.slice(looked, { starts: [0, 0, 0, 0], sizes: picture.type.shape });
    return { y: fromLast(g, config, fromBytes(g, y, valueRange)) };
  },
});

/** The tiles along an axis: how many, and of how many points. */
interface Tiles {
  readonly grid: number;
  readonly size: number;
}

/** The problem of a range in which all numbers are one. */
function needsWidth(range: readonly number[]): Problem | undefined {
  const [least, most] = range.map(Math.fround);
  if (least < most) return undefined;
  const message = `valueRange needs two numbers, the least first, found ${JSON.stringify(range)}`;
  return { path: "valueRange", message, hint: "[0, 255]" };
}

const isBytes = ([least, most]: readonly number[]): boolean => least === 0 && most === top;

/** The bin of each number, 0 to 255. */
function binOf(g: G, x: Node, range: readonly number[]): Node {
  if (isBytes(range)) return clipped(g, g.floor(x), [0, top]);
  // A division that rounds otherwise would put k/255 into the bin below: a number is compared with the last float32 of each bin instead.
  const shape = [...x.type.shape, top];
  const last = g.broadcast(g.constant({ shape: [top], values: lastOfBins(range) }), { shape, axes: [shape.length - 1] });
  return g.reduceSum(g.less(last, g.broadcast(x, { shape, axes: [0, 1, 2, 3] })), { axes: [shape.length - 1] });
}

/** Of the bins 0 to 254 the greatest float32 that is in them or below, by halving: Keras' bin of a number never falls as it grows. */
function lastOfBins(range: readonly number[]): readonly number[] {
  const [least, most] = range.map(Math.fround);
  const width = Math.fround(most - least);
  const binAt = (x: number) => Math.floor(Math.fround(Math.fround(Math.fround(x - least) / width) * top));
  return Array.from({ length: top }, (_, bin) => {
    let [low, high] = [orderOf(least - width), orderOf(most + width)];
    while (high - low > 1) {
      const middle = Math.floor((low + high) / 2);
      if (binAt(floatOf(middle)) <= bin) low = middle;
      else high = middle;
    }
    return floatOf(low);
  });
}

/** The place of a float32 among all of them: the next one is one more. */
function orderOf(x: number): number {
  const bits = new Int32Array(Float32Array.of(x).buffer)[0];
  return bits >= 0 ? bits : -(2 ** 31) - bits;
}

/** The float32 at that place. */
const floatOf = (order: number): number => new Float32Array(Int32Array.of(order >= 0 ? order : -(2 ** 31) - order).buffer)[0];

/** x filled up to `size` points along an axis: turned round at its end, again and again. */
function mirrored(g: G, x: Node, axis: number, size: number): Node {
  const { shape } = x.type;
  const own = shape[axis] as number;
  if (own === size) return x;
  const back = g.reverse(x, { axes: [axis] });
  const pieces = Array.from({ length: Math.ceil(size / own) }, (_, i) => (i % 2 === 0 ? x : back));
  const sizes = shape.map((points, i) => (i === axis ? size : points));
  return g.slice(g.concat(...pieces, { axis }), { starts: shape.map(() => 0), sizes });
}

/** What each bin becomes in each tile, [n, rows, columns, C, 256], with a copy of the outer tiles around. */
function tablesOf(g: G, ids: Node, [rows, columns]: readonly Tiles[], clipLimit: number): Node {
  const [n, , , channels] = ids.type.shape;
  const points = rows.size * columns.size;
  const tiled = g.reshape(ids, { shape: [n, rows.grid, rows.size, columns.grid, columns.size, channels] });
  const shape = [...tiled.type.shape, bins];
  const hits = g.equal(g.broadcast(tiled, { shape, axes: [0, 1, 2, 3, 4, 5] }), g.iota({ shape, axis: 6 }));
  const counted = g.reduceSum(hits, { axes: [2, 4] });
  const cut = clipLimit > 0 ? spread(g, counted, Math.fround((clipLimit * points) / bins)) : counted;
  const running = runningSum(g, cut);
  const outer = running.type.shape;
  const first = g.slice(running, { starts: [0, 0, 0, 0, 0], sizes: [...outer.slice(0, 4), 1] });
  const least = g.broadcast(g.reshape(first, { shape: outer.slice(0, 4) }), { shape: outer, axes: [0, 1, 2, 3] });
  const rest = g.sub(g.like(least, points), least);
  const isNone = g.equal(rest, g.like(rest, 0));
  const scaled = g.div(g.mul(g.sub(running, least), g.like(running, top)), g.select(isNone, g.like(rest, 1), rest));
  return [1, 2].reduce((all, axis) => edged(g, all, axis), clipped(g, scaled, [0, top]));
}

/**
 * The running sum along the last axis, of 256: by rows of 16, each a product with a triangle of ones, and what the rows before have. One
 * triangle for all would be 65,536 numbers in the module.
 */
function runningSum(g: G, x: Node): Node {
  const { shape } = x.type;
  const side = Math.sqrt(bins);
  const rows = g.reshape(x, { shape: [...shape.slice(0, -1), side, side] });
  const [of, to] = [0, 1].map((axis) => g.iota({ shape: [side, side], axis }));
  const one = g.fill(1, [side, side]);
  const along = (sums: Node, axis: number, ones: Node) => g.dot(sums, ones, { batch: [[], []], contract: [[axis], [0]] });
  const within = along(rows, 5, g.sub(one, g.less(to, of)));
  const before = along(g.reduceSum(rows, { axes: [5] }), 4, g.less(of, to));
  return g.reshape(g.add(within, g.broadcast(before, { shape: within.type.shape, axes: [0, 1, 2, 3, 4] })), { shape });
}

/** Counts held below a limit, and what is above it spread over all bins. */
function spread(g: G, counted: Node, limit: number): Node {
  const { shape } = counted.type;
  const cut = g.min(counted, g.like(counted, limit));
  const excess = g.reduceSum(g.sub(counted, cut), { axes: [4] });
  const each = g.mul(excess, g.like(excess, 1 / bins));
  return g.add(cut, g.broadcast(each, { shape, axes: [0, 1, 2, 3] }));
}

/** The first and the last of an axis once more. */
function edged(g: G, x: Node, axis: number): Node {
  const { shape } = x.type;
  const sizes = shape.map((size, i) => (i === axis ? 1 : size));
  const at = (place: number) => g.slice(x, { starts: shape.map((_, i) => (i === axis ? place : 0)), sizes });
  return g.concat(at(0), x, at((shape[axis] as number) - 1), { axis });
}

/** Each point by the tables of the four tiles around it. */
function between(g: G, of: { readonly ids: Node; readonly tables: Node; readonly tiles: readonly Tiles[] }): Node {
  const { ids, tables, tiles } = of;
  const [n, height, width, channels] = ids.type.shape as readonly number[];
  const fronts = tiles.map(({ size }) => Math.floor(size / 2));
  const pads = { low: [0, ...fronts, 0], high: [0, ...tiles.map(({ size }, i) => size - fronts[i]), 0], value: 0 };
  // Blocks of a tile's size that begin in the middle of tiles: one more than tiles along each axis.
  const [by, bx] = tiles.map(({ grid }) => grid + 1);
  const blocks = [n, by, tiles[0].size, bx, tiles[1].size, channels];
  const block = g.reshape(g.pad(ids, pads), { shape: blocks });
  const shape = [...blocks, bins];
  const isBin = g.equal(g.broadcast(block, { shape, axes: [0, 1, 2, 3, 4, 5] }), g.iota({ shape, axis: 6 }));
  const look = (down: number, right: number) => {
    const part = g.slice(tables, { starts: [0, down, right, 0, 0], sizes: [n, by, bx, channels, bins] });
    return g.reduceSum(g.mul(isBin, g.broadcast(part, { shape, axes: [0, 1, 3, 5, 6] })), { axes: [6] });
  };
  const [wy, wx] = tiles.map(({ size }, i) => weightOf(g, blocks, 2 * i + 2, size));
  const mixed = (a: Node, b: Node, weight: Node) => g.add(g.mul(a, g.sub(g.like(weight, 1), weight)), g.mul(b, weight));
  const y = mixed(mixed(look(0, 0), look(0, 1), wx), mixed(look(1, 0), look(1, 1), wx), wy);
  const whole = g.reshape(y, { shape: [n, by * tiles[0].size, bx * tiles[1].size, channels] });
  return g.slice(whole, { starts: [0, ...fronts, 0], sizes: [n, height, width, channels] });
}

/** How far a point of a block is on its way to the next tile's middle: 0 to 1. */
function weightOf(g: G, shape: readonly number[], axis: number, size: number): Node {
  // A tile of an odd size has its middle on half a point: its block begins half a point behind it.
  const offset = size % 2 === 0 ? 0 : 0.5;
  const values = Array.from({ length: size }, (_, i) => Math.fround((i + offset) / size));
  return g.broadcast(g.constant({ shape: [size], values }), { shape, axes: [axis] });
}

/** Numbers of 0 to 255 as those of the range. */
function fromBytes(g: G, y: Node, range: readonly number[]): Node {
  if (isBytes(range)) return y;
  const [least, most] = range;
  return g.add(g.mul(y, g.like(y, (most - least) / top)), g.like(y, least));
}
