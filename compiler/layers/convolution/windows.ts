// Sliding windows over the spatial axes of [n, ...space, channels], shared by convolution and pooling. Keras' geometry: `same` gives
// ceil(size / stride) windows, the odd point of padding at the end.
//
//   span  = (size − 1) · dilation + 1
//   valid   ⌊(length − span) / stride⌋ + 1 windows, none over the edge
//   same    ⌈length / stride⌉ windows, over (windows − 1) · stride + span points: what is missing goes ⌊half⌋ before, the rest behind
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { checkSize } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import type { Problem } from "../define.ts";
import { count } from "../shared.ts";

/** One size for both axes, or one each. */
export const pair = z.union([count, z.array(count).length(2)]);
/** `valid`: windows stay inside; `same`: the input is padded so that stride 1 keeps its size. */
export const padding: z.ZodDefault<z.ZodEnum<{ valid: "valid"; same: "same" }>> = z.enum(["valid", "same"]).default("valid");

/** One entry per spatial axis. */
export interface Geometry {
  readonly sizes: readonly number[];
  readonly strides: readonly number[];
  readonly dilations: readonly number[];
  readonly padding: "valid" | "same";
}

/** Keras' keys of a window that slides over height and width. */
export const windowKeys = {
  kernelSize: pair,
  strides: pair.default(1),
  padding,
  dilationRate: pair.default(1),
};

/** What those keys say. */
export const geometryOf = (keys: {
  readonly kernelSize: number | readonly number[];
  readonly strides: number | readonly number[];
  readonly dilationRate: number | readonly number[];
  readonly padding: "valid" | "same";
}): Geometry => ({
  sizes: twice(keys.kernelSize),
  strides: twice(keys.strides),
  dilations: twice(keys.dilationRate),
  padding: keys.padding,
});

/** One number for height and width, or a number each, as [height, width]. */
export const twice = (value: number | readonly number[]): readonly number[] =>
  typeof value === "number" ? [value, value] : value;

/** The problem of a window that is larger than what it slides over. */
export function badWindow({ sizes, dilations, padding }: Geometry, input: readonly number[], key: string): Problem | undefined {
  const spans = sizes.map((size, i) => (size - 1) * dilations[i] + 1);
  if (padding === "same" || spans.every((span, i) => span <= input[i])) return undefined;
  return {
    path: key,
    code: "shape/mismatch",
    message: `a window of ${spans.join(" x ")} does not fit into ${showShape(input)}`,
    hint: 'padding: "same" pads the input',
  };
}

/** x with the border that `same` asks for. */
export function bordered(g: G, x: Node, { sizes, strides, dilations, padding }: Geometry, value: number): Node {
  if (padding === "valid") return x;
  const totals = sizes.map((size, i) => {
    const length = x.type.shape[i + 1] as number;
    const total = Math.max((Math.ceil(length / strides[i]) - 1) * strides[i] + (size - 1) * dilations[i] + 1 - length, 0);
    checkSize("a padded axis", [total], "");
    return total;
  });
  if (totals.every((total) => total === 0)) return x;
  const low = totals.map((total) => Math.floor(total / 2));
  const rest = x.type.shape.slice(1 + sizes.length).map(() => 0);
  const high = totals.map((total, i) => total - low[i]);
  return g.as("border", () => g.pad(x, { low: [0, ...low, ...rest], high: [0, ...high, ...rest], value }));
}

/** Patches: [n, ...windows, channels, ...taps], for two spatial axes [n, OH, OW, C, kh, kw]. */
export function patches(g: G, x: Node, { sizes, strides, dilations }: Geometry): Node {
  return g.window(x, { axes: sizes.map((_, i) => i + 1), sizes: [...sizes], strides: [...strides], dilations: [...dilations] });
}
