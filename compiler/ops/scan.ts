// A loop over time with its body as a Graph: recurrent layers, forward and (through a reverse scan) backward.
// Inputs: carries, then xs, then closed values. The body's inputs are called carry0.., x0.., closed0..; its results are the
// next carries, called carry0.., then any number of ys. Time is axis 1 of a batched tensor and axis 0 of any other.
import * as z from "zod";
import { scanVjp } from "../autodiff/scan.ts";
import { CompileError, invariant } from "../diagnostics/error.ts";
import { type AttrValue, type Graph, graph, isGraph, type Shape, sameShape, showShape, type Type } from "../ir/graph.ts";
import type { Primitive, Tensor } from "./define.ts";
import { build } from "./index.ts";
import { sampleShape } from "./pointwise.ts";

export type ScanAttrs = {
  readonly body: Graph;
  readonly carries: number;
  readonly xs: number;
  readonly length: number;
  readonly reverse: boolean;
  /** One per result of the body: stacked over time, or its value after the final step. */
  readonly keep: readonly ("all" | "last")[];
};

/** Where time goes in a tensor whose one step has `shape`. */
export const timeAxis = (shape: Shape): number => (shape[0] === "n" ? 1 : 0);
/** `length` steps of `shape`, stacked. */
export const stackedShape = (shape: Shape, length: number): Shape => shape.toSpliced(timeAxis(shape), 0, length);

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
        if (shape[axis] !== length) throw mismatch(`${length} steps need a time axis of ${length}, x${i - carries} is`, shape);
        expected.set(`x${i - carries}`, shape.toSpliced(axis, 1));
      }
    }
    for (const { op, attrs, type } of body.nodes) {
      invariant(op !== "param" && op !== "state", `scan's body reads the ${op} ${attrs.name}; it must come in as a closed value`);
      if (op !== "input") continue;
      const shape = expected.get(attrs.name as string);
      invariant(shape !== undefined, `scan's body reads ${attrs.name}, which does not exist`);
      if (!sameShape(shape, type.shape)) throw mismatch(`the body's ${attrs.name} is ${showShape(type.shape)}, given is`, shape);
    }
    for (const [i, { shape }] of inputs.slice(0, carries).entries()) {
      const next = body.results[i][1].type.shape;
      if (!sameShape(shape, next)) throw mismatch(`a carry keeps its shape ${showShape(shape)}, the body gives`, next);
    }
    return {
      shape: [],
      items: body.results.map(([, { type }], i) => (keep[i] === "all" ? { shape: stackedShape(type.shape, length) } : type)),
    };
  },
  eval: (inputs, { body, carries, xs, length, reverse, keep }, { run }) => {
    const steps: Tensor[][] = Array.from({ length }, () => []);
    const batched = new Map(
      body.nodes.filter((node) => node.op === "input").map(({ attrs, type }) => [attrs.name, type.shape[0] === "n"]),
    );
    let carried = inputs.slice(0, carries);
    let last: Tensor[] = [];
    for (let step = 0; step < length; step++) {
      const t = reverse ? length - 1 - step : step;
      const given = new Map<string, Tensor>();
      for (const [i, carry] of carried.entries()) given.set(`carry${i}`, carry);
      for (let i = 0; i < xs; i++) given.set(`x${i}`, sliceAt(inputs[carries + i], batched.get(`x${i}`) ? 1 : 0, t));
      for (const [i, closed] of inputs.slice(carries + xs).entries()) given.set(`closed${i}`, closed);
      steps[t] = last = run(body, given);
      carried = last.slice(0, carries);
    }
    return keep.map((which, i) =>
      which === "last"
        ? last[i]
        : stack(
            steps.map((step) => step[i]),
            timeAxis(body.results[i][1].type.shape),
          ),
    );
  },
  vjp: scanVjp,
  lower: { kind: "scan" },
  sample: (random) => {
    const g = build();
    const step: Type = sampleShape(random);
    const [carry, x, closed] = ["carry0", "x0", "closed0"].map((name) => g.input({ name, shape: step.shape }));
    const next = g.tanh(g.add(g.mul(carry, closed), x));
    const body = graph("body", [["carry0", next], ["y0", g.mul(next, x)]]); // biome-ignore format: one line
    const length = random.integer(1, 4);
    const keep = [random.pick(["all", "last"] as const), random.pick(["all", "last"] as const)];
    return {
      inputs: [step, { shape: stackedShape(step.shape, length) }, step],
      attrs: { body, carries: 1, xs: 1, length, reverse: random.integer(0, 1) === 1, keep },
    };
  },
  examples: [],
};

const mismatch = (needed: string, found: Shape): CompileError =>
  new CompileError({ code: "shape/mismatch", path: "", message: `scan: ${needed} ${showShape(found)}` });

/** One step of a stacked tensor. */
function sliceAt({ shape, data }: Tensor, axis: number, t: number): Tensor {
  const inner = shape.slice(axis + 1).reduce((a, b) => a * b, 1);
  return { shape: shape.toSpliced(axis, 1), data: data.filter((_, i) => Math.floor(i / inner) % shape[axis] === t) };
}

function stack(steps: readonly Tensor[], axis: number): Tensor {
  const [{ shape, data }] = steps;
  const inner = shape.slice(axis).reduce((a, b) => a * b, 1);
  const out = new Float64Array(data.length * steps.length);
  for (const [t, step] of steps.entries()) {
    for (const [i, value] of step.data.entries()) out[(Math.floor(i / inner) * steps.length + t) * inner + (i % inner)] = value;
  }
  return { shape: shape.toSpliced(axis, 0, steps.length), data: out };
}
