// Numbers over the structure: stretches of memory, kernels. In: an entry's Plan and its kernels as they are scheduled. Out: rows. Guarantee: bytes and
// multiply-adds are those of one call, with as many rows as it takes at most.
import type { Goal } from "../../../compiler/compile.ts";
import { showShape } from "../../../compiler/graph/graph.ts";
import { multiplyAdds } from "../../../compiler/pipeline/cost.ts";
import type { Made } from "../../../compiler/pipeline/passes.ts";
import { regionsIn } from "../../../compiler/pipeline/trails.ts";
import { outsOf, type Plan, type Region } from "../../../compiler/plan/plan.ts";
import { readsOf } from "../../../compiler/plan/print.ts";
import { leavesOf } from "../../../compiler/program/nest/nest.ts";
import { showSchedule } from "../../../compiler/schedule/schedule.ts";
import type { ArenaRow, GoalReport, KernelRow } from "../report.ts";
import { type Links, nodesOfRegion } from "./links.ts";
import type { Things } from "./things.ts";

/** The arena: who is where, and when. */
export function arenaOf(goal: Goal, { plan }: Links, things: Things): GoalReport["arena"] {
  const rows = plan.buffers.flatMap(({ name, role, shape, at, length, from, to }): ArenaRow[] => {
    const thing = things.find("buffer", name, goal);
    if (thing === undefined || role !== "arena" || to < 0) return [];
    const sizes = showShape(shape.map((extent) => (typeof extent === "number" ? extent : "n")));
    return [{ thing, name, role, shape: sizes, at: 4 * at, bytes: 4 * length, from, to }];
  });
  const positions = [...regionsIn(plan.regions)].reduce((most, { position }) => Math.max(most, position + 1), 0);
  return { bytes: 4 * plan.arena, positions, rows };
}

/** Every kernel of every target, in the order in which they are made. */
export function kernelRows(goal: Goal, made: readonly Made[], links: Links, things: Things): readonly KernelRow[] {
  return made.flatMap((one) => {
    if (one.stage !== "schedule") return [];
    return one.scheduled.kernels.flatMap(({ name, parts }): KernelRow[] => {
      const thing = things.find("kernel", name, goal);
      const [region] = links.regionsOf(name);
      if (thing === undefined || region === undefined) return [];
      const strategy = [...leavesOf(parts)].map(showSchedule).join("; ");
      return [{ thing, name, target: one.target.name, strategy, ...costOf(links.plan, region) }];
    });
  });
}

/** What a call of a region's kernel costs. */
export function costOf(plan: Plan, region: Region): Pick<KernelRow, "multiplyAdds" | "bytes"> {
  const lengths = new Map(plan.buffers.map(({ name, length }) => [name, length]));
  const inside = [...regionsIn([region])];
  const views = inside.flatMap((one) => [...readsOf(plan, one), ...outsOf(one)]);
  const touched = new Set(views.flatMap((view) => (view.kind === "view" ? [view.buffer] : [])));
  // A scan counts its body itself.
  const nodes = region.kind === "rows" ? inside.flatMap(nodesOfRegion) : nodesOfRegion(region);
  return {
    multiplyAdds: multiplyAdds({ ...plan.graph, nodes }, typeof plan.rows === "number" ? plan.rows : plan.rows.max),
    bytes: [...touched].reduce((sum, name) => sum + 4 * (lengths.get(name) ?? 0), 0),
  };
}
