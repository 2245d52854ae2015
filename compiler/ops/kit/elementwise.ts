// The common halves of elementwise ops: equal shapes in, the same shape out, one scalar function.
import * as z from "zod";
import type { Random } from "../../base/random.ts";
import { type Attrs, type Node, sameShape, showShape, type Type } from "../../graph/graph.ts";
import type { FloatFmt, Value } from "../../program/program.ts";
import type { Composite, G, NoAttrs, Primitive, Sample } from "../define.ts";
import { mismatch } from "./checks.ts";
import { type PointRounding, pointwiseRounding } from "./rounding.ts";

/** The schema of an op without attributes. */
export const noAttrs: z.ZodType<NoAttrs> = z.strictObject({});

/** The shape all inputs share. */
export function sharedShape(name: string, inputs: readonly Type[]): Type {
  const [{ shape }, ...rest] = inputs;
  const other = rest.find((input) => !sameShape(input.shape, shape));
  if (other !== undefined) mismatch(name, "equal shapes", `${showShape(shape)} and ${showShape(other.shape)}`);
  return { shape };
}

/** A small shape, batched half of the time. */
export function sampleShape(random: Random, least = 0): Type {
  const rank = random.integer(least, 3);
  const shape: (number | "n")[] = Array.from({ length: rank }, () => random.integer(1, 4));
  if (rank > 0 && random.integer(0, 1) === 1) shape[0] = "n";
  return { shape };
}

interface Spec<F extends readonly unknown[], V extends readonly unknown[]> {
  readonly name: string;
  readonly says: string;
  /** In doubles. */
  readonly scalar: (...args: F & number[]) => number;
  readonly rounding: PointRounding;
  readonly vjp: Primitive<NoAttrs>["vjp"];
  readonly lower: (...args: [...V, FloatFmt]) => Value;
  /** Rows of inputs and the result. */
  readonly examples: readonly (readonly number[])[];
}

function elementwise(arity: number, spec: Spec<number[], Value[]>): Primitive<NoAttrs> {
  const { name, says, scalar, rounding, vjp, lower, examples } = spec;
  return {
    kind: "primitive",
    name,
    says,
    arity,
    attrs: noAttrs,
    type: (inputs) => sharedShape(name, inputs),
    eval: (inputs, _attrs, { shape }) => {
      const [a, b, c] = inputs.map(({ data }) => data);
      return { shape, data: a.map((x, i) => scalar(x, b?.[i], c?.[i])) };
    },
    sample: (random): Sample<NoAttrs> => {
      const type = sampleShape(random);
      return { inputs: Array.from({ length: arity }, () => type), attrs: {} };
    },
    examples: [
      {
        inputs: Array.from({ length: arity }, (_, k) => ({ shape: [examples.length], values: examples.map((row) => row[k]) })),
        attrs: {},
        output: { shape: [examples.length], values: examples.map((row) => row[arity]) },
      },
    ],
    rounding: pointwiseRounding(rounding),
    vjp,
    lower: { kind: "pointwise", value: (args, { fmt }) => (lower as (...all: unknown[]) => Value)(...args, fmt) },
  };
}

/** An elementwise op of one input. */
export const pointwise1 = (spec: Spec<[number], [Value]>): Primitive<NoAttrs> =>
  elementwise(1, spec as unknown as Spec<number[], Value[]>);
/** An elementwise op of two inputs. */
export const pointwise2 = (spec: Spec<[number, number], [Value, Value]>): Primitive<NoAttrs> =>
  elementwise(2, spec as unknown as Spec<number[], Value[]>);
/** An elementwise op of three inputs. */
export const pointwise3 = (spec: Spec<[number, number, number], [Value, Value, Value]>): Primitive<NoAttrs> =>
  elementwise(3, spec as unknown as Spec<number[], Value[]>);

interface CompositeSpec<A extends Attrs> {
  readonly name: string;
  readonly says: string;
  readonly scalar: (x: number, attrs: A) => number;
  readonly expand: (g: G, x: Node, attrs: A) => Node;
  readonly examples: readonly (readonly [x: number, y: number])[];
}
interface Parameters<A extends Attrs> {
  readonly attrs: z.ZodType<A>;
  readonly sampleAttrs: (random: Random) => A;
  /** The attributes of the examples. */
  readonly exampleAttrs: A;
}

/** An elementwise composite of one input: an expansion, and a scalar reference that judges it. */
export const composite1 = (spec: CompositeSpec<NoAttrs>): Composite<NoAttrs> =>
  parametric1({ ...spec, attrs: noAttrs, sampleAttrs: () => ({}), exampleAttrs: {} });

/** The same with attributes. */
export function parametric1<A extends Attrs>(spec: CompositeSpec<A> & Parameters<A>): Composite<A> {
  const { name, says, scalar, expand, examples, attrs, sampleAttrs, exampleAttrs } = spec;
  return {
    kind: "composite",
    name,
    says,
    arity: 1,
    attrs,
    type: (inputs) => sharedShape(name, inputs),
    eval: ([x], attributes, { shape }) => ({ shape, data: x.data.map((number) => scalar(number, attributes)) }),
    expand: (g, [x], attributes) => expand(g, x, attributes),
    sample: (random) => ({ inputs: [sampleShape(random)], attrs: sampleAttrs(random) }),
    examples: [
      {
        inputs: [{ shape: [examples.length], values: examples.map(([x]) => x) }],
        attrs: exampleAttrs,
        output: { shape: [examples.length], values: examples.map(([, y]) => y) },
      },
    ],
  };
}
