// Convolutions of any number of spatial axes, in groups, and their transposes. Kernels are [filters, C / groups, ...taps] in the file.
import type { Node } from "../../../../compiler/graph/graph.ts";
import { type Operator, operator, type Site } from "../define.ts";
import { axesOf, type Value } from "../values.ts";
import { reshapeTo } from "./moves.ts";
import { products } from "./products.ts";
import { bordered, channelsFirst, channelsLast, type Geometry, geometryOf, type Picture, windowsOf } from "./windows.ts";

/** A bias for each filter, where the filters are last. */
function withBias(site: Site, sums: Node, bias: Value | undefined): Node {
  if (bias === undefined) return sums;
  const node = site.node(site.each(bias));
  const isRow = node.type.shape[0] === "n";
  const ones = axesOf(sums.type.shape.length - 2).map(() => 1);
  const row = isRow ? site.g.reshape(node, { shape: ["n", ...ones, bias.shape[0]] }) : node;
  return site.g.add(sums, site.g.broadcastTo(row, sums.type.shape));
}

/** Σ over channels and taps. */
export function convolved(site: Site, x: Value, kernel: Value, bias: Value | undefined): Value {
  const picture = channelsLast(site, x);
  const { node, lead, rank } = picture;
  const groups = site.int("group", 1);
  const [filters, perGroup, ...taps] = kernel.shape;
  const channels = x.shape[1];
  if (perGroup * groups !== channels || filters % groups !== 0)
    site.refuse(`of ${channels} channels by a kernel [${kernel.shape.join(", ")}] in ${groups} groups`);
  const geometry = geometryOf(site, site.ints("kernel_shape") ?? taps, node.type.shape.slice(lead, lead + rank) as number[]);
  if (geometry.sizes.some((size, i) => size !== taps[i]))
    site.refuse(`with kernel_shape [${geometry.sizes.join(", ")}] and a kernel [${kernel.shape.join(", ")}]`);
  const windows = windowsOf(site, bordered(site, picture, geometry.low, geometry.high, 0), picture, geometry);
  const sums = groups === 1 ? plain(site, windows, kernel, picture) : grouped(site, windows, kernel, picture, groups);
  return channelsFirst(site, withBias(site, sums, bias), picture);
}

/** [...lead, ...windows, C, ...taps] by [F, C, ...taps]. The sum goes over taps first, as layerc's own convolutions do. */
function plain(site: Site, windows: Node, kernel: Value, { lead, rank }: Picture): Node {
  const weights = site.node(site.each(kernel));
  const from = weights.type.shape[0] === "n" ? 1 : 0;
  const left = { batch: [], contract: [...axesOf(rank, lead + rank + 1), lead + rank] };
  const right = { batch: [], contract: [...axesOf(rank, from + 2), from + 1] };
  return products(site.g, windows, weights, left, right);
}

/** The same with channels and filters as [groups, of each]. */
function grouped(site: Site, windows: Node, kernel: Value, { lead, rank }: Picture, groups: number): Node {
  const { g } = site;
  const place = lead + rank;
  const { shape } = windows.type;
  const split = g.reshape(windows, { shape: shape.toSpliced(place, 1, groups, (shape[place] as number) / groups) });
  const [filters, ...rest] = kernel.shape;
  const apart = reshapeTo(site, site.each(kernel), [groups, filters / groups, ...rest]);
  const weights = site.node(apart);
  const from = weights.type.shape[0] === "n" ? 1 : 0;
  const contract = [[...axesOf(rank, place + 2), place + 1], [...axesOf(rank, from + 3), from + 2]] as const; // biome-ignore format: one line
  if (from === 1) {
    // Rows go together: [n, groups, ...others, filters of each].
    const made = products(g, split, weights, { batch: [place], contract: contract[0] }, { batch: [from], contract: contract[1] });
    const others = made.type.shape.length - 3;
    const back = g.transpose(made, { perm: [0, ...axesOf(others, 2), 1, others + 2] });
    return g.reshape(back, { shape: [...back.type.shape.slice(0, -2), filters] });
  }
  const made = g.dot(split, weights, { batch: [[place], [0]], contract, at: place });
  return g.reshape(made, { shape: [...made.type.shape.slice(0, -2), filters] });
}

/** Each input spread over a patch of outputs: what windows read is added up where it was read. Kernels are [C, filters / groups, ...taps]. */
function spread(site: Site, x: Value, kernel: Value, bias: Value | undefined): Value {
  const { g } = site;
  const picture = channelsLast(site, x);
  const { node, lead, rank } = picture;
  const groups = site.int("group", 1);
  const [channels, perGroup, ...taps] = kernel.shape;
  const geometry = transposedOf(site, taps, node.type.shape.slice(lead, lead + rank) as number[]);
  const place = lead + rank;
  const split = g.reshape(node, { shape: node.type.shape.toSpliced(place, 1, groups, channels / groups) });
  const weights = site.node(reshapeTo(site, site.each(kernel), [groups, channels / groups, perGroup, ...taps]));
  const from = weights.type.shape[0] === "n" ? 1 : 0;
  // [n, groups, ...others, filters of each, ...taps]
  const made = products(g, split, weights, { batch: [place], contract: [place + 1] }, { batch: [from], contract: [from + 1] });
  const [rows, ...others] = axesOf(lead + rank);
  const isRow = made.type.shape[0] === "n";
  const shifted = isRow ? others.map((axis) => axis + 1) : axesOf(lead + rank, 1);
  const groupAxis = isRow ? 1 : 0;
  const perm = [...(isRow ? [rows] : []), ...shifted, groupAxis, ...axesOf(1 + rank, lead + rank + 1)];
  const turned = g.transpose(made, { perm });
  const flat = g.reshape(turned, { shape: [...turned.type.shape.slice(0, place), groups * perGroup, ...taps] });
  const whole = flat.type.shape
    .slice(0, lead + rank + 1)
    .map((size, axis) => (axis >= lead && axis < place ? geometry.whole[axis - lead] : size));
  const sums = g.overlapAdd(flat, { axes: axesOf(rank, lead), sizes: taps, strides: geometry.strides, dilations: geometry.dilations, shape: whole }); // biome-ignore format: one line
  const starts = whole.map((_, axis) => (axis >= lead && axis < place ? geometry.cut[axis - lead] : 0));
  const sizes = whole.map((size, axis) => (axis >= lead && axis < place ? geometry.output[axis - lead] : size));
  return channelsFirst(site, withBias(site, g.slice(sums, { starts, sizes }), bias), picture);
}

interface Spread extends Pick<Geometry, "strides" | "dilations"> {
  /** All points that a patch reaches, and those behind that the file asks for. */
  readonly whole: readonly number[];
  /** Points cut off before, and how many are left. */
  readonly cut: readonly number[];
  readonly output: readonly number[];
}

function transposedOf(site: Site, taps: readonly number[], lengths: readonly number[]): Spread {
  const rank = lengths.length;
  const ones = lengths.map(() => 1);
  const [strides, dilations] = [site.ints("strides") ?? ones, site.ints("dilations") ?? ones];
  const more = site.ints("output_padding") ?? lengths.map(() => 0);
  const pads = site.ints("pads") ?? new Array<number>(2 * rank).fill(0);
  const stated = site.ints("output_shape")?.slice(-rank);
  const auto = site.string("auto_pad", "NOTSET");
  const isSame = auto === "SAME_UPPER" || auto === "SAME_LOWER";
  const along = lengths.map((length, i) => {
    const reach = (length - 1) * strides[i] + (taps[i] - 1) * dilations[i] + 1;
    const wanted = stated?.[i] ?? (isSame ? length * strides[i] : undefined);
    if (wanted === undefined) {
      const [low, high] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + rank]];
      return { whole: reach + more[i], cut: low, output: reach + more[i] - low - high };
    }
    const total = Math.max(reach + more[i] - wanted, 0);
    const half = Math.floor(total / 2);
    const low = auto === "SAME_UPPER" ? half : total - half;
    return { whole: Math.max(reach + more[i], wanted + low), cut: low, output: wanted };
  });
  if (along.some(({ cut, output, whole }) => cut < 0 || output < 1 || cut + output > whole)) site.refuse("with such margins");
  const of = (key: "whole" | "cut" | "output") => along.map((axis) => axis[key]);
  return { strides, dilations, whole: of("whole"), cut: of("cut"), output: of("output") };
}

/** Rows of the group. */
export const convolutions: readonly Operator[] = [
  operator("Conv", 1, (site) => convolved(site, site.input(0), site.input(1), site.optional(2))),
  operator("ConvTranspose", 1, (site) => spread(site, site.input(0), site.input(1), site.optional(2))),
];
