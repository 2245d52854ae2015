// Parts of a value: slices, single places, picks along an axis, and a value cut into several. In ops: slices, which are views; steps
// that are not 1 are windows of one number. https://keras.io/api/ops/numpy/
import * as z from "zod";
import { type Node, showShape } from "../../graph/graph.ts";
import { mostAxes } from "../../graph/limits.ts";
import type { G } from "../../ops/index.ts";
import { layer, type Problem } from "../define.ts";
import { badAxis, batched, sampleAxes, sampleShape } from "../shared.ts";
import { alongAxis } from "../stream.ts";

const end = z.int().nullable().default(null);
const rangeSchema = z.strictObject({ start: end, stop: end, step: z.int().nullable().default(null) });
const atSchema = z.array(z.union([z.int(), z.literal("newaxis"), rangeSchema])).max(mostAxes);
type At = z.output<typeof atSchema>;
interface Run {
  readonly from: number;
  readonly step: number;
  readonly count: number;
}

/** Python's slice of an axis of `size`. */
function runOf({ start, stop, step }: z.output<typeof rangeSchema>, size: number): Run {
  const by = step ?? 1;
  const bound = (value: number | null, standard: number): number => {
    if (value === null) return standard;
    const least = by > 0 ? 0 : -1;
    const most = by > 0 ? size : size - 1;
    return Math.min(Math.max(value < 0 ? value + size : value, least), most);
  };
  const from = bound(start, by > 0 ? 0 : size - 1);
  const to = bound(stop, by > 0 ? size : -1);
  return { from, step: by, count: Math.max(0, Math.ceil((to - from) / by)) };
}

/** Elements with equal steps between them: a cut, turned round where the step is negative, thinned out where it is not 1. */
function stretch(g: G, x: Node, axis: number, { from, step, count }: Run): Node {
  const { shape } = x.type;
  if (from === 0 && step === 1 && count === shape[axis]) return x;
  const wide = Math.abs(step);
  const span = (count - 1) * wide + 1;
  const starts = shape.map((_, i) => (i === axis ? (step < 0 ? from - span + 1 : from) : 0));
  const part = g.slice(x, { starts, sizes: shape.with(axis, span) });
  const turned = step < 0 ? g.reverse(part, { axes: [axis] }) : part;
  if (wide === 1) return turned;
  const windows = g.window(turned, { axes: [axis], sizes: [1], strides: [wide], dilations: [1] });
  return g.reshape(windows, { shape: windows.type.shape.slice(0, -1) });
}

/** x[:, …] of Python, without the batch: `at` has a place, a range or a new axis for each axis of a sample. */
export const slice = layer({
  name: "slice",
  keras: "ops.GetItem",
  says: 'A part of each sample: for each of its axes in `at` a place, which takes the axis away, or `{ start, stop, step }`; "newaxis" adds one; masks end.',
  config: z.strictObject({ at: atSchema }),
  legal: ({ at }, input) => badAt(at, input),
  weights: () => [],
  stream: {
    says: "where time is whole",
    // A range that ends somewhere may be all of a chunk, and a part of the sequence still.
    of: ({ at: [first] }) =>
      first === undefined ||
      (typeof first === "object" && (first.start ?? 0) === 0 && first.stop === null && (first.step ?? 1) === 1)
        ? "steps"
        : { refused: "it takes a part of the sequence", hint: "a range without ends is the whole of it: {}" },
  },
  lower: (g, { x, config: { at } }) => {
    let y = x;
    let axis = 1;
    const shape: number[] = [];
    for (const one of at) {
      if (one === "newaxis") {
        shape.push(1);
        continue;
      }
      const size = y.type.shape[axis] as number;
      const run = typeof one === "number" ? { from: one < 0 ? one + size : one, step: 1, count: 1 } : runOf(one, size);
      y = stretch(g, y, axis, run);
      axis++;
      if (typeof one !== "number") shape.push(run.count);
    }
    return { y: g.reshape(y, { shape: batched([...shape, ...sampleShape(y).slice(axis - 1)]) }), mask: null };
  },
});

function badAt(at: At, input: readonly number[]): Problem | undefined {
  const axes = at.flatMap((one, i) => (one === "newaxis" ? [] : [{ one, path: `at[${i}]` }]));
  if (axes.length > input.length) {
    const message = `at names ${axes.length} axes, the layer before gives ${showShape(input)}`;
    return { path: "at", code: "shape/rank", message, hint: "the batch is not among them" };
  }
  for (const [i, { one, path }] of axes.entries()) {
    const size = input[i];
    if (typeof one === "number") {
      if (one >= -size && one < size) continue;
      return { path, code: "shape/mismatch", message: `there is no place ${one} on an axis of ${size}`, hint: "-1 is the last" };
    }
    if (one.step === 0) return { path, message: "a step of 0 goes nowhere", hint: "-1 goes backwards" };
    if (runOf(one, size).count > 0) continue;
    return {
      path,
      code: "shape/mismatch",
      message: `the range takes nothing of an axis of ${size}`,
      hint: "leave a number at least",
    };
  }
  return undefined;
}

/** Known places along an axis, in their order. */
export const take = layer({
  name: "take",
  keras: "ops.Take",
  says: "The places `indices` along an axis (0 is the batch, −1 the last), in their order; one number takes the axis away; masks end.",
  config: z.strictObject({ indices: z.union([z.int(), z.array(z.int()).min(1)]), axis: z.int().default(-1) }),
  legal: ({ indices, axis }, input) => {
    const problem = badAxis(axis, input);
    if (problem !== undefined) return problem;
    const size = input[(sampleAxes(axis, input) ?? [0])[0]];
    const strange = [indices].flat().find((index) => index < -size || index >= size);
    if (strange === undefined) return undefined;
    return {
      path: "indices",
      code: "shape/mismatch",
      message: `there is no place ${strange} on an axis of ${size}`,
      hint: "-1 is the last",
    };
  },
  weights: () => [],
  stream: alongAxis,
  lower: (g, { x, config: { indices, axis } }) => {
    const at = (sampleAxes(axis, sampleShape(x)) ?? [])[0] + 1;
    const size = x.type.shape[at] as number;
    const parts = runsOf([indices].flat().map((index) => (index < 0 ? index + size : index))).map((run) =>
      stretch(g, x, at, run),
    );
    const y = parts.length === 1 ? parts[0] : g.concat(...parts, { axis: at });
    return { y: typeof indices === "number" ? g.reshape(y, { shape: y.type.shape.toSpliced(at, 1) }) : y, mask: null };
  },
});

/** Places as stretches of equal steps. */
function runsOf(places: readonly number[]): readonly Run[] {
  const runs: Run[] = [];
  for (const place of places) {
    const last = runs.at(-1);
    const step = last === undefined ? 0 : place - (last.from + (last.count - 1) * last.step);
    if (last !== undefined && step !== 0 && (last.count === 1 || step === last.step))
      runs[runs.length - 1] = { from: last.from, step, count: last.count + 1 };
    else runs.push({ from: place, step: 1, count: 1 });
  }
  return runs;
}

/** One value cut into several along an axis. */
export const split = layer({
  name: "split",
  keras: "ops.Split",
  says: 'Its input cut along an axis, in as many equal parts, or before the places listed: `"split"`, `"split:1"` and so on; masks end.',
  config: z.strictObject({
    indicesOrSections: z.union([z.int().min(1), z.array(z.int().min(1)).min(1)]),
    axis: z.int().default(-1),
    keepdims: z.boolean().default(true),
  }),
  legal: ({ indicesOrSections: cuts, axis, keepdims }, input) => {
    const problem = badAxis(axis, input);
    if (problem !== undefined) return problem;
    const size = input[(sampleAxes(axis, input) ?? [0])[0]];
    const ends = cutsOf(cuts, size);
    const path = "indicesOrSections";
    if (ends === undefined) {
      const message = `an axis of ${size} cannot be cut ${typeof cuts === "number" ? `into ${cuts} equal parts` : `before ${cuts.join(", ")}`}`;
      return { path, code: "shape/mismatch", message, hint: "places ascend, from 1 to below the size" };
    }
    if (keepdims || ends.length - 1 === size) return undefined;
    return {
      path,
      code: "shape/mismatch",
      message: `without the axis each part is 1 long: ${size} parts, found ${ends.length - 1}`,
      hint: "keepdims: true keeps it",
    };
  },
  weights: () => [],
  lower: (g, { x, config: { indicesOrSections, axis, keepdims } }) => {
    const at = (sampleAxes(axis, sampleShape(x)) ?? [])[0] + 1;
    const ends = cutsOf(indicesOrSections, x.type.shape[at] as number) ?? [];
    const parts = ends.slice(1).map((to, i) => {
      const part = stretch(g, x, at, { from: ends[i], step: 1, count: to - ends[i] });
      return keepdims ? part : g.reshape(part, { shape: part.type.shape.toSpliced(at, 1) });
    });
    return { y: parts[0], more: parts.slice(1), mask: null };
  },
});

/** Where parts begin and the last ends; undefined where the axis has no such parts. */
function cutsOf(cuts: number | readonly number[], size: number): readonly number[] | undefined {
  if (typeof cuts === "number")
    return size % cuts === 0 ? Array.from({ length: cuts + 1 }, (_, i) => (i * size) / cuts) : undefined;
  const ends = [0, ...cuts, size];
  return ends.every((to, i) => i === 0 || to > ends[i - 1]) ? ends : undefined;
}

/** Ids as rows of 0 with a single 1. */
export const oneHot = layer({
  name: "oneHot",
  keras: "ops.OneHot",
  says: "A new axis with 1 at the number's place and 0 elsewhere, of `numClasses`; all 0 where there is no such place; masks end.",
  config: z.strictObject({ numClasses: z.int().min(1), axis: z.int().default(-1) }),
  legal: ({ axis }, input) => badAxis(axis, [...input, 1]),
  weights: () => [],
  lower: (g, { x, config: { numClasses, axis } }) => {
    const y = g.oneHot(x, { depth: numClasses });
    const last = y.type.shape.length - 1;
    const at = (sampleAxes(axis, sampleShape(y)) ?? [])[0] + 1;
    const others = y.type.shape.map((_, i) => i).slice(0, -1);
    return { y: at === last ? y : g.transpose(y, { perm: others.toSpliced(at, 0, last) }), mask: null };
  },
});
