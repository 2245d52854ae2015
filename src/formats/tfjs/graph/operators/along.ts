// Operators that go along axes: reductions, softmax, normalisation, resizing. In: a value and its axes, which are known. Out: a value
// without those axes, or of other sizes along them. The rows are never one of the axes.
import type { Node } from "../../../../../compiler/graph/graph.ts";
import { largest, type Taps, weighted } from "../../../../../compiler/layers/bands.ts";
import type { G } from "../../../../../compiler/ops/index.ts";
import type { Dtype } from "../../manifest.ts";
import { allKnown, type Call, eachSample, type Operator, type Operators } from "../define.ts";
import { known, refuse, type Value } from "../values.ts";
import { channelsLast } from "./elementwise.ts";

type Fold = (numbers: readonly number[]) => number;
const add: Fold = (numbers) => numbers.reduce((a, b) => a + b, 0);

/** A reduction; whole numbers that are known are reduced at once. */
const reduction =
  (build: (g: G, x: Node, axes: number[]) => Node, fold: Fold | undefined, takes: "floats" | "any" = "floats"): Operator =>
  (call) => {
    const x = takes === "floats" && call.input(0).kind === "live" ? call.floats(0) : call.input(0);
    const axes = axesOf(call, x);
    const keeps = call.attrs.boolean("keep_dims", call.attrs.boolean("keepdims", false));
    const [constant] = allKnown([x]) ?? [];
    const kept = x.shape.flatMap((size, axis) => (axes.includes(axis) ? (keeps ? [1] : []) : [size]));
    if (constant !== undefined && fold !== undefined && axes.length === x.shape.length) {
      const numbers = Array.from(constant.values, (size) =>
        size === "n" ? refuse("it computes with the number of rows") : size,
      );
      return known(x.dtype, kept as number[], [fold(numbers)]);
    }
    const lead = call.values.lead(x);
    const y = build(call.g, call.values.node(x), axes.map((axis) => axis + lead)); // biome-ignore format: one line
    const front = lead === 0 ? [] : ["n" as const];
    return call.live(keeps ? call.g.reshape(y, { shape: [...front, ...kept] }) : y, x.dtype, [x]);
  };

/** The axes that the second input says. */
function axesOf(call: Call, x: Value): readonly number[] {
  const axes = call.integers(1).map((axis) => call.axis(axis, x));
  const twice = axes.find((axis, i) => axes.indexOf(axis) !== i);
  return twice === undefined ? axes : refuse(`it has the axis ${twice} twice`);
}

const arg =
  (build: (g: G, x: Node) => Node): Operator =>
  (call) => {
    const x = call.floats(0);
    const axis = call.axis(call.integer(1), x) + call.values.lead(x);
    return call.live(call.g.argmax(build(call.g, call.values.node(x)), { axis }), "int32", [x]);
  };

const alongLast =
  (build: (g: G, x: Node, axis: number) => Node): Operator =>
  (call) => {
    const x = call.floats(0);
    if (x.shape.length === 0) refuse("it needs an axis");
    const node = call.values.node(x);
    return call.live(build(call.g, node, node.type.shape.length - 1));
  };

const batchNorm: Operator = (call) => {
  channelsLast(call);
  const { g, values } = call;
  const [x, ...four] = [0, 1, 2, 3, 4].map((place) => call.floats(place));
  if (four.some(({ shape }) => shape.length !== 1)) refuse("it normalizes by what it measures in a batch, which is training");
  const node = values.node(x);
  const [gamma, beta, mean, variance] = four.map((value) => values.node(value));
  const epsilon = g.like(variance, call.attrs.number("epsilon", 0.001));
  const scale = g.div(gamma, g.sqrt(g.add(variance, epsilon)));
  const shift = g.sub(beta, g.mul(mean, scale));
  const [a, b] = [scale, shift].map((vector) => g.broadcastTo(vector, node.type.shape));
  return call.live(g.add(g.mul(node, a), b));
};

/** Where output `o` lies in the input. */
type Place = (o: number, length: number, outputs: number) => number;
const { fround: f32 } = Math;

/** TensorFlow's three grids, in float32 as there: corners on corners, middles of cells on middles, or the first point on the first. */
const corners: Place = (o, length, outputs) => (outputs > 1 ? f32(o * f32((length - 1) / (outputs - 1))) : 0);
const middles: Place = (o, length, outputs) => f32(f32(o + 0.5) * f32(length / outputs));
const firsts: Place = (o, length, outputs) => f32(o * f32(length / outputs));

function bilinear(place: number, length: number): Taps {
  const low = Math.min(Math.max(Math.floor(place), 0), length - 1);
  const part = Math.max(place - low, 0);
  return low === length - 1 || part === 0 ? { first: low, weights: [1] } : { first: low, weights: [1 - part, part] };
}

const resizing =
  (isNearest: boolean): Operator =>
  (call) => {
    const { g } = call;
    const x = call.floats(0);
    const size = call.integers(1);
    if (x.shape.length !== 4 || size.length !== 2) refuse("it resizes pictures [n, height, width, channels]");
    if (size.some((length) => length < 1 || length > 2 ** 14)) refuse(`it resizes to ${JSON.stringify(size)}`);
    const { attrs } = call;
    const isCorners = attrs.boolean("align_corners", false);
    const isMiddles = attrs.boolean("half_pixel_centers", false);
    const place = isCorners ? corners : isMiddles ? middles : firsts;
    const nearest = isCorners ? Math.round : Math.floor;
    const along = (picture: Node, outputs: number, i: number): Node => {
      const length = picture.type.shape[i + 1] as number;
      if (outputs === length) return picture;
      const taps = Array.from({ length: outputs }, (_, o): Taps => {
        const at = place(o, length, outputs);
        if (!isNearest) return bilinear(isMiddles && !isCorners ? f32(at - 0.5) : at, length);
        return { first: Math.min(Math.max(nearest(at), 0), length - 1), weights: [1] };
      });
      return (isNearest ? largest : weighted)(g, picture, i + 1, taps);
    };
    return call.live(
      eachSample(call, x, (picture) => size.reduce(along, picture)),
      "float32",
      [x],
    );
  };

const isBool: Dtype = "bool";
const truth =
  (operator: Operator): Operator =>
  (call) =>
    call.input(0).dtype === isBool ? operator(call) : refuse("it takes what is true or false");

/** Operators of this file, by name. */
export const along: Operators = {
  Sum: reduction((g, x, axes) => g.reduceSum(x, { axes }), add),
  Mean: reduction((g, x, axes) => g.mean(x, { axes }), (numbers) => add(numbers) / numbers.length), // biome-ignore format: a row
  Max: reduction((g, x, axes) => g.reduceMax(x, { axes }), (numbers) => Math.max(...numbers), "any"), // biome-ignore format: a row
  Min: reduction((g, x, axes) => g.neg(g.reduceMax(g.neg(x), { axes })), (numbers) => Math.min(...numbers), "any"), // biome-ignore format: a row
  Prod: reduction(() => refuse("it multiplies numbers that are computed at run time"), (numbers) => numbers.reduce((a, b) => a * b, 1)), // biome-ignore format: a row
  Any: truth(reduction((g, x, axes) => g.reduceMax(x, { axes }), undefined, "any")),
  All: truth(reduction((g, x, axes) => g.neg(g.reduceMax(g.neg(x), { axes })), undefined, "any")),
  ArgMax: arg((_, x) => x),
  ArgMin: arg((g, x) => g.neg(x)),
  Softmax: alongLast((g, x, axis) => g.softmax(x, { axis })),
  LogSoftmax: alongLast((g, x, axis) => g.logSoftmax(x, { axis })),
  FusedBatchNorm: batchNorm,
  FusedBatchNormV2: batchNorm,
  FusedBatchNormV3: batchNorm,
  ResizeBilinear: resizing(false),
  ResizeNearestNeighbor: resizing(true),
};
