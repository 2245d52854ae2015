// A loop over time with its body as a Graph: recurrent layers, forward and (through a reverse scan) backward.
// Inputs: carries, then xs, then closed values. The body's inputs are called carry0.., x0.., closed0..; its results are the
// next carries, called carry0.., then any number of ys. Time is axis 1 of a batched tensor and axis 0 of any other.
//
//   inputs          carry             x with time           closed
//                     │                │ slice t             │ whole
//   body at t       carry ──▶ ( carry′, y ) = body(carry, x[t], closed)
//                     ▲          │
//                     └──────────┘ t + 1 (reverse: t − 1)
//   item i          keep "all": every step's value, stacked along time in the order of t;  "last": the final step's value
import * as z from "zod";
import { invariant } from "../../diagnostics/error.ts";
import { Builder } from "../../graph/builder.ts";
import {
  type AttrValue,
  type Graph,
  graph,
  isGraph,
  type Node,
  type Shape,
  sameShape,
  showShape,
  sizeOf,
  type Type,
} from "../../graph/graph.ts";
import type { Primitive, Tensor } from "../define.ts";
import { mismatch } from "../kit/checks.ts";
import { sampleShape } from "../kit/elementwise.ts";
import { add } from "../pointwise/add.ts";
import { mul } from "../pointwise/mul.ts";
import { tanh } from "../pointwise/tanh.ts";
import { input } from "../source/input.ts";
import { type ScanAttrs, stackedShape, timeAxis } from "./attrs.ts";
import { scanVjp } from "./gradient.ts";

/** The items of a bundle, one per result of `body`; apart from `pick`, nothing reads it. Needs at least one step. */
export const scan: Primitive<ScanAttrs> = {
  kind: "primitive",
  name: "scan",
  says:
    "Runs `body` for t = 0..length−1 (reverse: downwards), each step on the last one's carries, slice t of each x and the closed values. " +
    "A bundle: per body result all steps stacked in the order of t, or the value after the final step.",
  arity: [0, Number.POSITIVE_INFINITY],
  attrs: z.strictObject({
    body: z.custom<Graph>((value) => isGraph(value as AttrValue), "the body is no Graph"),
    carries: z.int().min(0),
    xs: z.int().min(0),
    length: z.int().min(1),
    reverse: z.boolean(),
    keep: z.array(z.enum(["all", "last"])).readonly(),
  }),
  type: (inputs, { body, carries, xs, length, keep }) => {
    invariant(inputs.length >= carries + xs, `scan has ${carries} carries and ${xs} xs, but ${inputs.length} inputs`);
    invariant(
      body.results.length >= carries && body.results.length === keep.length,
      "scan's body has too few results, or `keep` another length",
    );
    const expected = new Map<string, Shape>();
    for (const [i, { shape }] of inputs.entries()) {
      if (i < carries) expected.set(`carry${i}`, shape);
      else if (i >= carries + xs) expected.set(`closed${i - carries - xs}`, shape);
      else {
        const axis = timeAxis(shape);
        if (shape[axis] !== length) mismatch("scan", `a time axis of ${length} on x${i - carries}`, showShape(shape));
        expected.set(`x${i - carries}`, shape.toSpliced(axis, 1));
      }
    }
    for (const { op, attrs, type } of body.nodes) {
      invariant(op !== "param" && op !== "state", `scan's body reads the ${op} ${attrs.name}; it must come in as a closed value`);
      if (op !== "input") continue;
      const shape = expected.get(attrs.name as string);
      invariant(shape !== undefined, `scan's body reads ${attrs.name}, which does not exist`);
      if (!sameShape(shape, type.shape))
        mismatch("scan", `${attrs.name} of ${showShape(type.shape)}, as its body reads it`, showShape(shape));
    }
    for (const [i, { shape }] of inputs.slice(0, carries).entries()) {
      const next = body.results[i][1].type.shape;
      if (!sameShape(shape, next)) mismatch("scan", `carry${i} to keep its shape ${showShape(shape)}`, showShape(next));
    }
    return {
      shape: [],
      items: body.results.map(([, { type }], i) => (keep[i] === "all" ? { shape: stackedShape(type.shape, length) } : type)),
    };
  },
  eval: (inputs, { body, carries, xs, length, reverse, keep }, { run }) => {
    const steps: Tensor[][] = [];
    const isBatched = (name: string) =>
      body.nodes.some(({ op, attrs, type }) => op === "input" && attrs.name === name && timeAxis(type.shape) === 1);
    let carried = inputs.slice(0, carries);
    let last: Tensor[] = [];
    for (let step = 0; step < length; step++) {
      const t = reverse ? length - 1 - step : step;
      const given = new Map<string, Tensor>();
      for (const [i, carry] of carried.entries()) given.set(`carry${i}`, carry);
      for (let i = 0; i < xs; i++) given.set(`x${i}`, sliceAt(inputs[carries + i], isBatched(`x${i}`) ? 1 : 0, t));
      for (const [i, closed] of inputs.slice(carries + xs).entries()) given.set(`closed${i}`, closed);
      steps[t] = last = run(body, given);
      carried = last.slice(0, carries);
    }
    const stacked = (i: number) => stack(steps.map((step) => step[i]), timeAxis(body.results[i][1].type.shape)); // biome-ignore format: one line
    return keep.map((which, i) => (which === "last" ? last[i] : stacked(i)));
  },
  rounding: "none",
  vjp: scanVjp,
  lower: { kind: "scan" },
  sample: (random) => {
    const builder = new Builder({ add, input, mul, tanh });
    const node = (op: string, ...inputs: readonly Node[]): Node => builder.node(op, inputs);
    const step: Type = sampleShape(random);
    const [carry, x, closed] = ["carry0", "x0", "closed0"].map((name) => builder.node("input", [], { name, shape: step.shape }));
    const next = node("tanh", node("add", node("mul", carry, closed), x));
    const body = graph("body", [["carry0", next], ["y0", node("mul", next, x)]]); // biome-ignore format: one line
    const length = random.integer(1, 4);
    const keep = [random.pick(["all", "last"] as const), random.pick(["all", "last"] as const)];
    return {
      inputs: [step, { shape: stackedShape(step.shape, length) }, step],
      attrs: { body, carries: 1, xs: 1, length, reverse: random.integer(0, 1) === 1, keep },
    };
  },
  examples: [],
};

/** One step of a stacked tensor. */
function sliceAt(x: Tensor, axis: number, t: number): Tensor {
  const [length, inner] = [x.shape[axis], sizeOf(x.shape.slice(axis + 1))];
  const shape = x.shape.toSpliced(axis, 1);
  const data = new Float64Array(sizeOf(shape));
  for (let to = 0, from = t * inner; to < data.length; to += inner, from += length * inner)
    data.set(x.data.subarray(from, from + inner), to);
  return { shape, data };
}
function stack(steps: readonly Tensor[], axis: number): Tensor {
  const [{ shape }] = steps;
  const inner = sizeOf(shape.slice(axis));
  const data = new Float64Array(steps.length * sizeOf(shape));
  for (const [t, step] of steps.entries())
    for (let from = 0, to = t * inner; from < step.data.length; from += inner, to += steps.length * inner)
      data.set(step.data.subarray(from, from + inner), to);
  return { shape: shape.toSpliced(axis, 0, steps.length), data };
}
