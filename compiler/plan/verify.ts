// Rules of a Plan: arena buffers that share bytes are never alive together (but where one takes over another's place), every
// view stays inside its buffer, and flatten gives the Graph again.
import { CompileError } from "../diagnostics/error.ts";
import { equalGraphs } from "../graph/equal.ts";
import type { Operand } from "../program/nest/view.ts";
import { flatten } from "./flatten.ts";
import type { Plan, PlanBuffer, Region } from "./plan.ts";
import { printPlan, readsOf } from "./print.ts";

/** Throws CompileError `ir/verify` where live buffers share bytes, a view leaves its buffer, or the Graph does not come back. */
export function verifyPlan(plan: Plan): void {
  const fail = (message: string): never => {
    throw new CompileError({ code: "ir/verify", path: "", message, notes: [printPlan(plan)] });
  };
  const alive = plan.buffers.filter((buffer) => buffer.role === "arena" && buffer.to >= 0);
  for (const [i, a] of alive.entries()) {
    if (a.at < 0 || a.at + a.length > plan.arena) fail(`buffer ${JSON.stringify(a.name)} lies outside the arena`);
    for (const b of alive.slice(i + 1)) {
      if (overlapInBytes(a, b) && overlapInTime(a, b))
        fail(`buffers ${JSON.stringify(a.name)} and ${JSON.stringify(b.name)} share bytes while both are alive`);
    }
  }
  const lengths = new Map(plan.buffers.map((buffer) => [buffer.name, buffer.length]));
  const max = typeof plan.rows === "number" ? plan.rows : plan.rows.max;
  const loops = new Map<string, number>();
  const visit = (regions: readonly Region[]): void => {
    for (const region of regions) {
      if (region.kind === "scan") {
        loops.set(region.loop, region.length);
        visit(region.body);
        continue;
      }
      for (const operand of [...readsOf(plan, region), region.out]) {
        const [low, high] = span(operand, max, loops);
        if (operand.kind === "view" && low <= high && (low < 0 || high >= (lengths.get(operand.buffer) ?? 0)))
          fail(`a view of ${JSON.stringify(operand.buffer)} reaches ${low}..${high}`);
      }
    }
  };
  visit(plan.regions);
  if (!equalGraphs(flatten(plan), plan.graph, { origins: false })) fail("the plan does not flatten to its graph");
}

const overlapInBytes = (a: PlanBuffer, b: PlanBuffer): boolean => a.at < b.at + b.length && b.at < a.at + a.length;

function overlapInTime(a: PlanBuffer, b: PlanBuffer): boolean {
  if (a.inPlaceOf === b.name) return b.to > a.from;
  if (b.inPlaceOf === a.name) return a.to > b.from;
  return a.from <= b.to && b.from <= a.to;
}

/** Least and greatest element that a view can touch; empty (1, 0) when an axis is. */
function span(operand: Operand, max: number, loops: ReadonlyMap<string, number>): [number, number] {
  if (operand.kind !== "view") return [1, 0];
  let low = operand.base;
  let high = operand.base;
  const reach = (stride: number, extent: number): void => {
    if (stride > 0) high += stride * (extent - 1);
    else low += stride * (extent - 1);
  };
  for (const [axis, extent] of operand.shape.entries()) {
    const size = typeof extent === "number" ? extent : max;
    if (size === 0) return [1, 0];
    if (operand.blocked === undefined || axis !== operand.blocked.axis) reach(operand.strides[axis], size);
    else high += operand.blocked.outer * (size / operand.blocked.size - 1) + operand.blocked.size - 1;
  }
  for (const [loop, stride] of operand.loops) reach(stride, loops.get(loop) ?? 1);
  return [low, high];
}
