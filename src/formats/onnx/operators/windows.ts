// What convolutions and pools share: the geometry of windows that slide over the spatial axes of [N, C, ...spatial], and the way to
// layerc's layout, channels last, and back. The turns of neighbours cancel in the rewriting.
import type { Node } from "../../../../compiler/graph/graph.ts";
import type { Site } from "../define.ts";
import { axesOf, type Value } from "../values.ts";

/** Windows along each spatial axis. */
export interface Geometry {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly low: readonly number[];
  readonly high: readonly number[];
  /** Points that only exist because the last window was rounded up: behind the margins. */
  readonly more: readonly number[];
  readonly counts: readonly number[];
}

/** Windows of `sizes` over `lengths`, as the attributes of the node say. */
export function geometryOf(site: Site, sizes: readonly number[], lengths: readonly number[]): Geometry {
  const rank = lengths.length;
  if (sizes.length !== rank) site.refuse(`of ${rank} spatial axes by a window of ${sizes.length}`);
  const [strides, dilations] = ["strides", "dilations"].map((name) => site.ints(name) ?? lengths.map(() => 1));
  if (![...sizes, ...strides, ...dilations].every((count) => count >= 1) || strides.length !== rank || dilations.length !== rank)
    site.refuse(`by windows of [${sizes.join(", ")}], strides [${strides.join(", ")}] and dilations [${dilations.join(", ")}]`);
  const spans = sizes.map((size, i) => (size - 1) * dilations[i] + 1);
  const auto = site.string("auto_pad", "NOTSET");
  const pads = site.ints("pads") ?? new Array<number>(2 * rank).fill(0);
  const isRoundedUp = site.int("ceil_mode", 0) === 1;
  const along = lengths.map((length, i) => {
    const [stride, span] = [strides[i], spans[i]];
    if (auto === "SAME_UPPER" || auto === "SAME_LOWER") {
      const count = Math.ceil(length / stride);
      const total = Math.max((count - 1) * stride + span - length, 0);
      const less = Math.floor(total / 2);
      return {
        count,
        more: 0,
        low: auto === "SAME_UPPER" ? less : total - less,
        high: auto === "SAME_UPPER" ? total - less : less,
      };
    }
    const [low, high] = auto === "VALID" ? [0, 0] : [pads[i], pads[i + rank]];
    const steps = (length + low + high - span) / stride;
    const rounded = (isRoundedUp ? Math.ceil(steps) : Math.floor(steps)) + 1;
    // A window that would begin behind the input and its first margin is left out.
    const count = isRoundedUp && (rounded - 1) * stride >= length + low ? rounded - 1 : rounded;
    return { count, low, high, more: Math.max((count - 1) * stride + span - length - low - high, 0) };
  });
  if (along.some(({ low, high }) => low < 0 || high < 0)) site.refuse("with margins below 0");
  if (along.some(({ count }) => !(count >= 1))) site.refuse(`by a window larger than [${lengths.join(", ")}] and its margins`);
  const of = (key: "count" | "low" | "high" | "more") => along.map((axis) => axis[key]);
  return { sizes, strides, dilations, low: of("low"), high: of("high"), more: of("more"), counts: of("count") };
}

/** A picture with the channels last. */
export interface Picture {
  readonly value: Value;
  /** [...lead, ...spatial, C] */
  readonly node: Node;
  /** Axes before the spatial ones: rows, samples of a row. */
  readonly lead: number;
  readonly rank: number;
}

/** [N, C, ...spatial] with the channels last. */
export function channelsLast(site: Site, x: Value): Picture {
  const rank = x.shape.length - 2;
  if (rank < 1) site.refuse(`of a tensor of ${x.shape.length} axes`);
  const value = x.merged?.axis === 0 ? x : site.firstAxis(site.apart(x, axesOf(rank + 1, 1)));
  if (value.merged !== undefined) return mergedPicture(site, value, value.merged);
  const lead = value.at === "each" ? 2 : 1;
  const perm = [...axesOf(lead), ...axesOf(rank, lead + 1), lead];
  return { value, node: site.g.transpose(site.node(value), { perm }), lead, rank };
}

/** Pictures of several steps, [B · T, C, ...spatial]: the steps are samples of a row. */
function mergedPicture(site: Site, value: Value, { inner, count }: NonNullable<Value["merged"]>): Picture {
  const rank = value.shape.length - 2;
  const perm = [...axesOf(count), ...axesOf(rank, count + 1), count];
  return { value, node: site.g.transpose(site.node(inner), { perm }), lead: count, rank };
}

/** [...lead, ...spatial, C] as the file has it. */
export function channelsFirst(site: Site, node: Node, { value, lead, rank }: Picture): Value {
  const perm = [...axesOf(lead), lead + rank, ...axesOf(rank, lead)];
  const turned = site.g.transpose(node, { perm });
  if (value.merged === undefined) return site.made(turned, value.at, value.dtype);
  return site.merged(site.made(turned, value.merged.inner.at, value.dtype), 0, value.merged.count);
}

/** With margins of one number around it. */
export function bordered(
  site: Site,
  { node, lead, rank }: Picture,
  low: readonly number[],
  high: readonly number[],
  value: number,
): Node {
  if ([...low, ...high].every((margin) => margin === 0)) return node;
  const around = (margins: readonly number[]): number[] => [...new Array<number>(lead).fill(0), ...margins, ...new Array<number>(node.type.shape.length - lead - rank).fill(0)]; // biome-ignore format: one line
  return site.g.pad(node, { low: around(low), high: around(high), value });
}

/** The taps of each window as axes of their own, [...lead, ...windows, C, ...taps]; only as many windows as there are. */
export function windowsOf(
  site: Site,
  node: Node,
  { lead, rank }: Picture,
  { sizes, strides, dilations, counts }: Geometry,
): Node {
  const { g } = site;
  const axes = axesOf(rank, lead);
  const made = g.window(node, { axes, sizes, strides, dilations });
  const shape = made.type.shape.map((size, axis) => (axes.includes(axis) ? counts[axis - lead] : size));
  return g.slice(made, { starts: shape.map(() => 0), sizes: shape });
}
