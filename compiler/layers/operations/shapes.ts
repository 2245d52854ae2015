// Axes added, taken away, repeated, filled up and turned: what keras.ops does to shapes. In ops: views, and concatenations of them. https://keras.io/api/ops/numpy/
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { axisOrAxes, badAxis, batched, count, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";

/** A part along an axis. */
const cut = (g: G, x: Node, axis: number, start: number, size: number): Node =>
  g.slice(x, { starts: x.type.shape.map((_, i) => (i === axis ? start : 0)), sizes: x.type.shape.with(axis, size) });

/** One axis in the Graph, where the batch is 0. */
const axisIn = (axis: number, shape: readonly number[]): number => (sampleAxes(axis, shape) ?? [0])[0] + 1;
/** A sample's shape with axes of 1 at places of the result; undefined where it has none. */
function widened(axis: number | readonly number[], input: readonly number[]): readonly number[] | undefined {
  const places = sampleAxes(axis, [...input, ...[axis].flat().map(() => 1)]);
  return places?.reduce<readonly number[]>((shape, at) => shape.toSpliced(at, 0, 1), input);
}

/** New axes of size 1. */
export const expandDims = layer({
  name: "expandDims",
  keras: "ops.ExpandDims",
  says: "New axes of size 1 at `axis`, counted in the result (0 is the batch, −1 the last); masks end.",
  config: z.strictObject({ axis: axisOrAxes }),
  legal: ({ axis }, input) => badAxis(axis, [...input, ...[axis].flat().map(() => 1)]),
  weights: () => [],
  lower: (g, { x, config: { axis } }) => ({
    y: g.reshape(x, { shape: batched(widened(axis, sampleShape(x)) ?? []) }),
    mask: null,
  }),
});

/** Axes of size 1 taken away. */
export const squeeze = layer({
  name: "squeeze",
  keras: "ops.Squeeze",
  says: "Its input without axes of size 1: those of `axis`, or all that are (null); masks end.",
  config: z.strictObject({ axis: axisOrAxes.nullable().default(null) }),
  legal: ({ axis }, input) => {
    const problem = axis === null ? undefined : badAxis(axis, input);
    if (problem !== undefined || axis === null) return problem;
    const wide = sampleAxes(axis, input)?.find((i) => input[i] !== 1);
    if (wide === undefined) return undefined;
    return {
      path: "axis",
      code: "shape/mismatch",
      message: `only axes of size 1 can go, found ${input[wide]} of ${showShape(input)}`,
      hint: "reshape merges axes",
    };
  },
  weights: () => [],
  lower: (g, { x, config: { axis } }) => {
    const sample = sampleShape(x);
    const gone = axis === null ? undefined : sampleAxes(axis, sample);
    return {
      y: g.reshape(x, { shape: batched(sample.filter((size, i) => (gone === undefined ? size !== 1 : !gone.includes(i)))) }),
      mask: null,
    };
  },
});

/** Values beside one another along a new axis. */
export const stack = layer({
  name: "stack",
  keras: "ops.Stack",
  says: "Its inputs beside one another along a new axis, counted in the result (0 is the batch, −1 the last); masks end.",
  config: z.strictObject({ axis: z.int().default(-1) }),
  takes: [1, Number.POSITIVE_INFINITY],
  legal: ({ axis }, input, inputs) => {
    const problem = badAxis(axis, [...input, 1]);
    if (problem !== undefined || inputs.every((shape) => showShape(shape) === showShape(input))) return problem;
    const message = `the inputs need one shape, found ${inputs.map((shape) => showShape(shape)).join(" and ")}`;
    return { path: "inputs", code: "shape/mismatch", message, hint: "reshape one of them" };
  },
  weights: () => [],
  lower: (g, { x, xs, config: { axis } }) => {
    const shape = widened(axis, sampleShape(x)) ?? [];
    const parts = xs.map((one) => g.reshape(one, { shape: batched(shape) }));
    return { y: parts.length === 1 ? parts[0] : g.concat(...parts, { axis: axisIn(axis, shape) }), mask: null };
  },
});

/** Each place of an axis several times. */
export const repeat = layer({
  name: "repeat",
  keras: "ops.Repeat",
  says: "Each place of an axis `repeats` times, one behind the other (0 is the batch, −1 the last); masks end.",
  config: z.strictObject({ repeats: count, axis: z.int().default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  lower: (g, { x, config: { repeats, axis } }) => {
    const at = axisIn(axis, sampleShape(x));
    const wide = x.type.shape.toSpliced(at + 1, 0, repeats);
    const y = g.broadcast(x, { shape: wide, axes: wide.map((_, i) => i).filter((i) => i !== at + 1) });
    return { y: g.reshape(y, { shape: x.type.shape.with(at, (x.type.shape[at] as number) * repeats) }), mask: null };
  },
});

/** A sample several times along its axes. */
export const tile = layer({
  name: "tile",
  keras: "ops.Tile",
  says: "Each sample as often as `repeats` says along each of its axes; masks end.",
  config: z.strictObject({ repeats: z.array(count).max(mostAxes) }),
  legal: ({ repeats }, input) => oneForEach("repeats", repeats, input),
  weights: () => [],
  lower: (g, { x, config: { repeats } }) => {
    const sample = sampleShape(x);
    const shape = batched(sample.flatMap((size, i) => [repeats[i], size]));
    const y = g.broadcast(x, { shape, axes: [0, ...sample.map((_, i) => 2 * i + 2)] });
    return { y: g.reshape(y, { shape: batched(sample.map((size, i) => size * repeats[i])) }), mask: null };
  },
});

const oneForEach = (path: string, list: readonly unknown[], input: readonly number[]): Problem | undefined =>
  list.length === input.length
    ? undefined
    : {
        path,
        code: "shape/rank",
        message: `${path} needs an entry for each axis of ${showShape(input)}, found ${list.length}`,
        hint: "the batch is not among them",
      };

/** Axes of size 1 repeated. */
export const broadcastTo = layer({
  name: "broadcastTo",
  keras: "ops.BroadcastTo",
  says: "Each sample in another shape: axes of size 1 are repeated, new ones stand in front; masks end.",
  config: z.strictObject({ shape: z.array(count).max(mostAxes) }),
  legal: ({ shape }, input) => {
    const behind = shape.slice(shape.length - input.length);
    if (shape.length >= input.length && input.every((size, i) => size === 1 || size === behind[i])) return undefined;
    const message = `${showShape(input)} does not become ${showShape(shape)}`;
    return { path: "shape", code: "shape/mismatch", message, hint: "sizes are equal, or 1, which is repeated" };
  },
  weights: () => [],
  lower: (g, { x, config: { shape } }) => {
    const sample = sampleShape(x);
    const longer = [...Array.from({ length: shape.length - sample.length }, () => 1), ...sample];
    return { y: g.broadcastTo(g.reshape(x, { shape: batched(longer) }), batched(shape)), mask: null };
  },
});

const margins = z.tuple([z.int().min(0), z.int().min(0)]);
/** Numbers before and behind, along each axis. */
export const pad = layer({
  name: "pad",
  keras: "ops.Pad",
  says: "Numbers before and behind each axis of a sample, as many as `padWidth` says: one number, the sample's ends, or what lies inside, mirrored; masks end.",
  config: z.strictObject({
    padWidth: z.array(margins).max(mostAxes),
    mode: z.enum(["constant", "edge", "reflect", "symmetric"]).default("constant"),
    constantValues: z.number().default(0),
  }),
  legal: ({ padWidth, mode }, input) => {
    const problem = oneForEach("padWidth", padWidth, input);
    if (problem !== undefined || mode === "constant" || mode === "edge") return problem;
    const i = padWidth.findIndex((ends, axis) => Math.max(...ends) > input[axis] - (mode === "reflect" ? 1 : 0));
    if (i < 0) return undefined;
    return {
      path: `padWidth[${i}]`,
      code: "shape/mismatch",
      message: `${mode} mirrors what is there, found ${Math.max(...padWidth[i])} of an axis of ${input[i]}`,
      hint: "pad less",
    };
  },
  weights: () => [],
  lower: (g, { x, config: { padWidth, mode, constantValues: value } }) => {
    const [low, high] = [0, 1].map((end) => [0, ...padWidth.map((ends) => ends[end])]);
    if (mode === "constant") return { y: g.pad(x, { low, high, value }), mask: null };
    return { y: padWidth.reduce((made, ends, i) => mirrored(g, made, i + 1, ends, mode), x), mask: null };
  },
});

function mirrored(
  g: G,
  x: Node,
  axis: number,
  [low, high]: readonly [number, number],
  mode: "edge" | "reflect" | "symmetric",
): Node {
  const size = x.type.shape[axis] as number;
  const skip = mode === "reflect" ? 1 : 0;
  const turned = (start: number, length: number) => g.reverse(cut(g, x, axis, start, length), { axes: [axis] });
  const ends = (start: number, length: number) => g.broadcastTo(cut(g, x, axis, start, 1), x.type.shape.with(axis, length));
  const parts = [
    ...(low === 0 ? [] : [mode === "edge" ? ends(0, low) : turned(skip, low)]),
    x,
    ...(high === 0 ? [] : [mode === "edge" ? ends(size - 1, high) : turned(size - skip - high, high)]),
  ];
  return parts.length === 1 ? x : g.concat(...parts, { axis });
}

/** Places moved along an axis, those that fall off the end to the start. */
export const roll = layer({
  name: "roll",
  keras: "ops.Roll",
  says: "Places moved by `shift` along an axis (0 is the batch, −1 the last); what falls off one end comes in at the other; masks end.",
  config: z.strictObject({ shift: z.int(), axis: z.int().default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { shift, axis } }) => {
    const at = axisIn(axis, sampleShape(x));
    const size = x.type.shape[at] as number;
    const by = ((shift % size) + size) % size;
    if (by === 0) return { y: x, mask: null };
    return { y: g.concat(cut(g, x, at, size - by, by), cut(g, x, at, 0, size - by), { axis: at }), mask: null };
  },
});

/** Axes turned round. */
export const flip = layer({
  name: "flip",
  keras: "ops.Flip",
  says: "The order along an axis or several turned round (0 is the batch, −1 the last); masks end.",
  config: z.strictObject({ axis: axisOrAxes.default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, input),
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { axis } }) => ({
    y: g.reverse(x, { axes: (sampleAxes(axis, sampleShape(x)) ?? []).map((i) => i + 1) }),
    mask: null,
  }),
});
