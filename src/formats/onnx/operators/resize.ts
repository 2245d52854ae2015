// Resizing: along each axis, every point of the result is a sum of points of the input with known factors, or one of them. Where a point
// comes from, `coordinate_transformation_mode` says; versions before 10 had one way alone.
// https://onnx.ai/onnx/operators/onnx__Resize.html

import { alongMatrix } from "../../functions.ts";
import type { Site } from "../define.ts";
import { axisOf, type Operator, operator } from "../define.ts";
import { axesOf, known, nodeAxis, type Value } from "../values.ts";
import { take } from "./moves.ts";
import { checkCount, checkShape } from "./sources.ts";

/** How one axis is resized. */
interface Along {
  readonly from: number;
  readonly to: number;
  /** What the file says, which need not be to / from. */
  readonly scale: number;
  /** Where a crop begins and ends, of 1. */
  readonly crop: readonly [number, number];
}
interface Way {
  readonly mode: string;
  readonly coordinates: string;
  readonly nearest: string;
  readonly isAntialiased: boolean;
  readonly excludesOutside: boolean;
  readonly cubic: number;
  readonly outside: number;
}

/** Where in the input a point of the result is, by the file's word for it. */
const places: Readonly<Record<string, (x: number, along: Along) => number>> = {
  half_pixel: (x, { scale }) => (x + 0.5) / scale - 0.5,
  half_pixel_symmetric: (x, { from, to, scale }) => (from / 2) * (1 - to / (scale * from)) + (x + 0.5) / scale - 0.5,
  pytorch_half_pixel: (x, { from, scale }) => (scale * from === 1 ? 0 : (x + 0.5) / scale - 0.5),
  tf_half_pixel_for_nn: (x, { scale }) => (x + 0.5) / scale,
  asymmetric: (x, { scale }) => x / scale,
  align_corners: (x, { from, scale }) => (scale * from === 1 ? 0 : (x * (from - 1)) / (scale * from - 1)),
  tf_crop_and_resize: (x, { from, scale, crop: [start, end] }) => {
    const size = (end - start) * (from - 1);
    return start * (from - 1) + (scale * from === 1 ? size / 2 : (x * size) / (scale * from - 1));
  },
};

/** Which neighbour is nearest, `ratio` of the way from the one before. */
const rounds: Readonly<Record<string, (ratio: number) => 0 | 1>> = {
  round_prefer_floor: (ratio) => (ratio <= 0.5 ? 0 : 1),
  round_prefer_ceil: (ratio) => (ratio < 0.5 ? 0 : 1),
  floor: () => 0,
  ceil: () => 1,
};

/** Factors of neighbours by their distance. */
const kernels: Readonly<Record<string, { readonly reach: number; readonly of: (distance: number, a: number) => number }>> = {
  linear: { reach: 1, of: (distance) => Math.max(1 - Math.abs(distance), 0) },
  cubic: {
    reach: 2,
    of: (distance, a) => {
      const x = Math.abs(distance);
      if (x <= 1) return (a + 2) * x ** 3 - (a + 3) * x ** 2 + 1;
      return x < 2 ? a * x ** 3 - 5 * a * x ** 2 + 8 * a * x - 4 * a : 0;
    },
  },
};

function resizedAxis(site: Site, x: Value, axis: number, along: Along, way: Way): Value {
  const place = places[way.coordinates] ?? site.refuse(`by ${way.coordinates}`);
  checkCount(site, way.mode === "nearest" ? along.to : along.from * along.to);
  const points = axesOf(along.to).map((point) => place(point, along));
  const isCrop = way.coordinates === "tf_crop_and_resize";
  const outside = points.map((point) => (isCrop && (point < 0 || point > along.from - 1) ? 1 : 0));
  const made = way.mode === "nearest" ? nearest(site, x, axis, along, points, way) : summed(site, x, axis, along, points, way);
  if (!outside.includes(1)) return made;
  const mask = known("bool", [along.to, ...axesOf(x.shape.length - axis - 1).map(() => 1)], outside);
  return site.elementwise([mask, made], (g, a, b) => g.select(a, g.like(b, way.outside), b), x.dtype);
}

function nearest(site: Site, x: Value, axis: number, { from }: Along, points: readonly number[], way: Way): Value {
  const round = rounds[way.nearest] ?? site.refuse(`with nearest_mode ${way.nearest}`);
  const indices = points.map((point) => {
    const before = Math.floor(point);
    return Math.min(Math.max(before + (point === before ? 0 : round(point - before)), 0), from - 1);
  });
  return take(site, x, axis, indices);
}

/** A product with the factors of each point, [from, to]. */
function summed(site: Site, x: Value, axis: number, along: Along, points: readonly number[], way: Way): Value {
  const kernel = kernels[way.mode] ?? site.refuse(`by ${way.mode}`);
  const { from, to, scale } = along;
  const factors = new Float32Array(from * to);
  // A smaller picture takes in as many points as it leaves out.
  const shrink = way.isAntialiased ? Math.min(scale, 1) : 1;
  for (const [point, at] of points.entries()) {
    const before = Math.ceil(at) - 1;
    const first = before + Math.floor(-kernel.reach / shrink) + 1;
    const last = before + 1 - Math.floor(-kernel.reach / shrink) - 1;
    const taps = axesOf(last - first + 1, first).map((index) => ({ index, factor: kernel.of((index - at) * shrink, way.cubic) }));
    const counted = way.excludesOutside ? taps.filter(({ index }) => index >= 0 && index < from) : taps;
    const isScaled = way.excludesOutside || way.isAntialiased;
    const total = isScaled ? counted.reduce((sum, { factor }) => sum + factor, 0) : 1;
    for (const { index, factor } of counted) factors[Math.min(Math.max(index, 0), from - 1) * to + point] += factor / total;
  }
  const value = site.apart(x, [axis]);
  const node = alongMatrix(site.g, site.node(value), nodeAxis(value.at, axis), site.constant([from, to], factors));
  return site.made(node, value.at, x.dtype);
}

/** By scales, or to sizes; both may speak of some axes alone. */
const resize = (site: Site): Value => {
  const x = site.input(0);
  const rank = x.shape.length;
  const axes = (site.ints("axes") ?? axesOf(rank)).map((axis) => axisOf(site, axis, rank));
  const from = axes.map((axis) => x.shape[axis]);
  const isOld = site.version < 11;
  const coordinates = site.string("coordinate_transformation_mode", isOld ? "asymmetric" : "half_pixel");
  const { scales, to } = sizesOf(site, from, isOld);
  checkShape(site, to);
  const roi = coordinates === "tf_crop_and_resize" ? site.numbers(1, "a region") : undefined;
  const way: Way = {
    mode: site.string("mode", "nearest"),
    coordinates,
    nearest: site.string("nearest_mode", isOld ? "floor" : "round_prefer_floor"),
    isAntialiased: site.int("antialias", 0) === 1,
    excludesOutside: site.int("exclude_outside", 0) === 1,
    cubic: site.float("cubic_coeff_a", -0.75),
    outside: site.float("extrapolation_value", 0),
  };
  return axes.reduce<Value>((made, axis, i) => {
    if (from[i] === to[i] && scales[i] === 1 && roi === undefined) return made;
    const crop = [roi?.[i] ?? 0, roi?.[i + axes.length] ?? 1] as const;
    return resizedAxis(
      site,
      made,
      axis,
      { from: from[i], to: to[i], scale: scales[i], crop },
      { ...way, mode: linearName(way.mode) },
    );
  }, x);
};

/** Version 7 had names for numbers of axes. */
const linearName = (mode: string): string => (/^(bi|tri)linear$/.test(mode) ? "linear" : mode);

function sizesOf(
  site: Site,
  from: readonly number[],
  isOld: boolean,
): { readonly scales: readonly number[]; readonly to: readonly number[] } {
  const attribute = site.attribute("scales")?.floats;
  const given = attribute ?? site.numbers(isOld ? 1 : 2, "scales") ?? [];
  if (given.length > 0) return { scales: [...given], to: from.map((size, i) => Math.floor(size * given[i])) };
  const sizes = isOld ? undefined : site.numbers(3, "sizes");
  if (sizes === undefined) return site.refuse("without scales and sizes");
  const policy = site.string("keep_aspect_ratio_policy", "stretch");
  const each = from.map((size, i) => sizes[i] / size);
  if (policy === "stretch") return { scales: each, to: [...sizes] };
  const scale = policy === "not_larger" ? Math.min(...each) : Math.max(...each);
  return { scales: from.map(() => scale), to: from.map((size) => Math.floor(size * scale + 0.5)) };
}

/** Rows of the group. */
export const resizing: readonly Operator[] = [operator("Upsample", 7, resize), operator("Resize", 10, resize)];
