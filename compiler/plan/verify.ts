// Rules of a Plan: arena buffers that share bytes are never alive together (but where one takes over another's place), every
// view stays inside its buffer, and flatten gives the Graph again.
import { append } from "../base/groups.ts";
import { CompileError } from "../diagnostics/error.ts";
import { equalGraphs } from "../graph/equal.ts";
import type { Operand } from "../program/nest/view.ts";
import { flatten } from "./flatten.ts";
import { outsOf, type Plan, type PlanBuffer, type Region, type RowsRegion } from "./plan.ts";
import { printPlan, readsOf } from "./print.ts";

/** Throws CompileError `ir/verify` where live buffers share bytes, a view leaves its buffer, or the Graph does not come back. */
export function verifyPlan(plan: Plan): void {
  const fail = (message: string): never => {
    throw new CompileError({ code: "ir/verify", path: "", message, notes: [printPlan(plan)] });
  };
  const alive = plan.buffers.filter((buffer) => buffer.role === "arena" && buffer.to >= 0 && buffer.length > 0);
  for (const { name, at, length } of alive)
    if (at < 0 || at + length > plan.arena) fail(`buffer ${JSON.stringify(name)} lies outside the arena`);
  const pair = overlap(alive);
  if (pair !== undefined) {
    const [a, b] = pair.map(({ name }) => JSON.stringify(name));
    fail(`buffers ${a} and ${b} share bytes while both are alive`);
  }
  const lengths = new Map(plan.buffers.map((buffer) => [buffer.name, buffer.length]));
  const max = typeof plan.rows === "number" ? plan.rows : plan.rows.max;
  const loops = new Map<string, number>();
  const visit = (regions: readonly Region[], within?: RowsRegion): void => {
    for (const region of regions) {
      if (region.kind === "scan") {
        loops.set(region.loop, region.length);
        visit(region.body);
        continue;
      }
      if (region.kind === "rows") {
        visit(region.body, region);
        continue;
      }
      for (const whole of [...readsOf(plan, region), ...outsOf(region)]) {
        const operand = blockOf(whole, within);
        const [low, high] = span(operand, max, loops);
        if (operand.kind === "view" && low <= high && (low < 0 || high >= (lengths.get(operand.buffer) ?? 0)))
          fail(`a view of ${JSON.stringify(operand.buffer)} reaches ${low}..${high}`);
      }
    }
  };
  visit(plan.regions);
  if (!equalGraphs(flatten(plan), plan.graph, { origins: false })) fail("the plan does not flatten to its graph");
}

/**
 * Two buffers that share bytes at some position. Time goes forward: at each position the buffers that begin are compared with those
 * that are alive, which lie in the order of their bytes and share none, so that each is compared with its neighbours alone.
 */
function overlap(buffers: readonly PlanBuffer[]): readonly [PlanBuffer, PlanBuffer] | undefined {
  const begin = groupBy(buffers, ({ from }) => from);
  const end = groupBy(buffers, ({ to }) => to);
  const alive: PlanBuffer[] = [];
  for (const time of [...new Set([...begin.keys(), ...end.keys()])].sort((a, b) => a - b)) {
    // The new ones stand in a list of their own until those that end here are gone: one may take over another's bytes.
    const fresh = [...(begin.get(time) ?? [])].sort((a, b) => a.at - b.at);
    for (const [i, one] of fresh.entries()) {
      for (let k = i + 1; k < fresh.length && fresh[k].at < one.at + one.length; k++)
        if (overlapInTime(one, fresh[k])) return [one, fresh[k]];
      for (let k = firstEndingAfter(alive, one.at); k < alive.length && alive[k].at < one.at + one.length; k++)
        if (overlapInTime(alive[k], one)) return [alive[k], one];
    }
    for (const one of end.get(time) ?? []) {
      const k = firstEndingAfter(alive, one.at);
      if (alive[k] === one) alive.splice(k, 1);
    }
    for (const one of fresh) if (one.to > time) alive.splice(firstEndingAfter(alive, one.at), 0, one);
  }
  return undefined;
}

function groupBy<T>(list: readonly T[], keyOf: (item: T) => number): ReadonlyMap<number, readonly T[]> {
  const groups = new Map<number, T[]>();
  for (const item of list) append(groups, keyOf(item), item);
  return groups;
}

/** Among buffers that share no byte, in their order. */
function firstEndingAfter(sorted: readonly PlanBuffer[], at: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (sorted[middle].at + sorted[middle].length > at) high = middle;
    else low = middle + 1;
  }
  return low;
}

function overlapInTime(a: PlanBuffer, b: PlanBuffer): boolean {
  if (a.inPlaceOf === b.name) return b.to > a.from;
  if (b.inPlaceOf === a.name) return a.to > b.from;
  return a.from <= b.to && b.from <= a.to;
}

/** What a view inside a group of rows touches in one of its blocks. */
function blockOf(operand: Operand, within: RowsRegion | undefined): Operand {
  if (within === undefined || operand.kind !== "view" || !within.inner.has(operand.buffer)) return operand;
  return { ...operand, shape: operand.shape.with(within.shape.length - 1, within.block) };
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
