// Where the channels of a picture stand: behind its spatial axes, or before them (`dataFormat: "channels_first"`). In: a layer's input.
// Out: the same with channels last, which is how all layers compute, and the way back. Guarantee: both ways are views, and those of
// neighbours cancel.
//
//   channels_last [n, H, W, C]      channels_first [n, C, H, W]
import * as z from "zod";
import type { Node } from "../graph/graph.ts";
import type { G } from "../ops/index.ts";
import type { Problem } from "./define.ts";
import { count, needsRank } from "./shared.ts";

type Format = "channels_last" | "channels_first" | null;
/** A config with Keras' key. */
export interface Formatted {
  readonly dataFormat: Format;
}

/** Keras' key for the place of the channels; null is last. */
export const formatKey = {
  dataFormat: z.enum(["channels_last", "channels_first"]).nullable().default("channels_last"),
};
/** One number for all spatial axes, or a number each. */
export const perAxis = (rank: number) => z.union([count, z.array(count).length(rank)]);
/** The same as a number for each axis. */
export const eachAxis = (value: number | readonly number[], rank: number): readonly number[] =>
  typeof value === "number" ? Array.from({ length: rank }, () => value) : value;

const isFirst = ({ dataFormat }: Formatted): boolean => dataFormat === "channels_first";
const spaces = ["", "steps", "height, width", "depth, height, width"];

/** A sample's shape with the channels last. */
export const channelsLast = (config: Formatted, input: readonly number[]): readonly number[] =>
  isFirst(config) ? [...input.slice(1), input[0]] : input;

/** x with the channels last. */
export const toLast = (g: G, config: Formatted, x: Node): Node =>
  isFirst(config) ? g.transpose(x, { perm: [0, ...x.type.shape.map((_, axis) => axis).slice(2), 1] }) : x;

/** A result, which has its channels last, as the config wants it. */
export const fromLast = (g: G, config: Formatted, y: Node): Node => {
  const last = y.type.shape.length - 1;
  return isFirst(config) ? g.transpose(y, { perm: [0, last, ...y.type.shape.map((_, axis) => axis).slice(1, last)] }) : y;
};

/** The problem of an input that is no picture of so many spatial axes. */
export const needsSpace = (rank: number, config: Formatted, input: readonly number[]): Problem | undefined =>
  needsRank(rank + 1, isFirst(config) ? `channels, ${spaces[rank]}` : `${spaces[rank]}, channels`, input);
