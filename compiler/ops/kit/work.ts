// How much work a pointwise op is, read off the values it becomes, so that no op has to say it. In: an op and a node of it. Out: counts
// for one point. Operands, constants and reads are no work.
import type { Node } from "../../graph/graph.ts";
import { pointOf } from "../../program/nest/core.ts";
import type { Value } from "../../program/program.ts";
import * as v from "../../program/value.ts";
import { operandsOf, visit } from "../../program/walk.ts";
import type { AnyOp } from "../define.ts";

interface Work {
  /** Values that are computed. */
  readonly steps: number;
  /** Of them, those that round their result. */
  readonly roundings: number;
  /** Some take many times as long as an addition. */
  readonly isSlow: boolean;
}

const rounding: ReadonlySet<Value["op"]> = new Set(["add", "sub", "mul", "div", "madd", "sqrt"]);
const slow: ReadonlySet<Value["op"]> = new Set(["div", "sqrt"]);
/** Steps that cost about as much as to read a number; a mask and what is made of it are two. */
const few = 3;

const known = new WeakMap<AnyOp, Work | null>();

/** The work of an op at a point; null where it is none of a point. */
function workOf(op: AnyOp, node: Node): Work | null {
  const before = known.get(op);
  if (before !== undefined) return before;
  const work = op.kind === "primitive" && op.lower.kind === "pointwise" ? counted(op.lower.value, node) : null;
  known.set(op, work);
  return work;
}

function counted(value: (args: readonly Value[], site: never) => Value, { inputs, attrs, type }: Node): Work {
  const shape = type.shape.map((size) => (size === "n" ? 1 : size));
  const args = inputs.map((_, i) => v.load(String(i), { base: 0, terms: [] }));
  const steps = new Set<Value>();
  visit([value(args, { attrs, fmt: "f32", coords: pointOf(shape), shape } as never)], (step) => {
    if (operandsOf(step).length > 0) steps.add(step);
  });
  const ops = [...steps].map((step) => step.op);
  const roundings = ops.filter((step) => rounding.has(step)).length;
  return { steps: steps.size, roundings, isSlow: ops.some((step) => slow.has(step)) };
}

/** Whether every result is exact or rounded once, so that all executors agree on its bits. */
export const isRoundedOnce = (op: AnyOp, node: Node): boolean => (workOf(op, node)?.roundings ?? Number.POSITIVE_INFINITY) <= 1;

/** Whether to compute it again costs about as much as to read it. */
export function isLight(op: AnyOp, node: Node): boolean {
  const work = workOf(op, node);
  return work !== null && work.steps <= few && !work.isSlow;
}
