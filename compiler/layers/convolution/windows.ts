// Sliding windows over the spatial axes of [n, ...space, channels], shared by convolution and pooling. Keras' geometry: `same` gives
// ceil(size / stride) windows, the odd point of padding at the end.
//
//   span  = (size − 1) · dilation + 1
//   valid   ⌊(length − span) / stride⌋ + 1 windows, none over the edge
//   same    ⌈length / stride⌉ windows, over (windows − 1) · stride + span points: what is missing goes ⌊half⌋ before, the rest behind
//   causal  span − 1 points before, then valid: a window ends where it stands
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { checkSize } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import type { Problem } from "../define.ts";
import { eachAxis, perAxis } from "../layout.ts";
import { type InTime, timeFirst, windowsInTime } from "../stream.ts";

type Padding = "valid" | "same" | "causal";
/** `valid`: windows stay inside; `same`: the input is padded so that stride 1 keeps its size. */
export const padding: z.ZodDefault<z.ZodEnum<{ valid: "valid"; same: "same" }>> = z.enum(["valid", "same"]).default("valid");
/** Along time there is `causal` too: no window sees what comes after it. */
export const paddingInTime: z.ZodDefault<z.ZodEnum<{ valid: "valid"; same: "same"; causal: "causal" }>> = z
  .enum(["valid", "same", "causal"])
  .default("valid");

/** One entry per spatial axis. */
export interface Geometry {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: Padding;
}

/** Keras' keys of a window that slides over so many axes; `padding` is a key beside them. */
export const windowKeys = (rank: number) => ({
  kernelSize: perAxis(rank),
  strides: perAxis(rank).default(1),
  dilationRate: perAxis(rank).default(1),
});

type PerAxis = number | readonly number[];
/** A config with those keys. */
export interface Windowed {
  readonly kernelSize: PerAxis;
  readonly strides: PerAxis;
  readonly dilationRate: PerAxis;
  readonly padding: Padding;
}
/** What those keys say. */
export const geometryOf = (rank: number, keys: Windowed): Geometry => ({
  sizes: eachAxis(keys.kernelSize, rank),
  strides: eachAxis(keys.strides, rank),
  dilations: eachAxis(keys.dilationRate, rank),
  padding: keys.padding,
});

/** Points from the first tap of a window to its last, on each axis. */
export const spansOf = ({ sizes, dilations }: Geometry): readonly number[] =>
  sizes.map((size, i) => (size - 1) * dilations[i] + 1);

/** The problem of a window that is larger than what it slides over; `input` begins with the spatial axes. */
export function badWindow(geometry: Geometry, input: readonly number[], key: string): Problem | undefined {
  const spans = spansOf(geometry);
  const lengths = input.slice(0, spans.length);
  if (geometry.padding !== "valid" || spans.every((span, i) => span <= lengths[i])) return undefined;
  return {
    path: key,
    code: "shape/mismatch",
    message: `a window of ${spans.join(" x ")} does not fit into ${showShape(lengths)}`,
    hint: 'padding: "same" pads the input',
  };
}

/** Windows in a stream, time being the first of their axes. */
export const windowStream = <C extends { readonly dataFormat: string | null }>(
  geometryIn: (config: C) => Geometry,
): InTime<C> => ({
  says: "where windows are causal, or do not overlap in time",
  of: (config, inputs) => {
    const geometry = geometryIn(config);
    const [[span], [stride]] = [spansOf(geometry), geometry.strides];
    return timeFirst(config) ?? windowsInTime({ span, stride, isCausal: geometry.padding === "causal" }, inputs);
  },
});

/** x with its past before it, and what is left of the geometry: what looks back alone is a border that a stream knows. */
export function looking(
  x: Node,
  geometry: Geometry,
  past: (x: Node, count: number) => Node,
): { readonly x: Node; readonly geometry: Geometry } {
  if (geometry.padding !== "causal") return { x, geometry };
  return { x: past(x, spansOf(geometry)[0] - 1), geometry: { ...geometry, padding: "valid" } };
}

/** Points before and behind each axis of these lengths. */
export function margins(
  geometry: Geometry,
  lengths: readonly number[],
): { readonly low: readonly number[]; readonly high: readonly number[] } {
  const spans = spansOf(geometry);
  const totals = lengths.map((length, i) => {
    if (geometry.padding === "valid") return 0;
    if (geometry.padding === "causal") return spans[i] - 1;
    const stride = geometry.strides[i];
    return Math.max((Math.ceil(length / stride) - 1) * stride + spans[i] - length, 0);
  });
  const low = totals.map((total) => (geometry.padding === "causal" ? total : Math.floor(total / 2)));
  return { low, high: totals.map((total, i) => total - low[i]) };
}

/** How many windows there are on each axis of these lengths. */
export function windowsOver(geometry: Geometry, lengths: readonly number[]): readonly number[] {
  const spans = spansOf(geometry);
  const { low, high } = margins(geometry, lengths);
  return lengths.map((length, i) => Math.floor((low[i] + length + high[i] - spans[i]) / geometry.strides[i]) + 1);
}

/** x with the border that `same` or `causal` asks for. */
export function bordered(g: G, x: Node, geometry: Geometry, value: number): Node {
  const rank = geometry.sizes.length;
  const lengths = x.type.shape.slice(1, rank + 1) as number[];
  const { low, high } = margins(geometry, lengths);
  const totals = low.map((before, i) => before + high[i]);
  for (const total of totals) checkSize("a padded axis", [total], "");
  if (totals.every((total) => total === 0)) return x;
  const rest = x.type.shape.slice(rank + 1).map(() => 0);
  return g.as("border", () => g.pad(x, { low: [0, ...low, ...rest], high: [0, ...high, ...rest], value }));
}

/** Patches: [n, ...windows, channels, ...taps], for two spatial axes [n, OH, OW, C, kh, kw]. */
export function patches(g: G, x: Node, { sizes, strides, dilations }: Geometry): Node {
  return g.window(x, { axes: sizes.map((_, i) => i + 1), sizes: [...sizes], strides: [...strides], dilations: [...dilations] });
}
